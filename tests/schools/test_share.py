"""The picture that other sites show with a shared page."""

import io
import re
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from collab_site.core.schools import sharing
from collab_site.core.schools.identity import Identity
from collab_site.core.schools.models import Collaboration, Logo, School, SharePicture
from collab_site.core.schools.sharing import HEIGHT, WIDTH, share_png
from naming_contest.preview import preview_url
from tests.make import (
    make_collaboration,
    make_contest,
    make_picture,
    make_school,
    make_winner,
)
from tests.pictures.samples import is_near

pytestmark = pytest.mark.django_db


@pytest.fixture
def collaboration():
    make_school(name="Oak School", slug="oak", colour="#aa0000", website="https://oak.example/")
    make_school(name="Elm School", colour="#00aa00")
    return make_collaboration(name="River “&” Group", place="Riverton")


@pytest.fixture
def logo(collaboration):
    logo = Logo.objects.create(image=make_picture())
    Collaboration.objects.update(logo=logo)
    return logo


def about(client, page="/"):
    """Return what a page tells of itself to sites on which it is shared."""
    html = client.get(page).content.decode()
    return dict(re.findall(r'<meta \w+="((?:og|twitter):[^"]+)" content="(.*?)">', html))


def address(client):
    """Return the path of the picture as it is now."""
    return about(client)["og:image"].removeprefix(settings.PUBLIC_URL)


def opened(response):
    return Image.open(io.BytesIO(response.content))


@pytest.mark.parametrize("page", ["/", "/plan/", "/from/oak/", "/from/oak/schools/"])
def test_every_page_names_the_one_picture_wherever_it_is_read(client, collaboration, page):
    told = about(client, page)
    assert re.fullmatch(rf"{settings.PUBLIC_URL}/share-\w{{12}}\.png", told["og:image"])
    assert told["og:image"] == about(client)["og:image"]
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["twitter:card"] == "summary_large_image"
    assert told["og:image:alt"] == ("River “&amp;” Group – Riverton – Oak School and Elm School")


def test_it_is_a_png_of_that_size_with_the_colours_of_the_schools(client, collaboration):
    response = client.get(address(client))
    image = opened(response).convert("RGB")
    assert (response["Content-Type"], image.size) == ("image/png", (WIDTH, HEIGHT))
    assert is_near(image.getpixel((5, 5)), (0x22, 0x44, 0x66))
    found = {colour for _, colour in image.getcolors(maxcolors=WIDTH * HEIGHT)}
    assert {(0xAA, 0, 0), (0, 0xAA, 0)} <= found


def test_it_may_be_kept_for_good_and_shown_by_other_sites(client, collaboration):
    response = client.get(address(client))
    assert "immutable" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies


CHANGES = {
    "name": lambda: Collaboration.objects.update(name="Lake Group"),
    "strap line": lambda: Collaboration.objects.update(strap_line="Growing together"),
    "place": lambda: Collaboration.objects.update(place="Laketon"),
    "colour": lambda: Collaboration.objects.update(colour="#662244"),
    "logo": lambda: Collaboration.objects.update(logo=Logo.objects.create(image=make_picture())),
    "a school's name": lambda: School.objects.filter(slug="oak").update(name="Great Oak"),
    "a school's colour": lambda: School.objects.filter(slug="oak").update(colour="#0000aa"),
    "a school less": lambda: School.objects.filter(slug="oak").delete(),
    "a school more": make_school,
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_renewed_with_all_that_it_shows(client, collaboration, change):
    before = address(client)
    old = client.get(before).content
    CHANGES[change]()
    after = address(client)
    moved = client.get(before)
    assert (moved.status_code, moved["Location"]) == (302, settings.PUBLIC_URL + after)
    assert moved["Cache-Control"] == "no-cache"
    assert client.get(after).content != old
    assert SharePicture.objects.count() == 1


def test_it_stays_the_same_for_what_it_does_not_show(client, collaboration):
    before = address(client)
    Collaboration.objects.update(welcome="Good morning")
    School.objects.update(website="https://new.example/", email="office@new.example")
    assert address(client) == before


def test_it_is_made_anew_with_another_layout(client, collaboration, monkeypatch):
    before = address(client)
    monkeypatch.setattr(sharing, "_template_version", lambda: "another one")
    assert address(client) != before


@pytest.mark.parametrize("version", ["x", "0" * 12, "../../etc/passwd", "%00", "é"])
def test_no_version_breaks_it(client, collaboration, version):
    assert client.get(f"/share-{version}.png").status_code in (302, 400, 404)
    assert not SharePicture.objects.exists()


def test_it_is_made_once(client, collaboration, monkeypatch):
    path = address(client)
    made = client.get(path).content
    monkeypatch.setattr(sharing, "share_png", None)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).content == made
    assert len(queries) == 3  # the collaboration, its schools, and the picture


def test_who_had_to_wait_for_it_finds_it(collaboration, monkeypatch):
    identity = Identity()
    sharing.kept_share_png(identity)
    monkeypatch.setattr(sharing, "share_png", None)
    with mock.patch.object(sharing, "_find", side_effect=[None, sharing._find(identity)]):
        assert sharing.kept_share_png(identity) == bytes(SharePicture.objects.get().data)


def test_it_is_asked_for_anew_while_it_shows_a_logo(client, logo):
    response = client.get(address(client))
    assert response["Cache-Control"] == "public, no-cache"
    same = client.get(address(client), headers={"If-None-Match": response["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same["Cache-Control"] == "public, no-cache"


def test_a_logo_that_is_withdrawn_is_gone_from_it_at_once(client, logo):
    path = address(client)
    client.get(path)
    assert SharePicture.objects.get().logo == logo
    logo.delete()
    assert not SharePicture.objects.exists()
    assert client.get(path).status_code == 302
    client.get(address(client))
    assert SharePicture.objects.get().logo is None


def test_a_preview_of_another_name_has_none_and_leaves_none(head, collaboration):
    contest = make_contest(closes_at=timezone.now())
    make_winner(contest=contest)
    preview = preview_url(contest)
    html = head.client.get(preview).content.decode()
    assert "Three Oaks" in html
    assert "og:image" not in html
    assert "summary_large_image" not in html
    version = "0" * 12
    assert head.client.get(f"{preview}share-{version}.png").status_code == 404
    assert not SharePicture.objects.exists()


def test_an_entrance_has_none_of_its_own(client, collaboration):
    assert client.get(f"/from/oak{address(client)}").status_code == 404


def test_an_empty_portal_has_one(client):
    assert opened(client.get(address(client))).size == (WIDTH, HEIGHT)


HARD = {
    "wide": "W" * 120,
    "one word": "_" * 120,
    "controls": "\x00\x07 \ud800 \ufffe",
    "markup": '= #read("x") $a$ *b* \u202e back',
    "scripts": "العربية للأطفال 欢迎来到我们的学校 👩‍🏫🎉",
    "marks": "".join(map(chr, range(0x590, 0x608))),
    "long": "a very long name " * 7,
}


@pytest.mark.parametrize("kind", HARD)
@pytest.mark.parametrize("count", [0, 1, 3, 60])
def test_any_text_fits(kind, count):
    text = HARD[kind]
    identity = Identity()
    identity.collaboration = Collaboration(name=text, strap_line=text, colour="#224466")
    identity.schools = [School(name=text, colour="#aa0000") for _ in range(count)]
    image = Image.open(io.BytesIO(share_png(identity))).convert("RGB")
    assert image.size == (WIDTH, HEIGHT)
    # The margins stay empty: above, left, right and below.
    for box in [(0, 0, WIDTH, 30), (0, 0, 60, HEIGHT), (1140, 0, WIDTH, HEIGHT)]:
        assert len(image.crop(box).getcolors()) <= 1 + bool(count)
    assert len(image.crop((0, 612, WIDTH, HEIGHT)).getcolors()) == 1
