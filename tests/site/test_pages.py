"""The public pages as a whole: what is on them, how they are linked, what they cost."""

import gzip
import re
from itertools import product
from pathlib import Path

import html5lib
import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape, strip_tags

from achievements.models import Achievement
from actionplan.models import Plan
from collab_site.core.schools.models import School
from collab_site.portal.content import store

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
SEVEN = Path(__file__).parent.parent / "content/seven.yaml"
FILES = {"starter": STARTER, "seven": SEVEN}

PAGES = [
    "/",
    "/latest/",
    "/aims/",
    "/plan/",
    "/achievements/",
    "/name-us/",
    "/name-us/ideas/",
    "/name-us/suggest/",
    "/schools/",
    "/accessibility/",
    "/privacy/",
]
OF_A_PLAN = [
    "/plan/2026-27/",
    "/plan/2026-27/changes/",
    "/plan/2026-27/changes/since-september/",
    "/plan/2026-27/editions/",
    "/plan/2026-27/editions/1/",
    "/plan/2026-27/on-a-page/",
    "/plan/2026-27/updates/",
]
WITHOUT_A_FORM = [page for page in PAGES if page != "/name-us/suggest/"]
# What a file says that is for machines, or for those who edit.
NOT_SHOWN = {"slug", "colour", "year", "kind", "level", "status", "half_term", "schools"}
NOT_SHOWN |= {"achieved_on", "due_on", "also", "aims", "website", "panel_origins"}
NOT_SHOWN |= {"opens_at", "closes_at", "judged_until", "announces_at", "gallery"}

pytestmark = pytest.mark.django_db


@pytest.fixture(params=FILES)
def content(request):
    """Each of the two collaborations, loaded; returns its file's data."""
    text = FILES[request.param].read_text()
    store.load(text)
    return yaml.safe_load(text)


def texts(value, name=""):
    """Yield every text of a content file that readers should find."""
    if isinstance(value, dict):
        for key, below in value.items():
            if key not in NOT_SHOWN or (isinstance(below, list) and key in ("schools", "aims")):
                yield from texts(below, key)
    elif isinstance(value, list):
        for below in value:
            if not (name in ("schools", "aims") and isinstance(below, str)):
                yield from texts(below, name)
    elif isinstance(value, str):
        yield from value.split("\n\n")


def as_read(response):
    """Return a page's words as a reader sees them, white space folded."""
    text = strip_tags(re.sub(r"</(p|li|h\d|div)>|<br>", " ", response.content.decode()))
    return " ".join(text.split())


def test_every_sentence_of_the_content_is_on_a_page(client, content):
    plans = [plan.get_absolute_url() for plan in Plan.objects.all()]
    site = " ".join(as_read(client.get(page)) for page in [*PAGES, *plans])
    # A word's meaning stands on the pages that use the word: tests/schools/test_glossary.py.
    del content["glossary"]
    wanted = [escape(" ".join(text.split())) for text in texts(content)]
    assert len(wanted) > 30
    assert [text for text in wanted if text not in site] == []


def test_nothing_of_one_collaboration_is_on_the_pages_of_another(client):
    store.load(STARTER.read_text())
    starter = yaml.safe_load(STARTER.read_text())
    names = {starter["collaboration"][key] for key in ("name", "place", "welcome")}
    names |= {school[key] for school in starter["schools"] for key in ("name", "short_name")}
    Plan.objects.all().delete()
    store.load(SEVEN.read_text())
    for page in [*PAGES, "/favicon.svg", "/sitemap.xml", "/robots.txt", "/nowhere/"]:
        html = client.get(page).content.decode()
        assert [name for name in names if escape(name) in html] == []


def test_pages_are_valid_html_with_one_main_heading(client, content):
    strand = Plan.objects.get(year=2026).strands.first()
    for page in [*PAGES, *OF_A_PLAN, strand.get_absolute_url(), "/nowhere/", "/from/nowhere/"]:
        response = client.get(page)
        html5lib.HTMLParser(strict=True).parse(response.content.decode())
        assert response.content.count(b"<h1") == 1, page


def test_pages_tell_search_engines_their_one_address_and_what_they_are(client, content):
    titles, school = set(), School.objects.first()
    for page, entrance in product(WITHOUT_A_FORM, ["", f"/from/{school.slug}"]):
        html = client.get(entrance + page).content.decode()
        address = f"{settings.PUBLIC_URL}{page}"
        assert f'<link rel="canonical" href="{address}">' in html
        assert f'<meta property="og:url" content="{address}">' in html
        assert re.search(r'<meta name="description" content="[^"]{20,}">', html), page
        assert re.search(r'<meta property="og:title" content="[^"]+">', html)
        titles.add(re.search("<title>(.+?)</title>", html)[1])
    assert len(titles) == len(WITHOUT_A_FORM)


def test_reading_sets_no_cookie_and_asks_no_other_host(client, content):
    for page in WITHOUT_A_FORM:
        response = client.get(page)
        assert response.status_code == 200
        assert not response.cookies
        sources = re.findall(
            r'<(?:link|script|img|iframe|source)[^>]+(?:href|src)="([^"]+)"',
            response.content.decode(),
        )
        assert all(s.startswith(("/", settings.PUBLIC_URL)) for s in sources)


def test_the_sitemap_lists_every_public_page_once(client, content):
    found = re.findall("<loc>(.+?)</loc>", client.get("/sitemap.xml").content.decode())
    pages = PAGES + [plan.get_absolute_url() for plan in Plan.objects.all()]
    assert sorted(found) == sorted(settings.PUBLIC_URL + page for page in pages)


def test_robots_are_kept_from_private_pages_and_told_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in text


def test_a_browser_finds_the_icon_beside_a_file_too(client):
    assert client.get("/favicon.ico")["Location"] == "/favicon.svg"


def test_an_empty_portal_reads_well(client):
    for page in PAGES:
        response = client.get(page)
        assert response.status_code == 200, page
        assert "None" not in as_read(response)


QUERIES = {
    "/": 10,
    # With no ideas shown yet; tests/site/test_feeds.py has some.
    "/latest/": 7,
    "/latest/feed/": 5,
    "/aims/": 6,
    # Beyond the identity's three: the editions and the updates.
    "/plan/": 5,
    "/plan/2026-27/on-a-page/": 5,
    "/plan/2026-27/updates/": 5,
    "/plan/2026-27/editions/": 4,
    "/plan/2026-27/editions/1/": 5,
    "/plan/2026-27/changes/": 5,
    "/plan/feed/": 3,
    "/achievements/": 6,
    "/achievements/feed/": 2,
    "/name-us/": 6,
    "/name-us/feed/": 2,
    "/name-us/ideas/": 4,
    "/schools/": 3,
    "/accessibility/": 3,
    "/privacy/": 3,
}


def many(text, count):
    """Return a content file's text with each strand, step, aim and achievement `count` times."""
    data = yaml.safe_load(text)
    for plan in data["plans"]:
        for strand in plan["strands"]:
            strand["steps"] = strand.get("steps", []) * count
        plan["strands"] = [
            s | {"slug": f"{s['slug']}-{n}"} for n in range(count) for s in plan["strands"]
        ]
    data["aims"] += [{"title": f"More {n}", "slug": f"more-{n}"} for n in range(count)]
    data["achievements"] += [{"title": f"More {n}", "aims": ["read"]} for n in range(count)]
    data["plans"][1]["strands"] += [
        {"title": f"Serves {n}", "aims": [f"more-{n}"]} for n in range(count)
    ]
    return yaml.safe_dump(data | {"collaboration": data.pop("collaboration")}, default_style="'")


@pytest.mark.parametrize("count", [1, 12])
def test_a_page_takes_the_same_few_queries_however_much_it_shows(client, count):
    store.load(many(SEVEN.read_text(), count))
    taken = {}
    for address in QUERIES:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        taken[address] = len(queries)
    assert taken == QUERIES


def compressed(text):
    return len(gzip.compress(text, 6))


def data_of(client, address):
    """Return the bytes behind an address that a page asks for."""
    if address.startswith("/static/"):
        return Path(finders.find(address.removeprefix("/static/"))).read_bytes()
    return client.get(address).content


@pytest.mark.parametrize("address", PAGES)
def test_styles_and_scripts_of_a_page_are_under_15_kilobytes_compressed(client, content, address):
    html = client.get(address).content.decode()
    files = re.findall(r'(?:href|src)="([^"]+\.(?:css|js))"', html)
    assert len(files) >= 4
    assert sum(compressed(data_of(client, file)) for file in files) < 15_000


def test_home_without_pictures_is_under_70_kilobytes_with_its_font(client, content):
    html = client.get("/").content
    fonts, texts = 0, compressed(html)
    for file in set(re.findall(r'href="(/[^"]+\.(?:css|svg|woff2))"', html.decode())):
        data = data_of(client, file)
        if file.endswith("woff2"):
            fonts += len(data)
        else:
            texts += compressed(data)
    assert fonts > 30_000
    assert fonts + texts < 70_000


def test_a_change_is_on_the_site_at_the_next_page_load(client, content):
    assert "Shown at once" not in as_read(client.get("/achievements/"))
    Achievement.objects.create(title="Shown at once")
    assert "Shown at once" in as_read(client.get("/achievements/"))
