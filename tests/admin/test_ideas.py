"""Ideas wait, unseen, until a headteacher approves or declines them."""

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from naming_contest.models import Idea
from tests.make import make_collaboration, make_idea, make_picture, make_school

QUEUE = "/admin/naming_contest/idea/"


def page_of(idea):
    return f"{QUEUE}{idea.pk}/change/"


def decide(person, idea, status):
    return person.client.post(f"{QUEUE}{idea.pk}/decide/", {"status": status}, follow=True)


def make_old_idea(day, **kwargs):
    return make_idea(sent_at=f"2026-05-{day:02}T12:00Z", **kwargs)


def names(page):
    return [
        "".join(link.itertext())
        for item in page.all("li")
        if (item.get("id") or "").startswith("idea-")
        for link in page.all("a", item)
    ]


def test_the_queue_shows_what_waits_the_oldest_first(head):
    make_old_idea(2, name="Younger")
    make_old_idea(1, name="Older")
    make_idea(name="Seen", status="approved")
    make_idea(name="Unkind", status="declined")
    page = head.get(QUEUE)
    assert names(page) == ["Older", "Younger"]
    for words in ("Waiting (2)", "Approved (1)", "Declined (1)"):
        assert words in page.text()
    assert names(head.get(f"{QUEUE}?status=approved")) == ["Seen"]
    assert names(head.get(f"{QUEUE}?status=declined")) == ["Unkind"]


@pytest.mark.parametrize("status", ["", "nonsense", "waiting"])
def test_any_other_choice_shows_what_waits(head, status):
    make_idea(name="Older")
    assert names(head.get(f"{QUEUE}?status={status}")) == ["Older"]


def test_an_ideas_page_tells_all_and_changes_no_word(head):
    school = make_school(name="Hill School")
    idea = make_old_idea(
        3,
        name="Three Oaks",
        strap_line="Growing together",
        meaning="Three trees",
        first_name="Sam",
        year_group="year-3",
        school=school,
        logo=make_picture(),
    )
    page = head.get(page_of(idea))
    for words in (
        "Three Oaks",
        "Growing together",
        "Three trees",
        "Sam, Year 3, Hill School",
        "Sunday 3 May 2026, 13:00",
    ):
        assert words in page.text()
    fields = {
        field.get("name") for tag in ("input", "textarea", "select") for field in page.all(tag)
    }
    assert fields == {"csrfmiddlewaretoken"}
    assert head.client.post(page_of(idea), {"name": "Other"}).status_code == 403


@pytest.mark.parametrize("status", ["approved", "declined"])
def test_deciding_shows_the_next_idea_that_waits(head, status):
    first, second = make_old_idea(1), make_old_idea(2)
    with time_machine.travel("2026-06-01T10:00Z", tick=False):
        head.client.force_login(head.user)
        response = decide(head, first, status)
        assert response.redirect_chain == [(page_of(second), 302)]
        assert decide(head, second, status).redirect_chain == [(QUEUE, 302)]
    first.refresh_from_db()
    assert (first.status, first.decided_by) == (status, head.user)
    assert first.decided_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert f"{first} is {status}" in response.content.decode()


def test_a_decision_is_undone_from_its_message(head):
    idea = make_idea()
    response = decide(head, idea, "approved")
    assert f'action="{QUEUE}{idea.pk}/decide/"' in response.content.decode()
    assert 'value="waiting">Undo</button>' in response.content.decode()
    response = decide(head, idea, "waiting")
    idea.refresh_from_db()
    assert (idea.status, idea.decided_at, idea.decided_by) == ("waiting", None, None)
    assert response.redirect_chain == [(page_of(idea), 302)]


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("waiting", ["Approve", "Decline"]),
        ("approved", ["Decline", "Put back to waiting"]),
        ("declined", ["Approve", "Put back to waiting"]),
    ],
)
def test_only_what_would_change_something_is_offered(head, status, offered):
    page = head.get(page_of(make_idea(status=status)))
    decisions = [button for button in page.all("button") if button.get("name") == "status"]
    assert ["".join(button.itertext()) for button in decisions] == offered


def test_only_who_may_decide_decides(editor, client, head):
    idea = make_idea()
    assert decide(editor, idea, "approved").status_code == 403
    assert client.post(f"{QUEUE}{idea.pk}/decide/", {"status": "approved"}).status_code == 302
    assert head.client.get(f"{QUEUE}{idea.pk}/decide/").status_code == 405
    assert decide(head, idea, "nonsense").status_code == 404
    assert Idea.objects.get().status == "waiting"


def test_deciding_needs_the_forms_token(head):
    idea = make_idea()
    head.client.handler.enforce_csrf_checks = True
    assert decide(head, idea, "approved").status_code == 403


def test_a_waiting_picture_is_only_for_who_may_see_ideas(head, editor, client):
    idea = make_idea(logo=make_picture())
    [picture] = head.get(page_of(idea)).all("img")
    address = picture.get("src")
    response = head.picture(address)
    assert response["Content-Type"] == "image/webp"
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert editor.status(address) == 403
    assert client.get(address)["Location"].startswith("/admin/login/")


def test_an_approved_idea_is_on_the_site_and_a_declined_one_is_not(head):
    make_collaboration()
    idea = make_idea(name="Three Oaks")
    assert "Three Oaks" not in head.get("/name-us/").text()
    decide(head, idea, "approved")
    assert "Three Oaks" in head.get("/name-us/").text()
    decide(head, idea, "declined")
    assert "Three Oaks" not in head.get("/name-us/").text()


def test_what_is_logged_holds_nothing_that_was_sent(head):
    idea = make_idea(name="Secret", first_name="Sam", meaning="Mine")
    decide(head, idea, "declined")
    head.client.post(f"{QUEUE}{idea.pk}/delete/", {"post": "yes"})
    logged = [
        (entry.object_repr, entry.change_message) for entry in LogEntry.objects.order_by("pk")
    ]
    assert logged == [(f"Idea {idea.pk}", "Declined"), (f"Idea {idea.pk}", "")]
    assert not Idea.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_the_queue_do_not_grow(head, count, django_assert_num_queries):
    make_collaboration()
    for _ in range(count):
        make_idea(school=make_school())
    with django_assert_num_queries(10):
        head.get(QUEUE)
