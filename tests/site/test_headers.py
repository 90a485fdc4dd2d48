import re
import subprocess
import sys
from http.cookies import SimpleCookie

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings

from collab_site.portal import entrance_urls, public_urls
from tests.site.portal import plain_paths

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PUBLIC = plain_paths(public_urls.urlpatterns)
PRIVATE = [
    "/admin/",
    "/admin/login/",
    "/admin/nothing/",
    "/accounts/login/",
    "/style/",
    "/as-if/x/",
]
REFUSED = ["/nowhere/", "/?q=%00", "/static/nothing.css"]
STATIC = ["/static/css/base.css", "/static/fonts/atkinson-next-latin.woff2"]
EVERYTHING = [*PUBLIC, *PRIVATE, *REFUSED, *STATIC, "/healthz", "/robots.txt", "/sitemap.xml"]
AT_HOST = {"Host": "portal.example.org"}
BY_TLS = AT_HOST | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_has_exactly_the_policy(live_portal, path):
    policies = live_portal.ask(path).headers.get_all("Content-Security-Policy")
    assert len(policies) == 1
    assert {directive.strip() for directive in policies[0].split(";")} == POLICY


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_has_the_headers_that_protect_readers(live_portal, path):
    headers = live_portal.ask(path).headers
    assert {name: headers[name] for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(
        headers["Permissions-Policy"].split(", ")
    )
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"Host": "evil.example.org"}, 400),
        ("POST", {"Content-Length": "500000000"}, 413),
        ("POST", {"Content-Type": "text/plain; charset=nope"}, 400),
        ("POST", {}, 403),
    ],
)
def test_every_refusal_has_them_too(live_portal, method, headers, status):
    answer = live_portal.ask("/accounts/login/", method, headers)
    assert answer.status == status
    assert {name: answer.headers[name] for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PRIVATE)
def test_private_pages_are_neither_kept_nor_found(live_portal, path):
    headers = live_portal.ask(path).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_may_be_found_and_are_asked_for_again(live_portal, path):
    answer = live_portal.ask(path)
    assert "X-Robots-Tag" not in answer.headers
    assert re.search("no-cache|max-age=3600", answer.headers["Cache-Control"])
    if answer.headers["Content-Type"].startswith("text/html"):
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("file", ["plan.pdf", "plan.csv", "editions/1/plan.pdf"])
def test_files_of_the_plan_are_asked_for_again(live_portal, file):
    year = re.search(r"/plan/\d{4}-\d\d/", live_portal.ask("/plan/").text)[0]
    answer = live_portal.ask(year + file)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", [p for p in PUBLIC if "suggest" not in p] + REFUSED + STATIC)
def test_reading_sets_no_cookie(live_portal, path):
    assert "Set-Cookie" not in live_portal.ask(path).headers


@pytest.mark.parametrize("panel", [str(panel.pattern) for panel in entrance_urls.panels])
def test_panels_leave_it_to_their_policy_who_may_frame_them(live_portal, panel):
    answer = live_portal.ask(f"/from/dalestorth/panel/{panel}")
    changed = {"X-Frame-Options": None, "Cross-Origin-Resource-Policy": "cross-origin"}
    headers = {name: answer.headers[name] for name in ON_EVERY_ANSWER}
    assert (answer.status, headers) == (200, ON_EVERY_ANSWER | changed)
    assert {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")} == POLICY
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_other_sites_may_use_the_script_for_panels_and_keep_it_for_an_hour(live_portal, encoding):
    asked = {"Accept-Encoding": encoding}
    answer = live_portal.ask("/panels.js", headers=asked)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in answer.headers
    again = live_portal.ask("/panels.js", headers=asked | {"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", EVERYTHING)
def test_head_gives_the_headers_alone(live_portal, path):
    got, headed = live_portal.ask(path), live_portal.ask(path, "HEAD")
    assert headed.status == got.status
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]
    assert headed.body == b""


@pytest.mark.parametrize("path", PUBLIC)
def test_options_is_answered(live_portal, path):
    assert live_portal.ask(path, "OPTIONS").status == 200


@pytest.mark.parametrize("path", STATIC)
def test_a_static_file_is_kept_for_good(live_portal, path):
    answer = live_portal.ask(path)
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_scripts_ask_for_each_other_where_they_are_kept_for_good(live_portal):
    named = re.findall(r'from "./(.+?)";', live_portal.ask("/static/js/draw.js").text)
    assert named
    for name in named:
        answer = live_portal.ask(f"/static/js/{name}")
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]


# --- Behind TLS ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/nowhere/", "/static/css/base.css"])
def test_behind_tls_browsers_are_told_to_stay_with_it(live_portal_behind_tls, path):
    header = live_portal_behind_tls.ask(path, headers=BY_TLS).headers["Strict-Transport-Security"]
    seconds = header.split(";")[0].removeprefix("max-age=")
    assert int(seconds) >= 365 * 24 * 3600


def test_without_tls_nothing_is_said_of_it(live_portal):
    assert "Strict-Transport-Security" not in live_portal.ask("/").headers
    forwarded = {"X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in live_portal.ask("/", headers=forwarded).headers


def test_behind_tls_a_plain_request_is_sent_to_https(live_portal_behind_tls):
    answer = live_portal_behind_tls.ask("/plan/?a=b", headers=AT_HOST)
    assert answer.status == 301
    assert answer.headers["Location"] == "https://portal.example.org/plan/?a=b"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_behind_tls_the_portal_still_says_by_plain_http_whether_it_works(live_portal_behind_tls):
    assert live_portal_behind_tls.ask("/healthz", headers=AT_HOST).status == 200


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "https"}])
@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1", "example.org", ""])
def test_behind_tls_only_the_public_address_is_answered(live_portal_behind_tls, host, headers):
    forwarded = {"X-Forwarded-Host": "portal.example.org"}
    answer = live_portal_behind_tls.ask("/", headers={"Host": host} | headers | forwarded)
    assert answer.status == 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_behind_tls_cookies_are_for_this_host_and_its_server_alone(live_portal_behind_tls):
    name, cookie = _only_cookie(live_portal_behind_tls.ask("/accounts/login/", headers=BY_TLS))
    assert name == "__Host-csrf"
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_cookies_are_for_the_server_alone(live_portal):
    name, cookie = _only_cookie(live_portal.ask("/accounts/login/"))
    assert name == "csrftoken"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def _only_cookie(answer):
    [header] = answer.headers.get_all("Set-Cookie")
    [(name, cookie)] = SimpleCookie(header).items()
    return name, cookie


# --- Whom a proxy's headers speak for --------------------------------------------------------


@pytest.mark.parametrize(
    ("public_url", "proxies", "believed"),
    [
        ("https://portal.example.org", "1", "('HTTP_X_FORWARDED_PROTO', 'https')"),
        ("http://portal.example.org", "1", "None"),
    ],
)
def test_only_a_proxy_may_say_that_it_was_asked_by_https(tmp_path, public_url, proxies, believed):
    code = "from collab_site import settings; print(settings.SECURE_PROXY_SSL_HEADER)"
    environment = {
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": public_url,
        "TRUSTED_PROXY_COUNT": proxies,
    }
    printed = subprocess.check_output(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, text=True
    )
    assert printed.strip() == believed


@pytest.mark.parametrize(
    ("proxies", "address"),
    [(0, "192.0.2.1"), (1, "203.0.113.3"), (2, "203.0.113.2")],
)
def test_only_as_many_addresses_are_believed_as_there_are_proxies(rf, settings, proxies, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get(
        "/",
        REMOTE_ADDR="192.0.2.1",
        headers={"X-Forwarded-For": "203.0.113.1, 203.0.113.2, 203.0.113.3"},
    )
    assert get_adapter().get_client_ip(request) == address
