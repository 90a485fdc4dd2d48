"""A forgotten password: by e-mail where it is set up."""

import re
import threading
import time

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from collab_site.core.accounts.roles import Role
from tests.make import make_collaboration, make_user

RESET = "/accounts/password/reset/"
PASSWORDS = {"password1": "three dull words", "password2": "three dull words"}


@pytest.fixture
def head(db):
    make_collaboration(name="Oak &\nElm")
    return make_user(Role.HEADTEACHER, email="head@school.example", first_name="Ada")


@pytest.fixture
def _with_mail(settings):
    settings.EMAIL_IS_SET_UP = True
    settings.PUBLIC_URL = "https://portal.example.org"


with_mail = pytest.mark.usefixtures("_with_mail")


def ask(client, email="head@school.example"):
    answer = client.post(RESET, {"email": email}, follow=True)
    for thread in threading.enumerate():
        if "(_send)" in thread.name:
            thread.join(timeout=10)
    return answer


def link_in(message):
    return re.search(r"^https://portal\.example\.org(/\S+)$", message.body, re.MULTILINE)[1]


def open_link(client):
    ask(client)
    [message] = mail.outbox
    return client.get(link_in(message), follow=True)


def test_without_e_mail_the_page_says_whom_to_ask(client, head, settings):
    assert not settings.EMAIL_IS_SET_UP
    page = client.get(RESET).content.decode()
    assert "Ask another headteacher for a new link." in page
    assert "make invite" in page
    assert "<form" not in page
    assert client.post(RESET, {"email": head.email}).status_code == 200
    assert mail.outbox == []


@with_mail
def test_an_e_mail_brings_the_link(client, head):
    ask(client, "Head@School.example")
    [message] = mail.outbox
    assert message.to == ["head@school.example"]
    assert message.subject == "Your new password for Oak & Elm"
    assert "Hello Ada," in message.body
    assert "Oak &\nElm" in message.body
    assert message.alternatives == []


@with_mail
def test_the_link_leads_to_a_new_password(client, head):
    page = open_link(client)
    address = page.redirect_chain[-1][0]
    assert "Choose a new password" in page.content.decode()
    answer = client.post(address, PASSWORDS, follow=True)
    assert "Your new password is set" in answer.content.decode()
    head.refresh_from_db()
    assert head.check_password("three dull words")
    assert "This link no longer works" in client.get(address).content.decode()


@with_mail
def test_the_link_is_for_one_e_mail_address_and_one_password(client, head):
    ask(client)
    [message] = mail.outbox
    head.email = "other@school.example"
    head.save()
    assert "This link no longer works" in client.get(link_in(message)).content.decode()


@with_mail
def test_an_old_e_mail_address_does_not_live_on(client, head):
    ask(client)
    head.email = "other@school.example"
    head.save()
    words = {"login": "head@school.example", "password": "a-long-password"}
    assert client.post("/accounts/login/", words).status_code == 200
    ask(client)
    assert len(mail.outbox) == 1


@with_mail
def test_a_password_that_will_not_do_is_refused(client, head):
    address = open_link(client).redirect_chain[-1][0]
    page = client.post(address, {"password1": "short", "password2": "short"}).content.decode()
    assert "<title>Error: Choose a new password" in page
    assert "10 characters" in page


@with_mail
def test_nothing_tells_whether_there_is_an_account(client, head):
    make_user(email="gone@school.example", is_active=False)
    known, unknown, gone = (
        ask(client, email) for email in (head.email, "nobody@school.example", "gone@school.example")
    )
    assert known.redirect_chain == unknown.redirect_chain == gone.redirect_chain
    assert known.content == unknown.content == gone.content
    assert [message.to for message in mail.outbox] == [[head.email]]


@with_mail
def test_nobody_waits_for_the_mail_server(client, head, monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", lambda *args: time.sleep(2))
    begun = time.monotonic()
    assert client.post(RESET, {"email": head.email}).status_code == 302
    assert time.monotonic() - begun < 1
    ask(client)


@with_mail
def test_a_mail_server_that_fails_is_nobodys_trouble(client, head, monkeypatch, caplog):
    def fail(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    assert "Look at your e-mails" in ask(client).content.decode()
    assert "An e-mail could not be sent." in caplog.text


@with_mail
@pytest.mark.parametrize(
    "email", ["", "nobody", "a\x00@b.example", "a@b.example\nBcc: c@d.example"]
)
def test_what_is_no_e_mail_address_is_refused(client, head, email):
    page = client.post(RESET, {"email": email})
    assert "<title>Error: Forgotten your password?" in page.content.decode()
    assert mail.outbox == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", ["1-x", "zzzzzzzzzzzzz-x", "zzzzzzzzzzzzzz-x", "1-🙂", "1-set-password"]
)
def test_a_link_that_never_was_is_refused_kindly(client, key):
    page = client.get(f"{RESET}key/{key}/")
    assert page.status_code == 200
    assert "This link no longer works" in page.content.decode()
