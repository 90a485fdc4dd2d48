"""Entering what came on paper, in a real browser."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from collab_site.core.accounts.roles import Role
from naming_contest.models import Idea
from tests.browser.conftest import let_in
from tests.make import make_collaboration, make_contest, make_idea, make_school, make_user
from tests.pictures.samples import drawing, saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAPER = "/admin/naming_contest/idea/paper/"


@pytest.fixture
def office(page, live_server):
    """The page, signed in as an editor of a school."""
    make_contest()
    user = make_user(Role.EDITOR, school=make_school(name="Hill School"))
    let_in(page.context, user, live_server)
    page.goto(PAPER)
    return page


def scan(name, data=None):
    data = data or saved(drawing(size=(300, 200)), "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": data}


def test_scans_are_added_and_entered(office, on_a_phone, check_accessibility):
    check_accessibility()
    office.get_by_label("Pictures of the upper halves").set_input_files(
        [scan("1.png"), scan("2.png", b"no picture"), scan("3.png")]
    )
    office.get_by_role("button", name="Add these pictures").click()
    expect(office.locator("#problems")).to_contain_text("Picture 2 of 3")
    check_accessibility()

    names = office.get_by_label("A name")
    expect(names).to_have_count(2)
    names.first.fill("Three Oaks")
    office.get_by_label("with this picture as the logo").first.check()
    names.first.press("Enter")
    expect(office.locator("#problems")).to_contain_text("Tick this once an adult has signed")
    expect(names.first).to_have_value("Three Oaks")
    check_accessibility()

    office.get_by_label("The slip is signed").first.check()
    office.get_by_role("button", name="Turn left").nth(1).click()
    expect(office.get_by_role("status")).to_contain_text("1 idea is ready to be looked at.")
    expect(office.locator(".paper-receipts")).to_contain_text(Idea.objects.waiting().get().code)
    expect(office.locator(".paper img")).to_have_js_property("naturalWidth", 200)
    check_accessibility()


def test_both_versions_are_shown_to_the_slower_one(office, on_a_phone, check_accessibility):
    office.get_by_role("button", name="Add one without a picture").click()
    expect(office.get_by_label("A name")).to_have_count(1)
    Idea.objects.update(name="Theirs", revision=1)
    office.get_by_label("A name").fill("Mine")
    office.get_by_role("button", name="Save everything").click()
    conflict = office.locator(".paper-conflict")
    expect(conflict).to_contain_text("Theirs")
    expect(conflict).to_contain_text("Mine")
    check_accessibility()


def test_receipts_are_printed_four_on_a_page(office, on_a_phone, check_accessibility):
    make_collaboration(name="The Collaboration of Schools along the River")
    ideas = [make_idea(is_on_paper=True) for _ in range(5)]
    office.goto(f"{PAPER}?finished={'.'.join(str(idea.pk) for idea in ideas)}")
    check_accessibility()
    # Here, where the page is watched, instead of a new tab.
    office.locator(".paper-receipts form").evaluate("form => { form.target = ''; }")
    office.get_by_role("button", name="Print their receipts").click()
    expect(office.get_by_role("button", name="Print them")).to_be_visible()
    expect(office.get_by_role("article")).to_have_count(5)
    check_accessibility()
    pages = PdfReader(BytesIO(office.pdf(format="A4", prefer_css_page_size=True))).pages
    shown = [page.extract_text() for page in pages]
    assert [sum(idea.code in text for idea in ideas) for text in shown] == [4, 1], shown
    assert "Print this page now" not in shown[0]


def test_too_large_a_send_is_told_before_it_is_sent(office):
    pictures = office.get_by_label("Pictures of the upper halves")
    pictures.evaluate("input => { input.dataset.mostBytes = 10; }")
    office.get_by_label("School").first.select_option("")
    pictures.set_input_files([scan("1.png")])
    expect(office.get_by_role("alert")).to_contain_text("too large together")
    office.get_by_role("button", name="Add these pictures").click()
    expect(pictures).to_be_focused()
    assert not Idea.objects.exists()
    pictures.set_input_files([])
    expect(office.get_by_role("alert")).not_to_be_visible()
