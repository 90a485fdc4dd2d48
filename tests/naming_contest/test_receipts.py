"""The private link: a family's way back to its idea, and nobody else's."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from naming_contest import receipts, tickets
from naming_contest.models import Idea, Winner
from tests.make import make_idea, make_picture, make_user
from tests.naming_contest.family import FORM, Family, photo, receipt
from tests.pictures.samples import drawing, saved

PNG = saved(drawing(), "PNG")
WITHOUT_FORM, WITH_FORM = ["", "thank-you/", "slip/"], ["change/", "withdraw/"]


@pytest.fixture
def sent(family):
    """The address of the private page of an idea that has been sent."""
    return receipt(family.send({"name": "Three Oaks", "first_name": "Samira", "logo": photo(PNG)}))


def text(response):
    """Return the words in the page's main part."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def test_a_link_has_at_least_128_bits_and_is_kept_as_a_hash_only(sent):
    token = sent.split("/")[-2]
    [row] = Idea.objects.values()

    assert len(token) * 6 >= 128
    assert not any(token in str(value) for value in row.values())
    assert Idea.objects.by_link(token).pk == row["id"]


def test_the_same_form_sent_again_leads_to_the_same_private_page(family):
    assert receipt(family.send({"name": "Oaks"})) == receipt(family.send({"name": "Oaks"}))


def test_two_ideas_have_two_links_and_two_codes(family, client, school):
    other = Family(client, school)

    assert receipt(family.send({"name": "Oaks"})) != receipt(other.send({"name": "Oaks"}))
    assert len(set(Idea.objects.values_list("code", flat=True))) == 2


def test_without_the_portals_secret_a_ticket_tells_no_link(settings):
    ticket = tickets.issue()
    token = receipts.token_of_ticket(ticket)
    secret = tickets.secret_of(ticket)
    settings.SECRET_KEY = "another-secret-another-secret-another-secret"

    assert secret not in token
    with pytest.raises(tickets.InvalidTicket):
        receipts.token_of_ticket(ticket)


def test_an_idea_from_paper_gets_a_link_of_its_own(client, contest, school):
    idea = make_idea(is_on_paper=True, school=school)

    token = receipts.new_link(idea)

    assert "It came on paper" in text(client.get(f"/name-us/receipt/{token}/"))
    assert len(token) * 6 >= 128


@pytest.mark.parametrize("page", [*WITHOUT_FORM, *WITH_FORM, "picture/"])
@pytest.mark.parametrize("token", ["x", "%F0%9F%8E%88", "a" * 24, "None"])
def test_any_other_token_is_a_404_and_not_kept_either(client, contest, page, token):
    make_idea()
    answer = client.get(f"/name-us/receipt/{token}/{page}")

    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("entrance", ["", "/from/oak"])
@pytest.mark.parametrize("page", [*WITHOUT_FORM, *WITH_FORM, "picture/"])
def test_private_pages_are_neither_kept_found_framed_nor_told_to_others(
    client, sent, page, entrance
):
    answer = client.get(f"{entrance}{sent}{page}")

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["X-Frame-Options"] == "DENY"
    # With no-referrer, a browser would send its forms without an origin.
    expected = "same-origin" if page in WITH_FORM else "no-referrer"
    assert answer["Referrer-Policy"] == expected


@pytest.mark.parametrize("page", [*WITHOUT_FORM, *WITH_FORM])
def test_what_search_engines_and_panels_read_names_no_link(client, sent, page):
    head = client.get(f"{sent}{page}").content.decode().partition("<body>")[0]

    assert sent not in head
    assert "canonical" not in head


def test_reading_changes_nothing(client, sent):
    before = list(Idea.objects.values())

    for page in [*WITHOUT_FORM, *WITH_FORM, "picture/"]:
        client.get(f"{sent}{page}").getvalue()
        client.head(f"{sent}{page}")

    assert list(Idea.objects.values()) == before


@pytest.mark.parametrize("page", WITHOUT_FORM)
def test_a_receipt_has_the_code_the_link_and_its_qr(client, sent, page, settings):
    content = client.get(f"/from/oak{sent}{page}").content.decode()
    idea = Idea.objects.get()

    assert idea.code in content
    assert f"{settings.PUBLIC_URL}{sent}" in content
    assert receipts.Receipt(idea, sent.split("/")[-2]).code.path in content
    assert f'href="/from/oak{sent}' in content


def test_the_family_sees_what_it_sent(client, sent):
    page = client.get(sent)
    picture = client.get(f"{sent}picture/")

    for words in ("Three Oaks", "Samira", "Oak School", "not shown, unless you say yes"):
        assert words in text(page)
    assert f'src="{sent}picture/"' in page.content.decode()
    assert picture["Content-Type"] == "image/webp"
    assert b"".join(picture.streaming_content)


def test_an_idea_without_a_picture_has_none(client, family):
    address = receipt(family.send({"name": "Oaks"}))

    assert client.get(f"{address}picture/").status_code == 404
    assert "<img" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("status", "gallery", "words"),
    [
        ("draft", "from-approval", "It waits for an adult"),
        ("waiting", "from-approval", "It waits for an adult"),
        ("approved", "from-approval", "1 June 2026, and everybody can see it"),
        ("approved", "after-closing", "1 June 2026. Everybody can see it when the time"),
        ("declined", "from-approval", "We do not show it on this website."),
    ],
)
@time_machine.travel("2026-06-01 12:00Z")
def test_a_family_reads_how_its_idea_stands(client, contest, school, status, gallery, words):
    contest.gallery = gallery
    contest.save()
    moderator = make_user(first_name="Hilda", last_name="Head")
    decided_at = None if status in ("draft", "waiting") else timezone.now()
    decided = {"status": status, "decided_at": decided_at, "decided_by": moderator}
    idea = make_idea(answer="Please draw it again.", **decided)

    page = text(client.get(f"/name-us/receipt/{receipts.new_link(idea)}/"))

    assert words in page
    assert "What the school says Please draw it again." in page
    assert "Hilda" not in page
    assert "result is out" not in page


def decide(contest, idea=None):
    now = timezone.now()
    contest.closes_at = contest.announces_at = now - timedelta(hours=1)
    contest.settled_at = now - timedelta(hours=2)
    contest.save()
    if idea:
        for part in ("logo", "name"):
            Winner.objects.create(contest=contest, part=part, idea=idea)


def test_the_winner_is_congratulated_only_when_it_is_announced(client, contest, school):
    idea = make_idea(status="approved", logo=make_picture())
    address = f"/name-us/receipt/{receipts.new_link(idea)}/"
    decide(contest, idea)
    told = text(client.get(address))
    contest.announces_at = timezone.now() + timedelta(hours=1)
    contest.save()

    assert "Congratulations! We have chosen the name and logo from your idea." in told
    assert "Congratulations" not in text(client.get(address))


@pytest.mark.parametrize("status", ["waiting", "approved", "declined"])
def test_everybody_else_is_thanked_in_the_end(client, contest, school, status):
    idea = make_idea(status=status, answer="It made us smile.")
    decide(contest)

    page = text(client.get(f"/name-us/receipt/{receipts.new_link(idea)}/"))

    assert "This time we have chosen another idea. Thank you for yours" in page
    assert "It made us smile." in page
    assert "It waits" not in page


def test_a_receipt_costs_few_queries(client, sent, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get(sent)


def test_a_second_idea_goes_on_with_school_and_year_and_tells_of_the_first(family, client, school):
    thanks = family.send({"name": "Oaks", "year_group": "year-3"})["Location"]
    onwards = re.search(
        r'href="(/name-us/suggest/\?after=[^"]+)"', client.get(thanks).content.decode()
    )
    answer = Client().get(onwards[1])
    page = answer.content.decode()

    assert re.search(rf'value="{school.pk}" id="id_school_\d" required checked', page)
    assert '<option value="year-3" selected>' in page
    assert f"Idea <strong>{Idea.objects.get().code}</strong> has arrived." in page
    assert f'href="{receipt(family.send())}"' in page
    assert 'value="Oaks"' not in page
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert 'rel="canonical" href="http://127.0.0.1:8000/name-us/suggest/"' in page


def test_one_after_another_needs_no_page_between(client, contest, school):
    family = Family(client, school)
    first = family.send({"name": "Oaks", "year_group": "year-3", "next": "yes"})["Location"]
    assert first.startswith("/name-us/suggest/?after=")

    following = Family(client, school, first)
    again = following.send({"adult_agreed": "", "name": "Elms"})
    assert "has arrived" in again.content.decode()
    second = following.send({"adult_agreed": "on", "next": "yes"})["Location"]

    assert second.startswith("/name-us/suggest/?after=")
    assert second != first
    assert Idea.objects.count() == 2


@pytest.mark.parametrize(
    "query", ["after=", "after=x", "after=None", "after=🎈", "after=x&after=y"]
)
def test_an_unknown_idea_to_go_on_from_is_no_matter(client, contest, school, query):
    page = client.get(f"{FORM}?{query}&school={school.pk}&year_group=year-3")

    assert page.status_code == 200
    assert "has arrived" not in page.content.decode()
    assert not re.search(r'id="id_school_\d"[^>]* checked', page.content.decode())
    assert 'value="year-3" selected' not in page.content.decode()


def test_whoever_thought_of_the_chosen_name_is_congratulated(client, family, contest):
    address = receipt(family.send({"name": "The Three Oaks"}))
    decide(contest, make_idea(contest=contest, name="Three Oaks", status="approved"))

    assert "We have chosen the name from your idea." in text(client.get(address))
