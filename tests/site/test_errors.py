import errno
from unittest import mock

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, UnreadablePostError
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path

from collab_site import urls
from collab_site.core.pictures.storage import StorageUnavailable
from collab_site.core.schools.models import School
from collab_site.portal import errors
from collab_site.urls import handler400, handler403, handler404, handler500  # noqa: F401

SECRET = "the name of a child"
FAULTS = {
    "fault": RuntimeError(SECRET),
    "locked": OperationalError("database is locked"),
    "away": InterfaceError("connection already closed"),
    "full": OSError(errno.ENOSPC, "No space left on device"),
    "read-only": OSError(errno.EROFS, "Read-only file system"),
    "no-storage": StorageUnavailable("The picture could not be stored."),
    "broken-off": UnreadablePostError("partial read"),
    "too-big": RequestDataTooBig("too big"),
    "denied": PermissionDenied(SECRET),
}


def fail(request, fault):
    raise FAULTS[fault]


def fail_while_rendering(request):
    return TemplateResponse(request, "site/privacy.html", {"identity": _Locked()})


def touch_session(request):
    return HttpResponse(request.session.get("anything", "nothing"))


def accept(request):
    return HttpResponse(request.POST.get("name", ""))


class _Locked:
    @property
    def collaboration(self):
        raise OperationalError("database is locked")


urlpatterns = [
    path("fail/<slug:fault>/", fail),
    path("fail-while-rendering/", fail_while_rendering),
    path("session/", touch_session),
    path("accept/", accept),
    *urls.urlpatterns,
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


PAGES = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    413: errors.too_large,
    429: errors.too_many,
    500: errors.server_error,
    503: errors.unavailable,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "make_page"), PAGES.items())
def test_every_error_page_has_its_status_one_heading_and_a_way_home(rf, status, make_page):
    response = make_page(rf.get("/"))
    text = response.content.decode()
    assert response.status_code == status
    assert text.count("<h1>") == 1
    assert '<a class="button" href="/">Go to the home page</a>' in text


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 413, 429])
def test_a_refusal_has_the_sites_frame(rf, status):
    assert b'<footer class="site-footer">' in PAGES[status](rf.get("/")).content


@pytest.mark.parametrize(("status", "make_page"), PAGES.items())
def test_an_error_page_comes_even_where_the_database_is_away(rf, status, make_page):
    # Without the django_db mark every query raises.
    response = make_page(rf.get("/"))
    assert response.status_code == status
    assert b"Go to the home page" in response.content


@pytest.mark.parametrize("name", errors.STYLE_SHEETS)
def test_a_page_without_the_frame_has_the_sites_style(rf, name):
    assert f'href="/static/{name}"' in errors.server_error(rf.get("/")).content.decode()


def test_an_error_page_comes_even_where_no_style_sheet_has_been_collected(rf, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES |= {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert b"stylesheet" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("fault", 500),
        ("locked", 503),
        ("away", 503),
        ("full", 503),
        ("read-only", 503),
        ("no-storage", 503),
        ("broken-off", 400),
        ("too-big", 413),
        ("denied", 403),
    ],
)
def test_a_fault_in_a_view_becomes_the_page_for_it(client, method, fault, status):
    assert getattr(client, method)(f"/fail/{fault}/").status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["fault", "denied"])
def test_an_error_page_tells_nothing_of_what_went_wrong(client, fault):
    text = client.get(f"/fail/{fault}/").content.decode()
    assert "<h1>" in text
    assert SECRET not in text
    assert "Traceback" not in text


@pytest.mark.django_db
def test_a_lock_that_a_template_meets_becomes_a_503(client):
    assert client.get("/fail-while-rendering/").status_code == 503


@pytest.mark.django_db
def test_a_lock_that_a_middleware_meets_becomes_a_503(client):
    client.cookies["sessionid"] = "abcdefghijklmnopqrstuvwxyz012345"
    locked = mock.Mock(side_effect=OperationalError("database is locked"))
    with (
        mock.patch.object(SessionStore, "save", locked),
        mock.patch.object(SessionStore, "load", return_value={"anything": "kept"}),
        mock.patch("django.conf.settings.SESSION_SAVE_EVERY_REQUEST", True, create=True),
    ):
        response = client.get("/session/")
    assert locked.called
    assert response.status_code == 503


@pytest.mark.django_db
def test_who_meets_a_lock_is_told_when_to_come_back(client):
    assert client.get("/fail/locked/").headers["Retry-After"] == "30"


def test_who_sends_too_much_is_told_when_to_come_back(rf):
    response = errors.too_many(rf.get("/"), seconds=3600)
    assert response.headers["Retry-After"] == "3600"
    assert "Wait for 60 minutes" in response.content.decode()


def test_who_sends_too_large_a_picture_is_told_the_limit(rf, settings):
    settings.PICTURE_MAX_BYTES = 7 * 1024**2
    assert "up to 7 MB" in errors.too_large(rf.get("/")).content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_gets_advice(client):
    response = Client(enforce_csrf_checks=True).post("/accept/", {"name": "x"})
    assert response.status_code == 403
    assert "load the page again" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("nowhere/", 404), ("plan/1/", 404)])
def test_a_schools_entrance_has_error_pages_that_lead_to_its_home(client, path, status):
    School.objects.create(name="Hill School", short_name="Hill", slug="hill", colour="#336699")
    response = client.get(f"/from/hill/{path}")
    assert response.status_code == status
    text = response.content.decode()
    assert '<a class="button" href="/from/hill/">Go to the home page</a>' in text
