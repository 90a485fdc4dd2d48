"""Deciding about ideas in a real browser: by keyboard, two at once, and for everybody."""

import pytest
from playwright.sync_api import expect

from collab_site.core.accounts.roles import Role
from naming_contest.models import Idea, Moderator
from naming_contest.moderating import Reason
from tests.browser.conftest import let_in
from tests.make import make_collaboration, make_idea, make_picture, make_school, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

QUEUE = "/admin/naming_contest/idea/"


@pytest.fixture
def person(live_server, page):
    """A headteacher of Oak School, signed in on the page."""
    make_collaboration()
    oak = make_school(name="Oak School", short_name="Oak", slug="oak")
    user = make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head", school=oak)
    let_in(page.context, user, live_server)
    return user


@pytest.fixture
def ideas(person):
    """Three ideas that wait, the oldest first."""
    return [
        make_idea(
            name=f"Idea {letter}",
            meaning="Write to sam@home.example",
            logo=make_picture(),
            school=person.school,
            sent_at=f"2026-05-01T12:0{number}Z",
        )
        for number, letter in enumerate("ABC")
    ]


def card(page, name):
    return page.get_by_role("article", name=name)


def states():
    return list(Idea.objects.order_by("sent_at").values_list("status", flat=True))


def test_the_queue_is_worked_through_by_keyboard_alone(page, ideas):
    page.goto(QUEUE)
    page.get_by_role("link", name="Look at them one by one").focus()
    press = page.keyboard.press
    press("Enter")
    expect(card(page, "Idea A")).to_be_focused()
    press("a")
    expect(card(page, "Idea B")).to_be_focused()
    press("u")
    expect(card(page, "Idea A")).to_be_focused()
    expect(page.get_by_text("waits again")).to_be_visible()
    press("Shift+A")
    expect(card(page, "Idea B")).to_be_focused()
    press("d")
    expect(page.get_by_label(Reason.PERSONAL.label)).to_be_focused()
    press("a")  # in a field, keys do nothing
    press("ArrowDown")
    expect(page.get_by_label(Reason.UNREADABLE.label)).to_be_checked()
    press("Tab")
    page.keyboard.type("a dud")
    press("Tab")
    press("Enter")
    expect(card(page, "Idea C")).to_be_focused()
    assert states() == ["approved", "declined", "waiting"]
    assert Idea.objects.get(status="declined").answer == f"{Reason.UNREADABLE.label} a dud"


def test_keys_do_nothing_outside_the_idea_or_with_another_key(page, ideas):
    page.goto(f"{QUEUE}{ideas[0].pk}/change/")
    page.get_by_role("link", name="See the site").focus()
    page.keyboard.press("a")
    page.locator("#idea").focus()
    page.keyboard.press("Control+a")
    expect(card(page, "Idea A")).to_be_focused()
    assert states() == ["waiting"] * 3


def test_keys_can_be_turned_off(page, person, ideas):
    page.goto(f"{QUEUE}{ideas[0].pk}/change/")
    expect(page.get_by_text("key A")).to_be_visible()
    page.get_by_role("link", name="Turn them off").click()
    page.get_by_label("Decide with one key").uncheck()
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("This is how you work from now on")).to_be_visible()
    page.get_by_role("link", name="Look at them one by one").click()
    expect(card(page, "Idea A")).to_be_focused()
    expect(page.get_by_text("key A")).to_be_hidden()
    page.keyboard.press("a")
    page.get_by_role("link", name="Ideas", exact=True).click()
    page.wait_for_url(QUEUE)
    assert states() == ["waiting"] * 3
    assert not Moderator.objects.get(user=person).uses_keys


def open_queue_and_settings(page, ideas):
    page.goto(QUEUE)
    for summary in page.locator("summary").all():
        summary.click()


def open_wrong_code(page, ideas):
    page.goto(f"{QUEUE}?code=AAAAAA")


def open_card_after_a_decision(page, ideas):
    page.goto(f"{QUEUE}{ideas[0].pk}/change/")
    page.get_by_role("button", name="Approve").click()
    expect(card(page, "Idea B")).to_be_focused()


def open_reasons_with_an_error(page, ideas):
    page.goto(f"{QUEUE}{ideas[0].pk}/change/")
    page.locator("summary", has_text="Decline").click()
    page.get_by_role("button", name="Decline, and tell the family").click()
    expect(page.locator("#problems")).to_be_focused()


def open_what_somebody_else_decided(page, ideas):
    page.goto(f"{QUEUE}{ideas[0].pk}/change/")
    bo = make_user(Role.HEADTEACHER, first_name="Bo", last_name="Head")
    Idea.objects.get(pk=ideas[0].pk).decide(Idea.Status.APPROVED, bo)
    page.locator("summary", has_text="Decline").click()
    page.get_by_label("In your own words").fill("Too long for a sign.")
    page.get_by_role("button", name="Decline, and tell the family").click()
    expect(page.locator("#happened")).to_be_focused()
    expect(page.get_by_text("Bo Head approved it in the meantime")).to_be_visible()
    expect(page.get_by_label("In your own words")).to_have_value("Too long for a sign.")


def open_another_schools_idea(page, ideas):
    elm = make_school(name="Elm School", short_name="Elm", slug="elm")
    page.goto(f"{QUEUE}{make_idea(name='Elm’s', school=elm).pk}/change/")


def open_while_covering(page, ideas):
    open_another_schools_idea(page, ideas)
    page.get_by_role("button", name="Cover for Elm School").click()
    expect(page.get_by_text("You are covering for Elm School")).to_be_visible()


def open_erasing(page, ideas):
    page.goto(f"{QUEUE}{ideas[0].pk}/delete/")


@pytest.mark.parametrize(
    "state",
    [
        open_queue_and_settings,
        open_wrong_code,
        open_card_after_a_decision,
        open_reasons_with_an_error,
        open_what_somebody_else_decided,
        open_another_schools_idea,
        open_while_covering,
        open_erasing,
    ],
)
def test_axe_finds_nothing(page, ideas, on_a_phone, check_accessibility, state):
    state(page, ideas)
    check_accessibility()
