"""Tests in a real browser: Debian's Chromium, with every page watched for what none may do."""

import shutil
import threading
import time
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is in order isn't told in detail, which takes half of the time.
AXE = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
PHONE, COMPUTER = 360, 1280
CHROMIUM = "/usr/bin/chromium"
# Its engine alone takes half of the whole browser's time.
ENGINE = shutil.which("chromium-headless-shell") or CHROMIUM


def let_in(context, person, live_server):
    """Sign a person in, in all pages of a browser context."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])


@pytest.fixture(autouse=True)
def _with_roles(roles_again, live_server):
    pass


@pytest.fixture(scope="session")
def under_way():
    """The requests that are being answered, by their threads."""
    threads = []

    def begin(**kwargs):
        threads.append(threading.get_ident())

    def end(**kwargs):
        threads.remove(threading.get_ident())

    request_started.connect(begin, weak=False)
    request_finished.connect(end, weak=False)
    return threads


@pytest.fixture(autouse=True)
def _all_answered(under_way, roles_again):
    """Wait for the last answers: the database is emptied next, which nobody may be reading."""
    yield
    until = time.monotonic() + 10
    while under_way and time.monotonic() < until:
        time.sleep(0.02)


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser_s_loop():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": ENGINE,
        "args": ["--no-sandbox", "--disable-background-networking", "--site-per-process"],
    }


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": COMPUTER, "height": 900}}


@pytest.fixture
def page(page, live_server):
    """A page that fails its test for a request to another host, or for an error in its console."""
    strangers, errors, visited = [], [], set()
    here = urlsplit(live_server.url).netloc

    def look_at_request(request):
        if request.is_navigation_request() and request.frame == page.main_frame:
            visited.add(request.url)
        if (
            urlsplit(request.url).scheme in ("http", "https")
            and here != urlsplit(request.url).netloc
        ):
            strangers.append(request.url)

    def look_at_message(message):
        # An error page is told as an error of its own address, maybe before the page is there.
        if message.type == "error" and message.location.get("url") not in visited:
            errors.append(message.text)

    page.on("request", look_at_request)
    page.on("console", look_at_message)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    if not page.is_closed():
        page.wait_for_load_state("load")
        # So that it asks for nothing more.
        page.close()
    assert strangers == []
    assert errors == []


@pytest.fixture
def on_a_phone(page):
    """Begin at a phone's width."""
    page.set_viewport_size({"width": PHONE, "height": 800})


@pytest.fixture
def check_accessibility(page):
    """Return a function that fails for what axe finds on the page, or for scrolling sideways.

    It looks at a phone's and at a computer's width, in CSS pixels, and leaves the page at its own.
    """

    def check():
        page.wait_for_load_state()
        before = page.viewport_size
        for width in (PHONE, COMPUTER):
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page, options=AXE).response["violations"]
            told = [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found]
            assert (width, told) == (width, [])
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.set_viewport_size(before)

    return check
