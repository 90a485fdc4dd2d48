"""How the name came to be: told once the result is announced, and nothing about anybody."""

from datetime import timedelta

import html5lib
import pytest
from django.utils import timezone

from collab_site.core.paging import MOST_COUNTED
from naming_contest.adopting import Proposal, adopt, take_back
from naming_contest.models import Idea, Part
from naming_contest.story import Story
from tests.make import (
    make_contest,
    make_idea,
    make_picture,
    make_school,
    make_user,
    make_winner,
)

pytestmark = pytest.mark.django_db
STORY = "/name-us/story/"


@pytest.fixture
def contest(collaboration):
    past = timezone.now() - timedelta(days=1)
    return make_contest(closes_at=past, announces_at=past, settled_at=past)


@pytest.fixture
def idea(contest):
    """An idea whose name, strap line and logo have won."""
    idea = make_idea(
        contest=contest,
        name="Three Oaks",
        strap_line="Growing together",
        meaning="Roots meet.\nUnder the ground.",
        logo=make_picture(),
        logo_alt="Three green oaks",
        first_name="Zebedee",
        school=make_school(name="Oak School"),
        year_group="year-3",
        status="approved",
    )
    for part in Part:
        make_winner(part, contest=contest, idea=idea)
    return idea


def html(client, address=STORY):
    return client.get(address).content.decode()


def take_on(contest, **kwargs):
    return adopt(contest, make_user(), stamp=Proposal(contest).stamp, alt_text="Oaks", **kwargs)


def test_it_tells_what_was_chosen_in_the_childs_own_words(client, contest, idea):
    make_idea(contest=contest)
    make_idea(contest=contest, status="draft", decided_at=None)
    text = html(client)
    html5lib.HTMLParser(strict=True).parse(text)
    for words in ("Three Oaks", "Growing together", "<p>Roots meet.<br>Under the ground.</p>"):
        assert words in text
    assert f'src="{idea.logo_address()}" alt="Three green oaks"' in text
    assert "2 ideas came" in text
    assert text.count('<article class="chapter">') == 1


def test_it_names_nobody_whose_family_has_not_agreed(client, contest, idea):
    for words in ("Zebedee", "Oak School, ", "Year 3"):
        assert words not in html(client)
    contest.winners.update(credit="Sam, Year 4", credit_agreed=True)
    assert 'This idea came from <strong dir="auto">Sam, Year 4</strong>' in html(client)


def test_parts_of_several_ideas_each_have_their_chapter(client, contest, idea):
    winner = contest.winners.get(part=Part.STRAP_LINE)
    winner.idea = make_idea(name="", strap_line="Side by side", status="approved")
    winner.save()
    text = html(client)
    assert text.count('<article class="chapter">') == 2
    assert "Side by side" in text
    assert "Growing together" not in text


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("meaning", "My name is Zebedee Oakes."),
        ("strap_line", "Write to zebedee@oak.example"),
        ("logo_alt", "Ring 01623 555 0123"),
    ],
)
def test_what_may_tell_who_somebody_is_is_left_out(client, contest, idea, field, words):
    Idea.objects.update(**{field: words})
    assert words not in html(client)
    assert "Three Oaks" in html(client)


def test_when_it_was_taken_on_is_told_until_it_is_taken_back(client, contest, idea):
    assert "Since" not in html(client)
    adoption = take_on(contest)
    day = timezone.localtime(adoption.adopted_at).strftime("%-d %B %Y")
    assert f"Since {day} it belongs to all of us" in html(client)
    take_back(adoption, make_user())
    assert "Since" not in html(client)


def test_a_tidied_logo_stands_beside_the_drawing(client, contest, idea):
    take_on(contest)
    assert "As we use it" not in html(client)
    adoption = take_on(contest, tidied=make_picture())
    assert f'src="/logo/{adoption.logo.image_name}" alt="Oaks"' in html(client)
    assert idea.logo_address() in html(client)
    take_back(adoption, make_user())
    assert "As we use it" not in html(client)


@pytest.mark.parametrize("missing", ["announcement", "winners", "approval", "settling"])
def test_there_is_no_story_before_there_is_something_to_tell(client, contest, idea, missing):
    if missing == "announcement":
        type(contest).objects.update(announces_at=timezone.now() + timedelta(hours=1))
    elif missing == "settling":
        type(contest).objects.update(settled_at=None)
    elif missing == "winners":
        contest.winners.all().delete()
    else:
        idea.decide("declined", None)
    assert client.get(STORY).status_code == 404
    assert STORY not in html(client, "/")
    assert STORY not in html(client, "/sitemap.xml")


def test_home_and_the_sitemap_lead_to_it(client, contest, idea):
    assert f'href="{STORY}"' in html(client, "/")
    assert f"{STORY}</loc>" in html(client, "/sitemap.xml")
    assert client.get(f"/from/{idea.school.slug}{STORY}").status_code == 200


def test_it_goes_with_the_idea(client, contest, idea):
    idea.delete()
    assert client.get(STORY).status_code == 404


def test_the_newest_that_is_decided_is_told(client, contest, idea):
    later = timezone.now() - timedelta(hours=1)
    other = make_contest(title="Newsletter", closes_at=later, announces_at=later, settled_at=later)
    assert "Three Oaks" in html(client)
    make_winner(contest=other, idea=make_idea(contest=other, name="The Acorn", status="approved"))
    assert "The Acorn" in html(client)


def test_many_ideas_are_not_counted_to_the_last(contest, idea):
    story = Story(contest)
    assert story.sent_in_words == "One idea"
    for sent, words in (
        (2, "2 ideas"),
        (MOST_COUNTED, "1000 ideas"),
        (MOST_COUNTED + 1, "More than 1,000 ideas"),
    ):
        story.sent = sent
        assert story.sent_in_words == words


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_the_same_few_queries(client, contest, idea, count, django_assert_num_queries):
    for _ in range(count):
        make_idea(contest=contest, status="approved")
    take_on(contest, tidied=make_picture())
    with django_assert_num_queries(8):
        client.get(STORY)


def test_an_earlier_call_keeps_its_story(client, contest, idea):
    later = make_contest(title="Name our newsletter")
    later.make_current()
    address = f"/name-us/calls/{contest.slug}/story/"
    assert f'href="{address}"' in html(client, f"/name-us/calls/{contest.slug}/")
    assert "Three Oaks" in html(client, address)
    assert client.get(f"/name-us/calls/{later.slug}/story/").status_code == 404


def test_only_what_is_taken_on_is_called_our_name(client, contest, idea):
    assert f"How we chose: {contest}" in html(client)
    take_on(contest)
    assert "The story of our name" in html(client)
