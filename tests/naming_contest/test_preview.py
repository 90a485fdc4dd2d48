"""Whoever may choose walks through the whole portal as it would be, and nobody else does."""

import io
import re

import html5lib
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from actionplan.models import EditionDocument
from collab_site.core.accounts.roles import Role
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.schools.models import Collaboration, Logo
from naming_contest.models import Idea, Part
from naming_contest.preview import preview_url
from tests.admin.pages import Editing
from tests.make import (
    make_contest,
    make_picture,
    make_plan,
    make_school,
    make_strand,
    make_user,
    make_winner,
    publish,
)
from tests.site.test_pages import PAGES

pytestmark = pytest.mark.django_db
PREFIX = "/as-if/name-us"


@pytest.fixture
def contest(collaboration):
    """A contest whose winners are chosen and not announced yet."""
    contest = make_contest(closes_at=timezone.now())
    for part in Part:
        make_winner(part, contest=contest)
    make_school(slug="oak")
    make_strand(plan=make_plan(year=2026), steps=["Meet."])
    publish()
    return contest


def html(person, address):
    return person.client.get(address).content.decode()


def test_every_public_page_is_there_under_the_new_name_with_the_way_out(head, contest):
    for address in [*PAGES, "/plan/2026-27/", "/plan/2026-27/editions/1/"]:
        response = head.client.get(PREFIX + address)
        text = response.content.decode()
        assert response.status_code == 200, address
        html5lib.HTMLParser(strict=True).parse(text)
        assert re.search("<title>(.+ – )?Three Oaks</title>", text), address
        assert "River Group" not in text
        assert "Growing together" in text
        assert "This is a preview: nobody else sees it." in text
        assert f'href="/admin/naming_contest/contest/{contest.pk}/adopt/"' in text
        assert f'<link rel="canonical" href="{settings.PUBLIC_URL}{address}">' in text


def test_it_is_shown_as_everybody_would_see_it(head, contest):
    assert "/admin/actionplan/" in html(head, "/plan/")
    assert "/admin/actionplan/" not in html(head, f"{PREFIX}/plan/")


def test_every_link_stays_inside(head, contest):
    out = f"/admin/naming_contest/contest/{contest.pk}/adopt/"
    links = set(re.findall(r'(?:href|src|action)="(/[^"]*)"', html(head, f"{PREFIX}/plan/")))
    assert out in links
    outside = {link for link in links - {out} if not link.startswith(("/static/", f"{PREFIX}/"))}
    assert outside == set()


def test_icon_logo_feed_and_pdf_are_as_they_would_be(head, contest):
    name = contest.winners.get(part=Part.LOGO).idea.logo.name.rpartition("/")[2]
    assert head.picture(f"{PREFIX}/logo/{name}").status_code == 200
    assert head.status(f"/logo/{name}") == 404
    assert b"data:image/png" in head.client.get(f"{PREFIX}/favicon.svg").content
    assert "– Three Oaks</title>" in html(head, f"{PREFIX}/plan/feed/")
    assert f"{PREFIX}/logo/{name}</logo>" in html(head, f"{PREFIX}/plan/feed/")
    pdf = PdfReader(io.BytesIO(head.client.get(f"{PREFIX}/plan/2026-27/plan.pdf").content))
    assert "Three Oaks" in pdf.pages[0].extract_text()
    assert len(pdf.pages[0].images) == 1


def test_looking_changes_and_keeps_nothing(head, contest):
    with CaptureQueriesContext(connection) as queries:
        for page in [*PAGES, "/plan/2026-27/plan.pdf", "/favicon.svg", "/nowhere/"]:
            head.client.get(PREFIX + page)
    verbs = {query["sql"].split()[0] for query in queries}
    assert verbs == {"SELECT"}
    assert not EditionDocument.objects.exists()
    assert not Logo.objects.exists()
    assert Collaboration.objects.get().name == "River Group"
    assert "River Group" in html(head, "/")
    assert "This is a preview" not in html(head, "/")


@pytest.mark.parametrize(
    "address", ["/", "/nowhere/", "/plan/feed/", "/favicon.svg", "/plan/2026-27/plan.pdf", "", "/x"]
)
def test_it_is_kept_nowhere_and_found_by_nobody(head, contest, address):
    response = head.client.get(PREFIX + address)
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_it_is_not_there_under_a_school_s_entrance(head, contest):
    assert head.status(f"/from/oak{PREFIX}/") == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.JUDGE, None])
def test_for_others_there_is_nothing(client, contest, role):
    person = Editing(make_user(role))
    for address in (f"{PREFIX}/", PREFIX, f"{PREFIX}/plan/feed/", "/as-if/other/", "/as-if/"):
        for reader in (client, person.client):
            response = reader.get(address)
            assert response.status_code == 404
            assert "Three Oaks" not in response.content.decode()
            assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("missing", ["winners", "end", "contest"])
def test_without_winners_there_is_nothing_to_see(head, contest, missing):
    if missing == "winners":
        contest.winners.all().delete()
    elif missing == "end":
        type(contest).objects.update(closes_at=None)
    assert head.status("/as-if/other/" if missing == "contest" else f"{PREFIX}/") == 404


@pytest.mark.parametrize(
    "address",
    ["/admin/", "/accounts/login/", "/style/", "/healthz", "/as-if/name-us/", "/from/oak/"],
)
def test_only_what_everybody_may_read_is_inside(head, contest, address):
    assert head.status(PREFIX + address) == 404


def test_an_error_page_inside_keeps_the_strip_and_the_name(head, contest):
    text = html(head, f"{PREFIX}/nowhere/")
    assert "This is a preview" in text
    assert "– Three Oaks</title>" in text


def test_a_missing_slash_is_added_inside(head, contest):
    assert head.client.get(PREFIX)["Location"] == f"{PREFIX}/"
    assert head.client.get(f"{PREFIX}/aims")["Location"] == f"{PREFIX}/aims/"


def test_nothing_is_sent_from_it(head, contest):
    before = Idea.objects.count()
    response = head.client.post(f"{PREFIX}/name-us/suggest/", {"name": "x"})
    assert response.status_code == 405
    assert "Nothing is sent from a preview" in response.content.decode()
    assert Idea.objects.count() == before


def test_a_tidied_logo_that_is_only_held_is_shown(head, contest):
    token = HeldPicture.hold(make_picture())
    name = HeldPicture.objects.get().image.name.rpartition("/")[2]
    begin = preview_url(contest, token)
    assert f'src="{begin}logo/{name}"' in html(head, begin)
    assert head.picture(f"{begin}logo/{name}").status_code == 200
    assert HeldPicture.objects.count() == 1


def test_a_tidied_logo_that_is_held_no_longer_is_a_404(head, contest):
    assert head.status(preview_url(contest, "nonsense")) == 404
    token = HeldPicture.hold(make_picture())
    contest.winners.filter(part=Part.LOGO).delete()
    assert head.status(preview_url(contest, token)) == 404
    assert head.status(preview_url(contest)) == 200


def test_pages_outside_ask_nobody_who_they_are(client, contest, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get("/accessibility/")
