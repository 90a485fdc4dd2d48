import re

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import escape

from naming_contest.models import Gallery, Part, Winner
from tests.make import make_contest, make_idea, make_winner

PANEL = "/from/oak/panel/name-us/"
FORM = 'href="/from/oak/name-us/suggest/"'
OVER = {"closes_at": "2026-04-30T12:00Z"}
DECIDED = OVER | {"announces_at": "2026-05-06T12:00Z", "settled_at": "2026-05-04T12:00Z"}


@pytest.fixture
def panel(client, school):
    return lambda: client.get(PANEL).content.decode()


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel("2026-05-07 12:00 +0000"):
        yield


def test_an_open_call_says_what_is_asked_until_when_and_how_to_take_part(panel):
    make_contest(title="Find a name", call="Think hard.", closes_at="2026-06-12 14:30Z")
    html = panel()
    assert "<h1>Find a name</h1>" in html
    for words in ("Think hard.", "until Friday 12 June 2026, 3:30 pm.", "hand it in at Oak."):
        assert words in html
    assert f'<a class="button" {FORM}>Send us your idea</a>' in html
    assert 'href="/from/oak/name-us/">How it works</a>' in html


def test_before_it_opens_there_is_no_way_to_the_form(panel):
    make_contest(call="Think hard.", opens_at="2026-05-08 07:00Z")
    html = panel()
    assert "You can send ideas from Friday 8 May 2026, 8 am." in html
    assert "Think hard." in html
    assert FORM not in html


def test_while_it_is_judged_the_panel_leads_to_the_ideas(panel):
    make_contest(call="Think hard.", **OVER)
    html = panel()
    assert "The judges are choosing." in html
    assert 'href="/from/oak/name-us/ideas/">See the ideas</a>' in html
    for no_more in (FORM, "Think hard.", "hand it in"):
        assert no_more not in html


def test_the_newest_three_names_are_shown_exactly_as_they_were_sent(panel, contest):
    names = ["First", "Second", "O’Neill & <Söhne> 木", "Fourth"]
    for name in names:
        make_idea(name=name, status="approved")
    make_idea(name="", strap_line="Growing together", status="approved")
    html = panel()
    shown = re.findall(r'<li dir="auto">(.*?)</li>', html)
    assert shown == [escape(name) for name in reversed(names[1:])]
    assert "Growing together" not in html


@pytest.mark.parametrize("status", ["draft", "waiting", "declined"])
def test_a_name_that_nobody_has_approved_is_not_in_the_panel(panel, contest, status):
    at = timezone.now() if status == "declined" else None
    make_idea(name="Hidden", status=status, decided_at=at)
    html = panel()
    assert "Hidden" not in html
    assert "newest names" not in html


def test_while_families_see_no_ideas_the_panel_shows_none(panel):
    contest = make_contest(gallery=Gallery.AFTER_CLOSING)
    make_idea(name="Hidden", status="approved")
    assert "Hidden" not in panel()
    contest.closes_at = "2026-05-07T11:00Z"
    contest.save()
    assert "Hidden" in panel()


def test_a_name_of_another_contest_is_not_in_the_panel(panel, contest):
    make_idea(name="Long ago", contest=make_contest(), status="approved")
    assert "Long ago" not in panel()


def test_the_result_is_told_with_its_logo_and_leads_to_the_story(panel):
    contest = make_contest(**DECIDED)
    name, logo = make_winner(contest=contest), make_winner(Part.LOGO, contest=contest)
    make_idea(name="Not chosen", status="approved")
    html = panel()
    assert f"We have chosen: <strong><bdi>{name.idea.name}</bdi></strong>" in html
    assert re.search(rf'src="/from/oak{logo.idea.logo_address()}" alt="Three trees"', html)
    assert 'href="/from/oak/name-us/story/">How it came about</a>' in html
    assert "Not chosen" not in html


def test_a_result_that_has_not_been_announced_is_not_in_the_panel(panel):
    make_winner(contest=make_contest(**DECIDED | {"announces_at": "2026-05-08T12:00Z"}))
    html = panel()
    assert "The judges are choosing." in html
    assert "We have chosen" not in html


def test_a_winner_that_was_taken_back_is_gone_from_the_panel(panel):
    make_winner(contest=make_contest(**DECIDED)).idea.delete()
    html = panel()
    assert Winner.objects.count() == 0
    assert "Three Oaks" not in html
    assert "See the ideas</a>" in html


def test_without_a_call_the_panel_is_kind(panel):
    html = panel()
    assert "<h1>Name us</h1>" in html
    assert "We are not asking for ideas just now." in html
    assert FORM not in html


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("times", [{}, DECIDED])
def test_the_panel_costs_five_queries(client, school, django_assert_num_queries, count, times):
    contest = make_contest(**times)
    for number in range(count):
        make_idea(name=f"Name {number}", status="approved")
    make_winner(contest=contest)
    make_winner(Part.LOGO, contest=contest)
    with django_assert_num_queries(5):
        client.get(PANEL)
