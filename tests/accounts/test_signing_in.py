import re
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from collab_site.core.accounts import urls
from collab_site.core.accounts.roles import Role
from tests.make import make_collaboration, make_user

LOGIN = "/accounts/login/"
PASSWORD = "a-long-password"
PAGES = [
    *(f"/accounts/{page.pattern}" for page in urls.urlpatterns if not page.pattern.regex.groups),
    "/accounts/welcome/x/",
    "/accounts/password/reset/key/1-x/",
]
OFF_SITE = [
    "https://evil.example.org/",
    "//evil.example.org/",
    "///evil.example.org",
    "/\\evil.example.org",
    "https:evil.example.org",
    "http://testserver.evil.example.org/",
    "http://testserver@evil.example.org/",
    "javascript:alert(1)",
]


@pytest.fixture
def head(db):
    return make_user(Role.HEADTEACHER, email="head@school.example")


def sign_in(client, email="head@school.example", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password, **extra})


def is_signed_in(client):
    return client.get("/admin/").status_code == 200


def without_secrets(page, email):
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
    return page.replace(email, "")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_sites_look(client, path):
    make_collaboration()
    page = client.get(path, follow=True)
    assert page.status_code in (200, 404)
    assert "River Group" in page.content.decode()
    assert "signup" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "signup/", "email/", "confirm-email/", "password/set/"])
def test_pages_of_no_use_are_not_there(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("email", ["head@school.example", " Head@SCHOOL.example "])
def test_signing_in_leads_to_the_first_page_for_editors(client, head, email):
    assert sign_in(client, email)["Location"] == "/admin/"
    assert is_signed_in(client)


def test_a_session_ends_with_the_browser(client, head):
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"] == ""


def test_what_the_admin_keeps_to_itself_leads_to_signing_in_and_back(client, head):
    page = client.get("/admin/accounts/user/", follow=True)
    assert page.redirect_chain[-1][0] == f"{LOGIN}?next=/admin/accounts/user/"
    assert 'name="next" value="/admin/accounts/user/"' in page.content.decode()
    assert sign_in(client, next="/admin/accounts/user/")["Location"] == "/admin/accounts/user/"


@pytest.mark.parametrize("target", [*OFF_SITE, "\x01//evil.example.org"])
def test_signing_in_never_leads_off_the_site(client, head, target):
    assert sign_in(client, next=target)["Location"] == "/admin/"


@pytest.mark.parametrize("target", OFF_SITE)
def test_nor_does_it_when_signed_in_already(client, head, target):
    client.force_login(head)
    assert client.get(LOGIN, {"next": target})["Location"] == "/admin/"


def test_an_error_is_in_the_title_and_what_was_typed_stays(client, head):
    page = sign_in(client, password="wrong").content.decode()
    assert "<title>Error: Sign in" in page
    assert 'value="head@school.example"' in page
    assert "don’t belong together" in page
    assert "wrong" not in page


def test_what_is_missing_is_named(client, db):
    page = sign_in(client, email="", password="").content.decode()
    assert "Enter your e-mail address." in page
    assert "Enter your password." in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["\x00", "a\x00@b.example", "🙂@b.example", "a" * 9999, "a@b.c\n"]
)
@pytest.mark.parametrize("password", ["\x00", "🙂", "a" * 9999, "\ud7ff"])
def test_no_text_is_our_fault(client, email, password):
    assert sign_in(client, email, password).status_code == 200
    assert sign_in(client, "head@school.example", password).status_code == 200


def test_nothing_tells_whether_there_is_an_account(client, head):
    make_user(email="gone@school.example", is_active=False)
    make_user(email="new@school.example", password=None)
    pages = {
        without_secrets(sign_in(client, email, "wrong password"), email)
        for email in (head.email, "gone@school.example", "new@school.example", "no@school.example")
    }
    assert len(pages) == 1


@pytest.mark.parametrize(
    "email", ["head@school.example", "new@school.example", "no@school.example"]
)
def test_nor_does_the_time_it_takes(client, head, email):
    make_user(email="new@school.example", password=None)
    with mock.patch.object(MD5PasswordHasher, "encode", side_effect=["", "", ""]) as encode:
        sign_in(client, email, "wrong password")
    assert encode.call_count == 1


def test_somebody_who_may_not_sign_in_is_told_only_with_the_right_password(client, head):
    make_user(email="gone@school.example", is_active=False)
    answer = sign_in(client, "gone@school.example")
    assert answer["Location"] == "/accounts/inactive/"
    assert "switched off" in client.get("/accounts/inactive/").content.decode()
    assert not is_signed_in(client)


def test_a_form_from_another_site_is_refused(head):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403


def test_pressing_twice_leads_on(head):
    client = Client(enforce_csrf_checks=True)
    client.get(LOGIN)
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    sign_in(client, **token)
    second = client.post(f"{LOGIN}?next=/plan/", token, follow=True)
    assert [address for address, _ in second.redirect_chain] == [f"{LOGIN}?next=/plan/", "/plan/"]


def test_signing_out_asks_first_and_leads_home(client, head):
    sign_in(client)
    assert "Do you want to sign out?" in client.get("/accounts/logout/").content.decode()
    assert is_signed_in(client)
    answer = client.post("/accounts/logout/")
    assert answer["Location"] == "/"
    assert not is_signed_in(client)
    assert "messages" not in client.cookies


def test_the_old_e_mail_address_is_of_no_use_any_more(client, head):
    sign_in(client)
    client.post("/accounts/logout/")
    head.email = "Other@School.example"
    head.save()
    assert sign_in(client).status_code == 200
    assert sign_in(client, "other@school.example").status_code == 302
    assert not EmailAddress.objects.exists()


def test_whoever_may_no_longer_sign_in_is_signed_out(client, head):
    sign_in(client)
    assert is_signed_in(client)
    head.is_active = False
    head.save()
    assert not is_signed_in(client)


def test_a_new_password_ends_all_sessions_but_this(client, head):
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    words = {
        "oldpassword": PASSWORD,
        "password1": "three dull words",
        "password2": "three dull words",
    }
    answer = client.post("/accounts/password/change/", words, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/"
    assert "Your password is changed." in answer.content.decode()
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(elsewhere).status_code == 200
    assert sign_in(elsewhere, password="three dull words").status_code == 302


def test_a_new_password_needs_the_old_one(client, head):
    sign_in(client)
    words = {
        "oldpassword": "wrong",
        "password1": "three dull words",
        "password2": "three dull words",
    }
    page = client.post("/accounts/password/change/", words).content.decode()
    assert "<title>Error: Change your password" in page
    assert "This is not your current password." in page
    head.refresh_from_db()
    assert head.check_password(PASSWORD)


@pytest.mark.django_db
def test_changing_a_password_is_for_those_who_are_signed_in(client):
    assert client.get("/accounts/password/change/")["Location"].startswith(LOGIN)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [LOGIN, "/accounts/password/reset/", "/accounts/welcome/x/"])
def test_other_methods_work_too(client, path):
    assert client.head(path).status_code in (200, 404)
    assert client.options(path).status_code in (200, 404)
    assert client.put(path).status_code in (200, 404, 405)


def test_with_a_database_that_can_only_be_read_signing_in_says_so_and_logs_it(
    client, head, read_only_database, caplog
):
    client.raise_request_exception = False
    response = sign_in(client)
    assert response.status_code == 503
    assert "nothing can be saved just now" in response.content.decode()
    [record] = caplog.records
    assert re.search("read-?only", f"{record.getMessage()} {record.exc_info}")
