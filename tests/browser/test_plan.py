"""A year with the plan, in a real browser: written, previewed, published, read, brought back."""

import io
import re

import pytest
from django.conf import settings
from playwright.sync_api import expect
from pypdf import PdfReader

from actionplan.models import Plan, Step
from collab_site.core.accounts.roles import Role
from collab_site.portal.content import store
from tests.browser.conftest import PHONE, let_in
from tests.make import make_evidence, make_update, make_user, publish

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
READ = [
    "/plan/",
    "/plan/2026-27/updates/",
    "/plan/2026-27/on-a-page/",
    "/plan/2026-27/editions/",
    "/plan/2026-27/editions/1/",
    "/plan/2026-27/editions/2/",
    "/plan/2026-27/changes/",
    "/plan/2026-27/changes/since-september/",
    "/plan/2026-27/improving-challenge/",
    "/from/dalestorth/plan/2026-27/lesson-design/",
    "/",
]
EDIT = ["outline/", "outline/?move={step}", "publish/", "editions/", "next/", "../redact/"]


@pytest.fixture
def plan(live_server, time_machine):
    """The starter's plan, of which two editions are published, with updates and a draft."""
    time_machine.move_to("2026-11-22T12:00:00+00:00", tick=True)
    store.load(STARTER.read_text())
    plan = Plan.objects.get()
    steps = Step.objects.order_by("pk")
    for step, status in zip(steps, ("done", "under-way", "paused", "not-started"), strict=False):
        step.status, step.half_term = status, "autumn-1"
        step.save()
    steps.filter(pk=steps.last().pk).update(text="Meet, and look at books.", half_term="spring-1")
    plan.publish(note="We have begun.")
    update = make_update(plan=plan, strand=plan.strands.last(), step=steps.last())
    for kind in ("picture", "impact", "video"):
        make_evidence(kind, update=update)
    steps.filter(pk=steps.first().pk).update(text="A draft.")
    return plan


@pytest.fixture
def head(plan, page, live_server):
    """The page, signed in as a headteacher."""
    user = make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head")
    let_in(page.context, user, live_server)
    return page


@pytest.mark.parametrize("address", READ)
def test_axe_finds_nothing_where_the_plan_is_read(
    page, plan, on_a_phone, check_accessibility, address
):
    assert page.goto(address).status == 200
    check_accessibility()


@pytest.mark.parametrize("address", EDIT)
def test_axe_finds_nothing_where_the_plan_is_edited(
    head, plan, on_a_phone, check_accessibility, address
):
    address = address.format(step=Step.objects.first().pk)
    assert head.goto(f"/admin/actionplan/plan/{plan.pk}/{address}").status == 200
    check_accessibility()


def test_write_preview_publish_read_the_changes_and_bring_back(head, plan, browser, live_server):
    head.goto("/admin/")
    head.get_by_role("link", name="The whole year").click()
    head.get_by_label("New step 4.5").fill("Sing together.")
    head.get_by_role("button", name="Add new step 4.5").click()
    expect(head.get_by_role("status")).to_contain_text("Step 4.5 is added.")
    head.get_by_role("group", name="Status of step 4.5").get_by_text("Done").click()
    expect(head.get_by_role("status")).to_contain_text("Step 4.5 is “Done” now.")
    head.get_by_role("button", name="Move step 4.5 up").click()
    expect(head.get_by_role("status")).to_contain_text("Step 4.5 is step 4.4 now.")
    head.get_by_role("link", name="Look and publish").click()
    expect(head.get_by_role("main")).to_contain_text("Step 4.4, “Sing together”, is new.")

    stranger = browser.new_context().new_page()
    stranger.goto(f"{live_server.url}/plan/")
    expect(stranger.get_by_role("main")).not_to_contain_text("Sing together.")
    link = head.get_by_label("Link to the draft").input_value()
    stranger.goto(live_server.url + link.removeprefix(settings.PUBLIC_URL))
    expect(stranger.get_by_role("note")).to_contain_text("This is a draft.")
    expect(stranger.get_by_role("main")).to_contain_text("Sing together.")

    head.get_by_label("A note for parents").fill("We sing.")
    head.get_by_role("button", name="Publish").click()
    expect(head.get_by_role("status")).to_contain_text("Parents can read edition 3 now.")
    stranger.goto(f"{live_server.url}/plan/")
    expect(stranger.get_by_role("main")).to_contain_text("Sing together.")
    stranger.get_by_role("link", name="What has changed").click()
    expect(stranger.get_by_role("main")).to_contain_text("Step 4.4, “Sing together”, is new.")
    expect(stranger.get_by_role("main")).to_contain_text("We sing.")
    stranger.context.close()

    head.get_by_role("link", name="Editions").click()
    head.get_by_role("button", name=re.compile("Bring it back.*edition 2")).click()
    expect(head.get_by_role("main")).not_to_contain_text("Sing together.")
    head.get_by_role("link", name="Editions").click()
    head.get_by_role("button", name="Undo").click()
    expect(head.get_by_role("main")).to_contain_text("Sing together.")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_an_idea_is_taken_up_by_keyboard_and_without_scripts(head, plan):
    head.goto(f"/admin/actionplan/plan/{plan.pk}/outline/")
    head.get_by_role("button", name=re.compile("Take up.*Shared sporting")).press("Enter")
    expect(head.get_by_role("status")).to_contain_text("The idea is strand 5 now.")
    group = head.get_by_role("group", name="Status of strand 5")
    group.get_by_role("button", name="Under way").press("Enter")
    expect(head.get_by_role("status")).to_contain_text("Strand 5 is “Under way” now.")


def test_a_note_that_was_not_sent_is_there_again(head, plan):
    address = f"/admin/actionplan/plan/{plan.pk}/publish/"
    head.goto(address)
    head.get_by_label("A note for parents").fill("We have begun to sing.")
    head.goto("/admin/")
    head.goto(address)
    head.get_by_role("button", name="Bring it back").click()
    expect(head.get_by_label("A note for parents")).to_have_value("We have begun to sing.")
    assert plan.editions.count() == 2
    head.get_by_role("button", name="Publish").click()
    expect(head.get_by_role("status")).to_contain_text("Parents can read edition 3 now.")
    head.goto(address)
    expect(head.get_by_text("Here is what you had typed")).not_to_be_attached()


@pytest.mark.parametrize("width", [360, 1280])
def test_words_without_an_end_make_no_page_scroll_sideways(head, plan, width):
    head.set_viewport_size({"width": width, "height": 800})
    endless = "https://example.org/" + "a" * 120
    strand = plan.strands.first()
    strand.title, strand.slug = endless, "endless"
    strand.save()
    Step.objects.filter(strand=strand).update(text=endless)
    make_update(plan=plan, strand=strand, text=endless)
    publish()
    read = ["/", "/plan/", "endless/", "on-a-page/", "changes/", "updates/"]
    edit = ["/admin/", "outline/", "next/"]
    addresses = [f"/plan/2026-27/{name}" if name[0] != "/" else name for name in read]
    addresses += [f"/admin/actionplan/plan/{plan.pk}/{n}" if n[0] != "/" else n for n in edit]
    for address in [*addresses, "/admin/actionplan/update/"]:
        assert head.goto(address).status == 200
        wide = head.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, address


def test_what_is_unfinished_goes_on_next_year(head, plan):
    head.set_viewport_size({"width": PHONE, "height": 800})
    head.goto(f"/admin/actionplan/plan/{plan.pk}/outline/")
    head.get_by_role("link", name="Begin next year’s plan").click()
    group = head.get_by_role("group", name="Step 1.2")
    group.get_by_label("Let go").check()
    head.get_by_label("Why step 1.2?").fill("We know enough now.")
    head.get_by_role("button", name="Begin the plan").click()
    expect(head.get_by_role("heading", level=1)).to_have_text("The plan for 2027–28")
    publish()
    head.goto("/plan/2026-27/")
    expect(head.locator("#step-1-2")).to_contain_text(
        "Not carried on in 2027–28: We know enough now."
    )
    head.locator("#step-2-1").get_by_role("link", name=re.compile("step .* of 2027–28")).click()
    expect(head).to_have_url(re.compile(r"/plan/2027-28/#step-"))


@pytest.mark.parametrize("is_bare", [True, False])
def test_the_plan_on_one_page_is_one_sheet_of_paper(page, plan, is_bare):
    if is_bare:
        plan.editions.filter(number=2).delete()
    page.goto("/plan/2026-27/on-a-page/")
    paper = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    assert "4.4" in paper.pages[0].extract_text()
