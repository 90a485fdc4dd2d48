"""A logo stands wherever the flower stood, and nowhere once it is gone."""

import base64
import io
import re

import html5lib
import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from actionplan.models import EditionDocument
from collab_site.core.accounts.roles import Role
from collab_site.core.content_version.memo import memo_scope
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.storage import picture_storage
from collab_site.core.schools.identity import Identity
from collab_site.core.schools.logos import logo_copy, sign_document
from collab_site.core.schools.models import Collaboration, Logo
from tests.admin.pages import Editing
from tests.make import (
    make_collaboration,
    make_picture,
    make_plan,
    make_school,
    make_strand,
    make_user,
    publish,
)
from tests.pictures.samples import drawing, is_near, saved

pytestmark = pytest.mark.django_db
DATA = re.compile(rb'href="data:image/png;base64,([^"]+)"')
PDF = "/plan/2026-27/plan.pdf"


@pytest.fixture
def logo():
    make_school()
    logo = Logo.objects.create(image=make_picture(), alt_text="Three trees")
    make_collaboration(logo=logo)
    return logo


@pytest.fixture
def plan():
    make_strand(plan=make_plan(year=2026), steps=["Meet."])
    publish()


def picture_of(size):
    return clean_picture(ContentFile(saved(drawing(size=size), "PNG")))


def html(client, address):
    return client.get(address).content.decode()


def signs(text):
    """Return the pictures with the class of a logo, and how many flowers there are."""
    images = html5lib.parse(text).iter("{http://www.w3.org/1999/xhtml}img")
    logos = [i.attrib for i in images if i.get("class", "").startswith("logo")]
    return logos, text.count('<svg class="mark')


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("/aims/", 2),
        ("/nowhere/", 2),
        ("/accounts/login/", 2),
        ("/", 3),
    ],
)
def test_it_stands_in_place_of_the_flower(client, logo, address, count):
    logos, flowers = signs(html(client, address))
    assert (len(logos), flowers) == (count, 0)
    for sign in logos:
        assert sign["src"] == f"/logo/{logo.image_name}"
        assert (sign["alt"], sign["width"], sign["height"]) == ("", "60", "40")
    Collaboration.objects.update(logo=None)
    logos, flowers = signs(html(client, address))
    assert (len(logos), flowers) == (0, count)


def test_it_stands_on_the_pages_for_editors(logo):
    head = Editing(make_user(Role.HEADTEACHER))
    assert len(signs(head.get("/admin/").response.content.decode())[0]) == 1


def test_its_address_serves_the_logo_in_use_and_no_other(client, logo):
    other = Logo.objects.create(image=make_picture())
    response = client.get(f"/logo/{logo.image_name}")
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, no-cache"
    assert client.get(f"/logo/{other.image_name}").status_code == 404
    same = client.get(f"/logo/{logo.image_name}", headers={"If-None-Match": response["ETag"]})
    assert same.status_code == 304
    logo.delete()
    assert client.get(f"/logo/{logo.image_name}").status_code == 404
    assert "/logo/" not in html(client, "/")


def test_an_entrance_has_it_too(client, logo):
    school = make_school()
    address = f"/from/{school.slug}/logo/{logo.image_name}"
    assert address in html(client, f"/from/{school.slug}/")
    assert client.get(address).status_code == 200


def test_the_icon_shows_it_and_needs_nothing_else(client, logo):
    response = client.get("/favicon.svg")
    assert response["Content-Security-Policy"] == "default-src 'none'; img-src data:"
    assert b'viewBox="0 0 96 96"' in response.content
    data = base64.b64decode(DATA.search(response.content)[1])
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (60, 40)
        assert is_near(image.convert("RGB").getpixel((5, 5)), (255, 0, 0), 20)


def test_the_icon_is_asked_for_anew_and_sent_only_if_it_is_another(client, logo):
    addresses = {}
    for _ in range(2):
        response = client.get("/favicon.svg")
        assert response["Cache-Control"] == "public, no-cache"
        same = client.get("/favicon.svg", headers={"If-None-Match": response["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        addresses[response["ETag"]] = response.content
        Collaboration.objects.update(logo=None)
    assert len(addresses) == 2


def test_a_logo_whose_file_is_gone_leaves_the_flower(client, logo, plan):
    picture_storage().delete(logo.image.name)
    assert b"<path" in client.get("/favicon.svg").content
    assert client.get(PDF).status_code == 200
    assert client.get(f"/logo/{logo.image_name}").status_code == 404


@pytest.mark.parametrize(
    ("size", "frame"),
    [((90, 30), "300 100"), ((400, 10), "300 100"), ((10, 90), "100 100"), ((60, 40), "150 100")],
)
def test_a_sign_has_a_frame_that_fits(size, frame):
    logo = Logo(image=picture_of(size))
    assert f'viewBox="0 0 {frame}"' in sign_document(logo, [], height=100, widest=3)


def test_a_logo_is_read_beside_others_who_read_the_same_row(logo):
    with memo_scope({}):
        first, second = Identity().logo, Identity().logo
        with first.image.open() as file:
            sign_document(second, [])
            assert not file.closed


def pictures(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return [image.image for page in pages for image in page.images]


def test_the_pdf_shows_it_and_is_made_anew_with_another(client, logo, plan):
    [picture] = pictures(client.get(PDF))
    assert picture.size == (60, 40)
    assert EditionDocument.objects.get().logo == logo
    Collaboration.objects.update(logo=None)
    assert pictures(client.get(PDF)) == []
    assert EditionDocument.objects.get().logo is None


def test_the_pdf_that_is_kept_goes_with_it(client, logo, plan):
    client.get(PDF)
    logo.delete()
    assert not EditionDocument.objects.exists()


def test_the_feed_names_its_pictures(client, logo, plan, settings):
    feed = html(client, "/plan/feed/")
    assert f"<logo>{settings.PUBLIC_URL}/logo/{logo.image_name}</logo>" in feed
    assert f"<icon>{settings.PUBLIC_URL}/favicon.svg</icon>" in feed
    logo.delete()
    assert "<logo>" not in html(client, "/plan/feed/")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("The Three Trees", "part of The Three Trees."), ("River Group", "part of the River Group.")],
)
def test_a_name_has_its_article_once(client, logo, name, sentence):
    Collaboration.objects.update(name=name)
    assert f"proud to be {sentence}" in html(client, "/aims/")


@pytest.mark.parametrize(
    ("address", "count"), [("/accessibility/", 3), ("/aims/", 5), ("/favicon.svg", 2)]
)
def test_it_costs_no_query(client, logo, address, count, django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(count):
            client.get(address)
        Collaboration.objects.update(logo=None)


def test_a_copy_is_a_small_clean_picture():
    copy = logo_copy(picture_of((1200, 300)))
    with Image.open(copy) as image:
        assert (image.format, image.size) == ("WEBP", (640, 160))
    assert re.fullmatch(r"[0-9a-f]{32}\.webp", copy.name)
