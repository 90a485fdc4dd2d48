import re

import html5lib
import pytest
from django.urls import resolve

from collab_site.core.schools.models import School
from collab_site.portal import entrance_urls
from tests.make import (
    make_achievement,
    make_aim,
    make_collaboration,
    make_contest,
    make_idea,
    make_school,
    make_strand,
    make_term,
    make_update,
    publish,
)

pytestmark = pytest.mark.django_db

SITES = "https://www.oak.example\nhttp://oak.example"
PANELS = [f"/from/oak/panel/{panel.pattern}" for panel in entrance_urls.panels]
every_panel = pytest.mark.parametrize("address", PANELS)


@pytest.fixture
def oak():
    make_collaboration()
    return make_school(name="Oak School", short_name="Oak", slug="oak", panel_origins=SITES)


@pytest.fixture
def content():
    """Something for each panel to show, with a school word in it."""
    make_term(term="AfL", meaning="Finding out what children have understood.")
    make_aim(title="Use AfL")
    make_achievement(title="AfL training")
    make_strand(title="AfL in maths", status="done")
    publish()
    make_update(text="AfL began.")
    make_contest(title="AfL needs a name")
    make_idea(name="AfL for all", status="approved")


def directives(response):
    policy = response["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@every_panel
def test_only_the_sites_that_the_school_lists_may_frame_its_panels(client, oak, address):
    response = client.get(address)
    assert directives(response)["frame-ancestors"] == "https://www.oak.example http://oak.example"
    assert "X-Frame-Options" not in response
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_panel_keeps_the_rest_of_the_policy(client, oak):
    framed, page = client.get("/from/oak/panel/plan/"), client.get("/from/oak/plan/")
    assert directives(framed) | {"frame-ancestors": "'none'"} == directives(page)


@every_panel
def test_nobody_may_frame_the_panels_of_a_school_that_lists_no_site(client, oak, address):
    School.objects.update(panel_origins="")
    assert directives(client.get(address))["frame-ancestors"] == "'none'"


def test_one_school_s_sites_may_not_frame_another_s_panels(client, oak):
    make_school(
        name="Elm School", short_name="Elm", slug="elm", panel_origins="https://elm.example"
    )
    policy = directives(client.get("/from/elm/panel/plan/"))
    assert policy["frame-ancestors"] == "https://elm.example"


@pytest.mark.parametrize("address", ["/from/oak/plan/", "/from/oak/", "/from/oak/panel/", "/plan/"])
def test_everything_else_refuses_to_be_framed(client, oak, address):
    response = client.get(address)
    assert directives(response)["frame-ancestors"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"


@every_panel
def test_a_panel_is_a_school_s_own(client, oak, address):
    for elsewhere in (address.removeprefix("/from/oak"), address.replace("oak", "nobody")):
        assert client.get(elsewhere).status_code == 404


@every_panel
def test_a_panel_sets_no_cookie_and_varies_by_none(client, oak, content, address):
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@every_panel
def test_who_has_signed_in_reads_the_same_panel_as_everybody(client, oak, content, head, address):
    assert head.client.get(address).content == client.get(address).content


@every_panel
def test_a_panel_asks_for_nothing_and_explains_no_words(client, oak, content, address):
    html = client.get(address).content.decode()
    assert "AfL" in html
    for tag in ("form", "input", "button", "style", "iframe"):
        assert f"<{tag}" not in html
    for attribute in ("csrf", "popover", " style=", " on"):
        assert attribute not in re.sub(r">[^<]*<", "><", html)


@every_panel
@pytest.mark.parametrize("is_empty", [True, False])
def test_every_link_in_a_panel_opens_in_the_top_window_inside_the_entrance(
    client, oak, request, address, is_empty
):
    if not is_empty:
        request.getfixturevalue("content")
    html = client.get(address).content.decode()
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    links = page.findall(".//a")
    assert page.find(".//base").attrib == {"target": "_top"}
    assert links
    for link in links:
        assert "target" not in link.attrib
        assert link.attrib["href"].startswith("/from/oak/")
        assert client.get(link.attrib["href"]).status_code == 200


@every_panel
def test_a_panel_bears_the_school_s_colour_and_the_collaboration_s_name(client, oak, address):
    html = client.get(address).content.decode()
    assert '<html lang="en-GB" class="school-oak">' in html
    assert "<span>River Group</span></a></footer>" in html


@every_panel
def test_search_engines_are_led_to_the_page_that_a_panel_is_made_from(client, oak, address):
    response = client.get(address)
    whole = re.search(r'<link rel="canonical" href="([^"]+)">', response.content.decode())[1]
    assert "/panel/" not in whole
    assert "/from/" not in whole
    assert response["X-Robots-Tag"] == "noindex"


@every_panel
def test_only_a_panel_s_headers_can_be_asked_for(client, oak, address):
    asked, read = client.head(address), client.get(address)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers == read.headers


@every_panel
def test_a_panel_says_how_high_its_frame_has_to_be(oak, address):
    view = resolve(
        address.removeprefix("/from/oak"), "collab_site.portal.entrance_urls"
    ).func.view_class
    assert 300 <= view.height <= 700


def test_a_panel_tells_its_script_which_sites_the_school_lists(client, oak):
    html = client.get("/from/oak/panel/plan/").content.decode()
    assert 'data-origins="https://www.oak.example http://oak.example" defer></script>' in html


def test_the_script_for_host_pages_can_be_kept_for_an_hour_and_asked_for_again(client):
    script = client.get("/panels.js")
    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert script["Cache-Control"] == "public, max-age=3600"
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not script.cookies
    assert b"postMessage" in script.content
    again = client.get("/panels.js", headers={"If-None-Match": script["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("Cache-Control", "Cross-Origin-Resource-Policy", "ETag"):
        assert again[name] == script[name]
    assert client.head("/panels.js")["ETag"] == script["ETag"]


def test_the_script_for_host_pages_has_one_address(client, oak):
    assert client.get("/from/oak/panels.js").status_code == 404
