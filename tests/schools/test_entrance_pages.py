"""A school's entrance is that school's own on every page, whatever is reached through it."""

import re
from datetime import timedelta
from html import unescape
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.urls import URLResolver, reverse
from django.utils import timezone

from actionplan.academic_year import academic_year
from actionplan.models import Evidence
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.schools.identity import Identity
from collab_site.core.schools.models import Collaboration, Logo, School, SchoolQuerySet
from collab_site.portal import public_urls
from collab_site.portal.content import store
from collab_site.portal.views import HomeView
from naming_contest.models import Contest, Idea
from naming_contest.receipts import new_link
from tests.make import (
    make_achievement_picture,
    make_contest,
    make_evidence,
    make_home_picture,
    make_idea,
    make_picture,
    make_school,
    make_winner,
)

pytestmark = pytest.mark.django_db
STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
ENTRANCE, WEBSITE = "/from/dalestorth", "https://dalestorth.example/"
# Of these there is nothing to greet in.
NOT_PAGES = {
    "latest-feed",
    "plan-feed",
    "achievements-feed",
    "ideas-feed",
    "evidence-picture",
    "evidence-document",
    "plan-pdf",
    "plan-csv",
    "edition-pdf",
    "achievement-picture",
    "home-picture",
    "colours",
    "logo",
    "favicon",
    "held-picture",
    "paper-form",
    "receipt-picture",
    "idea-picture",
}
# These lead to another page of the walk.
REDIRECTS = {"strand-number"}


def routes(patterns=public_urls.urlpatterns):
    """Return the names of all routes."""
    found = []
    for pattern in patterns:
        below = isinstance(pattern, URLResolver)
        found += routes(pattern.url_patterns) if below else [pattern.name]
    return found


def file_name(file):
    return file.name.rpartition("/")[2]


@pytest.fixture
def arguments():
    """Something on every page; returns by route the arguments of its address."""
    store.load(STARTER.read_text())
    Collaboration.objects.update(logo=Logo.objects.create(image=make_picture()))
    School.objects.filter(slug="dalestorth").update(website=WEBSITE)
    past, school = timezone.now() - timedelta(days=1), School.objects.get(slug="dalestorth")
    over = make_contest(title="Before", slug="before", closes_at=past, announces_at=past)
    over.settled_at = past
    over.save()
    make_winner(contest=over)
    Contest.objects.exclude(pk=over.pk).update(is_current=True, opens_at=past, closes_at=None)
    contest = Contest.objects.current()
    idea = make_idea(contest=contest, school=school, logo=make_picture(), status="approved")
    token = new_link(idea)
    picture, document = make_evidence(Evidence.Kind.PICTURE), make_evidence(Evidence.Kind.REPORT)
    of_year = [
        *("plan-year", "plan-pdf", "plan-csv", "plan-on-a-page", "plan-updates"),
        *("editions", "changes", "changes-since-september"),
    ]
    of_edition = ["edition", "edition-pdf", "changes-since", "strand-number"]
    of_receipt = [name for name in routes() if name.startswith("receipt")]
    return {
        **dict.fromkeys(of_year, (academic_year(),)),
        **dict.fromkeys(of_edition, (academic_year(), 1)),
        **dict.fromkeys([*of_receipt, "thank-you"], (token,)),
        **dict.fromkeys(["call", "call-story", "call-gallery"], (over.slug,)),
        "strand": (academic_year(), "lesson-objectives"),
        "evidence-picture": (file_name(picture.image),),
        "evidence-document": (file_name(document.document),),
        "achievement-picture": (file_name(make_achievement_picture().image),),
        "home-picture": (file_name(make_home_picture().image),),
        "idea-picture": (file_name(idea.logo),),
        "held-picture": (HeldPicture.hold(make_picture()),),
        "logo": (Logo.objects.get().image_name,),
        "colours": (Identity().version,),
    }


def greets(html):
    """Return whether a page greets for the school, once, and shows the way back to its site."""
    back = f'<a href="{WEBSITE}">Back to Dalestorth’s website</a>'
    is_coloured = '<html lang="en-GB" class="school-dalestorth">' in html
    return is_coloured and html.count("<strong>Welcome from") == html.count(back) == 1


def links_out(html):
    """Return the links to the portal that leave the entrance, but for other schools' entrances."""
    found = re.findall(r'<(?!link rel="canonical")[^>]* (?:href|src|action)="([^"]*)"', html)
    here = [unescape(link).removeprefix(settings.PUBLIC_URL) for link in found]
    inside = (f"{ENTRANCE}/", "/static/", *(school.entrance for school in School.objects.all()))
    return {link for link in here if link.startswith("/") and not link.startswith(inside)}


def test_every_public_page_greets_and_stays_inside(client, arguments):
    assert set(routes()) > NOT_PAGES | REDIRECTS
    for name in routes():
        address = reverse(name, args=arguments.get(name))
        response = client.get(ENTRANCE + address)
        if name in REDIRECTS:
            assert response["Location"].startswith(f"{ENTRANCE}/"), name
            continue
        assert response.status_code == 200, (name, address)
        if name in NOT_PAGES:
            assert not response["Content-Type"].startswith("text/html"), name
            continue
        html = response.content.decode()
        assert greets(html), name
        assert links_out(html) == set(), name
        canonical = re.findall('<link rel="canonical" href="([^"]*)">', html)
        assert canonical in ([], [settings.PUBLIC_URL + address]), name
        assert canonical or 'name="robots" content="noindex"' in html, name


def test_the_sitemap_knows_no_entrance(client, arguments):
    assert "/from/" not in client.get("/sitemap.xml").content.decode()


def test_a_family_that_takes_its_idea_back_stays_inside(client, arguments):
    address = reverse("receipt-withdraw", args=arguments["receipt"])
    for status in (200, 404):
        response = client.post(ENTRANCE + address)
        assert response.status_code == status
        assert greets(response.content.decode())
        assert links_out(response.content.decode()) == set()
    assert not Idea.objects.filter(contest=Contest.objects.current()).exists()


def refusals(client):
    """Yield every kind of refusal, as a reader meets it in the entrance."""
    suggest = f"{ENTRANCE}/name-us/suggest/"
    yield 400, client.get(f"{ENTRANCE}/plan/?a=%00")
    yield 400, client.get(f"{ENTRANCE}/pl%00an/")
    yield 403, Client(enforce_csrf_checks=True).post(suggest)
    yield 404, client.get(f"{ENTRANCE}/nowhere/")
    yield 413, client.post(suggest, headers={"Content-Length": str(10**9)})
    answers = {"name": "Oaks", "adult_agreed": "on", "school": School.objects.first().pk}
    for status in (302, 429):
        form = client.get(suggest).content.decode()
        ticket = re.search(r'name="ticket" value="([^"]*)', form)[1]
        yield status, client.post(suggest, answers | {"ticket": ticket})


def test_a_refusal_greets_and_stays_inside(client, arguments, settings):
    settings.SUGGESTION_MIN_SECONDS = 0
    settings.SUGGESTIONS_PER_HOUR = 1
    for status, response in refusals(client):
        assert response.status_code == status
        if status == 302:
            assert response["Location"].startswith(f"{ENTRANCE}/name-us/receipt/")
            continue
        html = response.content.decode()
        assert greets(html), status
        assert links_out(html) == set(), status


@pytest.mark.parametrize("where", ["looking up the school", "making the page"])
def test_even_a_page_without_the_frame_leads_home_into_the_entrance(client, monkeypatch, where):
    make_school(slug="dalestorth")
    fail = mock.Mock(side_effect=OperationalError("database is locked"))
    broken = {
        "looking up the school": (SchoolQuerySet, "known_as"),
        "making the page": (HomeView, "get_context_data"),
    }
    monkeypatch.setattr(*broken[where], fail)
    client.raise_request_exception = False
    response = client.get(f"{ENTRANCE}/plan/" if where.startswith("looking") else f"{ENTRANCE}/")
    assert response.status_code == 503
    assert f'href="{ENTRANCE}/">Go to the home page' in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/from/nobody/",
        "/from/nobody/plan/",
        "/from/dalestorth./",
        "/from/dalestorth%2e/",
        "/from/dalestorth%5Cplan/",
        "/from/dalestorth%252Fplan/",
        "/from/d%C3%A4lestorth/",
        "/from/dalestorth%20/",
        "/from/%2Fdalestorth/",
        "/from/../from/nobody/",
        "/from/-/",
        "/from/school-dalestorth/",
        f"/from/{'x' * 3000}/",
    ],
)
def test_an_unknown_school_is_a_page_that_is_not_there(client, path):
    make_school(slug="dalestorth")
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 404
    assert '<footer class="site-footer">' in html
    assert 'href="/">Go to the home page' in html


def test_an_encoded_slash_is_a_slash(client):
    make_school(slug="dalestorth")
    html = client.get("/from/dalestorth%2Faims/").content.decode()
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}/aims/">' in html
