"""Limits on signing in, with the settings and the cache that the portal really has."""

import pytest
import time_machine
from django.core.management import call_command

from collab_site import settings as real
from collab_site.core.accounts.roles import Role
from tests.make import make_user

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
PASSWORD = "a-long-password"
MINUTE = 60
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture(autouse=True)
def _real_cache(settings, db):
    settings.CACHES = real.CACHES


@pytest.fixture
def head(db):
    return make_user(Role.HEADTEACHER, email="head@school.example")


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-02 09:00", tick=False) as clock:
        yield clock


def sign_in(client, email="head@school.example", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def lock(client, email="head@school.example"):
    for _ in range(real.FAILED_LOGINS_PER_ACCOUNT):
        assert sign_in(client, email, "wrong").status_code == 200


def use_up(client, **extra):
    for number in range(real.LOGINS_PER_ADDRESS):
        assert sign_in(client, f"{number}@school.example", **extra).status_code == 200


def test_a_locked_account_refuses_the_right_password_too(client, head, clock):
    lock(client)
    answer = sign_in(client)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert "Wait 5 minutes" in answer.content.decode()
    clock.shift(5 * MINUTE - 1)
    assert sign_in(client).status_code == 429
    clock.shift(1)
    assert sign_in(client)["Location"] == "/admin/"


def test_a_locked_account_is_locked_from_everywhere_however_it_is_written(client, head):
    lock(client)
    assert sign_in(client, "HEAD@school.example", **ELSEWHERE).status_code == 429


def test_a_locked_account_is_locked_at_every_server_and_port(client, head):
    lock(client)
    assert sign_in(client, HTTP_HOST="testserver:81").status_code == 429
    assert sign_in(client, HTTP_HOST="127.0.0.1").status_code == 429


def test_what_is_locked_need_not_exist(client, head):
    lock(client)
    lock(client, "nobody@school.example")
    pages = [sign_in(client, email) for email in (head.email, "nobody@school.example")]
    assert [page.status_code for page in pages] == [429, 429]
    assert pages[0].content == pages[1].content


def test_a_lock_is_no_trouble_for_others(client, head):
    make_user(email="other@school.example")
    lock(client)
    assert sign_in(client, "other@school.example").status_code == 302


def test_signing_in_right_takes_nothing_off_the_tries(client, head):
    for _ in range(2 * real.FAILED_LOGINS_PER_ACCOUNT):
        assert sign_in(client).status_code == 302
        client.post("/accounts/logout/")


def test_a_whole_school_may_sign_in_at_once_but_no_robot(client, head, clock):
    assert 30 <= real.LOGINS_PER_ADDRESS < 150
    use_up(client)
    answer = sign_in(client)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "Please wait a little" in answer.content.decode()
    assert client.get(LOGIN).status_code == 200
    assert client.get("/").status_code == 200
    assert sign_in(client, **ELSEWHERE).status_code == 302
    client.post("/accounts/logout/")
    clock.shift(MINUTE)
    assert sign_in(client).status_code == 302


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(client, head, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    use_up(client, HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.7")
    assert sign_in(client, HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.7").status_code == 429
    assert sign_in(client, HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.8").status_code == 302


def test_without_a_proxy_nobody_can_make_up_an_address(client, head):
    use_up(client, HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert sign_in(client, HTTP_X_FORWARDED_FOR="198.51.100.2").status_code == 429


def test_the_technician_can_clear_the_limits(client, head):
    lock(client)
    assert sign_in(client).status_code == 429
    call_command("clear_limits")
    assert sign_in(client).status_code == 302


def test_guessing_the_current_password_is_limited(client, head):
    client.force_login(head)
    words = {
        "oldpassword": "wrong",
        "password1": "three dull words",
        "password2": "three dull words",
    }
    answers = [client.post("/accounts/password/change/", words).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


@pytest.mark.parametrize("email", ["head@school.example", "nobody@school.example"])
def test_one_account_gets_few_e_mails(client, head, settings, email):
    settings.EMAIL_IS_SET_UP = True
    for _ in range(real.PASSWORD_RESETS_PER_ACCOUNT):
        assert client.post(RESET, {"email": email}).status_code == 302
    answer = client.post(RESET, {"email": email})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"


def test_one_address_asks_for_few_passwords(client, settings):
    settings.EMAIL_IS_SET_UP = True
    for number in range(real.PASSWORD_RESETS_PER_ADDRESS):
        assert client.post(RESET, {"email": f"{number}@school.example"}).status_code == 302
    assert client.post(RESET, {"email": "x@school.example"}).status_code == 429
    assert client.post(RESET, {"email": "x@school.example"}, **ELSEWHERE).status_code == 302
