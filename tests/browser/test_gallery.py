"""The call and its ideas in every phase, as a family and an editor see them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from collab_site.core.accounts.roles import Role
from naming_contest.models import Winner
from tests.browser.conftest import let_in
from tests.make import (
    make_collaboration,
    make_contest,
    make_idea,
    make_picture,
    make_school,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

DAY = timedelta(days=1)
WORDS = {
    "looked_for": "Something short.",
    "how": "Every child may take part.",
    "judging": "The heads give marks.",
    "afterwards": "We tell you at assembly.",
}


@pytest.fixture(autouse=True)
def collaboration(live_server):
    make_collaboration()
    make_school(name="Oak School", short_name="Oak", slug="oak")


def make_shown(contest, number=3):
    make_idea(contest=contest, name="W" * 80, status="approved")
    for _ in range(number):
        logo = {"logo": make_picture(), "logo_alt": "Three trees", "meaning": "Roots meet."}
        make_idea(contest=contest, strap_line="Together", status="approved", **logo)


def begin(**times):
    """Make the contest with these times, as days from now, and some ideas."""
    now = timezone.now()
    days = {name: now + days * DAY for name, days in times.items()}
    contest = make_contest(**WORDS, **days)
    make_shown(contest)
    return contest


def open_before(page):
    begin(opens_at=1, closes_at=9, judged_until=10, announces_at=11)
    page.goto("/name-us/")


def open_while_open(page):
    begin(opens_at=-1, closes_at=9)
    page.goto("/name-us/")


def open_without_an_end_at_an_entrance(page):
    begin()
    page.goto("/from/oak/name-us/")


def open_while_judged(page):
    begin(closes_at=-1, announces_at=9)
    page.goto("/name-us/")


def decide(page, address):
    contest = begin(closes_at=-9, announces_at=-1, settled_at=-2)
    idea = contest.ideas.exclude(logo="").first()
    for part in ("name", "strap_line", "logo"):
        Winner.objects.create(contest=contest, part=part, idea=idea)
    page.goto(address)


def open_decided(page):
    decide(page, "/name-us/")


def open_home_when_decided(page):
    decide(page, "/")


def open_gallery(page):
    make_shown(begin(), 60)
    page.goto("/name-us/ideas/")
    page.get_by_role("link", name="Older ideas").click()
    page.wait_for_url("**?page=*")


def open_gallery_that_waits(page):
    make_contest(gallery="after-closing")
    page.goto("/name-us/ideas/")


def open_earlier_call(page):
    begin(closes_at=-9)
    make_contest(title="Name our newsletter").make_current()
    page.goto("/name-us/")
    page.get_by_role("link", name="Name us", exact=True).last.click()
    page.wait_for_url("**/calls/**")


def open_privacy(page):
    page.goto("/privacy/")


@pytest.mark.parametrize(
    "state",
    [
        open_before,
        open_while_open,
        open_without_an_end_at_an_entrance,
        open_while_judged,
        open_decided,
        open_home_when_decided,
        open_gallery,
        open_gallery_that_waits,
        open_earlier_call,
        open_privacy,
    ],
)
def test_axe_finds_nothing(page, on_a_phone, check_accessibility, state):
    state(page)
    check_accessibility()


def test_axe_finds_nothing_where_calls_are_closed_and_shown(
    page, live_server, on_a_phone, check_accessibility
):
    contest, later = begin(closes_at=-1), make_contest(title="Name our newsletter")
    let_in(page.context, make_user(Role.HEADTEACHER), live_server)
    page.goto(f"/admin/naming_contest/contest/{contest.pk}/change/")
    page.get_by_text("Open again").click()
    expect(page.get_by_role("button", name="Yes, open it again")).to_be_visible()
    check_accessibility()
    page.get_by_role("button", name="Yes, open it again").click()
    expect(page.get_by_text("Families can send ideas").first).to_be_visible()
    page.goto(f"/admin/naming_contest/contest/{later.pk}/change/")
    check_accessibility()
    page.get_by_role("button", name="Show this one").click()
    expect(page.get_by_text("is shown under “Name us” now.")).to_be_visible()
