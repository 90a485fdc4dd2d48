"""What is removed goes to the bin, can be put back, and goes for good only later."""

from threading import Thread

import pytest
import time_machine
from django.conf import settings as real
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from reversion.models import Revision, Version

from achievements.models import Achievement, AchievementPicture
from actionplan.models import Plan, Possibility, Step, Strand
from aims.models import Aim, Point
from collab_site.core.accounts.roles import Role
from collab_site.core.editing.bin_pages import NOT_THERE
from collab_site.core.editing.history import history_of, recorded
from collab_site.core.editing.models import Removal
from collab_site.core.pictures.storage import picture_storage
from collab_site.core.schools.models import HomePicture, School, Term
from collab_site.portal.content import store
from naming_contest.models import Idea
from tests.admin.pages import Editing, Page
from tests.make import (
    make_achievement_picture,
    make_aim,
    make_collaboration,
    make_home_picture,
    make_idea,
    make_picture,
    make_plan,
    make_possibility,
    make_school,
    make_step,
    make_strand,
    make_term,
    make_user,
)

pytestmark = pytest.mark.django_db

BIN = "/admin/editing/removal/"


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Return a context in which what waits for a commit is done."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def page_of(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def post(person, address, **data):
    response = person.client.post(address, data, follow=True)
    return Page(response, response.redirect_chain[-1][0])


def remove(person, row):
    """Remove a row on its own page; return the Page that follows."""
    return post(person, page_of(row).replace("/change/", "/delete/"), post="yes")


def put_back(person, removal=None):
    return post(person, f"{BIN}{(removal or Removal.objects.get()).pk}/put-back/")


def remove_for_good(person, removal=None):
    return post(person, f"{BIN}{(removal or Removal.objects.get()).pk}/remove/", post="yes")


def has_file(name):
    return picture_storage().exists(name)


# --- What goes there -------------------------------------------------------------------------


def test_the_bin_begins_empty(editor):
    assert "The bin is empty." in editor.get(BIN).text()


def test_removing_says_beforehand_and_afterwards_that_it_is_in_the_bin(editor):
    strand = make_strand(title="Reading", steps=["One"])
    text = editor.get(page_of(strand).replace("/change/", "/delete/")).text()
    assert "stays in the bin: you can put it back from there for 365 days" in text
    page = remove(editor, strand)
    assert "“1. Reading” is in the bin . Put it back" in page.text()
    assert BIN in page.links()
    [button] = [f for f in page.all("form") if (f.get("action") or "").startswith(BIN)]
    post(editor, button.get("action"))
    assert Strand.objects.get().steps.get().text == "One"


def test_an_idea_of_a_family_is_gone_at_once(head, committed):
    idea = make_idea(logo=make_picture())
    address = page_of(idea).replace("/change/", "/delete/")
    assert "erase it for good" in head.get(address).text()
    with committed():
        page = remove(head, idea)
    assert "bin" not in page.text()
    assert not has_file(idea.logo.name)
    assert not Removal.objects.exists()
    assert not Version.objects.exists()


def test_a_strand_with_its_steps_is_one_entry(editor):
    remove(editor, make_strand(title="Reading", steps=["One", "Two", "Three"]))
    page = editor.get(BIN)
    [entry] = [li for li in page.all("li") if "Put it back" in "".join(li.itertext())]
    words = " ".join("".join(entry.itertext()).split())
    assert words.startswith("1. Reading Strand, of “Plan for ")
    assert "Removed by Ed Itor, " in words


def test_a_part_that_was_removed_is_an_entry_with_its_first_words(editor):
    strand = make_strand(title="Reading", steps=["Meet at Hill", "Two"])
    page = editor.save(editor.get(page_of(strand)), **{"steps-0-DELETE": "on"})
    assert "“Step 1.1” is in the bin . Put it back" in page.text()
    assert "Step 1.1 “Meet at Hill” Step, of “1. Reading”" in editor.get(BIN).text()


def test_several_parts_removed_at_once_are_counted(editor):
    aim = make_aim(points=["One", "Two", "Three"])
    page = editor.get(page_of(aim))
    page = editor.save(page, **{"points-0-DELETE": "on", "points-1-DELETE": "on"})
    assert "2 things that you removed are in the bin ." in page.text()
    assert "Point 1 “One”" in editor.get(BIN).text()


def test_the_newest_is_first_and_there_are_twelve_a_page(editor):
    for number in range(13):
        remove(editor, make_term(term=f"Term-{number:02}"))
    page = editor.get(BIN)
    first, second = page.text(), editor.follow(page, "Older").text()
    assert first.index("Term-12") < first.index("Term-11")
    assert "Term-01" in first
    assert "Term-00" not in first
    assert "Term-00" in second


@pytest.mark.parametrize("count", [1, 10])
def test_its_queries_do_not_grow(head, count, django_assert_num_queries):
    make_collaboration()
    plan = make_plan()
    for _ in range(count):
        remove(head, make_strand(plan=plan))
        strand = make_strand(plan=plan, steps=["One"])
        with recorded(head.user):
            strand.steps.get().delete()
            make_possibility(plan=plan).delete()
        remove(head, strand)
    head.get(BIN)
    with django_assert_num_queries(11):
        head.get(BIN)


# --- Putting back ----------------------------------------------------------------------------


def test_a_strand_is_put_back_with_everything(editor):
    plan = make_plan()
    first = make_strand(plan=plan, title="First")
    strand = make_strand(plan=plan, title="Reading", slug="books", steps=["One", "Two"])
    make_strand(plan=plan, title="Last")
    aim, school = make_aim(), make_school()
    strand.aims.set([aim])
    step = strand.steps.last()
    step.schools.set([school])
    remove(editor, strand)
    assert not Strand.objects.filter(title="Reading").exists()

    page = put_back(editor)
    again = Strand.objects.get(pk=strand.pk)
    assert page.address == page_of(strand)
    assert "“2. Reading” is back where it was." in page.text()
    assert [str(row) for row in plan.strands.all()] == ["1. First", "2. Reading", "3. Last"]
    assert again.slug == "books"
    assert list(again.aims.all()) == [aim]
    assert [(s.text, s.order) for s in again.steps.all()] == [("One", 1), ("Two", 2)]
    assert list(Step.objects.get(pk=step.pk).schools.all()) == [school]
    assert not Removal.objects.exists()
    assert history_of(again)[0].revision.user == editor.user
    assert history_of(again)[0].revision.comment == "Put back from the bin"
    assert history_of(again)[1].revision.comment == "Removed"
    assert not history_of(first).exists()


def test_a_plan_is_put_back_with_strands_steps_and_ideas(editor):
    plan = make_plan(year=2026, introduction="This year")
    for title in ("Reading", "Sums"):
        make_strand(plan=plan, title=title, steps=["One", "Two"])
    make_possibility(plan=plan, text="A choir?")
    remove(editor, plan)
    assert not Step.objects.exists()
    [removal] = Removal.objects.all()
    put_back(editor, removal)
    plan = Plan.objects.get(introduction="This year")
    told = [(str(s), [step.text for step in s.steps.all()]) for s in plan.strands.all()]
    assert told == [("1. Reading", ["One", "Two"]), ("2. Sums", ["One", "Two"])]
    assert Possibility.objects.get().text == "A choir?"
    assert all(history_of(strand)[0] for strand in plan.strands.all())


def test_an_aim_is_put_back_with_what_referred_to_it(editor):
    aim = make_aim(heading="Why", points=["One"])
    strand, other = make_strand(), make_strand()
    strand.aims.set([aim])
    achievement = make_achievement_picture().achievement
    achievement.aims.set([aim])
    remove(editor, aim)
    assert not strand.aims.exists()
    other.delete()
    put_back(editor)
    assert Aim.objects.get().purpose.points.get().text == "One"
    assert list(strand.aims.all()) == list(achievement.aims.all()) == [aim]


def test_a_school_is_put_back_with_its_steps_ideas_and_people(editor, head):
    school, other = make_school(), make_school()
    step = make_step()
    step.schools.set([school])
    idea, moved = make_idea(school=school), make_idea(school=school)
    head.user.school = school
    head.user.save()
    remove(editor, school)
    Idea.objects.filter(pk=moved.pk).update(school=other)
    put_back(editor)
    idea.refresh_from_db()
    moved.refresh_from_db()
    head.user.refresh_from_db()
    assert (idea.school, moved.school, head.user.school) == (school, other, school)
    assert list(step.schools.all()) == [school]


def test_a_step_is_put_back_in_its_place(editor):
    strand = make_strand(steps=["One", "Two", "Three"])
    editor.save(editor.get(page_of(strand)), **{"steps-1-DELETE": "on"})
    page = put_back(editor)
    assert page.address == page_of(strand)
    assert [(s.text, s.order) for s in strand.steps.all()] == [("One", 1), ("Two", 2), ("Three", 3)]


def test_a_point_is_put_back_on_its_aims_page(editor):
    aim = make_aim(points=["One", "Two"])
    editor.save(editor.get(page_of(aim)), **{"points-0-DELETE": "on"})
    assert put_back(editor).address == page_of(aim)
    assert [point.text for point in Point.objects.all()] == ["One", "Two"]


def test_a_part_that_a_version_brings_back_leaves_the_bin(editor):
    strand = make_strand(steps=["One"])
    editor.save(editor.get(page_of(strand)), **{"steps-0-DELETE": "on"})
    address = page_of(strand).replace("/change/", "/history/")
    post(editor, f"{address}{history_of(strand).last().pk}/")
    assert strand.steps.get().text == "One"
    assert not Removal.objects.exists()


def test_a_part_that_a_version_takes_away_goes_to_the_bin(editor):
    strand = make_strand(steps=["One"])
    editor.save(editor.get(page_of(strand)), **{"steps-1-text": "Two"})
    address = page_of(strand).replace("/change/", "/history/")
    post(editor, f"{address}{history_of(strand).last().pk}/")
    assert [s.text for s in strand.steps.all()] == ["One"]
    put_back(editor)
    assert [s.text for s in strand.steps.all()] == ["One", "Two"]


def test_the_parent_has_to_be_put_back_first(editor):
    strand = make_strand(plan=make_plan(year=2026), title="Reading")
    remove(editor, strand)
    remove(editor, strand.plan)
    of_plan, of_strand = Removal.objects.all()
    hindrance = "It belongs to “Plan for 2026–27”, which is in the bin, too. Put that back first."
    page = editor.get(BIN)
    assert hindrance in page.text()
    assert page.text().count("Put it back") == 1
    page = put_back(editor, of_strand)
    assert page.address == BIN
    assert hindrance in page.text()
    put_back(editor, of_plan)
    put_back(editor, of_strand)
    assert Strand.objects.get().title == "Reading"


def test_what_belonged_to_something_gone_for_good_says_so(head):
    strand = make_strand()
    remove(head, strand)
    remove(head, strand.plan)
    of_plan, of_strand = Removal.objects.all()
    remove_for_good(head, of_plan)
    said = "What it belonged to is gone for good, so it can’t be put back."
    assert said in head.get(BIN).text()
    assert said in put_back(head, of_strand).text()


def test_a_name_that_is_taken_meanwhile_is_said(editor):
    term = make_term(term="ARE")
    remove(editor, term)
    make_term(term="ARE")
    page = put_back(editor)
    assert "“ARE” can’t be brought back as it was." in page.text()
    assert Removal.objects.exists()


def test_what_is_not_there_any_more_is_said(head):
    remove(head, make_term())
    removal = Removal.objects.get()
    put_back(head)
    for page in (put_back(head, removal), remove_for_good(head, removal)):
        assert "That is not in the bin any more." in page.text()
    assert head.client.get(f"{BIN}{removal.pk}/put-back/").status_code == 405


def test_a_removed_row_can_be_removed_and_put_back_again(editor):
    term = make_term(meaning="Words")
    for _ in range(2):
        remove(editor, Term.objects.get())
        put_back(editor)
    assert Term.objects.get() == term


# --- Pictures --------------------------------------------------------------------------------


def test_pictures_stay_in_the_bin_unseen_and_come_back(editor, client, committed):
    picture = make_achievement_picture(alt_text="A kite")
    address = f"/achievements/pictures/{picture.image_name}"
    assert editor.picture(address).status_code == 200
    with committed():
        remove(editor, picture.achievement)
    assert has_file(picture.image.name)
    assert client.get(address).status_code == 404
    with committed():
        put_back(editor)
    assert AchievementPicture.objects.get().alt_text == "A kite"
    assert editor.picture(address).status_code == 200


def test_pictures_go_when_they_are_removed_for_good(head, committed):
    picture = make_home_picture()
    first = picture.image.name
    with committed():
        head.save(head.get(page_of(picture)), image=make_picture())
    picture.refresh_from_db()
    second = picture.image.name
    with committed():
        remove(head, picture)
    assert has_file(first)
    assert has_file(second)
    with committed():
        remove_for_good(head)
    assert not has_file(first)
    assert not has_file(second)


def test_a_picture_that_no_version_names_goes_at_once(committed):
    picture = make_home_picture()
    with committed():
        HomePicture.objects.all().delete()
    assert not has_file(picture.image.name)


# --- For good --------------------------------------------------------------------------------


def test_a_headteacher_removes_for_good_after_being_asked(head):
    remove(head, make_strand(title="Reading", steps=["One"]))
    address = f"{BIN}{Removal.objects.get().pk}/remove/"
    assert address in head.get(BIN).links()
    text = head.get(address).text()
    assert "Remove “1. Reading” for good?" in text
    assert "can’t be brought back by anybody" in text
    assert Removal.objects.exists()
    page = remove_for_good(head)
    assert "“1. Reading” is gone for good." in page.text()
    assert not Version.objects.exists()
    assert not Revision.objects.exists()


def test_only_what_is_removed_for_good_is_forgotten(head):
    strand = make_strand(steps=["One", "Two"])
    head.save(head.get(page_of(strand)), title="Changed")
    head.save(head.get(page_of(strand)), **{"steps-0-DELETE": "on"})
    remove_for_good(head)
    assert history_of(strand).count() == 3
    stored = Version.objects.get_for_model(Step)
    assert {version.field_dict["text"] for version in stored} == {"Two"}


def test_an_editor_cannot_remove_for_good(editor):
    remove(editor, make_term())
    address = f"{BIN}{Removal.objects.get().pk}/remove/"
    assert "Remove for good" not in editor.get(BIN).text()
    assert editor.status(address) == 403
    assert editor.client.post(address, {"post": "yes"}).status_code == 403
    assert Removal.objects.exists()


def test_only_who_may_change_a_kind_sees_it_in_the_bin(editor):
    remove(editor, make_term(term="ARE"))
    other = make_user(is_staff=True)
    other.user_permissions.add(Permission.objects.get(codename="change_aim"))
    person = Editing(other)
    assert "ARE" not in person.get(BIN).text()
    assert "not in the bin" in put_back(person).text()
    assert not Term.objects.exists()


def test_who_may_do_nothing_is_refused(client):
    client.force_login(make_user())
    assert client.get(BIN, follow=True).status_code == 403


def test_after_a_year_it_goes_for_good_with_its_pictures(editor, committed, capsys):
    with time_machine.travel("2026-01-01 12:00", tick=False):
        old = make_achievement_picture()
        with committed():
            remove(editor, old.achievement)
    with time_machine.travel("2026-01-03 12:00", tick=False):
        remove(editor, make_term(term="ARE"))
        kept = make_aim()
        editor.save(editor.get(page_of(kept)), title="Kept")
    with time_machine.travel("2027-01-01 11:00", tick=False), committed():
        call_command("empty_bin", "--trust-clock")
    assert Removal.objects.count() == 2
    assert has_file(old.image.name)
    with time_machine.travel("2027-01-01 13:00", tick=False), committed():
        call_command("empty_bin", "--trust-clock")
    assert str(Removal.objects.get()) == "ARE"
    assert not has_file(old.image.name)
    assert not Version.objects.get_for_model(Achievement).exists()
    with time_machine.travel("2028-01-01 13:00", tick=False):
        call_command("empty_bin", "--trust-clock")
    assert not Removal.objects.exists()
    assert history_of(kept).count() == 2
    assert "365 days ago or earlier is gone" in capsys.readouterr().out


def test_the_days_are_a_setting(editor, settings):
    settings.BIN_DAYS = 2
    with time_machine.travel("2026-01-01", tick=False):
        remove(editor, make_term())
        assert "stays here for 2 days" in editor.get(BIN).text()
    with time_machine.travel("2026-01-04", tick=False):
        call_command("empty_bin", "--trust-clock")
    assert not Removal.objects.exists()


def test_content_that_is_replaced_is_forgotten_in_time_too(editor):
    source = (real.BASE_DIR / "collab_site/portal/content/ashfield.yaml").read_text()
    with time_machine.travel("2026-01-01", tick=False):
        term = make_term(term="Old word")
        editor.save(editor.get(page_of(term)), meaning="Anew")
        store.load(source)
    assert not Removal.objects.exists()
    assert history_of(term).exists()
    with time_machine.travel("2027-02-01", tick=False):
        call_command("empty_bin", "--trust-clock")
    assert not Version.objects.exists()
    assert School.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("roles_again")
def test_two_who_put_the_same_back_at_once_do_it_once():
    people = [Editing(make_user(Role.EDITOR)) for _ in range(2)]
    remove(people[0], make_strand(steps=["One"]))
    removal = Removal.objects.get()
    told = []

    def press():
        try:
            told.append(put_back(people[1], removal).text())
        except OperationalError:
            # SQLite in memory refuses where it would wait.
            told.append(NOT_THERE)
        finally:
            connection.close()

    with transaction.atomic():
        assert "is back where it was" in put_back(people[0], removal).text()
        other = Thread(target=press)
        other.start()
        other.join(timeout=1)
    other.join()
    assert NOT_THERE in told[0]
    assert Strand.objects.get().steps.get().text == "One"
    assert history_of(Strand.objects.get()).count() == 2


def test_what_is_there_again_is_not_overwritten_from_the_bin(head):
    strand = make_strand(title="Reading")
    content = strand.plan.snapshot()
    with recorded(head.user):
        strand.delete()
    removal = Removal.objects.get()
    Strand.restore(strand.plan, content["strands"][0] | {"summary": "Newer."}, 1)
    page = Page(head.client.post(f"{BIN}{removal.pk}/put-back/", follow=True), BIN)
    assert "is there again already" in page.text()
    assert Strand.objects.get().summary == "Newer."
