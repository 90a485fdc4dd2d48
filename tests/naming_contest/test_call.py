import re

import pytest
import time_machine
from django.test import Client

from naming_contest.models import Idea
from tests.make import make_contest, make_idea, make_picture, make_school

CALL = "/name-us/"


def text(response):
    """Return the words in the page's main part."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture
def call(client, contest, school):
    return lambda: client.get(CALL)


def test_the_call_says_what_is_asked_and_how(call, contest):
    contest.title, contest.call, contest.how = "Find a name", "Think hard.", "Everybody may."
    contest.afterwards = "The heads choose."
    contest.save()

    page = call()

    assert "<h1>Find a name</h1>" in page.content.decode()
    for words in ("Think hard.", "Everybody may.", "The heads choose."):
        assert words in text(page)
    assert 'href="/name-us/suggest/"' in page.content.decode()
    assert "Or hand it in at your school" in text(page)
    assert "An adult at one of the schools looks at every idea before anyone else" in text(page)


def test_an_open_call_without_dates_names_none(call):
    assert "You can send ideas now." in text(call())


@time_machine.travel("2026-05-01 12:00 +0000")
@pytest.mark.parametrize(
    ("opens_at", "closes_at", "words", "is_open"),
    [
        (None, "2026-06-12 14:30Z", "until Friday 12 June 2026, 3:30 p.m.", True),
        ("2026-05-02 07:00Z", None, "from Saturday 2 May 2026, 8 a.m.", False),
        (
            "2026-05-02 07:00Z",
            "2026-06-12 11:00Z",
            "from Saturday 2 May 2026, 8 a.m. until Friday 12 June 2026, noon.",
            False,
        ),
        (None, "2026-05-01 11:00Z", "ended on Friday 1 May 2026.", False),
    ],
)
def test_when_is_told_in_words(client, collaboration, opens_at, closes_at, words, is_open):
    make_contest(opens_at=opens_at, closes_at=closes_at)

    page = client.get(CALL)

    assert words in text(page)
    assert ('href="/name-us/suggest/"' in page.content.decode()) == is_open


def test_a_page_without_a_call_is_kind(client, collaboration):
    page = client.get(CALL)

    assert page.status_code == 200
    assert "We are not asking for ideas just now." in text(page)


def test_a_page_without_ideas_invites_the_first(call):
    assert "The first one could be yours!" in text(call())


def test_an_approved_idea_shows_itself_and_nothing_of_its_sender(call):
    school = make_school(name="Hidden School", short_name="Hidden")
    idea = make_idea(
        name="Three Oaks",
        strap_line="Growing together",
        meaning="Roots meet.",
        logo=make_picture(),
        first_name="Samira",
        school=school,
        year_group="year-3",
        status="approved",
    )

    page = call()

    for words in ("Three Oaks", "Growing together", "Roots meet."):
        assert words in text(page)
    assert f'src="{idea.logo_address()}"' in page.content.decode()
    for secret in ("Samira", "Hidden", "Year 3"):
        assert secret not in text(page)


@pytest.mark.parametrize("status", ["waiting", "declined"])
def test_any_other_idea_is_nowhere(call, client, status):
    idea = make_idea(name="Three Oaks", logo=make_picture(), status=status)

    assert "Three Oaks" not in call().content.decode()
    assert idea.logo_address() not in call().content.decode()
    assert client.get(idea.logo_address()).status_code == 404


def test_a_picture_is_there_while_its_idea_is_approved(client, contest):
    idea = make_idea(logo=make_picture())

    idea.decide(Idea.Status.APPROVED, None)
    shown = client.get(idea.logo_address())
    shown.getvalue()
    idea.decide(Idea.Status.WAITING, None)

    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert "no-cache" in shown["Cache-Control"]
    assert client.get(idea.logo_address()).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_more_ideas_cost_no_more_queries(call, number, django_assert_num_queries):
    for _ in range(number):
        make_idea(logo=make_picture(), status="approved", school=make_school())

    with django_assert_num_queries(5):
        page = call()

    assert page.content.count(b'class="idea"') == number


def test_a_school_entrance_keeps_to_itself(client, contest, school):
    page = client.get("/from/oak/name-us/")

    assert "Or hand it in at Oak" in text(page)
    assert 'href="/from/oak/name-us/suggest/"' in page.content.decode()


@pytest.mark.parametrize("path", [CALL, "/name-us/thank-you/"])
def test_reading_sets_no_cookie(path, contest):
    assert not Client().get(path).cookies
