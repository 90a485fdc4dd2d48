"""Signing in, one-time links and the people who can sign in, each page in each of its states."""

import re

import pytest
from django.conf import settings as portal
from django.core import mail
from playwright.sync_api import expect

from collab_site.core.accounts.models import Invitation, User
from collab_site.core.accounts.roles import Role
from tests.make import make_collaboration, make_school, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LOGIN = "/accounts/login/"
PASSWORD = "a-long-password"


@pytest.fixture
def head(live_server):
    make_collaboration()
    make_school()
    return make_user(
        Role.HEADTEACHER, email="head@school.example", first_name="Ada", last_name="Byron"
    )


@pytest.fixture
def signed_in(page, head):
    sign_in(page)


def sign_in(page, email="head@school.example", password=PASSWORD):
    page.goto(LOGIN)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_password(page, password="three dull words"):
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(password)
    page.get_by_role("main").get_by_role("button").click()


def expect_problems(page):
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#problems")).to_be_focused()


def test_signing_in_without_a_mouse(page, head):
    page.goto(LOGIN)
    page.get_by_label("E-mail address").focus()
    for keys in ("head@school.example", "Tab", PASSWORD, "Enter"):
        if keys in ("Tab", "Enter"):
            page.keyboard.press(keys)
        else:
            page.keyboard.type(keys)
    expect(page).to_have_url(re.compile("/admin/$"))


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_link_and_signing_in_need_no_scripts(page, head):
    page.goto(f"/accounts/welcome/{Invitation.make(head)}/")
    choose_password(page)
    expect(page.get_by_text("Hello Ada.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    sign_in(page, password="three dull words")
    expect(page).to_have_url(re.compile("/admin/$"))


def test_signing_in_can_be_used_by_all(page, head, on_a_phone, check_accessibility):
    page.goto(LOGIN)
    check_accessibility()
    page.get_by_role("button", name="Sign in").click()
    expect_problems(page)
    check_accessibility()
    page.get_by_role("link", name="Enter your password.").click()
    expect(page.get_by_label("Password")).to_be_focused()
    for _ in range(portal.FAILED_LOGINS_PER_ACCOUNT):
        sign_in(page, password="wrong")
        expect_problems(page)
    check_accessibility()
    sign_in(page)
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    check_accessibility()


def test_making_the_first_account_can_be_done_by_all(
    page, live_server, on_a_phone, check_accessibility
):
    make_collaboration()
    make_school()
    link = f"/accounts/welcome/{Invitation.make()}/"
    page.goto(link)
    check_accessibility()
    page.get_by_role("button", name="Make my account").click()
    expect_problems(page)
    check_accessibility()
    page.get_by_label("First name").fill("Zoë")
    page.get_by_label("Last name").fill("O’Brien")
    page.get_by_label("E-mail address").fill("zoe@school.example")
    choose_password(page)
    expect(page.get_by_text("Hello Zoë.")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    check_accessibility()


def test_a_link_clicked_twice_is_used_once(page, head):
    page.goto(f"/accounts/welcome/{Invitation.make(head)}/")
    page.get_by_label("New password", exact=True).fill("three dull words")
    page.get_by_label("New password again").fill("three dull words")
    page.get_by_role("button", name="Save my password").dblclick()
    signed_in_or_told = re.compile("What would you like to do|This link no longer works")
    expect(page.get_by_role("heading", name=signed_in_or_told)).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, password="three dull words")
    expect(page.get_by_text("Hello, Ada")).to_be_visible()


def test_a_forgotten_password_can_be_replaced_by_all(
    page, head, settings, on_a_phone, check_accessibility
):
    page.goto("/accounts/password/reset/")
    expect(page.get_by_text("Ask another headteacher for a new link.")).to_be_visible()
    check_accessibility()
    settings.EMAIL_IS_SET_UP = True
    page.reload()
    check_accessibility()
    page.get_by_role("button", name="Send me a link").click()
    expect_problems(page)
    check_accessibility()
    page.get_by_label("E-mail address").fill("head@school.example")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Look at your e-mails")).to_be_visible()
    check_accessibility()
    [message] = mail.outbox
    page.goto(re.search(r"/accounts/\S+", message.body)[0])
    check_accessibility()
    choose_password(page, "short")
    expect_problems(page)
    check_accessibility()
    choose_password(page)
    expect(page.get_by_role("heading", name="Your new password is set")).to_be_visible()
    check_accessibility()
    page.goto("/accounts/password/reset/key/1-x/")
    check_accessibility()


def test_the_other_pages_of_an_account_can_be_used_by_all(
    page, signed_in, on_a_phone, check_accessibility
):
    for path in ("password/change", "logout", "inactive"):
        page.goto(f"/accounts/{path}/")
        check_accessibility()
    page.goto("/accounts/password/change/")
    choose_password(page)
    expect_problems(page)
    check_accessibility()


def test_people_can_be_let_in_by_all(page, signed_in, on_a_phone, check_accessibility):
    page.goto("/admin/accounts/user/")
    check_accessibility()
    page.get_by_role("link", name="New person").click()
    page.wait_for_url("**/user/add/")
    check_accessibility()
    page.get_by_role("button", name="Save", exact=True).click()
    expect_problems(page)
    check_accessibility()
    page.get_by_label("First name").fill("Zoë")
    page.get_by_label("Last name").fill("O’Brien")
    page.get_by_label("E-mail").fill("zoe@school.example")
    page.get_by_label("Editor", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Link for Zoë O’Brien")).to_have_value(re.compile("/welcome/"))
    check_accessibility()
    page.get_by_role("link", name="the page of Zoë O’Brien").click()
    page.wait_for_url("**/change/")
    check_accessibility()
    page.get_by_role("button", name="Make a new link").click()
    link = page.get_by_label("Link for Zoë O’Brien").input_value()
    page.context.clear_cookies()
    page.goto(link.removeprefix(portal.PUBLIC_URL))
    expect(page.get_by_text("This link is for Zoë O’Brien")).to_be_visible()
    check_accessibility()
    choose_password(page)
    expect(page.get_by_text("Hello Zoë.")).to_be_visible()
    assert User.objects.get(email="zoe@school.example").role == Role.EDITOR
