"""Calls for ideas: one is shown, closed and opened by a press; later ones are prepared in peace."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError

from collab_site.core.accounts.roles import Role
from naming_contest.models import Contest, Phase, Score
from tests.admin.pages import Editing
from tests.make import make_collaboration, make_contest, make_idea, make_user

LIST = "/admin/naming_contest/contest/"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
JUDGED = {"end-judging"}


def page_of(contest):
    return f"{LIST}{contest.pk}/change/"


def do(person, contest, what):
    return person.client.post(f"{LIST}{contest.pk}/times/", {"do": what}, follow=True)


def buttons(page):
    return {button.get("value") for button in page.all("button") if button.get("name") == "do"}


@pytest.fixture(autouse=True)
def _at_noon(db):
    make_collaboration()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def later_call(head):
    make_contest(title="Name us")
    return make_contest(title="Name our newsletter")


def test_a_headteacher_prepares_a_later_call_and_shows_it(head):
    make_contest(title="Name us")
    words = {"title": "Name our newsletter", "call": "Think short."}
    page = head.save(head.get(f"{LIST}add/"), **words)
    newer = Contest.objects.get(title="Name our newsletter")

    assert page.address == page_of(newer)
    assert "“Name us” is closed for ideas by this." in page.text()
    assert "Name our newsletter" not in head.get("/name-us/").text()

    do(head, newer, "show")

    assert "Name our newsletter" in head.get("/name-us/").text()
    assert "Earlier calls Name us" in head.get("/name-us/").text()
    assert [row.is_current for row in Contest.objects.order_by("pk")] == [False, True]


def test_an_editor_prepares_none_but_changes_what_there_is(editor):
    contest = make_contest()
    assert editor.status(f"{LIST}add/") == 403
    assert f"{LIST}add/" not in editor.get(LIST).links()
    editor.save(editor.get(page_of(contest)), looked_for="Something short", closes_at_0=NOW.date())
    assert do(editor, contest, "close").status_code == 403
    contest.refresh_from_db()
    assert (contest.looked_for, contest.phase) == ("Something short", Phase.OPEN)


@pytest.mark.parametrize(
    ("times", "words", "offered"),
    [
        ({}, "Open for ideas Families read: You can send ideas now.", {"close"}),
        ({"opens_at": NOW + DAY}, "Not open yet Families read: You can send ideas from", set()),
        ({"closes_at": NOW - DAY}, "Closed and being judged Families read:", JUDGED | {"reopen"}),
        ({"closes_at": NOW - DAY, "settled_at": NOW - DAY}, "Closed and being judged", JUDGED),
        (
            {"closes_at": NOW - DAY, "settled_at": NOW - DAY, "announces_at": NOW},
            "Decided Families read: We have chosen.",
            set(),
        ),
    ],
)
def test_its_page_says_where_it_stands_and_offers_what_fits(head, times, words, offered):
    page = head.get(page_of(make_contest(**times)))
    assert words in page.text()
    assert buttons(page) == offered


def test_one_that_is_not_shown_can_only_be_shown(head, later_call):
    page = head.get(page_of(later_call))
    assert "Nobody sees it yet “Name us” is shown under “Name us”." in page.text()
    assert buttons(page) == {"show"}
    assert "See it on the site" not in page.text()


def test_closing_and_opening_again_take_one_press_each(head):
    contest = make_contest(closes_at=NOW + DAY, announces_at=NOW + 2 * DAY)

    response = do(head, contest, "close")
    assert "is closed for ideas now." in response.content.decode()
    contest.refresh_from_db()
    assert contest.closes_at == NOW
    assert "The time for ideas ended" in head.get("/name-us/").text()

    assert "The days for judging and for the result are taken away" in response.content.decode()
    do(head, contest, "reopen")
    contest.refresh_from_db()
    assert (contest.closes_at, contest.announces_at) == (None, None)
    assert "You can send ideas now." in head.get("/name-us/").text()


def test_judging_ends_with_one_press(head):
    contest = make_contest(closes_at=NOW - DAY)
    assert contest.takes_scores

    response = do(head, contest, "end-judging")

    assert "Judging of “Name us” has ended" in response.content.decode()
    contest = Contest.objects.get()
    assert (contest.judged_until, contest.is_judged) == (NOW, True)
    do(head, contest, "end-judging")
    assert LogEntry.objects.get().change_message == "Ended judging"


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("closes_at", "so no more can be let in"), ("judged_until", "so judging can’t go on")],
)
def test_nobody_goes_back_behind_the_scores(head, field, sentence):
    times = {"closes_at": NOW - 2 * DAY, "judged_until": NOW - DAY}
    contest = make_contest(**times)
    idea = make_idea(contest=contest, status="approved")
    Score.objects.create(judge=head.user, idea=idea, part="name", value=3)
    setattr(contest, field, None)
    with pytest.raises(ValidationError, match=sentence):
        contest.full_clean()
    do(head, contest, "reopen")
    assert Contest.objects.filter(**times).exists()


def test_what_was_pressed_is_logged_and_in_the_history(head, later_call):
    first = Contest.objects.current()
    for contest, what in ((first, "close"), (first, "reopen"), (later_call, "show")):
        do(head, contest, what)
    logged = LogEntry.objects.order_by("pk").values_list("user", "object_repr", "change_message")
    assert list(logged) == [
        (head.user.pk, "Name us", "Closed for ideas"),
        (head.user.pk, "Name us", "Open for ideas again"),
        (head.user.pk, "Name our newsletter", "Shown under “Name us”"),
    ]
    assert "Closed for ideas" in head.get(f"{LIST}{first.pk}/history/").text()


@pytest.mark.parametrize("what", ["close", "reopen"])
def test_what_no_longer_fits_is_told(head, what):
    times = {"closes_at": NOW - DAY, "settled_at": NOW - DAY}
    contest = make_contest(**times)
    response = do(head, contest, what)
    assert "Nothing was done: this call has changed meanwhile." in response.content.decode()
    assert Contest.objects.filter(**times).exists()
    assert not LogEntry.objects.exists()


def test_the_newest_is_shown_in_place_of_one_that_is_deleted(later_call):
    Contest.objects.current().delete()
    assert Contest.objects.current() == later_call


def test_only_who_may_change_calls_presses(client, head, later_call):
    judge = Editing(make_user(Role.JUDGE))
    assert do(judge, later_call, "show").status_code == 403
    assert client.post(f"{LIST}{later_call.pk}/times/", {"do": "show"}).status_code == 302
    assert head.client.get(f"{LIST}{later_call.pk}/times/").status_code == 405
    assert do(head, later_call, "nonsense").status_code == 404
    assert head.client.post(f"{LIST}999/times/", {"do": "show"}).status_code == 404
    assert not Contest.objects.get(pk=later_call.pk).is_current


def test_pressing_needs_the_form_s_token(head, later_call):
    head.client.handler.enforce_csrf_checks = True
    assert do(head, later_call, "show").status_code == 403


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (
            {"opens_at": "2026-06-02T09:00", "closes_at": "2026-06-01T09:00"},
            "It has to open before it closes.",
        ),
        (
            {"closes_at": "2026-06-02T09:00", "judged_until": "2026-06-01T09:00"},
            "Judging has to end after the time for ideas.",
        ),
        ({"judged_until": "2026-06-01T09:00"}, "Judging has to end after the time for ideas."),
        (
            {"announces_at": "2026-06-01T09:00"},
            "The result has to be announced after the time for ideas.",
        ),
    ],
)
def test_times_that_contradict_each_other_are_told_in_a_sentence(head, times, sentence):
    contest = make_contest()
    page = head.save(head.get(page_of(contest)), **times)
    assert "Nothing is saved yet" in page.text()
    assert sentence in page.text()
    assert Contest.objects.filter(pk=contest.pk, **dict.fromkeys(times)).exists()


def test_the_list_says_where_each_stands(head, later_call):
    make_contest(title="Old call", closes_at=NOW - DAY)
    text = head.get(LIST).text()
    assert "Name us Open for ideas · shown under “Name us”" in text
    assert "Old call Closed and being judged" in text
    assert "Name our newsletter Nobody sees it yet" in text


def test_an_earlier_version_of_its_words_does_not_bring_back_that_it_was_shown(head, later_call):
    first = Contest.objects.current()
    for title in ("First words", "Second words"):
        head.save(head.get(page_of(first)), call=title)
    do(head, later_call, "show")
    first.refresh_from_db()
    Contest.objects.filter(pk=first.pk).update(settled_at=NOW)

    history = head.get(f"{LIST}{first.pk}/history/")
    versions = [link for link in history.links() if "/history/" in link and link[-2].isdigit()]
    head.client.post(min(versions, key=lambda link: int(link.split("/")[-2])))

    stored = Contest.objects.get(pk=first.pk)
    assert (stored.call, stored.is_current, stored.settled_at) == ("Please think.", False, NOW)
    assert Contest.objects.current() == later_call


def test_what_families_sent_is_never_removed_with_a_call(head):
    contest = make_idea().contest
    assert head.status(f"{LIST}{contest.pk}/delete/") == 403
