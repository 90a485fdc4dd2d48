"""Ideas wait, unseen, until somebody of their school approves or declines them."""

import re
from html import unescape

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from collab_site.core.accounts.roles import Role
from naming_contest.admin.queue import IdeaAdmin
from naming_contest.models import Idea, Moderator
from naming_contest.moderating import Reason
from tests.admin.deciding import QUEUE, buttons, decide, names, page_of
from tests.admin.pages import Editing
from tests.make import (
    make_collaboration,
    make_contest,
    make_idea,
    make_picture,
    make_school,
    make_user,
)


def make_old_idea(day, **kwargs):
    return make_idea(sent_at=f"2026-05-{day:02}T12:00Z", **kwargs)


def text_of(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def logged():
    entries = LogEntry.objects.order_by("pk")
    return list(entries.values_list("object_repr", "change_message"))


@pytest.fixture
def colleague(db):
    """Another headteacher, of no school either."""
    return Editing(make_user(Role.HEADTEACHER, first_name="Bo", last_name="Head"))


def test_the_queue_shows_what_waits_the_oldest_first(head):
    make_old_idea(2, name="Younger")
    make_old_idea(1, name="Older")
    make_idea(name="Seen", status="approved")
    make_idea(name="Unkind", status="declined")
    make_idea(name="On the desk of the office", status="draft", decided_at=None)
    page = head.get(QUEUE)
    assert names(page) == ["Older", "Younger"]
    for words in ("Waiting (2)", "Approved (1)", "Declined (1)"):
        assert words in page.text()
    assert names(head.get(f"{QUEUE}?status=approved")) == ["Seen"]
    assert names(head.get(f"{QUEUE}?status=declined")) == ["Unkind"]


def test_what_was_decided_last_stands_first(head):
    make_old_idea(1, name="Later", status="approved", decided_at="2026-06-02T12:00Z")
    make_old_idea(2, name="Sooner", status="approved", decided_at="2026-06-01T12:00Z")
    assert names(head.get(f"{QUEUE}?status=approved")) == ["Later", "Sooner"]


@pytest.mark.parametrize("status", ["", "nonsense", "waiting", "draft"])
def test_any_other_choice_shows_what_waits(head, status):
    make_idea(name="Older")
    assert names(head.get(f"{QUEUE}?status={status}")) == ["Older"]


def test_a_long_queue_has_pages_and_counts_no_further_than_it_has_to(head, monkeypatch):
    monkeypatch.setattr("collab_site.core.paging.MOST_COUNTED", 20)
    monkeypatch.setattr("naming_contest.templatetags.moderating.MOST_COUNTED", 20)
    for number in range(30):
        make_idea(name=f"Idea {number}")
    page = head.get(QUEUE)
    assert "Waiting (20+)" in page.text()
    assert "20+ wait for you" in head.get("/admin/").text()
    assert len(names(page)) == 24
    addresses = {"".join(a.itertext()): a.get("href") for a in page.all("a")}
    for way in ("Next", "Last page"):
        later = head.get(QUEUE + addresses[way])
        assert names(later)[-1] == "Idea 29"
        assert "Back" in later.text()


@pytest.mark.parametrize("written", ["{0}", " {1} ", "{2}"])
def test_a_receipts_code_leads_to_its_idea(head, written):
    code = make_idea().code
    idea = Idea.objects.get()
    sent = written.format(code, code.lower(), f"{code[:3]} {code[3:]}")
    response = head.client.get(QUEUE, {"code": sent})
    assert response["Location"] == f"{page_of(idea)}#idea"


@pytest.mark.parametrize("code", ["", "AAAAAA", "X" * 200, "' or 1=1", "ß"])
def test_another_code_is_told_to_be_wrong(head, code):
    page = head.get(QUEUE, data={"code": code})
    assert page.response.status_code == 200
    assert "There is a problem" in page.text()


def test_what_the_office_still_enters_is_not_decided_about(head):
    idea = make_idea(status="draft", decided_at=None)
    assert head.status(page_of(idea)) == 404
    assert decide(head, idea, "approved").status_code == 404
    idea.refresh_from_db()
    assert idea.status == "draft"
    assert "There is a problem" in head.get(QUEUE, data={"code": idea.code}).text()


@pytest.mark.parametrize("number", ["0", "abc", "_", "9" * 30])
def test_a_number_that_no_idea_has_is_told_kindly(head, number):
    response = head.client.get(f"{QUEUE}{number}/change/")
    assert response.status_code == 410
    assert "This idea is no longer there" in text_of(response)


def test_an_ideas_page_tells_all_and_changes_no_word(head):
    school = make_school(name="Hill School")
    idea = make_old_idea(
        3,
        name="Three Oaks",
        strap_line="Growing together",
        meaning="Three trees",
        first_name="Sam",
        shows_first_name=True,
        year_group="year-3",
        school=school,
        logo=make_picture(),
        logo_alt="Oaks in a row",
    )
    page = head.get(page_of(idea))
    for words in (
        "Three Oaks",
        "Growing together",
        "Three trees",
        "Sam, Year 3, Hill School",
        "May the first name be shown? Yes, if the idea is chosen",
        "Oaks in a row",
        f"Receipt code {idea.code}",
        "Sunday 3 May 2026, 13:00",
    ):
        assert words in page.text()
    [picture] = page.all("img")
    assert picture.get("alt") == "Oaks in a row"
    fields = {
        field.get("name") for tag in ("input", "textarea", "select") for field in page.all(tag)
    }
    assert fields == {"csrfmiddlewaretoken", "revision", "opened", "status", "reason", "words"}
    assert head.client.post(page_of(idea), {"name": "Other"}).status_code == 405


def test_what_may_tell_who_somebody_is_is_marked_and_named(head):
    idea = make_idea(meaning="Write to sam@home.example <b>", first_name="Sam Miller")
    page = head.get(page_of(idea))
    assert ["".join(mark.itertext()) for mark in page.all("mark")] == [
        "sam@home.example",
        "Sam Miller",
    ]
    text = page.text()
    assert "Write to sam@home.example (this looks like an e-mail address) <b>" in text
    assert "Sam Miller (this looks like a full name)" in text
    assert "here is what may be an e-mail address and a full name" in text
    assert page.all("b") == []


def test_ideas_with_about_the_same_name_are_counted(head):
    idea = make_idea(name="Bright Stars")
    assert "suggested this" not in head.get(page_of(idea)).text()
    make_idea(name="bright star!", status="declined")
    make_idea(name="Brihgt Stars")
    make_idea(name="Bright Stars", status="draft", decided_at=None)
    assert "3 children suggested this" in head.get(page_of(idea)).text()


def test_pictures_without_names_are_not_alike(head):
    ideas = [make_idea(name="", logo=make_picture()) for _ in range(2)]
    assert "suggested this" not in head.get(page_of(ideas[0])).text()


@pytest.mark.parametrize("status", ["approved", "declined"])
def test_deciding_shows_the_next_idea_that_waits(head, status):
    first, second = make_old_idea(1), make_old_idea(2)
    with time_machine.travel("2026-06-01T10:00Z", tick=False):
        head.client.force_login(head.user)
        response = decide(head, first, status)
        assert response.redirect_chain == [(f"{page_of(second)}#idea", 302)]
        assert decide(head, second, status).redirect_chain == [(QUEUE, 302)]
    first.refresh_from_db()
    assert (first.status, first.decided_by) == (status, head.user)
    assert first.decided_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert f"{first} is {status}" in response.content.decode()


def test_the_family_reads_the_reason_that_was_chosen(head):
    idea = make_idea()
    decide(head, idea, "declined", reason="unkind", words="Try again <3")
    idea.refresh_from_db()
    assert idea.answer == f"{Reason.UNKIND.label} Try again <3"
    assert f"The family reads {idea.answer}" in head.get(page_of(idea)).text()


@pytest.mark.parametrize("reason", ["", "own"])
def test_a_reason_may_be_in_ones_own_words_alone(head, reason):
    idea = make_idea()
    decide(head, idea, "declined", reason=reason, words="It is too long for a sign.")
    idea.refresh_from_db()
    assert (idea.status, idea.answer) == ("declined", "It is too long for a sign.")


def test_an_approval_may_carry_a_word_for_the_family(head):
    idea = make_idea()
    decide(head, idea, "approved", words="What a lovely drawing!")
    idea.refresh_from_db()
    assert (idea.status, idea.answer) == ("approved", "What a lovely drawing!")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reason": ""}, "Choose a reason, or write one."),
        ({"reason": "own"}, "Choose a reason, or write one."),
        ({"reason": "nonsense", "words": "Kept"}, "Choose a reason, or write one."),
        ({"reason": "own", "words": "W" * 501}, "there is room for 500"),
        (
            {"reason": "not-now", "words": "W" * 500},
            "With the reason above this has 563 char",
        ),
        ({"revision": ""}, "Look at the idea again before you decide."),
    ],
)
def test_a_decline_without_a_good_reason_is_asked_about(head, fields, told):
    idea = make_idea()
    response = decide(head, idea, "declined", **fields)
    text = text_of(response)
    assert response.status_code == 200
    assert "Error: Idea" in text
    assert told in text
    assert fields.get("words", "") in text
    assert Idea.objects.get().status == "waiting"


def undo_form(response):
    [form] = re.findall(r'<form class="undo".*?</form>', response.content.decode(), re.DOTALL)
    fields = dict(re.findall(r'name="(revision|opened|status)" value="(\w+)"', form))
    return re.search(r'action="([^"]+)"', form)[1], fields


@pytest.mark.parametrize("status", ["approved", "declined"])
def test_a_decision_is_undone_from_its_message(head, status):
    idea = make_idea()
    address, fields = undo_form(decide(head, idea, status))
    response = head.client.post(address, fields, follow=True)
    idea.refresh_from_db()
    assert (idea.status, idea.decided_at, idea.decided_by) == ("waiting", None, None)
    assert response.redirect_chain == [(f"{page_of(idea)}#idea", 302)]


def test_what_somebody_has_decided_since_is_not_undone(head, colleague):
    idea = make_idea()
    address, fields = undo_form(decide(head, idea, "approved"))
    decide(colleague, idea, "declined")
    response = head.client.post(address, fields)
    assert response.status_code == 409
    assert "Bo Head declined it in the meantime" in text_of(response)
    assert Idea.objects.get().status == "declined"


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("waiting", ["Approve", "Decline, and tell the family"]),
        ("approved", ["Take it down", "Decline, and tell the family"]),
        ("declined", ["Approve", "Put it back to waiting"]),
    ],
)
def test_only_what_would_change_something_is_offered(head, status, offered):
    assert buttons(head.get(page_of(make_idea(status=status)))) == offered


@time_machine.travel("2026-06-01T10:00Z", tick=False)
@pytest.mark.parametrize("theirs", ["approved", "declined"])
def test_the_slower_of_two_is_told_and_loses_no_word(head, colleague, theirs):
    idea = make_idea()
    decide(colleague, idea, theirs)
    mine = "Too long for a sign."
    response = decide(head, idea, "declined", revision=0, reason="own", words=mine)
    text = text_of(response)
    assert response.status_code == 409
    assert f"Bo Head {theirs} it in the meantime, on 1 June 2026, 11:00." in text
    assert mine in text
    assert Idea.objects.get().decided_by == colleague.user
    assert 'name="revision" value="1"' in response.content.decode()
    decide(head, idea, "declined", reason="own", words=mine)
    assert Idea.objects.get().answer == mine


@time_machine.travel("2026-06-01T10:00Z", tick=False)
def test_who_put_it_back_meanwhile_is_named(head, colleague):
    idea = make_idea(status="approved")
    decide(colleague, idea, "waiting")
    text = text_of(decide(head, idea, "declined", revision=0))
    assert "Bo Head put it back to waiting in the meantime" in text


def test_a_receipt_printed_meanwhile_is_not_taken_for_a_decision(head, colleague):
    idea = make_idea(is_on_paper=True)
    colleague.client.post(f"{QUEUE}paper/receipts/", {"idea": idea.pk})
    Idea.objects.update(revision=1)
    text = text_of(decide(head, idea, "approved", revision=0))
    assert "The family has changed it in the meantime" in text


def test_what_the_family_has_changed_meanwhile_is_seen_before_it_is_approved(head):
    idea = make_idea(name="Before")
    Idea.objects.update(name="After", revision=1)
    response = decide(head, idea, "approved", revision=0, words="Lovely")
    assert response.status_code == 409
    text = text_of(response)
    assert "The family has changed it in the meantime" in text
    assert "After" in text
    assert "Lovely" in text
    assert Idea.objects.get().status == "waiting"


def test_a_decision_on_a_withdrawn_idea_is_told_and_its_words_are_shown(head):
    idea = make_idea()
    Idea.objects.get().delete()
    response = decide(head, idea, "declined", words="Too long for a sign.")
    assert response.status_code == 410
    assert "This idea is no longer there" in text_of(response)
    assert "Too long for a sign." in text_of(response)
    assert head.status(page_of(idea)) == 410


def test_an_idea_that_goes_while_it_is_decided_about_is_told(head, monkeypatch):
    idea = make_idea()

    monkeypatch.setattr(
        "naming_contest.admin.queue._note", lambda *_: Idea.objects.get().delete() and "Approved"
    )
    assert decide(head, idea, "approved").status_code == 410


@pytest.mark.parametrize("status", ["approved", "declined", "waiting"])
def test_a_double_click_decides_once_and_goes_on(head, status):
    idea = make_idea(status="declined" if status == "approved" else "approved")
    for _ in range(2):
        response = decide(head, idea, status, revision=0)
        assert response.status_code == 200
        assert "Your decision is not kept yet" not in text_of(response)
    assert len(logged()) == 1


def test_only_who_may_decide_decides(editor, client, head):
    idea = make_idea()
    assert decide(editor, idea, "approved").status_code == 403
    assert client.post(f"{QUEUE}{idea.pk}/decide/", {"status": "approved"}).status_code == 302
    assert head.client.get(f"{QUEUE}{idea.pk}/decide/")["Location"] == page_of(idea)
    assert decide(head, idea, "nonsense").status_code == 404
    assert Idea.objects.get().status == "waiting"
    for address in ("cover/", "work/"):
        assert editor.client.post(QUEUE + address).status_code == 403


def test_deciding_needs_the_forms_token(head):
    idea = make_idea()
    head.client.handler.enforce_csrf_checks = True
    assert decide(head, idea, "approved").status_code == 403


def test_a_waiting_picture_is_only_for_who_may_see_ideas(head, editor, client):
    idea = make_idea(logo=make_picture())
    [picture] = head.get(page_of(idea)).all("img")
    address = picture.get("src")
    assert re.fullmatch(rf"{QUEUE}pictures/[0-9a-f]{{32}}\.webp", address)
    response = head.picture(address)
    assert response["Content-Type"] == "image/webp"
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert editor.status(address) == 403
    assert client.get(address)["Location"].startswith("/admin/login/")


def test_a_concern_takes_an_idea_down_at_once(head):
    make_collaboration()
    idea = make_idea(name="Three Oaks")
    assert "Three Oaks" not in head.get("/name-us/").text()
    decide(head, idea, "approved")
    assert "Three Oaks" in head.get("/name-us/").text()
    response = decide(head, idea, "waiting")
    assert "waits again. Nobody else sees it." in text_of(response)
    assert "Three Oaks" not in head.get("/name-us/").text()
    assert logged()[-1] == (f"{idea}", "Taken down")


def test_an_approval_says_when_everybody_sees_it(head):
    contest = make_contest(gallery="after-closing")
    said = text_of(decide(head, make_idea(contest=contest), "approved"))
    assert "everybody will see it when the time for ideas is over" in said


def test_erasing_is_confirmed_says_that_it_is_for_good_and_leaves_a_number(
    head, django_capture_on_commit_callbacks
):
    idea = make_idea(name="Secret")
    address = f"{QUEUE}{idea.pk}/delete/"
    assert address in head.get(page_of(idea)).links()
    page = head.get(address)
    assert f"Erase {idea}?" in page.text()
    assert "It can’t be put back" in page.text()
    assert "Secret" not in page.text()
    assert Idea.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        response = head.client.post(address, {"post": "yes"}, follow=True)
    assert f"{idea} is erased." in text_of(response)
    assert not Idea.objects.exists()


def test_erasing_what_its_family_has_withdrawn_a_moment_ago_is_done_too(head, monkeypatch):
    idea = make_idea()
    log = IdeaAdmin.log_deletions

    def withdraw_meanwhile(self, request, queryset):
        log(self, request, queryset)
        Idea.objects.get().delete()

    monkeypatch.setattr(IdeaAdmin, "log_deletions", withdraw_meanwhile)
    address = f"/admin/naming_contest/idea/{idea.pk}/delete/"
    response = head.client.post(address, {"post": "yes"}, follow=True)
    assert f"{idea} is erased." in text_of(response)


def test_what_is_logged_holds_nothing_that_was_sent(head):
    idea = make_idea(name="Secret", first_name="Sam", meaning="Mine")
    for status in ("declined", "waiting", "approved", "waiting"):
        decide(head, idea, status)
    head.client.post(f"{QUEUE}{idea.pk}/delete/", {"post": "yes"})
    done = ["Declined", "Put back to waiting", "Approved", "Taken down", "Erased"]
    assert logged() == [(f"Idea {idea.pk}", words) for words in done]
    assert set(LogEntry.objects.values_list("user", flat=True)) == {head.user.pk}


def test_how_somebody_works_is_theirs_to_choose(head):
    make_idea()
    [card] = head.get(page_of(Idea.objects.get())).all("article")
    assert card.get("data-keys") is not None
    head.client.post(f"{QUEUE}work/", {"wants_email": "on"})
    kept = Moderator.objects.get(user=head.user)
    assert (kept.uses_keys, kept.wants_email) == (False, True)
    [card] = head.get(page_of(Idea.objects.get())).all("article")
    assert card.get("data-keys") is None


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_the_queue_do_not_grow(head, count, django_assert_num_queries):
    make_collaboration()
    for _ in range(count):
        make_idea(school=make_school())
    with django_assert_num_queries(11):
        head.get(QUEUE)
    with django_assert_num_queries(11):
        head.get(f"{QUEUE}?page=last")


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_a_schools_own_queue_do_not_grow(db, count, django_assert_num_queries):
    make_collaboration()
    school = make_school()
    person = Editing(make_user(Role.HEADTEACHER, school=school))
    for _ in range(count):
        make_idea(school=school)
        make_idea(status="approved", school=school)
    for page in ("", "?page=last", "?status=approved&page=last"):
        with django_assert_num_queries(17):
            person.get(f"{QUEUE}{page}")


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_an_ideas_page_do_not_grow(head, count, django_assert_num_queries):
    make_collaboration()
    for _ in range(count):
        idea = make_idea()
    with django_assert_num_queries(9):
        head.get(page_of(idea))


def test_what_its_family_has_changed_is_told(head):
    idea = make_idea(status="approved")
    assert "Changed by its family" not in head.get(page_of(idea)).text()
    idea.name = "Four Oaks"
    with time_machine.travel("2026-05-04T12:00Z"):
        idea.rewrite(["name"])
    assert "Changed by its family Monday 4 May 2026, 13:00" in head.get(page_of(idea)).text()
