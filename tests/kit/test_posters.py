"""The posters: one page of A4 each, in a school's name, whatever the words are."""

import io
from dataclasses import replace

import pytest
from django.conf import settings
from pypdf import PdfReader

from collab_site.core.documents.qr import qr_code
from collab_site.core.schools.identity import Identity
from collab_site.core.schools.models import Logo, School
from collab_site.portal.kit import poster
from collab_site.portal.kit.contents import Kit
from collab_site.portal.kit.poster import poster_pdf
from tests.actionplan.test_pdf import SCRIPTS, folded, tags
from tests.make import make_collaboration, make_contest, make_picture, make_school

pytestmark = pytest.mark.django_db

ENTRANCE = f"{settings.PUBLIC_URL}/from/oak"
TYPED = ENTRANCE.partition("://")[2]
PLAN, CALL = "/schools/oak/kit/poster-plan.pdf", "/schools/oak/kit/poster-name-us.pdf"


@pytest.fixture(autouse=True)
def oak():
    make_collaboration(place="Riverton")
    return make_school(name="Oak School", short_name="Oak", slug="oak", colour="#aa0000")


@pytest.fixture
def given(monkeypatch):
    """What is given to the typesetter: {"texts": …, "drawings": …} of the last poster."""
    last, typeset = {}, poster.typeset

    def remember(template, texts, drawings):
        last.update(texts=texts, drawings=drawings)
        return typeset(template, texts, drawings)

    monkeypatch.setattr(poster, "typeset", remember)
    return last


def read(client, address):
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def words(reader):
    [page] = reader.pages
    return folded(page.extract_text())


def test_the_plans_poster_says_whose_it_is_what_it_is_and_where(client):
    found = words(read(client, PLAN))
    wanted = (
        "River Group|Riverton|What our schools are doing this year|Read our plan, and follow how "
        "it goes.|Oak School"
    )
    assert [text for text in wanted.split("|") if text not in found] == []
    assert f"goto{TYPED}/planOak" in found.replace(" ", "")


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ({}, ""),
        ({"closes_at": "2099-03-19T15:00Z"}, "Until Thursday 19 March 2099"),
        ({"opens_at": "2099-03-01T00:00Z"}, "From Sunday 1 March 2099"),
        (
            {"opens_at": "2099-03-01T00:00Z", "closes_at": "2099-03-06T00:00Z"},
            "From Sunday 1 March 2099 until Thursday 5 March 2099",
        ),
    ],
)
def test_the_calls_poster_says_until_when(client, times, told):
    make_contest(title="Name “us”", **times)
    found = words(read(client, CALL))
    assert "Name “us” Send us a name, a strap line or a logo." in found
    assert told in found.replace("\xa0", " ")
    assert f"{TYPED}/name-us" in found.replace(" ", "")
    if not told:
        assert "ntil" not in found


@pytest.mark.parametrize("contest", [None, {"closes_at": "2020-01-01T00:00Z"}])
def test_without_a_call_the_posters_address_leads_to_the_kit(client, contest):
    if contest:
        make_contest(**contest)
    response = client.get(CALL)
    assert (response.status_code, response["Location"]) == (302, "/schools/oak/kit/#posters")


def test_it_is_a4_titled_tagged_and_in_english(client):
    reader = read(client, PLAN)
    root = reader.trailer["/Root"]
    [page] = reader.pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert reader.metadata.title == "What our schools are doing this year"
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert (tags(reader).count("/H1"), tags(reader).count("/Figure")) == (1, 1)


def test_its_code_leads_to_the_page_through_the_schools_entrance(client, given):
    read(client, PLAN)
    assert given["drawings"]["code"] == qr_code(f"{ENTRANCE}/plan/").svg
    make_contest()
    read(client, CALL)
    assert given["drawings"]["code"] == qr_code(f"{ENTRANCE}/name-us/").svg


@pytest.mark.parametrize(
    ("colour", "ink"),
    [("#ffffff", "#1d2521"), ("#000000", "#ffffff"), ("#ffe600", "#1d2521")],
)
def test_it_has_the_schools_colour_and_words_that_can_be_read_on_it(client, given, colour, ink):
    School.objects.update(colour=colour)
    read(client, PLAN)
    assert (given["texts"]["colour"], given["texts"]["ink"]) == (colour, ink)


def test_its_sign_is_the_flower_or_the_logo(client, given, oak):
    read(client, PLAN)
    assert "#aa0000" in given["drawings"]["sign"]
    logo = Logo.objects.create(image=make_picture(), alt_text="Trees")
    make_collaboration_with(logo)
    read(client, PLAN)
    assert "data:image/png;base64," in given["drawings"]["sign"]


def make_collaboration_with(logo):
    collaboration = Identity().collaboration
    collaboration.logo = logo
    collaboration.save()


TEXTS = [
    SCRIPTS,
    "👩‍🏫",
    "\x00\x07 bell \ud800 \ufffe \x85",
    "W" * 120,
    "Wm " * 40,
    "a\n" * 60,
    '#read("x") = $x$ *b* _i_ `c` \\ // @a <b>',
    "مدرسة البلوط الابتدائية والحضانة " * 3,
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_words_give_one_page(oak, text):
    identity = Identity(oak)
    identity.collaboration.name = identity.collaboration.place = oak.name = text
    invitation = replace(Kit(identity, None).invitations["plan"], headline=text, when=text)
    assert len(PdfReader(io.BytesIO(poster_pdf(invitation, identity))).pages) == 1
    far = replace(
        invitation, address=f"https://{'a' * 60}.{'b' * 60}.example/from/{'c' * 60}/plan/"
    )
    assert len(PdfReader(io.BytesIO(poster_pdf(far, identity))).pages) == 1


def test_long_names_of_seven_schools_are_shown_whole(client, oak):
    for _ in range(6):
        make_school()
    School.objects.filter(pk=oak.pk).update(name=f"The {'Very ' * 20}Long School")
    assert f"The {'Very ' * 20}Long School" in words(read(client, PLAN))


def test_texts_are_shown_as_they_are_typed(client):
    make_contest(title="#emph[x] *Kraków* <b>")
    reader = read(client, CALL)
    assert "#emph[x] *Kraków* <b>" in words(reader)
    assert reader.metadata.title == "#emph[x] *Kraków* <b>"


def test_its_queries_are_few(client, django_assert_num_queries):
    make_contest()
    with django_assert_num_queries(4):
        client.get(CALL)
