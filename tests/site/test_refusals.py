import re
import sqlite3
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from io import BytesIO
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as portal_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collab_site import urls
from collab_site.portal import public_urls
from collab_site.portal.middleware import PortalHandler
from collab_site.urls import handler400, handler403, handler404, handler500  # noqa: F401
from tests.site.portal import plain_paths, read_answer

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=B"
HALF_A_GIGABYTE = str(500 * 1024**2)
CONTROLS = ["\x00", "\x01", "\n", "\r", "\x1b", "\x7f", "\x85"]
ODD_TYPES = [
    f"{FORM}; charset=nope",
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=hex",
    f"{FORM}; charset=undefined",
    f"{FORM}; charset*=nope''x",
    f"{FORM}; charset*=utf-8''a%00b",
    f"{FORM}; x*=a; x*0=b",
    f"{MULTIPART}; charset=nope",
    "multipart/form-data; boundary*=punycode''%ff",
]


def accept(request):
    return HttpResponse(request.GET.get("q", "") + request.POST.get("name", ""))


urlpatterns = [path("accept/", accept), *urls.urlpatterns]


class _Unreadable:
    def read(self, *args):
        raise AssertionError("The body was read.")

    readline = read


@pytest.fixture
def ask(db, settings):
    """Give the portal's handler what a server would, and return the status and the page."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "Csrf" not in m]
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    # The test's transaction ends with its connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield partial(_ask, PortalHandler())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _ask(handler, method="GET", body=b"", **environ):
    lines = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/accept/",
        "QUERY_STRING": "q=%41",
        "SERVER_NAME": "portal.example.org",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    } | environ
    with closing(handler(environ, lambda line, headers: lines.append(line))) as response:
        return int(lines[0][:3]), response.content.decode()


def test_an_ordinary_request_is_answered(ask):
    assert ask() == (200, "A")
    assert ask("POST", b"name=Zo%C3%AB", CONTENT_TYPE=f"{FORM}; charset=UTF-8") == (200, "AZoë")


@pytest.mark.parametrize("text", ["a\tb", "’", "🙂", "é"])
@pytest.mark.parametrize("encode", [quote, lambda text: text.encode().decode("latin-1")])
def test_a_query_may_have_tabs_and_any_script(ask, text, encode):
    assert ask(QUERY_STRING=f"q={encode(text)}") == (200, text)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize(
    "place",
    [
        lambda c: {"PATH_INFO": f"/accept/{c}".encode().decode("latin-1")},
        lambda c: {"QUERY_STRING": urlencode({"q": f"a{c}"})},
        lambda c: {"QUERY_STRING": urlencode({f"a{c}": "", "q": ""})},
        lambda c: {"QUERY_STRING": urlencode({"q": ["a", f"{c}b", "c"]}, doseq=True)},
        lambda c: {"HTTP_COOKIE": f"a=b{c}".encode().decode("latin-1") + "d"},
        lambda c: {"HTTP_COOKIE": f'a="b\\{ord(c):03o}"'},
        lambda c: {"HTTP_COOKIE": f"a{c}c=b".encode().decode("latin-1")},
    ],
    ids=["path", "value", "name", "later value", "cookie", "escaped cookie", "cookie's name"],
)
def test_a_control_character_is_refused(ask, control, place):
    status, page = ask(**place(control))
    assert status == 400
    assert "We could not read that" in page


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("content_type", ODD_TYPES)
def test_a_charset_that_is_not_ours_is_refused(ask, method, content_type):
    status, page = ask(method, b"name=a", CONTENT_TYPE=content_type)
    assert status == 400
    assert "We could not read that" in page


@pytest.mark.parametrize("header", ["x*=a; x*0=b", "x*=nope''b", "x*=undefined''%41"])
def test_a_part_of_a_form_that_cannot_be_parsed_never_is_our_fault(ask, header):
    part = f'Content-Disposition: form-data; name="name"; {header}\r\n\r\nZoë'
    body = f"--B\r\n{part}\r\n--B--\r\n".encode()
    assert ask("POST", body, CONTENT_TYPE=MULTIPART)[0] in (200, 400)


def test_a_form_without_a_boundary_is_refused(ask):
    assert ask("POST", b"name=a", CONTENT_TYPE="multipart/form-data")[0] == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"name=a"),
        (MULTIPART, b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\na'),
    ],
)
def test_a_form_that_breaks_off_is_refused(ask, content_type, body):
    length = str(len(body) + 1)
    assert ask("POST", body, CONTENT_TYPE=content_type, CONTENT_LENGTH=length)[0] == 400


def test_too_many_fields_are_refused(ask):
    fields = "&".join(f"a{n}=b" for n in range(portal_settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    assert ask(QUERY_STRING=fields)[0] == 400
    assert ask(QUERY_STRING=fields, CONTENT_TYPE=f"{FORM}; charset=utf-8")[0] == 400
    assert ask("POST", fields.encode(), CONTENT_TYPE=FORM)[0] == 400


def test_a_large_body_is_refused_unread(ask, settings):
    length = settings.REQUEST_MAX_BYTES + 1
    body = {"CONTENT_LENGTH": str(length), "wsgi.input": _Unreadable(), "CONTENT_TYPE": MULTIPART}
    status, page = ask("POST", **body)
    assert status == 413
    assert "too big" in page


def test_a_body_as_large_as_is_allowed_is_read(ask, settings):
    settings.REQUEST_MAX_BYTES = 6
    assert ask("POST", b"name=a", CONTENT_TYPE=FORM) == (200, "Aa")
    settings.REQUEST_MAX_BYTES = 5
    assert ask("POST", b"name=a", CONTENT_TYPE=FORM)[0] == 413


def test_a_long_text_is_refused(ask, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    status, page = ask("POST", b"name=" + b"a" * 100, CONTENT_TYPE=FORM)
    assert status == 413
    assert "a shorter text" in page


@pytest.mark.parametrize("host", ["evil.example.org", "portal.example.org.evil.org", "a b", "["])
def test_an_unknown_host_is_refused(ask, host):
    status, page = ask(HTTP_HOST=host)
    assert status == 400
    assert "We could not read that" in page


ODD_PATHS = [
    "/plan/0/",
    "/plan/9999/",
    "/plan/99999999999999999999/",
    "/plan/2026-27/",
    "/plan/2026-99/",
    "/plan/%D9%A2%D9%A0%D9%A2%D9%A6/",
    "/plan/2026-27%0A/",
    "/plan/%E2%80%AE/",
    "/pictures/../../etc/passwd",
    "/pictures/%2e%2e%2fsecret-key",
    "/achievements/pictures/x.webp",
    "/colours-x.css",
    "/from/",
    "/from/nobody/",
    "/from/%F0%9F%99%82/",
    "/static/../settings.py",
    "/static/%2e%2e/portal.sqlite3",
    "//evil.example.org/",
    "/admin/nothing/1/change/",
    "/accounts/welcome/x/",
    "/.git/config",
    "/%",
    "/%ff%fe",
    "/%C0%AE",
    "/*",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ODD_PATHS)
def test_no_address_is_our_fault(client, path):
    assert client.get(path).status_code < 500


garbage = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
latin_1 = st.text(st.characters(max_codepoint=255), max_size=30)


@garbage
@given(query=latin_1, cookie=latin_1, content_type=latin_1, path=latin_1)
def test_no_query_cookie_or_type_is_our_fault(ask, query, cookie, content_type, path):
    for method in ("GET", "POST"):
        status, _ = ask(
            method,
            b"a=b",
            PATH_INFO=f"/{path}",
            QUERY_STRING=query,
            HTTP_COOKIE=cookie,
            CONTENT_TYPE=content_type,
        )
        assert 200 <= status < 500


@garbage
@given(body=st.binary(max_size=60), header=latin_1)
def test_no_body_is_our_fault(ask, body, header):
    part = f"--B\r\nContent-Disposition: form-data; {header}\r\n\r\n".encode() + body
    for content_type in (FORM, MULTIPART):
        assert ask("POST", part + b"\r\n--B--\r\n", CONTENT_TYPE=content_type)[0] < 500


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["-1", "0", "x", "99999999999999999999", "1e3", "", "٣"])
@pytest.mark.parametrize("name", ["page", "p", "id", "year", "q", "next", "picture", "school"])
def test_no_value_in_a_query_is_our_fault(client, name, value):
    for address in plain_paths(public_urls.urlpatterns):
        assert client.get(address, {name: value}).status_code < 500


# --- From outside ----------------------------------------------------------------------------


def test_a_huge_body_is_refused_before_it_is_sent(live_portal):
    begun = time.monotonic()
    answer = live_portal.ask(
        "/name-us/suggest/", "POST", {"Content-Length": HALF_A_GIGABYTE, "Content-Type": MULTIPART}
    )
    assert answer.status == 413
    assert "too big" in answer.text
    assert time.monotonic() - begun < 5


def test_who_sends_a_huge_body_all_the_same_can_read_the_refusal(live_portal):
    length = 80 * 1024**2
    with closing(
        live_portal.begin(
            "/name-us/suggest/", "POST", {"Content-Length": str(length), "Content-Type": MULTIPART}
        )
    ) as connection:
        with suppress(ConnectionError):
            connection.sendall(bytes(length))
        assert read_answer(connection, "POST").status == 413


@pytest.mark.parametrize("content_type", ODD_TYPES)
def test_an_odd_charset_gets_our_page(live_portal, content_type):
    answer = live_portal.ask("/?q=%41", "POST", {"Content-Type": content_type}, b"name=a")
    assert answer.status == 400
    assert "We could not read that" in answer.text


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/healthz", "/static/css/base.css"])
def test_an_unknown_host_gets_our_page(live_portal, path):
    answer = live_portal.ask(path, headers={"Host": "evil.example.org"})
    assert answer.status == 400
    assert "We could not read that" in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize("length", ["x", "-1", "1_0", "9" * 5000, "1, 2", ""])
def test_a_length_that_is_no_number_is_refused(live_portal, length):
    answer = live_portal.ask("/", "POST", {"Content-Length": length, "Content-Type": FORM})
    assert 400 <= answer.status < 500


def test_slow_senders_do_not_keep_readers_waiting(live_portal):
    # Without the cookie the form would be refused unread.
    form = {"Content-Length": "1000", "Content-Type": FORM, "Cookie": f"csrftoken={'a' * 32}"}
    with ExitStack() as senders:
        for _ in range(24):
            connection = live_portal.begin("/name-us/suggest/", "POST", form, b"name=")
            senders.enter_context(closing(connection))
        time.sleep(1)
        for _ in range(20):
            begun = time.monotonic()
            assert live_portal.ask("/").status == 200
            assert time.monotonic() - begun < 3


def test_readers_who_do_not_hang_up_keep_nobody_waiting(live_portal):
    with ExitStack() as readers:
        for _ in range(24):
            connection = live_portal.begin("/", headers={"Connection": "close"})
            readers.enter_context(closing(connection))
        for _ in range(20):
            begun = time.monotonic()
            assert live_portal.ask("/", headers={"Connection": "close"}).status == 200
            assert time.monotonic() - begun < 3


@contextmanager
def _locked(portal):
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def test_pages_are_read_while_the_database_is_locked(live_portal):
    begun = time.monotonic()
    with _locked(live_portal):
        for address in plain_paths(public_urls.urlpatterns):
            # An empty portal has no story of its name to tell.
            expected = 404 if "story" in address else 200
            assert live_portal.ask(address).status == expected
    assert time.monotonic() - begun < 10


def test_what_is_sent_while_the_database_is_locked_is_refused_with_a_time_to_come_back(live_portal):
    path = "/name-us/suggest/"
    page = live_portal.ask(path)
    answers = dict(re.findall(r'name="(\w+)" value="([^"]+)"', page.text))
    answers |= {"name": "Together", "adult_agreed": "on"}
    cookie = page.headers["Set-Cookie"].split(";")[0]
    time.sleep(portal_settings.SUGGESTION_MIN_SECONDS + 1)
    with _locked(live_portal):
        sent = {"Cookie": cookie, "Content-Type": FORM}
        answer = live_portal.ask(path, "POST", sent, urlencode(answers).encode())
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "it was not kept" in answer.text
