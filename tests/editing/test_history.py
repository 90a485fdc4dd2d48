"""Every change in the admin is a version that can be seen and brought back."""

import json

import pytest
from django.utils import timezone
from reversion.models import Revision, Version

from actionplan.models import Plan, Step, Strand
from aims.models import Aim
from collab_site.core.accounts.roles import Role
from collab_site.core.editing.history import AS_IT_WAS, history_of, recorded, touch
from collab_site.core.schools.models import School
from naming_contest.models import Contest
from tests.admin.pages import Editing
from tests.make import (
    make_achievement,
    make_achievement_picture,
    make_aim,
    make_collaboration,
    make_contest,
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


def page_of(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def history_page(row):
    return page_of(row).replace("/change/", "/history/")


def words_of(row):
    """Return the comments of a row's versions, the oldest first."""
    return [version.revision.comment for version in reversed(history_of(row))]


def bring_back(person, row, version):
    """Send the button that brings a version back; return the Page that follows."""
    page = person.get(history_page(row))
    address = f"{page.address}{version.pk}/"
    assert address in {form.get("action") for form in page.all("form")} | {None}
    return person_post(person, address)


def person_post(person, address):
    response = person.client.post(address, follow=True)
    return type(person.get("/admin/"))(response, response.redirect_chain[-1][0])


def change(row, **fields):
    """Change a row as an editor's page would, but without the page."""
    with recorded(None, "Changed"):
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()


# --- What is recorded ------------------------------------------------------------------------


def test_saving_makes_a_version_with_who_and_when(editor):
    aim = make_aim(title="Read")
    editor.save(editor.get(page_of(aim)), title="Read together")
    newest, before = history_of(aim)
    assert newest.revision.user == editor.user
    assert newest.field_dict["title"] == "Read together"
    assert (before.field_dict["title"], before.revision.comment) == ("Read", AS_IT_WAS)
    assert before.revision.user is None


def test_saving_again_adds_only_the_new_version(editor):
    aim = make_aim(title="Read")
    editor.save(editor.get(page_of(aim)), title="Count")
    editor.save(editor.get(page_of(aim)), title="Sing")
    assert [v.field_dict["title"] for v in history_of(aim)] == ["Sing", "Count", "Read"]


def test_what_changed_without_a_record_is_kept_before_the_next_change(editor):
    aim = make_aim(title="Read")
    editor.save(editor.get(page_of(aim)), title="Count")
    Aim.objects.update(title="Draw")
    editor.save(editor.get(page_of(aim)), title="Sing")
    assert [v.field_dict["title"] for v in history_of(aim)] == ["Sing", "Draw", "Count", "Read"]


def test_a_new_row_has_its_first_version(editor):
    editor.save(editor.get("/admin/aims/aim/add/"), title="Read", **{"points-0-text": "Books"})
    [version] = history_of(Aim.objects.get())
    stored = version.revision.version_set.all()
    assert {v.content_type.model for v in stored} == {"aim", "purpose", "point"}


def test_saving_what_is_the_same_makes_none(editor):
    strand = make_strand(steps=["One"])
    strand.aims.add(make_aim(), make_aim())
    editor.save(editor.get(page_of(strand)))
    assert not Revision.objects.exists()


def test_a_refused_page_makes_none(editor):
    aim = make_aim()
    editor.save(editor.get(page_of(aim)), title="")
    assert not Revision.objects.exists()


def test_looking_makes_none(editor):
    strand = make_strand(steps=["One"])
    editor.get(page_of(strand))
    editor.get(history_page(strand))
    assert not Revision.objects.exists()


def test_a_page_with_many_changes_is_one_version(editor):
    strand = make_strand(steps=["One", "Two"])
    school = make_school()
    editor.save(
        editor.get(page_of(strand)),
        title="Reading",
        **{
            "steps-0-text": "First",
            "steps-1-DELETE": "on",
            "steps-2-text": "Three",
            "steps-2-schools": [school.pk],
        },
    )
    assert history_of(strand).count() == 2
    assert history_of(strand)[0].revision.user == editor.user


def test_moving_a_row_in_a_list_is_recorded(editor):
    make_aim(title="Read")
    second = make_aim(title="Count")
    editor.client.post("/admin/aims/aim/", {"_move": f"aim:{second.pk}:up"})
    newest, before = history_of(second)
    assert (newest.field_dict["order"], before.field_dict["order"]) == (1, 2)
    assert newest.revision.user == editor.user


def test_moving_a_part_is_recorded_with_its_page(editor):
    strand = make_strand(steps=["One", "Two"])
    second = strand.steps.last()
    editor.save(editor.get(page_of(strand)), button="_move", value=f"step:{second.pk}:up")
    assert "Step 1.1 moved; it was Step 1.2" in editor.get(history_page(strand)).text()


def test_ideas_and_people_have_no_history(head):
    idea, person = make_idea(), make_user(Role.EDITOR)
    for row in (idea, person):
        assert head.status(history_page(row)) == 404
        assert "History" not in head.get(page_of(row)).text()
    head.save(head.get(page_of(person)), first_name="New")
    head.client.post(f"/admin/naming_contest/idea/{idea.pk}/delete/", {"post": "yes"})
    assert not Revision.objects.exists()


def test_content_that_is_loaded_is_not_recorded():
    make_aim().save()
    assert not Revision.objects.exists()


def test_a_block_inside_another_belongs_to_it():
    aim, term = make_aim(), make_term()
    with recorded(None):
        change(aim, title="Read")
        change(term, meaning="New")
    assert words_of(aim) == words_of(term) == [AS_IT_WAS, "Changed"]
    assert Revision.objects.count() == 2


def change_and_fail(row):
    with recorded(None):
        change(row, title="Count")
        raise ValueError("no")


def test_what_fails_is_not_recorded():
    aim = make_aim(title="Read")
    with pytest.raises(ValueError, match="no"):
        change_and_fail(aim)
    aim.refresh_from_db()
    assert aim.title == "Read"
    assert not Revision.objects.exists()
    change(aim, title="Draw")
    assert words_of(aim) == [AS_IT_WAS, "Changed"]


def test_what_is_changed_without_signals_is_told_by_touch():
    aim = make_aim(title="Read")
    with recorded(None, "In one go"):
        touch(aim)
        Aim.objects.update(title="Count")
    assert words_of(aim) == [AS_IT_WAS, "In one go"]


def test_a_step_that_goes_to_another_strand_is_recorded_with_both():
    one = make_strand(steps=["Meet"])
    two = make_strand(plan=one.plan)
    step = one.steps.get()
    with recorded(None, "Moved"):
        step.strand = two
        step.order = None
        step.save()
    assert words_of(one) == words_of(two) == [AS_IT_WAS, "Moved"]


def test_links_are_recorded_from_either_side():
    strand = make_strand(steps=["Meet"])
    school = make_school()
    with recorded(None, "From here"):
        strand.steps.get().schools.add(school)
    with recorded(None, "From there"):
        school.steps.remove(strand.steps.get())
    with recorded(None, "From here again"):
        strand.steps.get().schools.set([school])
    with recorded(None, "None is left"):
        school.steps.clear()
    told = ["From here", "From there", "From here again", "None is left"]
    assert words_of(strand) == [AS_IT_WAS, *told]


def test_versions_are_plain_json(editor):
    aim = make_aim()
    editor.save(editor.get(page_of(aim)), title="Read")
    for version in Version.objects.all():
        [row] = json.loads(version.serialized_data)
        assert row["pk"] == int(version.object_id)


# --- What the pages say ----------------------------------------------------------------------


def test_the_editing_page_leads_to_the_history(editor):
    aim = make_aim()
    assert history_page(aim) in editor.get(page_of(aim)).links()


def test_a_page_that_nobody_changed_says_so(editor):
    assert "Nothing has been changed here yet." in editor.get(history_page(make_aim())).text()


def test_the_history_says_who_changed_what_and_how(editor):
    strand = make_strand(title="Reading", steps=["Meet", "Look at books"])
    aim, school = make_aim(title="Read"), make_school(name="Hill School")
    editor.save(
        editor.get(page_of(strand)),
        status="done",
        aims=[aim.pk],
        summary="We read.",
        **{
            "steps-0-status": "under-way",
            "steps-0-due_on": "2026-10-01",
            "steps-0-schools": [school.pk],
            "steps-1-DELETE": "on",
            "steps-2-text": "Read aloud",
        },
    )
    text = editor.get(history_page(strand)).text()
    for said in (
        "Ed Itor",
        "Status from nothing to “Done”",
        "In short from nothing to “We read.”",
        "Aims it serves from nothing to “1. Read”",
        "Step 1.1: status from nothing to “Under way”",
        "Step 1.1: when: day from nothing to “1 October 2026”",
        "Step 1.1: schools taking part from nothing to “Hill School”",
        "Step 1.2 taken out: “Look at books”",
        "Step 1.2 added: “Read aloud”",
    ):
        assert said in text


def test_changed_words_are_marked_as_put_in_and_taken_out(editor):
    aim = make_aim(title="Read with all children")
    editor.save(editor.get(page_of(aim)), title="Read with every child")
    page = editor.get(history_page(aim))
    [put_in] = page.all("ins")
    [taken_out] = page.all("del")
    assert "".join(put_in.itertext()) == "put in: every child end of what was put in"
    assert "".join(taken_out.itertext()) == "taken out: all children end of what was taken out"


def test_what_was_referred_to_and_is_gone_is_said_so(editor):
    strand, aim = make_strand(), make_aim(title="Read")
    editor.save(editor.get(page_of(strand)), aims=[aim.pk])
    Aim.objects.all().delete()
    assert "“one that is not there any more”" in editor.get(history_page(strand)).text()


def test_a_person_who_left_is_no_name(head, editor):
    aim = make_aim()
    editor.save(editor.get(page_of(aim)), title="Read")
    editor.user.delete()
    assert "Somebody who has left" in head.get(history_page(aim)).text()


def test_a_version_shows_all_it_says_and_what_it_would_change(editor):
    strand = make_strand(title="Reading", steps=["Meet at Hill"])
    editor.save(editor.get(page_of(strand)), title="Sums", **{"steps-0-text": "Meet at Vale"})
    oldest = history_of(strand).last()
    page = editor.get(f"{history_page(strand)}{oldest.pk}/")
    text = page.text()
    assert "What it said Title Reading" in text
    assert "Step 1.1 Kind of step Other work What Meet at Hill" in text
    assert "What bringing it back would change" in text
    assert "taken out: Sums" in text
    newest = editor.get(f"{history_page(strand)}{history_of(strand)[0].pk}/")
    assert "Nothing: it is like this now." in newest.text()


def test_an_earlier_picture_is_shown_to_editors_alone(editor, client):
    achievement = make_achievement_picture(alt_text="A kite").achievement
    picture = achievement.pictures.get()
    page = editor.get(page_of(achievement))
    editor.save(page, **{"pictures-0-image": make_picture(), "pictures-0-is_safe": "on"})
    sources = [img.get("src") for img in editor.get(history_page(achievement)).all("img")]
    assert len(sources) == 2
    for source in sources:
        answer = editor.picture(source)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert client.get(source).status_code == 302
    old_name = picture.image.name.rpartition("/")[2]
    assert client.get(f"/achievements/pictures/{old_name}").status_code == 404
    other = make_achievement()
    stolen = sources[0].replace(f"/{achievement.pk}/history/", f"/{other.pk}/history/")
    assert editor.client.get(stolen).status_code == 404
    assert editor.client.get(sources[0].replace("/image/", "/width/")).status_code == 404


def test_a_long_history_has_pages_of_twelve(editor):
    aim = make_aim(title="0")
    for number in range(1, 14):
        change(aim, title=str(number))
    first = editor.get(history_page(aim))
    assert first.text().count("See this version") == 12
    last = editor.follow(first, "Older")
    assert last.text().count("See this version") == 2
    assert "The first version that was kept." in last.text()
    assert "The first version that was kept." not in first.text()
    assert editor.follow(last, "Newer").text() == first.text()
    assert "Newer" not in first.text()
    assert editor.status(f"{history_page(aim)}?p=x") == 200


@pytest.mark.parametrize("count", [1, 11])
def test_its_queries_do_not_grow(editor, count, django_assert_num_queries):
    make_collaboration()
    strand = make_strand(steps=["Meet"] * count)
    for number in range(count):
        with recorded(editor.user):
            strand.aims.add(make_aim())
            strand.steps.first().schools.add(make_school())
            strand.title = f"Strand {number}"
            strand.save()
    editor.get(history_page(strand))
    with django_assert_num_queries(12):
        editor.get(history_page(strand))


@pytest.mark.parametrize("role", [None, Role.EDITOR])
def test_only_who_may_change_it_sees_a_history(role):
    aim = make_aim()
    change(aim, title="Read")
    person = Editing(make_user(role))
    version = history_of(aim)[1]
    expected = 200 if role else 302
    assert person.status(history_page(aim)) == expected
    person.client.post(f"{history_page(aim)}{version.pk}/")
    aim.refresh_from_db()
    assert (aim.title == "Read") is (role is None)


def test_a_version_of_another_row_is_not_there(editor):
    one, two = make_aim(), make_aim()
    change(one, title="Read")
    address = f"{history_page(two)}{history_of(one)[0].pk}/"
    assert editor.status(address) == 404
    assert editor.client.post(address).status_code == 404


# --- Bringing back ---------------------------------------------------------------------------


def test_a_version_is_brought_back_and_that_is_undone(editor):
    aim = make_aim(title="Read")
    editor.save(editor.get(page_of(aim)), title="Count")
    page = bring_back(editor, aim, history_of(aim)[1])
    aim.refresh_from_db()
    assert aim.title == "Read"
    assert page.address == page_of(aim)
    assert history_of(aim)[0].revision.user == editor.user
    assert history_of(aim)[0].revision.comment.startswith("Brought back the version of ")
    [undo] = [f.get("action") for f in page.all("form") if "/history/" in (f.get("action") or "")]
    person_post(editor, undo)
    aim.refresh_from_db()
    assert aim.title == "Count"


def test_bringing_back_what_is_there_changes_nothing(editor):
    aim = make_aim(title="Read")
    editor.save(editor.get(page_of(aim)), title="Count")
    page = person_post(editor, f"{history_page(aim)}{history_of(aim)[0].pk}/")
    assert "Nothing has changed: it is like that already." in page.text()
    assert history_of(aim).count() == 2


def test_a_strand_comes_back_with_its_steps_order_and_schools(editor):
    strand = make_strand(title="Reading", steps=["One", "Two", "Three"])
    schools = [make_school(), make_school()]
    second = strand.steps.get(text="Two")
    second.schools.set(schools)
    strand.aims.set([make_aim()])
    page = editor.get(page_of(strand))
    editor.save(page, aims=[], **{"steps-1-DELETE": "on", "steps-3-text": "Four"})
    assert [step.text for step in strand.steps.all()] == ["One", "Three", "Four"]

    bring_back(editor, strand, history_of(strand)[1])
    assert [(s.text, s.order) for s in strand.steps.all()] == [("One", 1), ("Two", 2), ("Three", 3)]
    assert Step.objects.get(text="Two").pk == second.pk
    assert list(second.schools.all()) == schools
    assert strand.aims.count() == 1


def test_an_aim_comes_back_with_purpose_and_points(editor):
    aim = make_aim(heading="Why", points=["One", "Two"])
    editor.save(editor.get(page_of(aim)), heading="Because", **{"points-0-DELETE": "on"})
    bring_back(editor, aim, history_of(aim)[1])
    aim = Aim.objects.get()
    assert aim.purpose.heading == "Why"
    assert [(p.text, p.order) for p in aim.purpose.points.all()] == [("One", 1), ("Two", 2)]


def test_a_plan_brought_back_leaves_its_strands_alone(editor):
    plan = make_plan(introduction="Old")
    strand = make_strand(plan=plan, title="Before")
    make_possibility(plan=plan, text="A choir?")
    page = editor.get(page_of(plan))
    editor.save(page, introduction="New", **{"possibilities-0-DELETE": "on"})
    change(strand, title="After")
    later = make_strand(plan=plan)
    bring_back(editor, plan, history_of(plan)[1])
    plan.refresh_from_db()
    assert plan.introduction == "Old"
    assert [row.text for row in plan.possibilities.all()] == ["A choir?"]
    assert [s.title for s in plan.strands.all()] == ["After", later.title]


def test_the_place_comes_back_and_the_numbers_stay_whole(editor):
    aims = [make_aim(title=title) for title in ("One", "Two", "Three")]
    editor.client.post("/admin/aims/aim/", {"_move": f"aim:{aims[2].pk}:up"})
    editor.client.post("/admin/aims/aim/", {"_move": f"aim:{aims[2].pk}:up"})
    bring_back(editor, aims[2], history_of(aims[2]).last())
    assert [str(aim) for aim in Aim.objects.all()] == ["1. One", "2. Two", "3. Three"]


def test_a_step_that_is_in_another_strand_now_stays_there(editor):
    one = make_strand(steps=["Meet", "Look"])
    two = make_strand(plan=one.plan)
    step = one.steps.first()
    change(step, strand=two, order=None)
    bring_back(editor, one, history_of(one).last())
    step.refresh_from_db()
    assert step.strand == two
    assert [(s.text, s.order) for s in one.steps.all()] == [("Look", 1)]


def test_a_picture_comes_back_with_its_file(editor, django_capture_on_commit_callbacks):
    picture = make_home_picture()
    old = picture.image.name
    with django_capture_on_commit_callbacks(execute=True):
        editor.save(editor.get(page_of(picture)), image=make_picture())
    picture.refresh_from_db()
    assert picture.image.name != old
    with django_capture_on_commit_callbacks(execute=True):
        bring_back(editor, picture, history_of(picture)[1])
    picture.refresh_from_db()
    assert picture.image.name == old
    assert editor.picture(f"/pictures/{old.rpartition('/')[2]}").status_code == 200


def test_an_address_name_that_is_taken_meanwhile_is_made_anew(editor):
    plan = make_plan()
    strand = make_strand(plan=plan, title="Reading")
    change(strand, slug="books")
    make_strand(plan=plan, slug="reading")
    bring_back(editor, strand, history_of(strand).last())
    strand.refresh_from_db()
    assert strand.slug == "reading-2"


def test_a_call_brought_back_leaves_which_is_shown_and_its_result_alone(head):
    call = make_contest(call="Please think.")
    head.save(head.get(page_of(call)), call="Please draw.")
    make_contest(title="Other").make_current()
    Contest.objects.filter(pk=call.pk).update(settled_at=timezone.now())
    bring_back(head, call, history_of(call)[1])
    call.refresh_from_db()
    assert call.call == "Please think."
    assert call.settled_at
    assert not call.is_current


def test_what_cannot_be_brought_back_is_said_and_nothing_changes(editor):
    school = make_school(name="Hill")
    change(school, name="Vale", telephone="1")
    make_school(name="Hill")
    page = person_post(editor, f"{history_page(school)}{history_of(school).last().pk}/")
    assert "“Hill” can’t be brought back as it was." in page.text()
    assert School.objects.get(pk=school.pk).name == "Vale"


def test_links_to_what_is_gone_are_left_out(editor):
    strand, aim = make_strand(), make_aim()
    with recorded(None):
        strand.aims.add(aim)
    with recorded(None):
        strand.aims.clear()
    Aim.objects.all().delete()
    bring_back(editor, strand, history_of(strand)[1])
    assert not strand.aims.exists()


def test_every_kind_of_page_keeps_its_history(editor):
    rows = [
        make_plan(),
        make_strand(),
        make_aim(),
        make_achievement(),
        make_school(),
        make_home_picture(),
        make_term(),
        make_collaboration(),
    ]
    for row in rows:
        assert editor.status(history_page(row)) == 200
    assert Plan.objects.exists()
    assert Strand.objects.exists()
    step = make_step()
    change(step, text="Changed")
    assert history_of(step.strand).exists()


def test_a_step_that_came_from_another_strand_stays_when_an_older_version_is_back(head):
    plan = make_plan()
    first = make_strand(plan=plan, steps=["One"])
    second = make_strand(plan=plan, steps=["Two"])
    for strand in (first, second):
        with recorded(head.user):
            strand.summary = "In short."
            strand.save()
    before = history_of(first).first()
    two = second.steps.get()
    with recorded(head.user):
        two.move_to(first)
    bring_back(head, first, before)
    assert [step.text for step in first.steps.all()] == ["One", "Two"]
