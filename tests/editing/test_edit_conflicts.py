"""Nobody overwrites what they have not seen, and nothing typed is lost."""

import pytest
from django.contrib.admin import site

from achievements.models import Achievement
from actionplan.models import Plan, Strand
from collab_site.core.accounts.roles import Role
from tests.admin.pages import Editing, Page
from tests.make import (
    make_achievement,
    make_achievement_picture,
    make_aim,
    make_collaboration,
    make_contest,
    make_picture,
    make_plan,
    make_possibility,
    make_school,
    make_strand,
    make_term,
    make_user,
)

THEIRS, MINE, BOTH = "theirs", "mine", "both"


@pytest.fixture
def ann(db):
    return Editing(make_user(Role.HEADTEACHER, first_name="Ann", last_name="Oak"))


@pytest.fixture
def ben(db):
    return Editing(make_user(Role.HEADTEACHER, first_name="Ben", last_name="Elm"))


def page_of(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def questions(page):
    """Return {what a question is about: the answers it offers}."""
    asked = [
        part
        for part in page.all("fieldset")
        if any(
            (field.get("name") or "").startswith("_choose-") for field in page.all("input", part)
        )
    ]
    return {
        "".join(page.all("legend", part)[0].itertext()): [
            field.get("value") for field in page.all("input", part)
        ]
        for part in asked
    }


def notes(page):
    found = [part for part in page.all("ul") if part.get("class") == "notes"]
    return ["".join(item.itertext()) for part in found for item in page.all("li", part)]


def is_refused(page):
    return "while you had it open" in page.text()


def texts(strand):
    return [step.text for step in strand.steps.all()]


def test_without_others_a_save_is_a_save(ann):
    strand = make_strand(steps=["Meet"], title="Old")
    page = ann.save(ann.get(page_of(strand)), title="New", **{"steps-0-text": "Meet again"})
    strand.refresh_from_db()
    assert (strand.title, texts(strand)) == ("New", ["Meet again"])
    assert "is saved" in page.text()


@pytest.mark.parametrize(
    ("answer", "title"),
    [(THEIRS, "Ann’s"), (MINE, "Ben’s"), (BOTH, "Ann’s Ben’s")],
)
def test_of_two_titles_the_second_head_chooses(ann, ben, answer, title):
    strand = make_strand(title="Old")
    hers, his = ann.get(page_of(strand)), ben.get(page_of(strand))
    ann.save(hers, title="Ann’s")

    page = ben.save(his, title="Ben’s")

    strand.refresh_from_db()
    assert strand.title == "Ann’s"
    assert "Ann Oak changed this page while you had it open" in page.text()
    assert questions(page) == {"Title": [THEIRS, MINE, BOTH]}
    assert "Ann Oak Ann’s You, on this page Ben’s" in page.text()
    assert page.data()["title"] == ["Ben’s"]
    assert "_choose-title" not in page.data()

    ben.save(page, **{"_choose-title": answer})

    strand.refresh_from_db()
    assert strand.title == title


def test_long_texts_are_kept_as_two_paragraphs(ann, ben):
    strand = make_strand(rationale="Old")
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), rationale="Hers\r\nin two lines")
    page = ben.save(his, rationale="His")
    ben.save(page, **{"_choose-rationale": BOTH})
    strand.refresh_from_db()
    assert strand.rationale.replace("\r\n", "\n") == "Hers\nin two lines\n\nHis"


def test_a_question_left_open_is_asked_again(ann, ben):
    strand = make_strand(title="Old", summary="Old")
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), title="Ann’s", summary="Ann’s")
    page = ben.save(his, title="Ben’s", summary="Ben’s")
    page = ben.save(page, **{"_choose-title": MINE})
    assert "In short: Choose what to keep." in page.text()
    assert "Ann Oak changed this page" in page.text()
    assert list(questions(page)) == ["In short"]
    assert Strand.objects.get().title == "Ann’s"
    ben.save(page, **{"_choose-summary": THEIRS})
    strand.refresh_from_db()
    assert (strand.title, strand.summary) == ("Ben’s", "Ann’s")


def test_a_made_up_answer_is_none(ann, ben):
    strand = make_strand(status="done")
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), status="paused")
    page = ben.save(his, status="under-way")
    assert questions(page) == {"Status": [THEIRS, MINE]}
    for answer in ("everything", BOTH):
        page = ben.save(page, **{"_choose-status": answer})
        assert list(questions(page)) == ["Status"]
    assert Strand.objects.get().status == "paused"


def test_different_fields_are_told_and_both_saved(ann, ben):
    strand = make_strand(title="Old", summary="Old")
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), summary="Ann’s")
    page = ben.save(his, title="Ben’s")
    assert is_refused(page)
    assert questions(page) == {}
    assert notes(page) == ["In short has changed: “Ann’s”; before: “Old”"]
    assert (page.data()["title"], page.data()["summary"]) == (["Ben’s"], ["Ann’s"])
    ben.save(page)
    strand.refresh_from_db()
    assert (strand.title, strand.summary) == ("Ben’s", "Ann’s")


def test_the_same_change_twice_is_one(ann, ben):
    strand = make_strand(title="Old", steps=["Meet"])
    his = ben.get(page_of(strand))
    changes = {"title": "New", "steps-0-text": "Meet again", "steps-1-text": "Evaluate"}
    ann.save(ann.get(page_of(strand)), **changes)
    assert not is_refused(ben.save(his, **changes))
    assert texts(strand) == ["Meet again", "Evaluate"]


def test_if_it_changes_again_meanwhile_the_panel_comes_again(ann, ben):
    strand = make_strand(title="Old", summary="Old")
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), title="Ann’s", summary="Ann’s")
    page = ben.save(his, title="Ben’s", summary="Ben’s")
    ann.save(ann.get(page_of(strand)), title="Ann’s second")
    page = ben.save(page, **{"_choose-title": BOTH, "_choose-summary": MINE})
    assert is_refused(page)
    assert list(questions(page)) == ["Title"]
    assert page.data()["title"] == ["Ann’s Ben’s"]
    ben.save(page, **{"_choose-title": MINE})
    strand.refresh_from_db()
    assert (strand.title, strand.summary) == ("Ann’s Ben’s", "Ben’s")


@pytest.mark.parametrize("button", ["_save", "_continue", "_move"])
def test_every_button_is_refused(ann, ben, button):
    strand = make_strand(title="Old", steps=["One", "Two"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), title="Ann’s")
    page = ben.save(his, button, f"step:{strand.steps.last().pk}:up", title="Ben’s")
    assert is_refused(page)
    assert Strand.objects.get().title == "Ann’s"
    assert texts(strand) == ["One", "Two"]


def test_changed_rows_are_asked_about_one_by_one(ann, ben):
    strand = make_strand(steps=["One", "Two", "Three"])
    his = ben.get(page_of(strand))
    hers = {"steps-0-text": "One, Ann", "steps-1-text": "Two, Ann"}
    ann.save(ann.get(page_of(strand)), **hers)
    mine = {"steps-1-text": "Two, Ben", "steps-2-text": "Three, Ben"}
    page = ben.save(his, **mine)
    assert questions(page) == {"Step 2, What": [THEIRS, MINE, BOTH]}
    assert notes(page) == ["Step 1, What has changed: “One, Ann”; before: “One”"]
    assert texts(strand) == ["One, Ann", "Two, Ann", "Three"]
    ben.save(page, **{"_choose-steps-1-text": BOTH})
    assert [text.replace("\r\n", "\n") for text in texts(strand)] == [
        "One, Ann",
        "Two, Ann\n\nTwo, Ben",
        "Three, Ben",
    ]


def test_boxes_of_a_row_are_shown_with_their_names(ann, ben):
    hill, vale = make_school(short_name="Hill", name="Hill"), make_school(name="Vale")
    strand = make_strand(steps=["Meet"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-0-schools": [hill.pk]})
    page = ben.save(his, **{"steps-0-schools": [vale.pk]})
    assert questions(page) == {"Step 1, Schools taking part": [THEIRS, MINE]}
    assert f"Ann Oak {hill} You, on this page {vale}" in page.text()
    ben.save(page, **{"_choose-steps-0-schools": THEIRS})
    assert list(strand.steps.get().schools.all()) == [hill]


def test_a_row_that_they_added_stays(ann, ben):
    strand = make_strand(steps=["One"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-1-text": "Two, Ann"})
    page = ben.save(his, **{"steps-0-text": "One, Ben", "steps-1-text": "Two, Ben"})
    assert questions(page) == {}
    assert notes(page) == ["Step 2 is new: “Two, Ann”"]
    assert page.data()["steps-2-text"] == ["Two, Ben"]
    ben.save(page)
    assert texts(strand) == ["One, Ben", "Two, Ann", "Two, Ben"]


@pytest.mark.parametrize(
    ("answer", "left"), [(THEIRS, ["Two", "Three"]), (MINE, ["Two", "One, Ben", "Three"])]
)
def test_a_row_that_they_removed_can_be_put_back(ann, ben, answer, left):
    strand = make_strand(steps=["One", "Two"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-0-DELETE": "on"})
    page = ben.save(his, **{"steps-0-text": "One, Ben", "steps-2-text": "Three"})
    assert questions(page) == {"A step that you have changed": [THEIRS, MINE]}
    assert "Ann Oak Removed You, on this page One, Ben" in page.text()
    assert is_refused(ben.save(page))
    page = ben.save(page)
    assert "A step that you have changed: Choose what to keep." in page.text()
    ben.save(page, **{"_choose-steps-1": answer})
    assert texts(strand) == left


def test_a_row_that_they_removed_and_nobody_changed_is_told(ann, ben):
    strand = make_strand(steps=["One", "Two", "Three"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-0-DELETE": "on", "steps-2-DELETE": "on"})
    page = ben.save(his, **{"steps-1-text": "Two, Ben", "steps-2-DELETE": "on"})
    assert notes(page) == ["Step is gone: “One”"]
    ben.save(page)
    assert texts(strand) == ["Two, Ben"]


@pytest.mark.parametrize(("answer", "left"), [(THEIRS, ["One, Ann", "Two"]), (MINE, ["Two"])])
def test_a_row_to_be_removed_that_they_changed_is_asked_about(ann, ben, answer, left):
    strand = make_strand(steps=["One", "Two"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-0-text": "One, Ann"})
    page = ben.save(his, **{"steps-0-DELETE": "on"})
    assert questions(page) == {"Step 1": [THEIRS, MINE]}
    page = ben.save(page)
    assert "Step 1: Choose what to keep." in page.text()
    ben.save(page, **{"_choose-steps-0-DELETE": answer})
    assert texts(strand) == left


def test_rows_moved_by_others_are_no_conflict_and_keep_their_texts(ann, ben):
    strand = make_strand(steps=["One", "Two"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), "_move", f"step:{strand.steps.last().pk}:up")
    page = ben.save(his, **{"steps-0-text": "One, Ben"})
    assert not is_refused(page)
    assert texts(strand) == ["Two", "One, Ben"]


def test_a_change_by_another_door_is_found_and_nobody_is_named(ben):
    strand = make_strand(steps=["One"])
    his = ben.get(page_of(strand))
    strand.steps.update(text="One, by a command")
    page = ben.save(his, **{"steps-0-text": "One, Ben"})
    assert "Somebody else changed this page" in page.text()
    assert list(questions(page)) == ["Step 1, What"]


def test_ones_own_other_window_is_named(ann):
    strand = make_strand(title="Old")
    first, second = ann.get(page_of(strand)), ann.get(page_of(strand))
    ann.save(first, title="One")
    assert "You yourself changed this page" in ann.save(second, title="Two").text()


def test_slips_are_told_beside_the_questions(ann, ben):
    strand = make_strand(title="Old", steps=["One"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-0-text": "One, Ann"})
    page = ben.save(his, title="", **{"steps-0-text": "One, Ben"})
    assert "Title: Fill this in." in page.text()
    page = ben.save(page, **{"_choose-steps-0-text": BOTH})
    assert not is_refused(page)
    assert "Title: Fill this in." in page.text()
    ben.save(page, title="New")
    assert texts(strand)[0].split() == ["One,", "Ann", "One,", "Ben"]


@pytest.mark.parametrize("seen", ["", "nonsense", None])
def test_who_has_not_said_what_they_saw_overwrites_nothing(ben, seen):
    strand = make_strand(title="Old", steps=["One"])
    data = ben.get(page_of(strand)).data() | {"title": "Ben’s"}
    data = {name: value for name, value in data.items() if name != "_seen"}
    response = ben.client.post(page_of(strand), data | ({} if seen is None else {"_seen": seen}))
    assert questions(Page(response, page_of(strand))) == {"Title": [THEIRS, MINE, BOTH]}
    assert Strand.objects.get().title == "Old"


def test_what_was_seen_of_another_row_does_not_count(ben):
    one, other = make_strand(title="Same"), make_strand(title="Same")
    seen = ben.get(page_of(other)).data()["_seen"]
    data = ben.get(page_of(one)).data() | {"_seen": seen, "title": "Ben’s"}
    assert is_refused(Page(ben.client.post(page_of(one), data), page_of(one)))


@pytest.mark.parametrize(
    "bad",
    [
        {"steps-TOTAL_FORMS": "x"},
        {"steps-TOTAL_FORMS": "99999999"},
        {"steps-INITIAL_FORMS": "-1"},
        {"steps-0-id": "x"},
        {"steps-0-id": "99999999999999999999"},
        {"steps-1-id": "1"},
    ],
)
def test_a_spoilt_form_saves_nothing_and_is_no_error(ann, ben, bad):
    strand = make_strand(title="Old", steps=["One"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), title="Ann’s", **{"steps-0-text": "One, Ann"})
    page = ben.save(his, title="Ben’s", **{"steps-0-text": "One, Ben"})
    page = ben.save(page, **bad, **{"_choose-title": MINE, "_choose-steps-0-text": MINE})
    assert page.response.status_code == 200


def test_an_aim_its_purpose_and_points(ann, ben):
    aim = make_aim(heading="Why", points=["One", "Two"])
    his = ben.get(page_of(aim))
    ann.save(
        ann.get(page_of(aim)),
        heading="Why, Ann",
        **{"points-0-level": "2", "points-1-text": "Two, Ann", "points-2-text": "Three"},
    )
    page = ben.save(his, heading="Why, Ben", **{"points-1-text": "Two, Ben"})
    assert list(questions(page)) == ["Heading above the points", "Point 2, Text"]
    assert len(notes(page)) == 2
    ben.save(page, **{"_choose-heading": MINE, "_choose-points-1-text": BOTH})
    aim.refresh_from_db()
    assert aim.purpose.heading == "Why, Ben"
    assert [(point.text, point.level) for point in aim.purpose.points.all()] == [
        ("One", 2),
        ("Two, Ann Two, Ben", 1),
        ("Three", 1),
    ]


def test_an_achievement_and_the_pictures_chosen_for_it(ann, ben):
    picture = make_achievement_picture(alt_text="Old")
    achievement = picture.achievement
    first = picture.image.name
    his = ben.get(page_of(achievement))
    ann.save(ann.get(page_of(achievement)), details="Ann’s", **{"pictures-0-alt_text": "Ann’s"})
    new = {"pictures-1-image": make_picture(), "pictures-1-alt_text": "A boat"}
    page = ben.save(
        his, **{"pictures-0-image": make_picture()}, **new, **{"pictures-1-is_safe": "on"}
    )
    assert len(notes(page)) == 2
    assert page.text().count("We have kept this picture") == 2
    ben.save(page)
    pictures = list(achievement.pictures.all())
    assert [row.alt_text for row in pictures] == ["Ann’s", "A boat"]
    assert pictures[0].image.name != first


@pytest.mark.parametrize("answer", [THEIRS, MINE])
def test_of_two_new_pictures_one_is_chosen(ann, ben, answer):
    achievement = make_achievement_picture().achievement
    his = ben.get(page_of(achievement))
    ann.save(ann.get(page_of(achievement)), **{"pictures-0-image": make_picture()})
    hers = achievement.pictures.get().image.name
    page = ben.save(his, **{"pictures-0-image": make_picture()})
    [asked] = questions(page).values()
    assert asked == [THEIRS, MINE]
    ben.save(page, **{"_choose-pictures-0-image": answer})
    assert (achievement.pictures.get().image.name == hers) == (answer == THEIRS)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: make_school(email="a@school.example"), "name"),
        (make_term, "meaning"),
        (make_contest, "call"),
        (make_collaboration, "welcome"),
        (make_plan, "introduction"),
        (lambda: make_user(Role.EDITOR, first_name="Eve", last_name="Ash"), "last_name"),
        (lambda: make_achievement(achieved_on="2026-05-01"), "title"),
    ],
)
def test_every_page_has_it(ann, ben, make, field):
    row = make()
    his = ben.get(page_of(row))
    assert not is_refused(ann.save(ann.get(page_of(row)), **{field: "Ann’s"}))
    page = ben.save(his, **{field: "Ben’s"})
    assert list(questions(page).values()) == [[THEIRS, MINE, BOTH]]
    ben.save(page, **{f"_choose-{field}": MINE})
    row.refresh_from_db()
    assert getattr(row, field) == "Ben’s"


def test_the_role_of_a_person_is_asked_about(ann, ben):
    person = make_user(Role.EDITOR, first_name="Eve", last_name="Ash")
    his = ben.get(page_of(person))
    ann.save(ann.get(page_of(person)), role=Role.HEADTEACHER, first_name="Eva")
    page = ben.save(his, last_name="Elder")
    assert "Role has changed: “Headteacher”; before: “Editor”" in notes(page)
    ben.save(page)
    person = type(person).objects.get(pk=person.pk)
    assert (str(person), person.role) == ("Eva Elder", Role.HEADTEACHER)


def test_strands_that_others_add_and_remove_are_no_conflict_on_their_plans_page(ann, ben):
    plan = make_plan()
    make_possibility(plan=plan, text="A choir?")
    gone = make_strand(plan=plan)
    his = ben.get(page_of(plan))
    gone.delete()
    make_strand(plan=plan)
    page = ben.save(his, introduction="Ben’s", **{"possibilities-0-text": "A band?"})
    assert "is saved" in page.text()
    plan.refresh_from_db()
    assert (plan.introduction, plan.possibilities.get().text) == ("Ben’s", "A band?")
    assert Plan.objects.get().strands.count() == 1


def test_what_nobody_can_change_here_is_taken_over_silently(ben):
    strand = make_strand(title="Old")
    his = ben.get(page_of(strand))
    plan = make_plan(year=2031)
    Strand.objects.update(plan=plan)
    assert "is saved" in ben.save(his, title="Ben’s").text()
    strand.refresh_from_db()
    assert (strand.title, strand.plan) == ("Ben’s", plan)


def test_what_was_typed_for_a_row_that_is_gone_can_still_be_read(ann, ben):
    strand = make_strand(steps=["One"])
    his = ben.get(page_of(strand))
    ann.client.post(f"/admin/actionplan/strand/{strand.pk}/delete/", {"post": "yes"})
    page = ben.save(his, title="Ben’s", **{"steps-0-text": "One, Ben", "steps-1-text": "Two"})
    assert page.response.status_code == 410
    for words in ("Title Ben’s", "Step 1, What One, Ben", "Step 2, What Two", "no longer there"):
        assert words in page.text()
    assert "/admin/actionplan/strand/" in page.links()


@pytest.mark.parametrize("pk", ["99999999999999999999", "x", "0"])
def test_a_row_that_never_was_is_gone_too(ann, pk):
    strand = make_strand()
    data = ann.get(page_of(strand)).data()
    response = ann.client.post(f"/admin/actionplan/strand/{pk}/change/", data)
    assert response.status_code == 410


def test_gone_rows_are_shown_to_nobody_who_may_not_change_them(db):
    person = Editing(make_user(Role.EDITOR))
    assert person.client.post("/admin/accounts/user/999/change/", {}).status_code == 403


def test_what_was_typed_is_brought_back_unsaved_and_together_with_theirs(ann, ben):
    strand = make_strand(title="Old", steps=["One"])
    his = ben.get(page_of(strand))
    ann.save(ann.get(page_of(strand)), **{"steps-1-text": "Two, Ann"})
    page = ben.save(his, "_restore", "yes", title="Ben’s", **{"steps-1-text": "Two, Ben"})
    assert "What you had typed is back." in page.text()
    assert notes(page) == ["Step 2 is new: “Two, Ann”"]
    assert texts(strand) == ["One", "Two, Ann"]
    ben.save(page)
    assert texts(strand) == ["One", "Two, Ann", "Two, Ben"]
    assert Strand.objects.get().title == "Ben’s"


def test_what_was_typed_for_a_new_row_is_brought_back_unsaved(ann):
    page = ann.get("/admin/achievements/achievement/add/")
    page = ann.save(page, "_restore", "yes", title="We sang")
    assert page.data()["title"] == ["We sang"]
    assert not Achievement.objects.exists()
    ann.save(page)
    assert Achievement.objects.get().title == "We sang"


@pytest.mark.parametrize("count", [1, 30])
def test_bringing_together_takes_the_same_queries_for_many_rows(
    ann, rf, count, django_assert_num_queries
):
    strand = make_strand(title="Old", steps=["Meet"] * count)
    request = rf.post("/", ann.get(page_of(strand)).data() | {"title": "New"})
    request.user = ann.user
    for step in strand.steps.all():
        step.schools.set([make_school()])
    request.user.get_all_permissions()
    strand_admin, strand = site.get_model_admin(Strand), Strand.objects.get()
    with django_assert_num_queries(7):
        strand_admin._merge(request, strand)
    assert len(request.merge.notes) == count
