"""A school's kit: everything is there, in that school's name, and what is copied is right."""

import re

import html5lib
import pytest
from django.conf import settings

from collab_site.core.schools.models import School
from collab_site.portal.entrance_urls import panels
from collab_site.portal.kit.contents import PANELS
from tests.admin.pages import Page
from tests.make import (
    make_achievement,
    make_aim,
    make_collaboration,
    make_contest,
    make_school,
    make_strand,
    make_term,
    make_user,
    publish,
)

pytestmark = pytest.mark.django_db

KIT = "/schools/oak/kit/"
PORTAL = settings.PUBLIC_URL
SITES = "https://www.oak.example\nhttp://oak.example"


@pytest.fixture(autouse=True)
def oak():
    make_collaboration(plan_name="Plan “A” & <B>")
    make_school(name="Elm School", short_name="Elm", slug="elm", colour="#00aa00")
    return make_school(
        name="Oak & Ash School", short_name="Oak", slug="oak", panel_origins=SITES, colour="#aa0000"
    )


def read(client, address=KIT):
    return Page(client.get(address), address)


def values(page):
    """Return what the page offers to copy: {id: text}."""
    fields = {field.get("id"): field.get("value") for field in page.all("input")}
    return fields | {field.get("id"): field.text for field in page.all("textarea")}


def element(code):
    """Return the one element that a browser makes of a piece of HTML: (name, attributes, text)."""
    [found] = html5lib.parseFragment(code, namespaceHTMLElements=False)
    assert len(found) == 0
    return found.tag, dict(found.attrib), found.text


def test_each_page_has_its_address_through_the_schools_entrance(client):
    found = values(read(client))
    assert {name: found[f"{name}-address"] for name in ("home", "plan", "name-us")} == {
        "home": f"{PORTAL}/from/oak/",
        "plan": f"{PORTAL}/from/oak/plan/",
        "name-us": f"{PORTAL}/from/oak/name-us/",
    }
    assert found["aims-address"] == f"{PORTAL}/from/oak/aims/"
    assert found["achievements-address"] == f"{PORTAL}/from/oak/achievements/"


def test_each_page_has_a_link_in_html(client):
    found = values(read(client))
    address = f"{PORTAL}/from/oak/plan/"
    assert element(found["plan-code"]) == ("a", {"href": address}, "Plan “A” & <B>")
    assert element(found["home-code"])[1:] == ({"href": f"{PORTAL}/from/oak/"}, "River Group")


def test_every_panel_there_is_has_its_code(client):
    found = values(read(client))
    assert [panel[0] for panel in PANELS] == [pattern.name for pattern in panels]
    for pattern in panels:
        name, attributes, _ = element(found[f"{pattern.name}-code"])
        title = attributes.pop("title")
        assert (name, attributes) == (
            "iframe",
            {
                "src": f"{PORTAL}/from/oak/panel/{pattern.pattern}",
                "width": "100%",
                "height": str(pattern.callback.view_class.height),
                "loading": "lazy",
                "style": "border:0",
            },
        )
        assert title.endswith(" – River Group")
    assert 'title="Plan “A” &amp; &lt;B&gt; – River Group"' in found["plan-panel-code"]


def test_the_script_for_the_height_is_the_portals_own(client):
    code = values(read(client))["script-code"]
    assert element(code) == ("script", {"src": f"{PORTAL}/panels.js", "async": ""}, None)
    assert client.get("/panels.js").status_code == 200


def test_every_address_and_panel_in_it_answers(client):
    make_contest()
    page = read(client)
    addresses = [value for name, value in values(page).items() if name.endswith("-address")]
    addresses += re.findall(r'src="([^"]+)"', " ".join(values(page).values()))
    assert len(addresses) > 8
    for address in addresses:
        assert client.get(address.removeprefix(PORTAL)).status_code == 200, address


def test_each_panel_is_shown_as_everybody_sees_it_whoever_looks(client):
    make_aim(title="Swim")
    client.force_login(make_user())
    frames = [frame.get("srcdoc") for frame in read(client).all("iframe")]
    shown = [client.get(f"/from/oak/panel/{p.pattern}").content.decode() for p in panels]
    assert frames == shown
    assert "Swim" in " ".join(frames)


def test_a_preview_names_no_address_to_be_framed(client):
    assert all(frame.get("src") is None for frame in read(client).all("iframe"))


def test_the_feeds_have_their_addresses(client):
    assert values(read(client))["plan-feed-address"] == f"{PORTAL}/from/oak/plan/feed/"


def test_a_feed_is_shown_with_what_is_newest_in_it(client):
    assert "Nothing yet." in read(client).text()
    for number in range(4):
        make_achievement(title=f"We sang song {number}")
    text = read(client).text()
    # In the feed of everything, and in that of achievements.
    assert [text.count(f"We sang song {number}") for number in range(4)] == [0, 2, 2, 2]


def test_the_newsletter_speaks_for_the_school(client):
    make_contest(title="Name “us”", call="Please think.", closes_at="2099-03-19T15:00Z")
    found = values(read(client))
    proud = "Oak & Ash School is proud to be part of the River Group along with Elm School."
    assert found["plan-words"] == (
        f"What our schools are doing this year\n\n{proud} Our plan says what we do together this "
        f"year, and how far we have come.\n\nRead it here:\n{PORTAL}/from/oak/plan/"
    )
    assert found["name-us-words"] == (
        f"Name “us”\n\n{proud} Please think.\n\nSend us your idea until Thursday 19 March 2099:\n"
        f"{PORTAL}/from/oak/name-us/"
    )


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ({}, "Send us your idea:"),
        ({"opens_at": "2099-03-01T00:00Z"}, "Send us your idea from Sunday 1 March 2099:"),
        (
            {"opens_at": "2099-03-01T00:00Z", "closes_at": "2099-03-06T00:00Z"},
            "Send us your idea from Sunday 1 March 2099 until Thursday 5 March 2099:",
        ),
    ],
)
def test_the_newsletter_tells_when_ideas_are_welcome(client, times, told):
    make_contest(**times)
    assert told in values(read(client))["name-us-words"]


@pytest.mark.parametrize("contest", [None, {"closes_at": "2020-01-01T00:00Z"}])
def test_without_a_call_that_is_open_or_to_come_nobody_is_invited_to_it(client, contest):
    if contest:
        make_contest(**contest)
    page = read(client)
    assert "There is no call for ideas just now" in page.text()
    assert "name-us-words" not in values(page)
    assert "poster-name-us.pdf" not in [a.get("href") for a in page.all("a")]


def test_the_sites_that_may_show_the_panels_are_told(client, oak):
    text = read(client).text()
    assert "https://www.oak.example" in text
    assert "http://oak.example" in text
    assert "“The schools”, then “Oak & Ash School”" in text
    assert "There is none yet" not in text
    School.objects.update(panel_origins="")
    assert "There is none yet" in read(client).text()


@pytest.mark.parametrize(
    ("website", "is_missing"),
    [
        ("", False),
        ("https://www.oak.example/home", False),
        ("https://oak.example/", True),
        ("ftp://oak.example/", False),
    ],
)
def test_it_says_when_the_schools_own_website_is_not_among_them(client, website, is_missing):
    School.objects.filter(slug="oak").update(website=website)
    assert ("own website is not among them" in read(client).text()) == is_missing


def test_it_is_the_schools_own_page(client):
    page = read(client)
    assert page.root.get("class") == "school-oak"
    assert "Welcome from Oak & Ash School" in page.text()
    assert page.all("h1")[0].text == "Links, panels and posters for Oak"
    links = [a.get("href") for a in page.all("a")]
    ours = [link for link in links if link.startswith("/")]
    assert len(ours) > 6
    assert all(link.startswith("/from/oak/") for link in ours)


def test_the_next_reader_is_not_in_its_entrance(client):
    read(client)
    assert "/from/" not in client.get("/plan/").content.decode()


def test_another_school_has_another(client):
    page = read(client, "/schools/elm/kit/")
    assert page.root.get("class") == "school-elm"
    assert values(page)["plan-address"] == f"{PORTAL}/from/elm/plan/"
    assert "oak" not in " ".join(values(page).values())
    assert "There is none yet" in page.text()


def test_it_is_valid_html_and_asks_no_other_host(client):
    make_contest()
    response = client.get(KIT)
    html5lib.HTMLParser(strict=True).parse(response.content.decode())
    for tag, name in (("img", "src"), ("script", "src"), ("link", "href")):
        for found in read(client).all(tag):
            assert not found.get(name).startswith("http")


FILES = ["", "qr-plan.svg", "qr-plan.png", "poster-plan.pdf"]


@pytest.mark.parametrize("file", FILES)
def test_it_is_for_everybody_but_search_engines_and_sets_no_cookie(client, file):
    response = client.get(KIT + file)
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_nobody_may_frame_it(client):
    response = client.get(KIT)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("file", FILES)
def test_an_earlier_address_name_leads_to_the_present_one(client, oak, file):
    oak.slug = "oak-tree"
    oak.save()
    moved = client.get(f"{KIT}{file}?a=b%20c")
    assert (moved.status_code, moved["Location"]) == (
        307,
        f"/schools/oak-tree/kit/{file}?a=b%20c",
    )
    assert client.get(moved["Location"]).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/schools/nobody/kit/",
        "/schools/nobody/kit/poster-plan.pdf",
        "/from/oak/schools/oak/kit/",
        f"{KIT}nothing",
        f"{KIT}qr-aims.svg",
        f"{KIT}qr-aims.png",
        f"{KIT}qr-plan.gif",
        f"{KIT}poster-home.pdf",
    ],
)
def test_what_is_not_there_is_a_404(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 20])
def test_its_queries_are_few_however_much_there_is(client, count, django_assert_num_queries):
    make_contest()
    for number in range(count):
        make_school()
        make_strand(steps=["Meet about the tide."])
        make_aim(points=["Swim."])
        make_achievement()
        make_term(term=f"Tide {number}")
    publish()
    with django_assert_num_queries(27):
        client.get(KIT)


def test_an_empty_portal_has_a_kit(client):
    assert "None" not in read(client).text()
