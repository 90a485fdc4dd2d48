"""Two heads at one page, and typing that survives an ended session, in a real browser."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from actionplan.models import Strand
from collab_site.core.accounts.roles import Role
from tests.browser.conftest import let_in
from tests.make import make_collaboration, make_strand, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PASSWORD = "a-long-password"


@pytest.fixture
def strand(live_server):
    make_collaboration()
    return make_strand(title="Reading", summary="We read.", steps=["Meet", "Try", "Evaluate"])


@pytest.fixture
def address(strand):
    return f"/admin/actionplan/strand/{strand.pk}/change/"


@pytest.fixture
def ann(strand):
    return make_user(
        Role.HEADTEACHER, email="ann@school.example", first_name="Ann", last_name="Oak"
    )


@pytest.fixture
def ben(strand):
    return make_user(
        Role.HEADTEACHER, email="ben@school.example", first_name="Ben", last_name="Elm"
    )


@pytest.fixture
def open_as(live_server, browser, browser_context_args):
    """Return a function that gives a person a browser of their own, signed in."""
    contexts = []

    def open_as(person):
        contexts.append(browser.new_context(**browser_context_args))
        let_in(contexts[-1], person, live_server)
        return contexts[-1].new_page()

    yield open_as
    for context in contexts:
        context.close()


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def sign_in(page, email):
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def walk_through_a_stale_save(page, hers, address, check):
    """Ben's `page` and Ann's, `hers`, are open at the same time; she saves first."""
    page.goto(address)
    hers.goto(address)
    hers.get_by_label("Title").fill("Reading, by Ann")
    hers.get_by_label("What", exact=True).nth(1).fill("Try, by Ann")
    hers.get_by_label("Remove this step when I save").nth(2).check()
    save(hers)
    expect(hers.get_by_role("status")).to_contain_text("is saved")
    page.get_by_label("Title").fill("Reading, by Ben")
    page.get_by_label("What", exact=True).nth(2).fill("Evaluate, by Ben")
    save(page)

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#conflict")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Ann Oak changed this page")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Reading, by Ben")
    check()
    save(page)
    page.get_by_role("link", name="Title: Choose what to keep.").click()
    expect(page.locator("#_choose-title-theirs")).to_be_focused()
    check()
    page.get_by_role("group", name="Title").get_by_label("Keep both").check()
    page.get_by_label("Put mine back").check()
    save(page)
    expect(page.locator(".messages")).to_contain_text("is saved")
    strand = Strand.objects.get()
    assert strand.title == "Reading, by Ann Reading, by Ben"
    assert [step.text for step in strand.steps.all()] == [
        "Meet",
        "Try, by Ann",
        "Evaluate, by Ben",
    ]


def test_the_second_head_sees_both_and_chooses(
    page, on_a_phone, live_server, open_as, ann, ben, address, check_accessibility
):
    let_in(page.context, ben, live_server)
    walk_through_a_stale_save(page, open_as(ann), address, check_accessibility)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_second_head_chooses_without_scripts(page, live_server, open_as, ann, ben, address):
    let_in(page.context, ben, live_server)
    walk_through_a_stale_save(page, open_as(ann), address, lambda: None)


def test_what_was_typed_for_a_removed_strand_is_shown(
    page, on_a_phone, live_server, ben, strand, address, check_accessibility
):
    let_in(page.context, ben, live_server)
    page.goto(address)
    page.get_by_label("Title").fill("Typed")
    strand.delete()
    save(page)
    expect(page.get_by_text("Typed")).to_be_visible()
    check_accessibility()


def test_typing_outlives_the_session_until_it_is_saved(
    page, on_a_phone, live_server, ann, address, check_accessibility
):
    let_in(page.context, ann, live_server)
    page.goto(address)
    page.get_by_label("Title").fill("Typed")
    page.get_by_role("button", name="One more step").click()
    page.keyboard.type("First line\nsecond line")
    Session.objects.all().delete()
    save(page)
    sign_in(page, "ann@school.example")

    expect(page).to_have_url(live_server.url + address)
    expect(page.get_by_label("Title")).to_have_value("Reading")
    expect(page.get_by_text("Here is what you had typed at")).to_be_visible()
    check_accessibility()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("What you had typed is back.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Typed")
    check_accessibility()
    assert Strand.objects.get().title == "Reading"
    save(page)
    expect(page.locator(".messages")).to_contain_text("is saved")
    strand = Strand.objects.get()
    assert strand.title == "Typed"
    assert strand.steps.last().text.splitlines() == ["First line", "second line"]
    page.goto(address)
    expect(page.get_by_text("Here is what you had typed")).to_have_count(0)
    assert kept(page) == []


def kept(page):
    """Return what the browser keeps."""
    return page.evaluate("Object.values(localStorage)")


def type_and_wait(page, address, text="Typed"):
    page.goto(address)
    page.get_by_label("Title").fill(text)
    page.wait_for_function("text => Object.values(localStorage).join().includes(text)", arg=text)


def test_typing_outlives_a_dropped_connection(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    page.context.set_offline(True)
    save(page)
    expect(page.get_by_label("Title")).to_have_count(0)
    page.context.set_offline(False)
    page.goto(address)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Title")).to_have_value("Typed")


def test_what_is_brought_back_is_held_against_what_others_have_saved(
    page, live_server, open_as, ann, ben, address
):
    let_in(page.context, ben, live_server)
    type_and_wait(page, address, "Typed by Ben")
    hers = open_as(ann)
    hers.goto(address)
    hers.get_by_label("Title").fill("Saved by Ann")
    save(hers)
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("alert")).to_contain_text("Ann Oak changed this page")
    assert Strand.objects.get().title == "Saved by Ann"


def test_what_was_typed_can_be_thrown_away(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_text("Here is what you had typed")).to_have_count(0)
    page.reload()
    assert kept(page) == []


def test_typing_anew_overwrites_nothing_that_waits(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address, "First")
    type_and_wait(page, address, "Second")
    page.reload()
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(2)


def test_typing_taken_back_is_not_kept(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    page.get_by_label("Title").fill("Reading")
    page.reload()
    assert kept(page) == []


def test_neither_passwords_nor_tokens_are_kept(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    assert "csrf" not in "".join(kept(page))
    page.goto("/accounts/password/change/")
    page.get_by_label("Current password").fill("secret")
    page.goto(address)
    assert "secret" not in "".join(kept(page))


@pytest.mark.parametrize("way", ["/admin/", "/accounts/logout/"])
def test_signing_out_throws_it_away(page, live_server, ann, address, way):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    page.goto(way)
    assert len(kept(page)) == 1
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(live_server.url + "/")
    assert kept(page) == []


def test_signing_out_of_the_very_page_throws_it_away(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(live_server.url + "/")
    assert kept(page) == []


def test_another_person_is_not_offered_it(page, live_server, ann, ben, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    let_in(page.context, ben, live_server)
    page.goto(address)
    expect(page.get_by_label("Title")).to_have_value("Reading")
    expect(page.get_by_text("Here is what you had typed")).to_have_count(0)
    let_in(page.context, ann, live_server)
    page.goto(address)
    expect(page.get_by_text("Here is what you had typed")).to_be_visible()


def test_after_some_days_it_is_thrown_away(page, live_server, ann, address):
    let_in(page.context, ann, live_server)
    type_and_wait(page, address)
    page.goto("/admin/")
    for days, count in [(2, 1), (2, 0)]:
        page.evaluate(
            """days => Object.entries(localStorage).forEach(([key, value]) => {
                const entry = JSON.parse(value);
                entry.at -= days * 24 * 3600 * 1000;
                localStorage.setItem(key, JSON.stringify(entry));
            })""",
            days,
        )
        page.reload()
        assert len(kept(page)) == count


def test_a_new_person_who_is_added_is_kept_no_longer(page, live_server, ann):
    let_in(page.context, ann, live_server)
    page.goto("/admin/accounts/user/add/")
    for label, text in [("First name", "Eve"), ("Last name", "Ash"), ("E-mail", "eve@a.example")]:
        page.get_by_label(label).fill(text)
    page.get_by_label("Editor").check()
    page.wait_for_function("() => localStorage.length === 1")
    save(page)
    expect(page.get_by_role("heading", name="A one-time link for Eve Ash")).to_be_visible()
    assert kept(page) == []
