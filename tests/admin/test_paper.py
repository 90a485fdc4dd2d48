"""The office enters ideas that came on paper: scans at once, then a row each, until it is ready."""

import re
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from collab_site.core.accounts.roles import Role
from collab_site.core.pictures.storage import PictureStorage, StorageUnavailable, picture_storage
from naming_contest.models import Idea, NameSpelling
from tests.admin.deciding import cover, page_of
from tests.admin.pages import Editing, Page
from tests.admin.test_ideas import QUEUE
from tests.make import (
    make_collaboration,
    make_contest,
    make_idea,
    make_picture,
    make_school,
    make_user,
)
from tests.pictures.samples import (
    BLUE,
    RED,
    drawing,
    is_near,
    jpeg_with_scans,
    pixels,
    png_header,
    saved,
    upload,
)

PAPER = f"{QUEUE}paper/"
RECEIPTS = f"{PAPER}receipts/"
LINK = re.compile(r"/name-us/receipt/[-\w]{24}/")
FIRST = "/admin/"
GOOD = saved(drawing(), "PNG")
OTHER = saved(drawing(size=(80, 20)), "PNG")


@pytest.fixture
def contest(db):
    return make_contest()


@pytest.fixture
def school(db):
    return make_school(name="Hill School")


@pytest.fixture
def office(contest, school):
    """An editor of a school."""
    return Editing(make_user(Role.EDITOR, school=school))


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """Do what is to be done after a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def make_draft(**kwargs):
    fields = {"name": "", "adult_agreed": False, "status": "draft", "is_on_paper": True}
    return make_idea(**fields | {"decided_at": None} | kwargs)


def of(idea, **answers):
    """Return `answers` as the page of the office names them for an idea."""
    return {f"idea-{idea.pk}-{name}": value for name, value in answers.items()}


def add(person, *files, page=None, **answers):
    page = page or person.get(PAPER)
    return person.save(page, "add", **{"new-pictures": list(files)}, **answers)


def problems(page):
    return [
        " ".join("".join(item.itertext()).split())
        for box in page.all("div")
        if box.get("id") == "problems"
        for item in page.all("li", box)
    ]


def said(page):
    return [
        "".join(item.itertext())
        for item in page.all("li")
        if (item.get("class") or "").startswith("message-")
    ]


def files():
    return sorted(path.name for path in Path(picture_storage().location).rglob("*.webp"))


# Who may, and what is there.


def test_heads_and_editors_are_led_to_it(office, head):
    for person in (office, head):
        assert PAPER in person.get(FIRST).links()
        assert person.status(PAPER) == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_may_enter_ideas(contest, client, method):
    judge = Editing(make_user(Role.JUDGE))
    draft = make_draft(logo=make_picture())
    address = PAPER + "pictures/" + draft.logo.name.rpartition("/")[2]
    for place in (PAPER, address):
        assert getattr(judge.client, method)(place).status_code == 403
        answer = getattr(client, method)(place)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


def test_without_a_call_nothing_can_be_entered(editor):
    assert "There is no call for ideas" in editor.get(PAPER).text()
    assert editor.client.post(PAPER, {"blank": "one"}).status_code == 404
    assert not Idea.objects.exists()


def test_after_the_result_no_more_are_added(office, contest):
    page = office.get(PAPER)
    contest.closes_at = contest.announces_at = contest.settled_at = "2020-01-01T00:00Z"
    contest.save()
    assert "The result is out" in office.get(PAPER).text()
    add(office, upload(GOOD), page=page)
    assert not Idea.objects.exists()


def test_papers_are_entered_after_closing(office, contest):
    contest.closes_at = "2020-01-01T00:00Z"
    contest.save()
    add(office, upload(GOOD))
    assert Idea.objects.drafts().count() == 1


def test_only_drafts_of_the_current_contest_are_shown(office, contest):
    before = make_contest(title="Before")
    make_draft(contest=before, strap_line="Of another time")
    make_idea(strap_line="From a family")
    make_draft(strap_line="Half done")
    page = office.get(PAPER)
    assert page.data()["idea"] == [str(Idea.objects.get(strap_line="Half done").pk)]
    assert "Of another time" not in page.response.content.decode()
    assert "From a family" not in page.response.content.decode()


# Adding.


def test_several_pictures_become_drafts_of_the_own_school(office, contest, school):
    page = add(office, upload(GOOD), upload(OTHER))
    assert said(page) == ["2 ideas are added below."]
    ideas = Idea.objects.drafts()
    assert [(i.contest, i.school, i.is_on_paper, i.adult_agreed) for i in ideas] == [
        (contest, school, True, False)
    ] * 2
    assert [i.logo_width for i in ideas] == [60, 80]
    for idea in ideas:
        assert f"{PAPER}pictures/{idea.logo.name.rpartition('/')[2]}" in page.links()
        assert idea.code in page.text()


def test_another_school_and_none_can_be_chosen(office):
    other = make_school()
    add(office, upload(GOOD), **{"new-school": other.pk})
    add(office, upload(OTHER), **{"new-school": ""})
    assert [idea.school for idea in Idea.objects.drafts()] == [other, None]


def test_one_is_added_without_a_picture(office, school):
    page = office.save(office.get(PAPER), "blank", "one")
    assert said(page) == ["1 idea is added below."]
    idea = Idea.objects.get()
    assert (idea.status, idea.logo, idea.school) == ("draft", "", school)


def test_bad_pictures_are_named_by_their_place_and_the_good_ones_are_kept(office):
    page = add(office, upload(b"words"), upload(GOOD), upload(b"<svg>"), upload(OTHER))
    assert problems(page) == [
        "Pictures of the upper halves: Picture 1 of 4: This file is not a picture that we can "
        "show. Choose a photo, or a picture saved as JPEG or PNG.",
        "Pictures of the upper halves: Picture 3 of 4: This is an SVG drawing, which we cannot "
        "show. Save it as a PNG, or take a screenshot of it, and choose that.",
    ]
    assert said(page) == ["2 ideas are added below."]
    assert [idea.logo_width for idea in Idea.objects.drafts()] == [60, 80]
    assert len(page.data()["idea"]) == 2


def test_what_is_typed_survives_a_bad_picture(office):
    draft = make_draft()
    add(office, upload(b"words"), **of(draft, name="Three Oaks"))
    draft.refresh_from_db()
    assert draft.name == "Three Oaks"


def test_the_limits_are_told_before_choosing_and_kept(office, settings):
    text = office.get(PAPER).text()
    assert "Up to 30 at once, each up to 20 MB and together up to 59 MB" in text
    page = add(office, *(upload(b"words") for _ in range(31)))
    assert problems(page) == [
        "Pictures of the upper halves: You chose 31 pictures. Choose up to 30 at once, and the "
        "rest after that."
    ]
    assert not Idea.objects.exists()


def test_adding_nothing_says_so(office):
    assert problems(add(office)) == ["Pictures of the upper halves: Choose one picture or more."]


NASTY = {
    "nothing": b"",
    "text": b"\x00" * 100,
    "PDF": b"%PDF-1.7",
    "large": png_header(60_000, 60_000),
    "slow": jpeg_with_scans(2000),
    "half": GOOD[: len(GOOD) // 2],
}


def test_nasty_files_are_refused_in_words(office):
    files = [upload(data, name) for data, name in zip(NASTY.values(), NAMES, strict=True)]
    page = add(office, *files)
    assert page.response.status_code == 200
    assert len(problems(page)) == len(NASTY)
    assert not Idea.objects.exists()


NAMES = ["a" * 300, "../../etc/passwd", "‮gpj.exe", "<b>.png", "=1+1", "📄.jpg"]


def test_the_same_form_sent_twice_adds_the_papers_once(office):
    page = office.get(PAPER)
    for _ in range(2):
        add(office, upload(GOOD), upload(GOOD), page=page, blank="one")
    assert Idea.objects.drafts().count() == 3
    add(office, upload(GOOD), upload(GOOD), upload(OTHER), page=page)
    assert Idea.objects.drafts().count() == 4
    assert len(files()) == 3


def test_a_forged_form_adds_nothing(office):
    add(office, upload(GOOD), ticket="forged")
    assert not Idea.objects.exists()
    assert files() == []


def test_a_full_disk_is_told_and_leaves_nothing_half_done(office, monkeypatch):
    draft, save, done = make_draft(), PictureStorage._save, []

    def full_after_one(self, name, content):
        if done:
            raise StorageUnavailable
        done.append(name)
        return save(self, name, content)

    monkeypatch.setattr(PictureStorage, "_save", full_after_one)
    page = add(office, upload(GOOD), upload(OTHER), **of(draft, name="Three Oaks"))
    assert "We could not store the pictures just now." in problems(page)[0]
    assert Idea.objects.get().name == "Three Oaks"
    assert files() == []


# The rows.


def test_what_is_half_filled_stays_a_draft(office, school):
    draft = make_draft(logo=make_picture())
    answers = {
        "name": "Ол 👋 O’Brien",
        "meaning": "One\r\nTwo",
        "logo_alt": "Trees",
        "first_name": "Sam",
        "year_group": "year-3",
        "school": school.pk,
        "shows_first_name": "on",
    }
    page = office.save(office.get(PAPER), **of(draft, **answers))
    assert said(page) == ["Saved."]
    draft.refresh_from_db()
    assert (draft.name, draft.meaning, draft.logo_alt) == ("Ол 👋 O’Brien", "One\nTwo", "Trees")
    assert (draft.first_name, draft.year_group, draft.school) == ("Sam", "year-3", school)
    assert (draft.shows_first_name, draft.adult_agreed) == (True, False)
    assert (draft.status, draft.revision) == ("draft", 1)
    assert draft.logo
    kept = page.data()
    assert [kept[name] for name in of(draft, name=0, meaning=0, shows_first_name=0)] == [
        ["Ол 👋 O’Brien"],
        ["One\nTwo"],
        ["on"],
    ]


def test_a_draft_is_seen_nowhere_else(office, head, client, contest, school):
    draft = make_draft(name="Half done", school=school, logo=make_picture())
    name = draft.logo.name.rpartition("/")[2]
    make_collaboration()
    assert "None is waiting" in head.get(FIRST).text()
    for status in ("waiting", "approved", "declined", "draft"):
        assert "Half done" not in head.get(f"{QUEUE}?status={status}").text()
    assert head.client.get(f"{QUEUE}{draft.pk}/change/").status_code == 404
    assert head.client.get(f"{QUEUE}{draft.pk}/delete/").status_code == 403
    assert head.client.get(f"{QUEUE}pictures/{name}").status_code == 403
    assert "Half done" not in client.get("/name-us/").content.decode()
    assert client.get(f"/name-us/pictures/{name}").status_code == 404


def test_a_drafts_picture_is_private_and_only_a_drafts(office):
    draft = make_draft(logo=make_picture())
    address = f"{PAPER}pictures/{draft.logo.name.rpartition('/')[2]}"
    response = office.picture(address)
    assert response["Content-Type"] == "image/webp"
    assert "no-store" in response["Cache-Control"]
    Idea.objects.update(status="waiting", adult_agreed=True)
    assert office.status(address) == 404


def test_a_finished_idea_goes_to_the_queue(office, head):
    draft = make_draft(name="Three Oaks", sent_at="2026-01-01T00:00Z")
    ready = of(draft, next_step="ready", adult_agreed="on")
    with_school = ready | of(draft, school=office.user.school_id)
    page = office.save(office.get(PAPER), **with_school)
    assert said(page) == ["1 idea is ready to be looked at."]
    draft.refresh_from_db()
    assert draft.code in page.text()
    assert (draft.status, draft.adult_agreed, draft.decided_at) == ("waiting", True, None)
    assert draft.sent_at.year > 2026 - 1
    assert draft.sent_at.isoformat() > "2026-01-02"
    assert f"{draft.pk}" not in page.data().get("idea", [])
    assert "Three Oaks" in head.get(QUEUE).text()
    [entry] = LogEntry.objects.all()
    assert (entry.object_repr, entry.change_message) == (f"Idea {draft.pk}", "Entered from paper")
    assert "Three Oaks" not in page.response.content.decode()


def test_a_picture_is_the_logo_or_goes(office, committing, school):
    make_draft(logo=make_picture(), school=school, adult_agreed=True)
    make_draft(logo=make_picture(), school=school, adult_agreed=True, name="Words", logo_alt="A")
    kept, dropped = Idea.objects.drafts()
    steps = of(kept, next_step="ready") | of(dropped, next_step="without-picture")
    with committing():
        office.save(office.get(PAPER), **steps)
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (kept.status, dropped.status) == ("waiting", "waiting")
    assert (dropped.logo, dropped.logo_alt, dropped.logo_width) == ("", "", None)
    assert files() == [kept.logo.name.rpartition("/")[2]]


def test_what_is_not_ready_is_told_in_its_row_while_the_others_are_saved(office, school):
    nothing = make_draft()
    scan = make_draft(logo=make_picture(), school=school, adult_agreed=True)
    good = make_draft(school=school, adult_agreed=True)
    half = make_draft(strap_line="Old")
    page = office.save(
        office.get(PAPER),
        **of(nothing, next_step="ready"),
        **of(scan, next_step="without-picture", meaning="Kept on the page"),
        **of(good, next_step="ready", name="Three Oaks"),
        **of(half, strap_line="New"),
    )
    told = [
        "The slip is signed by an adult and kept at school: Tick this once an adult has signed "
        "the slip. Without it the idea has to wait.",
        "School: Choose the school.",
        "A name: An idea needs a name, a strap line or the picture of a logo.",
    ]
    assert sorted(problems(page)) == sorted(
        [f"Idea {nothing.pk}, {sentence}" for sentence in told] + [f"Idea {scan.pk}, {told[2]}"]
    )
    assert said(page) == ["1 idea is ready to be looked at."]
    assert page.response.status_code == 200
    assert page.data()[f"idea-{scan.pk}-meaning"] == ["Kept on the page"]
    assert page.data()[f"idea-{scan.pk}-next_step"] == ["without-picture"]
    for idea in (nothing, scan, good, half):
        idea.refresh_from_db()
    assert [idea.status for idea in (nothing, scan, good, half)] == [
        "draft",
        "draft",
        "waiting",
        "draft",
    ]
    assert half.strap_line == "New"
    assert scan.logo


def test_too_long_a_text_is_told(office):
    draft = make_draft()
    page = office.save(office.get(PAPER), **of(draft, name="W" * 81))
    assert len(problems(page)) == 1
    assert page.data()[f"idea-{draft.pk}-name"] == ["W" * 81]


def test_a_draft_is_removed_for_good(office, committing):
    draft = make_draft(name="Three Oaks", logo=make_picture())
    with committing():
        page = office.save(office.get(PAPER), **of(draft, next_step="remove"))
    assert said(page) == ["1 idea is removed for good."]
    assert not Idea.objects.exists()
    assert not NameSpelling.objects.exists()
    assert files() == []
    [entry] = LogEntry.objects.all()
    assert (entry.object_repr, entry.is_deletion()) == (f"Idea {draft.pk}", True)


def test_a_corrected_name_leaves_nothing_of_the_first(office):
    draft = make_draft(name="Three Oak Trees")
    office.save(office.get(PAPER), **of(draft, name="Quite another"))
    assert set(NameSpelling.objects.values_list("group", flat=True)) == {
        Idea.objects.get().name_group
    }


def corner(idea):
    with idea.logo.open("rb") as file:
        image = pixels(file).convert("RGB")
    return image.size, image.getpixel((5, 5))


@pytest.mark.parametrize(("way", "colour"), [("left", BLUE), ("right", RED)])
def test_a_picture_is_turned_and_what_is_typed_is_saved(office, committing, way, colour):
    draft = make_draft(logo=make_picture())
    before = draft.logo.name
    with committing():
        page = office.save(
            office.get(PAPER), "turn", f"{draft.pk}:{way}", **of(draft, name="Three Oaks")
        )
    assert page.address.endswith(f"#idea-{draft.pk}")
    draft.refresh_from_db()
    size, found = corner(draft)
    assert size == (draft.logo_width, draft.logo_height) == (40, 60)
    assert is_near(found, colour)
    assert draft.logo.name != before
    assert len(files()) == 1
    assert draft.name == "Three Oaks"


def test_turning_a_picture_finishes_only_the_other_sheets(office, school):
    for _ in range(2):
        make_draft(logo=make_picture(), school=school, adult_agreed=True)
    turned, other = Idea.objects.drafts()
    steps = of(turned, next_step="ready") | of(other, next_step="ready")
    office.save(office.get(PAPER), "turn", f"{turned.pk}:left", **steps)
    assert [idea.logo_width for idea in Idea.objects.drafts()] == [40]
    assert list(Idea.objects.waiting()) == [other]


def test_a_click_made_twice_turns_once(office):
    draft = make_draft(logo=make_picture())
    page = office.get(PAPER)
    for _ in range(2):
        office.save(page, "turn", f"{draft.pk}:left")
    draft.refresh_from_db()
    assert draft.logo_width == 40
    assert draft.revision == 1


@pytest.mark.parametrize("turn", ["", "x", "1:up", "99999999999999999999:left", "999:left"])
def test_an_odd_turn_does_nothing(office, turn):
    make_draft()
    assert office.save(office.get(PAPER), "turn", turn).response.status_code == 200


def test_a_picture_that_is_gone_is_told(office):
    draft = make_draft(logo=make_picture())
    draft.logo.storage.delete(draft.logo.name)
    page = office.save(
        office.get(PAPER), "turn", f"{draft.pk}:left", **of(draft, name="Three Oaks")
    )
    assert f"We could not turn the picture of {draft}." in problems(page)[0]
    assert Idea.objects.get().name == "Three Oaks"


# Two at once.


def test_the_slower_one_is_told_and_sees_both(office, head):
    draft = make_draft()
    faster, slower = head.get(PAPER), office.get(PAPER)
    head.save(faster, **of(draft, name="Theirs", meaning="Also theirs"))
    page = office.save(slower, **of(draft, name="Mine"))
    assert "Somebody has changed it while you had it open" in problems(page)[0]
    text = page.text()
    assert "A name Saved now: Theirs You, on this page: Mine" in text
    assert "What it means Saved now: Also theirs You, on this page: Nothing" in text
    draft.refresh_from_db()
    assert draft.name == "Theirs"
    office.save(page, **of(draft, meaning="Also theirs"))
    draft.refresh_from_db()
    assert (draft.name, draft.meaning) == ("Mine", "Also theirs")


def test_the_slower_one_can_take_back_what_they_changed(office, head):
    draft = make_draft(name="First")
    faster, slower = head.get(PAPER), office.get(PAPER)
    head.save(faster, **of(draft, name="Theirs"))
    page = office.save(slower, **of(draft, name="Mine"))
    office.save(page, **of(draft, name="First"))
    draft.refresh_from_db()
    assert draft.name == "First"


def test_two_who_fill_different_rows_do_not_meet(office, head):
    one, two = make_draft(), make_draft()
    pages = head.get(PAPER), office.get(PAPER)
    head.save(pages[0], **of(one, name="One"))
    page = office.save(pages[1], **of(two, name="Two"))
    assert said(page) == ["Saved."]
    assert list(Idea.objects.drafts().values_list("name", flat=True)) == ["One", "Two"]


def test_nobody_finishes_what_they_have_not_seen(office, head, school):
    draft = make_draft(name="Seen", school=school, adult_agreed=True)
    faster, slower = head.get(PAPER), office.get(PAPER)
    head.save(faster, **of(draft, name="Not seen"))
    office.save(slower, **of(draft, next_step="ready"))
    draft.refresh_from_db()
    assert (draft.status, draft.name) == ("draft", "Not seen")


@pytest.mark.parametrize("step", ["ready", "remove"])
def test_a_row_that_is_gone_is_told_with_what_was_typed(office, head, school, step):
    draft = make_draft(name="Seen", school=school, adult_agreed=True)
    faster, slower = head.get(PAPER), office.get(PAPER)
    head.save(faster, **of(draft, next_step=step))
    page = office.save(slower, **of(draft, meaning="My words"))
    assert "is no longer here" in problems(page)[0]
    assert "You, on this page: My words" in page.text()
    assert "idea" not in page.data()


def test_a_row_that_is_gone_and_that_nobody_touched_needs_no_word(office, head):
    draft = make_draft()
    slower = office.get(PAPER)
    head.save(head.get(PAPER), **of(draft, next_step="remove"))
    page = office.save(slower)
    assert problems(page) == []


@pytest.mark.parametrize("step", ["ready", "remove"])
def test_a_click_made_twice_does_it_once(office, school, step):
    draft = make_draft(name="Three Oaks", school=school, adult_agreed=True)
    page = office.get(PAPER)
    office.save(page, **of(draft, next_step=step))
    again = office.save(page, **of(draft, next_step=step))
    assert problems(again) == []
    assert LogEntry.objects.count() == 1
    if step == "ready":
        assert draft.code in again.text()


def test_the_same_words_saved_twice_are_no_conflict(office):
    draft = make_draft()
    page = office.get(PAPER)
    for _ in range(2):
        again = office.save(page, **of(draft, name="Three Oaks"))
        assert problems(again) == []


# Whatever is sent.


def test_only_a_drafts_words_can_be_changed(office, contest):
    draft, sent = make_draft(), make_idea(name="Sent")
    before = Idea.objects.filter(pk=sent.pk).values().get()
    extra = {
        "status": "approved",
        "code": "HACKED",
        "decided_by": 1,
        "logo": "x",
        "is_on_paper": "",
    }
    office.save(
        office.get(PAPER),
        idea=[draft.pk, sent.pk],
        **of(draft, **extra, name="Three Oaks"),
        **of(sent, name="Other", next_step="remove", revision=0),
    )
    assert Idea.objects.filter(pk=sent.pk).values().get() == before
    draft.refresh_from_db()
    assert (draft.status, draft.is_on_paper, draft.logo) == ("draft", True, "")


def test_drafts_of_another_contest_are_out_of_reach(office):
    draft = make_draft(contest=make_contest(title="Before"))
    sent = of(draft, name="X", revision=0, next_step="keep")
    page = office.get(PAPER)
    office.client.post(PAPER, page.data() | {"idea": draft.pk} | sent)
    draft.refresh_from_db()
    assert draft.name == ""


ODD = ["", "x", "-1", "9" * 30, "\x00", "None", "²"]


@pytest.mark.parametrize("value", ODD)
def test_any_value_gets_an_answer(office, value):
    draft = make_draft(logo=make_picture())
    page = office.get(PAPER)
    for name in [*page.data(), "page", "finished", "turn"]:
        if name != "csrfmiddlewaretoken":
            response = office.client.post(PAPER, page.data() | {name: value})
            assert response.status_code < 500, name
    for name in ("page", "finished"):
        assert office.client.get(PAPER, {name: value}).status_code < 500
    assert office.client.post(PAPER, {"idea": draft.pk}).status_code < 500
    assert office.client.post(PAPER).status_code < 500


def test_receipts_are_shown_only_for_what_came_on_paper(office):
    idea = make_idea()
    assert idea.code not in office.get(f"{PAPER}?finished={idea.pk}").text()


# Their receipts.


def make_finished(**kwargs):
    return make_idea(**{"is_on_paper": True} | kwargs)


def print_receipts(person, *ideas):
    """Press the button for these ideas; return the Page that follows."""
    keys = [getattr(idea, "pk", idea) for idea in ideas]
    return Page(person.client.post(RECEIPTS, {"idea": keys}), RECEIPTS)


def links(page):
    return LINK.findall(page.response.content.decode())


def offered(page):
    """Return the ideas whose receipts the page's button would print."""
    [form] = [form for form in page.all("form") if form.get("action") == RECEIPTS] or [None]
    fields = [] if form is None else page.all("input", form)
    return [int(field.get("value")) for field in fields if field.get("name") == "idea"]


def test_who_has_finished_ideas_prints_a_new_private_link_for_each(office, school, client):
    ideas = [make_draft(name="Secret name", school=school, adult_agreed=True) for _ in range(2)]
    ready = of(ideas[0], next_step="ready") | of(ideas[1], next_step="ready")
    finished = office.save(office.get(PAPER), **ready)
    assert offered(finished) == [idea.pk for idea in ideas]
    page = print_receipts(office, *offered(finished))
    assert "no-store" in page.response["Cache-Control"]
    assert len(links(page)) == 2
    for idea, link in zip(ideas, links(page), strict=True):
        receipt = unescape(client.get(link).content.decode())
        assert "It came on paper" in receipt
        assert idea.code in receipt
        assert idea.code in page.text()
    content = page.response.content.decode()
    assert content.count("QR code: for the camera") == 2
    assert "Secret name" not in content


def test_an_earlier_link_ends_with_the_new_one(office, client):
    idea = make_finished()
    [first] = links(print_receipts(office, idea))
    [second] = links(print_receipts(office, idea))
    assert [client.get(link).status_code for link in (first, second)] == [404, 200]


def test_links_are_told_once_and_kept_nowhere(office):
    idea = make_finished()
    [link] = links(print_receipts(office, idea))
    token = link.split("/")[-2]
    entries = LogEntry.objects.values_list("object_repr", "change_message")
    assert list(entries) == [(f"Idea {idea.pk}", "Made a private link")]
    rows = [*Idea.objects.values(), *LogEntry.objects.values(), dict(office.client.session)]
    assert token not in str(rows)
    assert token not in str(office.client.cookies)
    before = Idea.objects.get().link_hash
    assert office.client.get(RECEIPTS)["Location"] == PAPER
    assert Idea.objects.get().link_hash == before


def test_only_finished_paper_of_the_current_call_gets_receipts(office):
    before = make_contest(title="Before", is_current=False)
    others = [make_idea(), make_draft(), make_finished(contest=before)]
    for idea in others:
        assert print_receipts(office, idea).response.status_code == 404
    idea = make_finished()
    page = print_receipts(office, idea, *others)
    assert len(links(page)) == 1
    assert "3 of the ideas have no slip here" in page.text()
    assert list(Idea.objects.exclude(link_hash="")) == [idea]


def test_each_school_prints_its_own_and_those_of_none(office, head, school):
    own, none, other = (make_finished(school=s) for s in (school, None, make_school()))
    page = office.get(f"{PAPER}?finished={own.pk}.{none.pk}.{other.pk}")
    assert offered(page) == [own.pk, none.pk]
    assert "printed by that school" in page.text()
    assert len(links(print_receipts(office, own, none, other))) == 2
    assert print_receipts(office, other).response.status_code == 404
    assert len(links(print_receipts(head, own, none, other))) == 3


def test_nobody_else_prints_receipts(client, contest):
    idea = make_finished()
    judge = Editing(make_user(Role.JUDGE))
    assert print_receipts(judge, idea).response.status_code == 403
    assert client.post(RECEIPTS, {"idea": idea.pk}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(Role.EDITOR))
    assert strict.post(RECEIPTS, {"idea": idea.pk}).status_code == 403
    assert not Idea.objects.exclude(link_hash="").exists()


def test_an_ideas_page_prints_its_receipt_for_who_may_decide(office, school):
    head = Editing(make_user(Role.HEADTEACHER, school=school))
    paper, online = make_finished(school=school), make_idea(school=school)
    other = make_finished(school=make_school())
    assert offered(head.get(page_of(paper))) == [paper.pk]
    assert offered(head.get(page_of(online))) == []
    assert offered(head.get(page_of(other))) == []
    assert offered(office.get(page_of(paper))) == []
    cover(head, other.school)
    assert offered(head.get(page_of(other))) == [other.pk]
    assert len(links(print_receipts(head, other))) == 1
    assert LogEntry.objects.first().change_message.startswith("Made a private link, covering for ")


@pytest.mark.parametrize(("is_open", "told"), [(True, "can change it"), (False, "can take it")])
def test_a_slip_tells_what_the_family_can_do(office, contest, is_open, told):
    if not is_open:
        contest.closes_at = "2020-01-01T00:00Z"
        contest.save()
    assert f"You {told}" in print_receipts(office, make_finished()).text()


@pytest.mark.parametrize("value", ODD)
def test_any_number_gets_an_answer_and_no_receipt(office, value):
    make_finished()
    assert print_receipts(office, value).response.status_code in (400, 404)


# Of each idea, its link and what the log keeps are written.
@pytest.mark.parametrize(("count", "queries"), [(1, 11), (20, 49)])
def test_receipts_cost_two_queries_each(office, count, queries, django_assert_num_queries):
    make_collaboration()
    ideas = [make_finished() for _ in range(count)]
    print_receipts(office, *ideas)
    with django_assert_num_queries(queries):
        page = print_receipts(office, *ideas)
    assert len(links(page)) == count


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_many_drafts_there_are(
    office, count, django_assert_num_queries
):
    make_collaboration()
    for number in range(count):
        make_draft(logo=f"ideas/{number:032x}.webp", logo_width=60, logo_height=40)
    office.get(PAPER)
    with django_assert_num_queries(8):
        page = office.get(PAPER)
    assert len(page.data()["idea"]) == min(count, 20)


def test_more_drafts_than_a_page_holds_are_on_the_next(office):
    for number in range(25):
        make_draft(name=f"Idea {number}")
    first = office.get(PAPER)
    [later] = [a.get("href") for a in first.all("a") if "".join(a.itertext()) == "Later papers"]
    second = office.get(PAPER + later)
    assert len(first.data()["idea"]) == 20
    assert len(second.data()["idea"]) == 5
    last = Idea.objects.drafts().last()
    page = office.save(second, **of(last, name="Changed"))
    assert page.address == PAPER + later
    last.refresh_from_db()
    assert last.name == "Changed"
