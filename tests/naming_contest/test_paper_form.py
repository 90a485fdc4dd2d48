"""The entry form on paper: a page that any child can fill in and any office can cut in two."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from collab_site.core.schools.mark import sign_svg
from naming_contest.document.pdf import EntryFormContext, entry_form_pdf
from naming_contest.models import Contest
from tests.actionplan.test_pdf import SCRIPTS, folded, tags
from tests.make import make_collaboration, make_contest, make_school

FORM = "/name-us/paper-form.pdf"
CONTEST = Contest(title="Name us", call="Please think.\n\nAnything goes.")
AROUND = EntryFormContext(
    collaboration="River Group",
    sign=sign_svg(["#aa0000", "#00aa00"]),
    schools=("Hill School", "Lake School"),
    address="https://river.example/name-us/suggest/",
    privacy="https://river.example/privacy/",
)


def read(contest=CONTEST, around=AROUND):
    return PdfReader(BytesIO(entry_form_pdf(contest, around)))


def words(reader):
    return folded(" ".join(page.extract_text() for page in reader.pages))


def test_it_is_one_page_of_a4_titled_tagged_and_in_english():
    reader = read()
    root = reader.trailer["/Root"]
    [page] = reader.pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert reader.metadata.title == "Entry form: Name us"
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    found = tags(reader)
    assert (found.count("/H1"), found.count("/H2"), found.count("/Figure")) == (1, 2, 1)


def test_the_idea_stands_above_the_cut_and_who_sends_it_below():
    above, below = words(read()).split("Cut here.")
    idea = "Name us|Please think. Anything goes.|A name|A strap line|What it means|A logo|code"
    sender = (
        "First name or nickname|Year group|Reception|Year 6|I am an adult|School|Show my first name"
        "|I am the parent or carer|Signature|Date|https://river.example/privacy/|Office: code"
    )
    assert [text for text in idea.split("|") if text not in above] == []
    assert [text for text in sender.split("|") if text not in below] == []
    assert "Signature" not in above
    assert "First name" not in above


def test_a_school_has_its_own_form_and_the_others_have_boxes_to_tick():
    assert "School Hill School Lake School" in words(read())
    own = words(read(around=replace(AROUND, school="Lake School")))
    assert "School: Lake School" in own
    assert "Hill School" not in own


def test_it_tells_where_the_form_is_on_the_web_and_the_school_whose_it_is():
    around = replace(AROUND, school="Lake School", website="https://lake.example/")
    above = words(read(around=around)).split("Cut here.")[0]
    assert f"On the web: {AROUND.address} Lake School: https://lake.example/" in above
    assert "Lake School:" not in words(read(around=replace(around, website=""))).split("Cut")[0]


def test_more_schools_than_there_is_room_for_are_written_in():
    found = words(
        read(around=replace(AROUND, schools=tuple(f"School {n} of many" for n in range(60))))
    )
    assert "of many" not in found
    assert "School" in found.split("Cut here.")[1]


@pytest.mark.parametrize(
    ("closes_at", "told"),
    [
        (None, "to the school office."),
        (datetime(2027, 3, 19, 15, tzinfo=UTC), "to the school office by Friday 19 March 2027."),
        (datetime(2027, 3, 20, 0, tzinfo=UTC), "to the school office by Friday 19 March 2027."),
        (datetime(2027, 6, 30, 22, 59, tzinfo=UTC), "by Wednesday 30 June 2027."),
    ],
)
def test_it_tells_the_last_day(closes_at, told):
    contest = Contest(title="Name us", call="Think.", closes_at=closes_at)
    assert told in words(read(contest))


@pytest.mark.parametrize(
    "text",
    [
        SCRIPTS,
        "👩‍🏫",
        "\x00\x07 bell \ud800 \ufffe \x85",
        "W" * 1000,
        "a\n" * 500,
        "a\n\n" * 333,
        '#read("x") = $x$ *b* _i_ `c` \\ // @a <b>',
        "".join(map(chr, range(0x3E5, 0x7CA))),
    ],
)
def test_any_text_gives_one_page(text):
    contest = Contest(title=text[:120], call=text)
    around = replace(AROUND, collaboration=text[:120], schools=(text[:120],) * 9)
    assert len(read(contest, around).pages) == 1
    assert len(read(contest, replace(around, school=text[:120])).pages) == 1


def test_texts_are_shown_as_they_are_typed():
    text = "#emph[x] *Kraków* <b>"
    found = words(read(Contest(title=text, call=text), replace(AROUND, school=text)))
    assert found.count(text) == 3


# About 25 ms; the bound leaves room for a slower machine.
def test_it_is_made_as_quickly_as_a_page():
    entry_form_pdf(CONTEST, AROUND)
    start = time.process_time()
    for _ in range(5):
        entry_form_pdf(CONTEST, AROUND)
    assert (time.process_time() - start) / 5 < 0.2


def fetch(client, address=FORM):
    response = client.get(address)
    return response, words(PdfReader(BytesIO(response.content)))


@pytest.fixture
def schools(db):
    make_collaboration(name="River Group")
    return [make_school(name="Hill School", slug="hill"), make_school(name="Lake School")]


def alt_texts(response):
    """Return the words for those who can't see the pictures of a PDF."""
    root = PdfReader(BytesIO(response.content)).trailer["/Root"]["/StructTreeRoot"]
    found, open_elements = [], [root]
    while open_elements:
        element = open_elements.pop().get_object()
        if isinstance(element, list):
            open_elements += element
        elif isinstance(element, dict):
            found += [element["/Alt"]] if "/Alt" in element else []
            open_elements += [element["/K"]] if "/K" in element else []
    return found


def test_the_portal_gives_it_to_everybody(client, schools, settings, django_assert_num_queries):
    make_contest(title="Name us\n“now”")
    with django_assert_num_queries(3):
        response, text = fetch(client)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; filename")
    assert "Entry%20form%20-%20Name%20us%20%E2%80%9Cnow" in response["Content-Disposition"]
    assert "School Hill School Lake School" in text
    assert f"{settings.PUBLIC_URL}/privacy/" in text
    assert alt_texts(response) == [f"QR code that leads to {settings.PUBLIC_URL}/name-us/suggest/"]


def test_a_schools_entrance_gives_that_schools_form(client, schools, settings):
    make_contest()
    response, text = fetch(client, f"/from/hill{FORM}")
    assert "School: Hill School" in text
    assert f"{settings.PUBLIC_URL}/from/hill/privacy/" in text
    assert alt_texts(response)[0].endswith(f" {settings.PUBLIC_URL}/from/hill/name-us/suggest/")


def test_a_portal_without_schools_has_a_form(client, db):
    make_contest()
    assert "School" in fetch(client)[1]


def test_without_a_call_there_is_none(client, db):
    assert client.get(FORM).status_code == 404


def test_a_form_can_be_printed_before_the_call_opens(client, db):
    make_contest(opens_at="2099-01-01T00:00Z")
    assert client.get(FORM).status_code == 200


def test_once_closed_its_address_leads_to_the_page_that_says_so(client, db):
    make_contest(closes_at="2020-01-01T00:00Z")
    response = client.get(FORM, follow=True)
    assert response.redirect_chain == [("/name-us/suggest/", 302)]
    assert "The time for ideas ended" in response.content.decode()
