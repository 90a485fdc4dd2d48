"""Writing what happened, in a real browser: on a phone, and for everybody."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from actionplan.models import Audience, Evidence, Update
from collab_site.core.accounts.roles import Role
from tests.browser.conftest import PHONE, let_in
from tests.make import (
    make_evidence,
    make_pdf,
    make_school,
    make_strand,
    make_update,
    make_user,
)
from tests.pictures.samples import drawing, saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

NEW = "/admin/actionplan/update/add/"


@pytest.fixture
def strand(live_server):
    """A strand of a published plan."""
    strand = make_strand(title="Challenge", slug="challenge", steps=["Meet.", "Look at books."])
    strand.plan.publish()
    return strand


@pytest.fixture
def update(strand):
    """A public update with evidence of every kind, one of it only for staff."""
    update = make_update(plan=strand.plan, strand=strand, step=strand.steps.first())
    for kind in Evidence.Kind:
        make_evidence(kind, update=update)
    make_evidence("report", update=update, audience=Audience.STAFF, title="Only ours")
    make_update(plan=strand.plan, strand=strand, audience=Audience.STAFF)
    return update


@pytest.fixture
def head(strand, page, live_server):
    """The page, signed in as a headteacher of a school."""
    user = make_user(Role.HEADTEACHER, school=make_school(name="Tupton Primary"))
    let_in(page.context, user, live_server)
    return page


@pytest.fixture
def phone(head):
    head.set_viewport_size({"width": PHONE, "height": 740})
    return head


class Thumb:
    """Taps, and counts its taps."""

    def __init__(self):
        self.taps = 0

    def tap(self, target):
        self.taps += 1
        target.click()


def strand_page(strand):
    return strand.plan.get_absolute_url() + f"{strand.slug}/"


@pytest.mark.parametrize("start", ["first page", "strand"])
def test_on_a_phone_an_update_takes_four_taps_and_a_sentence(phone, strand, start):
    thumb = Thumb()
    phone.goto("/admin/" if start == "first page" else strand_page(strand))
    thumb.tap(phone.get_by_role("link", name="Write what happened"))
    thumb.tap(phone.get_by_label("What happened"))
    phone.keyboard.type("We met at Tupton and looked at maths books.")
    thumb.tap(phone.get_by_label("Everybody").first)
    thumb.tap(phone.get_by_role("button", name="Save", exact=True))
    expect(phone.get_by_role("status")).to_contain_text("Everybody sees it now.")
    assert thumb.taps == 4
    phone.get_by_role("status").get_by_role("link", name="See it on the site").click()
    expect(phone.get_by_text("We met at Tupton and looked")).to_be_in_viewport()
    update = Update.objects.get()
    assert update.school.name == "Tupton Primary"
    assert update.strand == (strand if start == "strand" else None)


def test_all_that_the_plain_case_needs_is_two_screens_of_a_phone(phone):
    phone.goto(NEW)
    save = phone.get_by_role("button", name="Save", exact=True).bounding_box()
    assert save["y"] + save["height"] < 2 * 740


def test_evidence_is_added_on_a_phone(phone):
    phone.goto(NEW)
    phone.get_by_label("What happened").fill("We met.")
    phone.get_by_label("Everybody").first.check()
    phone.get_by_role("heading", name="Work examples").click()
    examples = phone.get_by_role("group", name="New work example")
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": saved(drawing(), "PNG")}
    examples.get_by_label("Picture", exact=True).set_input_files(picture)
    examples.get_by_label("What the picture shows").fill("A poem")
    examples.get_by_label("No child can be recognised").check()
    examples.get_by_label("Everybody").check()
    phone.get_by_role("button", name="One more work example").click()
    expect(phone.locator("#id_examples-1-image")).to_be_focused()
    phone.get_by_role("heading", name="Videos, reports and presentations").click()
    material = phone.get_by_role("group", name="New video, report or presentation")
    material.get_by_label("Report").check()
    pdf = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": make_pdf()}
    material.get_by_label("PDF", exact=True).set_input_files(pdf)
    phone.get_by_role("button", name="Save", exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text("but 1 of the things with it only staff")
    found = {row.kind: row.audience for row in Evidence.objects.all()}
    assert found == {"picture": "public", "report": "staff"}


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_what_was_typed_and_chosen_survives_an_error(phone):
    phone.goto(NEW)
    phone.get_by_label("What happened").fill("We met.")
    phone.locator("summary", has_text="Videos").click()
    material = phone.get_by_role("group", name="New video, report or presentation")
    material.get_by_label("Presentation").check()
    pdf = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": make_pdf()}
    material.get_by_label("PDF", exact=True).set_input_files(pdf)
    phone.get_by_role("button", name="Save", exact=True).click()
    expect(phone).to_have_title(re.compile("^Error: "))
    expect(phone.get_by_text("We have kept the PDF that you chose")).to_be_visible()
    phone.get_by_label("Only staff of the schools").first.check()
    phone.get_by_role("button", name="Save", exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text("Only staff of the schools see it.")
    assert Evidence.objects.get().document


def test_an_update_is_taken_down_and_shown_again(phone, update, strand):
    phone.goto(strand_page(strand))
    phone.get_by_role("link", name="Change what happened on").first.click()
    phone.get_by_role("button", name="Take down now").click()
    expect(phone.get_by_role("status")).to_contain_text("nobody sees it on the site")
    phone.get_by_role("button", name="Show again").click()
    expect(phone.get_by_role("status")).not_to_contain_text("nobody sees it")


def test_writing_can_be_done_by_all(head, update, on_a_phone, check_accessibility):
    for address in (
        NEW,
        f"/admin/actionplan/update/{update.pk}/change/",
        "/admin/actionplan/update/",
    ):
        head.goto(address)
        check_accessibility()
        for closed in head.locator("details:not([open])").element_handles():
            closed.query_selector("summary").click()
        check_accessibility()


def test_a_page_with_slips_can_be_used_by_all(head, on_a_phone, check_accessibility):
    head.goto(NEW)
    head.locator("summary", has_text="Work examples").click()
    head.get_by_label("What the picture shows").fill("A poem")
    head.locator("summary", has_text="Videos").click()
    head.get_by_label("Link").fill("no link")
    pdf = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": make_pdf()}
    head.get_by_label("PDF", exact=True).set_input_files(pdf)
    head.get_by_role("button", name="Save", exact=True).click()
    expect(head).to_have_title(re.compile("^Error: "))
    expect(head.locator("#problems")).to_be_focused()
    check_accessibility()
    for link in head.locator("#problems a").all():
        link.click()
        expect(head.locator(":focus")).to_have_attribute("aria-invalid", "true")


def test_a_strand_with_updates_can_be_read_by_all(
    page, update, strand, on_a_phone, check_accessibility
):
    page.goto(strand_page(strand))
    expect(page.get_by_role("link", name="A film")).to_be_visible()
    expect(page.get_by_text("Only ours")).not_to_be_visible()
    check_accessibility()


def test_a_strand_with_updates_can_be_read_by_staff(
    head, update, strand, on_a_phone, check_accessibility
):
    head.goto(strand_page(strand))
    expect(head.get_by_text("Only ours")).to_be_visible()
    expect(head.get_by_text("Only for staff")).to_have_count(2)
    expect(head.get_by_role("link", name=f"{date.today():%B %Y}").first).to_be_visible()
    check_accessibility()
