"""The gallery: what has been approved, page by page, and nothing of who sent it."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from naming_contest.call_views import PER_PAGE
from naming_contest.models import Idea
from tests.make import make_contest, make_idea, make_picture, make_school

GALLERY = "/name-us/ideas/"
NAME = re.compile(r'<h3 dir="auto">(.*?)</h3>')
LINK = re.compile(r'<a href="([^"]+)"[^>]*>([A-Z][a-z]+ ideas)</a>')
START = datetime.fromisoformat("2026-05-01T12:00Z")


def make_shown(number):
    """Make as many approved ideas, one a minute: Idea 0, Idea 1, and so on."""
    for place in range(number):
        at = START + timedelta(minutes=place)
        make_idea(name=f"Idea {place}", status="approved", decided_at=at)


def links(page):
    return {words: address for address, words in LINK.findall(page.content.decode())}


@pytest.fixture
def gallery(client, contest, school):
    """Return a function that opens an address, read from where the last one led."""
    return lambda address="": client.get(GALLERY + address)


def test_an_idea_is_shown_and_nothing_of_who_sent_it_where_and_when(gallery):
    idea = make_idea(
        name="Three Oaks",
        strap_line="Growing together",
        meaning="Roots meet.",
        logo=make_picture(),
        logo_alt="Three green trees",
        first_name="Samira",
        school=make_school(name="Hidden School", short_name="Hidden"),
        year_group="year-3",
        answer="Lovely!",
        status="approved",
        decided_at="2024-02-03T12:00Z",
        sent_at="2024-02-02T12:00Z",
    )

    html = gallery().content.decode()
    shown = html[html.index("<main") : html.index("</main>")]

    for words in ("Three Oaks", "Growing together", "Roots meet.", 'alt="Three green trees"'):
        assert words in shown
    for secret in ("Samira", "Hidden", "Year 3", "2024", "Lovely", idea.code, "February"):
        assert secret not in shown


@pytest.mark.parametrize("status", ["waiting", "declined", "draft"])
def test_what_is_not_approved_is_not_there(gallery, status):
    at = START if status == "declined" else None
    make_idea(name="Three Oaks", status=status, decided_at=at)

    assert "Three Oaks" not in gallery().content.decode()


def test_a_name_that_many_had_is_shown_once_with_their_number(gallery):
    for name in ("Three Oaks", "three oaks", "Thre Oaks!", "Four Elms", "Four Elms"):
        make_idea(name=name)
    waiting = make_idea(name="Three Oaks")
    for idea in Idea.objects.exclude(pk=waiting.pk):
        idea.decide(Idea.Status.APPROVED, None)

    html = gallery().content.decode()

    assert NAME.findall(html) == ["Four Elms", "Three Oaks"]
    assert re.findall(r"(\d+) children suggested this", html) == ["2", "3"]


def test_a_name_that_one_had_has_no_number(gallery):
    make_shown(1)
    assert "suggested this" not in gallery().content.decode()


def test_each_page_leads_on_and_back_until_all_are_seen(gallery):
    make_shown(2 * PER_PAGE + 5)
    newest_first = [f"Idea {place}" for place in reversed(range(2 * PER_PAGE + 5))]

    first = gallery()
    second = gallery(links(first)["Older ideas"])
    third = gallery(links(second)["Older ideas"])
    pages = [NAME.findall(page.content.decode()) for page in (first, second, third)]

    assert [name for names in pages for name in names] == newest_first
    assert [list(links(page)) for page in (first, second, third)] == [
        ["Older ideas", "Last ideas"],
        ["First ideas", "Newer ideas", "Older ideas", "Last ideas"],
        ["First ideas", "Newer ideas"],
    ]
    assert NAME.findall(gallery(links(third)["Newer ideas"]).content.decode()) == pages[1]
    last = gallery(links(first)["Last ideas"])
    assert NAME.findall(last.content.decode()) == newest_first[-PER_PAGE:]
    assert links(second)["First ideas"] == GALLERY


def test_a_page_names_its_neighbours_and_its_one_address(gallery):
    make_shown(2 * PER_PAGE + 1)

    html = gallery(links(gallery())["Older ideas"]).content.decode()

    assert '<link rel="prev" href="?page=b' in html
    assert '<link rel="next" href="?page=a' in html
    assert f'{GALLERY}">' in re.search(r'<link rel="canonical"[^>]+>', html)[0]


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "a1", "a0-0", "b99999999999999999-1", "a-5-5", "a1-" + "9" * 40, "٣"]
)
def test_what_is_no_place_leads_to_the_first_page(gallery, cursor):
    make_shown(PER_PAGE + 1)

    assert NAME.findall(gallery(f"?page={cursor}").content.decode())[0] == f"Idea {PER_PAGE}"


def test_every_page_says_when_ideas_can_be_sent_and_where_to_tell_a_concern(gallery):
    make_shown(1)
    html = gallery().content.decode()
    assert "You can send ideas now." in html
    assert 'href="/privacy/#concerns"' in html


@time_machine.travel("2026-05-04 12:00 +0000", tick=False)
def test_before_closing_nothing_is_shown_where_the_contest_says_so(client, collaboration):
    contest = make_contest(gallery="after-closing", closes_at="2026-05-04T12:00:01Z")
    idea = make_idea(contest=contest, logo=make_picture(), status="approved")

    for address in (GALLERY, "/name-us/"):
        html = client.get(address).content.decode()
        assert idea.logo_address() not in html
        assert idea.name not in html
        assert "You can see all the ideas here when the time for ideas is over." in html
    assert client.get(idea.logo_address()).status_code == 404

    with time_machine.travel("2026-05-04 12:00:01 +0000", tick=False):
        assert idea.logo_address() in client.get(GALLERY).content.decode()
        assert client.get(idea.logo_address()).status_code == 200


def test_a_gallery_shows_only_its_own_contest(client, contest):
    other = make_contest(title="Other", closes_at=START)
    make_idea(contest=contest, name="Three Oaks", status="approved")
    make_idea(contest=other, name="Four Elms", status="approved")

    now, earlier = client.get(GALLERY), client.get("/name-us/calls/other/ideas/")

    assert NAME.findall(now.content.decode()) == ["Three Oaks"]
    assert NAME.findall(earlier.content.decode()) == ["Four Elms"]


def test_without_a_call_it_is_kind(client, collaboration):
    page = client.get(GALLERY)
    assert page.status_code == 200
    assert "We are not asking for ideas just now." in page.content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_more_ideas_cost_no_more_queries(gallery, number, django_assert_num_queries):
    for _ in range(number):
        make_idea(status="approved", logo=make_picture(), school=make_school())

    for cursor in ("", "?page=last"):
        with django_assert_num_queries(6):
            page = gallery(cursor)
        assert page.content.count(b'class="idea"') == min(number, PER_PAGE)


def test_a_school_entrance_keeps_to_itself(client, contest, school):
    make_shown(PER_PAGE + 1)
    html = client.get(f"/from/oak{GALLERY}?page=last").content.decode()
    assert 'href="/from/oak/name-us/"' in html
    assert f'href="/from/oak{GALLERY}">First ideas' in html
