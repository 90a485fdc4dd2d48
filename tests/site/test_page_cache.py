"""What stands before Django: it answers from what it keeps, with nothing old or personal."""

import gzip
from datetime import datetime, timedelta

import brotli
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.models import Aim
from collab_site.core.content_version.memo import (
    MAX_ENTRIES,
    cached,
    cached_per_prefix,
    memo_scope,
)
from collab_site.core.schools.models import Collaboration
from collab_site.portal import page_cache
from collab_site.portal.content import store
from collab_site.portal.middleware import PortalHandler
from naming_contest.models import Contest
from tests.make import (
    make_aim,
    make_collaboration,
    make_contest,
    make_plan,
    make_school,
    publish,
)
from tests.site.page_cache import AIMS, HOST, Asked, ask, lasting
from tests.site.test_pages import OF_A_PLAN, STARTER, WITHOUT_A_FORM

# To see what others save needs real transactions; the rest is tried faster without.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_connection")]
FOR_REAL = pytest.mark.django_db(transaction=True)


class Away:
    """The content version of a database that doesn't answer."""

    def read(self):
        return None


class Saying(WSGIHandler):
    """Django, with one view for every address."""

    def __init__(self, view):
        super().__init__()
        self.view = view

    def get_response(self, request):
        return self.view(request)


@pytest.fixture
def behind_a_front():
    """Return a function that puts a page cache in front of an application."""
    made = []

    def build(application):
        made.append(Asked(application))
        return made[-1]

    yield build
    for asked in made:
        asked.page_cache.version.close()


@pytest.fixture
def content():
    make_collaboration()
    make_aim(title="Read every day")


@pytest.fixture
def portal(content):
    return lasting(PortalHandler())


@pytest.fixture
def real_portal(content, behind_a_front):
    return behind_a_front(PortalHandler())


def test_every_page_for_everybody_is_made_once_and_says_what_django_says():
    store.load(STARTER.read_text())
    portal = lasting(PortalHandler())
    entrance = "/from/healdswood"
    pages = [*WITHOUT_A_FORM, *OF_A_PLAN, "/plan/feed/", "/sitemap.xml", "/favicon.svg"]
    pages += [entrance + page for page in WITHOUT_A_FORM] + [f"{entrance}/panel/plan/"]
    for page in pages:
        status, headers, body = ask(portal.application, page)
        assert status == 200
        assert portal.makes(page)
        assert not portal.makes(page), page
        kept = portal.get(page)
        assert (kept[0], kept[2]) == (200, body)
        assert headers.items() - kept[1].items() <= {
            ("Vary", headers.get("Vary")),
            ("ETag", headers.get("ETag")),
        }


@FOR_REAL
def test_what_is_saved_is_on_the_next_page(real_portal):
    for title in ("Read every day", "Read at night", "Read aloud"):
        Aim.objects.update(title=title)
        assert title in real_portal.get()[2].decode()
        assert not real_portal.makes()


@FOR_REAL
def test_what_was_made_while_somebody_saved_is_not_kept_for_the_new_content(behind_a_front):
    make_collaboration()
    aim = make_aim(title="Old")

    def save_meanwhile(request):
        title = Aim.objects.get().title
        if title == "Old":
            aim.title = "New"
            aim.save()
        return HttpResponse(title)

    portal = behind_a_front(Saying(save_meanwhile))
    assert portal.get()[2] == b"Old"
    assert portal.get()[2] == b"New"


@pytest.mark.parametrize(
    "personal",
    [
        {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=x"},
        {"HTTP_COOKIE": f"a=b;{settings.SESSION_COOKIE_NAME} = x"},
        {"HTTP_COOKIE": "a=b; messages=x"},
        {"QUERY_STRING": "page=2"},
        {"QUERY_STRING": "utm_source=x&q="},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_HOST": ""},
        {"CONTENT_LENGTH": "3"},
        {"SCRIPT_NAME": "/elsewhere"},
        {"PATH_INFO": "/plan/"},
    ],
)
def test_whatever_may_be_another_answer_goes_to_django(portal, personal):
    portal.get()
    assert portal.makes(**personal)
    assert not portal.makes()


@pytest.mark.parametrize(
    "everybody_s",
    [
        {"HTTP_COOKIE": f"{settings.CSRF_COOKIE_NAME}=x; _ga=y"},
        {"HTTP_COOKIE": "_ga=y"},
        {"QUERY_STRING": "utm_source=newsletter&fbclid=x"},
        {"HTTP_HOST": f"{HOST.upper()}:8000"},
        {"CONTENT_LENGTH": "0"},
        {"REQUEST_METHOD": "HEAD"},
    ],
)
def test_what_makes_no_difference_gets_what_is_kept(portal, everybody_s):
    portal.get()
    assert not portal.makes(**everybody_s)


def test_other_sites_cookies_are_never_heard_of():
    portal = lasting(Saying(lambda request: HttpResponse(repr(request.COOKIES))))
    assert portal.get(HTTP_COOKIE="_ga=y; lb=3")[2] == b"{}"
    assert not portal.makes()


def test_who_has_opened_the_form_gets_pages_that_are_not_kept_for_others(portal):
    cookie = f"{settings.CSRF_COOKIE_NAME}=x"
    assert portal.makes(HTTP_COOKIE=cookie)
    assert portal.makes()


def test_what_a_link_from_a_newsletter_adds_is_on_no_page_for_others():
    portal = lasting(Saying(lambda request: HttpResponse(request.get_full_path())))
    assert portal.get(f"{AIMS}?utm_source=x")[2] == AIMS.encode()


def test_a_page_with_a_form_is_everybody_s_own(portal):
    make_school()
    make_contest()
    tokens = {portal.get("/name-us/suggest/")[1]["Set-Cookie"] for _ in range(2)}
    assert len(tokens) == 2
    cookie = tokens.pop().partition(";")[0]
    assert portal.makes("/name-us/suggest/", HTTP_COOKIE=cookie)
    assert portal.makes("/name-us/suggest/")


@pytest.mark.parametrize(
    "response",
    [
        {"status": 404},
        {"status": 302},
        {"headers": {"Cache-Control": "no-store"}},
        {"headers": {"Cache-Control": "max-age=0, private"}},
        {"headers": {"Vary": "Accept-Language"}},
        {"content": b"x" * (page_cache.MAX_PAGE_BYTES + 1)},
    ],
)
def test_what_is_not_for_everybody_is_not_kept(response):
    portal = lasting(Saying(lambda request: HttpResponse(**response)))
    portal.get()
    assert portal.makes()


def test_made_up_addresses_cost_no_memory(portal):
    publish(make_plan(year=2026))
    for n in range(3):
        portal.get(f"/plan/2026-27/editions/{'0' * n}01/")
        portal.get(f"/plan/2026-27/changes/since-edition-{'0' * n}01/")
        portal.get(f"/nowhere-{n}/")
        portal.get(f"/colours-{n}.css")
        portal.get(f"/from/nobody-{n}/")
    assert len(portal.page_cache.store) == 0


def test_the_page_that_nobody_has_asked_for_the_longest_is_given_up():
    portal = lasting(Saying(lambda request: HttpResponse(b"x" * 100)), max_bytes=250)
    for path in ("/a/", "/b/", "/a/", "/c/"):
        portal.get(path)
    assert not portal.makes("/a/")
    assert not portal.makes("/c/")
    assert portal.makes("/b/")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.000, gzip;q=0", None),
        ("", None),
        ("zstd, *;q=0.1", None),
    ],
)
def test_a_page_is_sent_as_the_browser_wants_it(portal, accepted, encoding):
    plain = portal.get()[2]
    status, headers, body = portal.get(HTTP_ACCEPT_ENCODING=accepted)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert (status, headers.get("Content-Encoding"), unpack(body)) == (200, encoding, plain)
    assert headers["Content-Length"] == str(len(body))
    assert headers["Vary"] == "Accept-Encoding, Cookie"
    assert headers["Cache-Control"] == "no-cache"


def test_what_is_as_small_as_it_gets_is_sent_as_it_is():
    portal = lasting(Saying(lambda request: HttpResponse(b"x" * 99, content_type="image/png")))
    headers = portal.get(HTTP_ACCEPT_ENCODING="gzip, br")[1]
    assert "Content-Encoding" not in headers
    assert headers["Content-Length"] == "99"


def test_the_site_s_own_files_need_no_database(portal):
    portal.page_cache.version = None
    assert portal.makes("/static/css/base.css")


def test_who_asked_for_it_compressed_first_makes_no_difference(portal):
    first = portal.get(HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(first[2]) == portal.get()[2] == ask(portal.application)[2]


def test_a_head_request_gets_the_headers_alone(portal):
    first = portal.get(AIMS, "HEAD")
    _, headers, body = portal.get()
    assert portal.get(AIMS, "HEAD") == first == (200, headers, b"")
    assert body


def test_so_does_one_for_what_is_not_kept():
    portal = lasting(Saying(lambda request: HttpResponse("Nobody.", status=404)))
    assert portal.get(AIMS, "HEAD")[::2] == (404, b"")


@FOR_REAL
def test_who_has_the_page_is_told_so(real_portal):
    _, headers, _ = real_portal.get()
    etag = headers["ETag"]
    for known in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        status, told, body = real_portal.get(HTTP_IF_NONE_MATCH=known)
        assert (status, body, told["ETag"], told["Cache-Control"]) == (304, b"", etag, "no-cache")
        assert not {"Content-Length", "Content-Type", "Content-Encoding"} & told.keys()
        assert told["Vary"] == headers["Vary"]
    Aim.objects.update(title="Another")
    status, told, _ = real_portal.get(HTTP_IF_NONE_MATCH=etag)
    assert status == 200
    assert told["ETag"] != etag


def test_https_and_http_are_kept_apart(portal, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    portal.get(HTTP_X_FORWARDED_PROTO="https")
    assert portal.makes()
    assert portal.makes(HTTP_X_FORWARDED_PROTO="http,https") is False
    assert portal.makes(HTTP_X_FORWARDED_PROTO="https") is False


def test_a_page_ends_at_the_moment_at_which_time_makes_it_another(portal, time_machine):
    noon = datetime(2026, 6, 1, 12, tzinfo=timezone.get_current_timezone())
    time_machine.move_to(noon, tick=False)
    make_school()
    contest = make_contest(opens_at=noon - timedelta(days=1), closes_at=noon + timedelta(hours=1))
    assert contest.pk == Contest.objects.current().pk
    open_page = portal.get("/name-us/")[2]
    time_machine.shift(timedelta(minutes=59, seconds=59))
    assert not portal.makes("/name-us/")
    time_machine.shift(timedelta(seconds=1))
    assert portal.get("/name-us/")[2] != open_page
    assert not portal.makes("/name-us/")
    time_machine.move_to(noon.replace(hour=23, minute=59, second=59), tick=False)
    assert not portal.makes("/name-us/")
    time_machine.shift(timedelta(seconds=1))
    assert portal.makes("/name-us/")


def test_what_is_made_while_the_version_is_unknown_is_not_kept(portal):
    held, portal.page_cache.version = portal.page_cache.version, Away()
    portal.get()
    portal.page_cache.version = held
    assert portal.makes()


@FOR_REAL
def test_what_pages_have_in_common_is_read_once_for_all(behind_a_front):
    store.load(STARTER.read_text())
    portal = behind_a_front(PortalHandler())
    with CaptureQueriesContext(connection) as first:
        portal.get("/plan/")
    with CaptureQueriesContext(connection) as second:
        body = portal.get("/plan/2026-27/updates/")[2]
    # The plan, the collaboration, its schools and words; and what time ends.
    assert (len(first), len(second)) == (7, 2)
    Collaboration.objects.update(name="Renamed")
    assert b"Renamed" not in body
    assert b"Renamed" in portal.get("/plan/2026-27/updates/")[2]


@FOR_REAL
def test_links_keep_the_entrance_whatever_others_have_read_before(behind_a_front):
    store.load(STARTER.read_text())
    portal = behind_a_front(PortalHandler())
    portal.get("/plan/")
    with CaptureQueriesContext(connection) as queries:
        body = portal.get("/from/dalestorth/plan/")[2].decode()
    # The entrance's school, and the plan with its updates: no row of the identity.
    assert len(queries) == 3
    assert 'href="/from/dalestorth/plan/2026-27/' in body
    assert 'href="/plan/2026-27/' not in body


@pytest.mark.parametrize(
    "asked",
    [
        {"QUERY_STRING": "year=2026"},
        {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=nobody"},
    ],
)
def test_pages_that_are_not_kept_share_what_is_read(asked):
    given = []

    @cached_per_prefix
    def read():
        return object()

    def view(request):
        given.append(read())
        return HttpResponse()

    portal = lasting(Saying(view))
    portal.get()
    portal.get(**asked)
    assert len(given) == 2
    assert given[0] is given[1]


def test_whoever_writes_reads_anew():
    given = []

    @cached_per_prefix
    def read():
        return object()

    def view(request):
        given.extend((read(), read()))
        return HttpResponse()

    portal = lasting(Saying(view))
    portal.get()
    portal.get(REQUEST_METHOD="POST")
    assert len(set(map(id, given))) == 3


def test_what_is_shared_has_an_end():
    @cached
    def read(year):
        return object()

    read_before = {}
    with memo_scope(read_before):
        for year in range(MAX_ENTRIES + 10):
            read(year)
        assert len(read_before) == MAX_ENTRIES
        assert read(0) is read(0)
        assert read(MAX_ENTRIES) is not read(MAX_ENTRIES)


def test_what_is_asked_for_with_a_default_left_out_is_shared_with_who_says_it():
    asked = []

    @cached_per_prefix
    def read(year=None, to_staff=False):
        asked.append((year, to_staff))
        return object()

    with memo_scope({}):
        assert read() is read(None) is read(to_staff=False) is read(None, False)
        assert read() is not read(2026)
    assert asked == [(None, False), (2026, False)]
    assert read() is not read()


def test_that_there_is_nothing_is_not_shared():
    years_read = []

    @cached_per_prefix
    def read(year):
        years_read.append(year)

    read_before = {}
    with memo_scope(read_before):
        assert read(2026) is read(2026) is None
    assert years_read == [2026, 2026]
    assert read_before == {}
