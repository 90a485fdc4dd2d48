import re

import pytest
import time_machine
from django.test import Client

from naming_contest.models import Idea, Winner
from tests.make import make_contest, make_idea, make_picture, make_school

CALL = "/name-us/"
LATER = "2026-06-01T12:00Z"
DECIDED = {"declined": "2026-05-01T12:00Z"}


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
        (None, "2026-06-12 14:30Z", "until Friday 12 June 2026, 3:30 pm.", True),
        ("2026-05-02 07:00Z", None, "from Saturday 2 May 2026, 8 am.", False),
        (
            "2026-05-02 07:00Z",
            "2026-06-12 11:00Z",
            "from Saturday 2 May 2026, 8 am until Friday 12 June 2026, noon.",
            False,
        ),
        (
            None,
            "2026-05-01 11:00Z",
            "ended on Friday 1 May 2026. The judges are choosing. We tell you the result here",
            False,
        ),
    ],
)
def test_when_is_told_in_words(client, collaboration, opens_at, closes_at, words, is_open):
    make_contest(opens_at=opens_at, closes_at=closes_at)

    page = client.get(CALL)

    assert words in text(page)
    assert ('href="/name-us/suggest/"' in page.content.decode()) == is_open


@time_machine.travel("2026-05-01 12:00 +0000")
def test_while_ideas_are_judged_the_day_of_the_result_is_told(client, collaboration):
    make_contest(
        closes_at="2026-04-30T12:00Z", judged_until="2026-05-08T12:00Z", announces_at=LATER
    )

    page = text(client.get(CALL))

    assert "We tell you the result on Monday 1 June 2026." in page
    assert "Judging until Friday 8 May 2026, 1 pm" in page
    assert "Send it from here" not in page


def choose(contest, **ideas):
    """Make `ideas`, {part: idea}, the winners."""
    for part, idea in ideas.items():
        Winner.objects.create(contest=contest, part=part, idea=idea)


@pytest.fixture
def decided(collaboration):
    """A contest that closed and was decided long ago; its winners are to be chosen."""
    return make_contest(
        title="Find a name",
        closes_at="2026-04-30T12:00Z",
        announces_at="2026-05-06T12:00Z",
        settled_at="2026-05-04T12:00Z",
    )


@time_machine.travel("2026-05-07 12:00 +0000")
@pytest.mark.parametrize("address", [CALL, "/", "/name-us/ideas/"])
def test_the_result_is_told(client, decided, address):
    name = make_idea(name="Three Oaks", strap_line="Growing together", status="approved")
    choose(decided, name=name, strap_line=name)

    page = text(client.get(address))

    assert "We have chosen: Three Oaks . We told everybody on Wednesday 6 May 2026." in page


@time_machine.travel("2026-05-07 12:00 +0000")
def test_the_result_shows_what_was_chosen_and_leads_to_its_story(client, decided):
    name = make_idea(name="Three Oaks", strap_line="Never chosen", status="approved")
    logo = make_idea(name="", logo=make_picture(), logo_alt="Three trees", status="approved")
    choose(decided, name=name, logo=logo)

    html = client.get(CALL).content.decode()
    result = html[html.index('class="result"') : html.index('aria-labelledby="ideas"')]

    assert "Three Oaks" in result
    assert "Never chosen" not in result
    assert f'src="{logo.logo_address()}" alt="Three trees"' in result
    assert 'href="/name-us/story/"' in result


@time_machine.travel("2026-05-07 12:00 +0000")
def test_a_result_shows_nothing_that_was_taken_down_since(client, decided):
    idea = make_idea(name="Three Oaks", status="approved")
    choose(decided, name=idea)
    idea.decide(Idea.Status.DECLINED, None)

    html = client.get(CALL).content.decode()

    assert "We have chosen. We told everybody on Wednesday 6 May 2026." in html
    assert "Three Oaks" not in html


@time_machine.travel("2026-05-05 12:00 +0000")
@pytest.mark.parametrize("address", [CALL, "/", "/name-us/ideas/"])
def test_nobody_learns_the_result_before_its_day(client, decided, address):
    idea = make_idea(name="Three Oaks", status="approved")
    choose(decided, name=idea)

    assert "We have chosen" not in client.get(address).content.decode()


def test_the_call_tells_what_is_looked_for_how_it_is_judged_and_where_the_paper_is(call, contest):
    contest.looked_for, contest.judging = "Something short.", "The heads give marks."
    contest.save()

    page = call()

    assert "What we look for Something short." in text(page)
    assert "The heads give marks." in text(page)
    assert 'href="/name-us/paper-form.pdf"' in page.content.decode()


def test_the_ideas_that_have_come_are_counted(call):
    for status in ("waiting", "declined", "draft"):
        make_idea(status=status, decided_at=DECIDED.get(status))
    assert "2 ideas have come so far." in text(call())
    assert "None can be seen yet" in text(call())


def test_no_more_ideas_are_counted_than_are_told(call, contest):
    ideas = [Idea(contest=contest, name="Oak", code=f"{n}", adult_agreed=True) for n in range(1001)]
    Idea.objects.bulk_create(ideas)
    assert "More than 1,000 ideas have come so far." in text(call())


def test_the_newest_ideas_are_shown_with_a_way_to_all(call):
    for number in range(7):
        make_idea(
            name=f"Idea {number}", status="approved", decided_at=f"2026-05-0{number + 1}T12:00Z"
        )

    page = call()

    assert re.findall(r"<h3 dir=\"auto\">(.*?)</h3>", page.content.decode()) == [
        f"Idea {number}" for number in (6, 5, 4, 3, 2, 1)
    ]
    assert 'href="/name-us/ideas/"' in page.content.decode()


@time_machine.travel("2026-05-07 12:00 +0000")
def test_an_earlier_call_stays_to_be_read_with_its_ideas(client, decided):
    make_idea(contest=decided, name="Three Oaks", status="approved")
    newer = make_contest(title="Name our newsletter")
    newer.make_current()

    now, earlier = client.get(CALL), client.get("/name-us/calls/find-a-name/")

    assert 'href="/name-us/calls/find-a-name/"' in now.content.decode()
    assert "Three Oaks" not in now.content.decode()
    assert "<h1>Find a name</h1>" in earlier.content.decode()
    assert "Three Oaks" in text(earlier)
    assert 'href="/name-us/calls/find-a-name/ideas/"' in earlier.content.decode()
    assert "Three Oaks" in text(client.get("/name-us/calls/find-a-name/ideas/"))
    assert 'href="/name-us/suggest/"' not in earlier.content.decode()


@pytest.mark.parametrize("page", ["", "ideas/"])
def test_the_current_call_has_one_address(client, contest, school, page):
    response = client.get(f"/from/oak/name-us/calls/name-us/{page}")

    assert (response.status_code, response["Location"]) == (302, f"/from/oak/name-us/{page}")


@pytest.mark.parametrize("page", ["", "ideas/"])
def test_a_call_that_is_only_prepared_is_nobody_s_business(client, contest, page):
    make_contest(title="Secret plans")
    make_contest(title="Secret dates", opens_at="2999-01-01T12:00Z")

    for slug in ("secret-plans", "secret-dates", "nonsense"):
        assert client.get(f"/name-us/calls/{slug}/{page}").status_code == 404
    assert "Secret" not in client.get(CALL).content.decode()


def test_pictures_of_a_call_that_is_not_shown_are_not_either(client, contest):
    idea = make_idea(contest=make_contest(), logo=make_picture(), status="approved")

    assert client.get(idea.logo_address()).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_more_earlier_calls_cost_no_more_queries(call, number, django_assert_num_queries):
    for _ in range(number):
        make_contest(closes_at="2026-05-01T12:00Z", announces_at="2026-05-02T12:00Z")
    make_idea(status="approved")

    with django_assert_num_queries(8):
        page = call()

    assert page.content.count(b'href="/name-us/calls/') == number


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

    with django_assert_num_queries(8):
        page = call()

    assert page.content.count(b'class="idea"') == min(number, 6)


def test_a_school_entrance_keeps_to_itself(client, contest, school):
    page = client.get("/from/oak/name-us/")

    assert "Or hand it in at Oak" in text(page)
    assert 'href="/from/oak/name-us/suggest/"' in page.content.decode()


def test_reading_sets_no_cookie(contest):
    assert not Client().get(CALL).cookies
