"""A school's kit, in a real browser: what is copied, what is shown, what needs no scripts."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from collab_site.core.accounts.roles import Role
from collab_site.core.schools.models import School
from collab_site.portal.content import store
from tests.browser.conftest import let_in
from tests.content.test_content import SEVEN
from tests.make import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
KIT = "/schools/dalestorth/kit/"
PLAN = "Collaboration Action Plan"


@pytest.fixture
def starter(live_server):
    store.load(STARTER.read_text())


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def test_a_button_copies_its_field_says_so_and_keeps_the_focus(page, context, starter):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(KIT)
    address = page.get_by_role("textbox", name=f"Address of {PLAN}").first
    button = page.get_by_role("button", name=f"Copy the address of {PLAN}").first
    button.press("Enter")
    expect(address.locator("xpath=..").get_by_role("status")).to_have_text("Copied.")
    expect(button).to_be_focused()
    assert (
        clipboard(page) == address.input_value() == f"{settings.PUBLIC_URL}/from/dalestorth/plan/"
    )


def test_code_and_words_are_copied_as_they_stand(page, context, starter):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(KIT)
    page.get_by_text(f"The link in HTML of {PLAN}").click()
    address = f"{settings.PUBLIC_URL}/from/dalestorth/plan/"
    page.get_by_role("button", name=f"Copy the code of {PLAN}").first.click()
    expect(page.locator("#plan-code ~ .copy [data-copied]")).to_have_text("Copied.")
    assert clipboard(page) == f'<a href="{address}">{PLAN}</a>'
    page.get_by_role("button", name="Copy the text of What our schools are doing").click()
    expect(page.locator("#plan-words ~ .copy [data-copied]")).to_have_text("Copied.")
    expect(page.locator("#plan-code ~ .copy [data-copied]")).to_have_text("")
    assert clipboard(page).endswith(f"Read it here:\n{address}")


def test_where_the_browser_refuses_to_copy_the_field_is_selected(page, starter):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.goto(KIT)
    page.locator("[data-copy=plan-address]").click()
    expect(page.locator("#plan-address ~ .copy [data-copied]")).to_contain_text("copy it now")
    selected = page.evaluate("document.getSelection().toString()")
    assert selected == f"{settings.PUBLIC_URL}/from/dalestorth/plan/"


def test_without_scripts_there_is_no_button_and_everything_else(browser, starter, live_server):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto(KIT)
    assert page.locator("[data-copy]:visible").count() == 0
    expect(page.locator("#plan-address")).to_be_visible()
    expect(page.locator("#plan-code")).not_to_be_visible()
    page.get_by_text(f"The link in HTML of {PLAN}").click()
    expect(page.locator("#plan-code")).to_be_visible()
    frame = page.frame_locator(f"iframe[title^='{PLAN}']")
    expect(frame.get_by_role("heading", name=PLAN)).to_be_visible()
    context.close()


def test_each_panel_is_shown_in_its_own_look_and_its_links_lead_on(page, starter):
    page.goto(KIT)
    school = School.objects.get(slug="dalestorth")
    frames = page.locator("iframe")
    assert frames.count() >= 4
    for number in range(frames.count()):
        frame = frames.nth(number).content_frame
        expect(frame.locator("h1")).to_be_visible()
        families = "getComputedStyle(document.body).fontFamily"
        assert frame.locator("body").evaluate(f"() => {families}").startswith('"Atkinson Next"')
        colour = frame.locator("html").evaluate(
            "root => getComputedStyle(root).getPropertyValue('--school')"
        )
        assert colour == school.colour
    page.frame_locator(f"iframe[title^='{PLAN}']").get_by_role("link", name="whole plan").click()
    page.wait_for_url("**/from/dalestorth/plan/")


def test_the_poster_and_the_codes_are_there(page, starter):
    page.goto(KIT)
    for image in page.locator("main img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    links = page.locator("a[href$='.pdf'], a[href$='.png'], a[href$='.svg']").all()
    assert len(links) == 2 + 3 * 2
    for link in links:
        assert page.request.get(link.evaluate("link => link.href")).ok


# Of the second file, the palest two.
@pytest.mark.parametrize(
    ("file", "slug"), [(STARTER, "healdswood"), (SEVEN, "beacon"), (SEVEN, "gull")]
)
def test_axe_finds_nothing(page, live_server, on_a_phone, check_accessibility, file, slug):
    store.load(file.read_text())
    page.goto(School.objects.get(slug=slug).kit)
    check_accessibility()
    page.locator("summary").first.press("Enter")
    page.locator("[data-copy]").first.click()
    check_accessibility()


def test_it_reads_in_forced_colours_and_zoomed_in(page, starter, check_accessibility):
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(KIT)
    check_accessibility()
    # 1280 px at 400 %, and the text alone at 200 %.
    page.set_viewport_size({"width": 320, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '212%'")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_can_be_pressed_is_large_enough_for_a_thumb(page, starter, on_a_phone):
    page.goto(KIT)
    page.locator("details").evaluate_all("all => all.forEach((part) => { part.open = true; })")
    targets = page.locator(".kit-contents a, .kit button, .kit summary, .kit-codes a").all()
    assert len(targets) > 20
    assert min(target.bounding_box()["height"] for target in targets) >= 44


def test_an_editor_finds_it_from_the_first_page(page, context, live_server, starter):
    school = School.objects.get(slug="dalestorth")
    let_in(context, make_user(Role.HEADTEACHER, school=school), live_server)
    page.goto("/admin/")
    page.get_by_role("link", name="Links, panels and posters").click()
    page.wait_for_url(f"**{KIT}")
