"""Reading, as a parent does: on a phone, by keyboard, with words explained, without scripts."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from collab_site.portal.content import store
from tests.content.test_content import SEVEN
from tests.make import make_achievement_picture, make_home_picture
from tests.site.test_pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"


@pytest.fixture
def starter(live_server):
    store.load(STARTER.read_text())


@pytest.fixture
def seven(live_server):
    store.load(SEVEN.read_text())
    make_home_picture()
    make_achievement_picture()


@pytest.mark.parametrize("address", [*PAGES, "/nowhere/", "/from/dalestorth/plan/"])
def test_axe_finds_nothing_on_the_starter_s_pages(
    page, starter, on_a_phone, check_accessibility, address
):
    page.goto(address)
    check_accessibility()


@pytest.mark.parametrize("address", ["/", "/aims/", "/plan/", "/achievements/", "/from/gull/plan/"])
def test_axe_finds_nothing_with_everything_filled_in(
    page, seven, on_a_phone, check_accessibility, address
):
    page.goto(address)
    check_accessibility()


def test_the_menu_opens_on_a_phone_and_leads_on(page, starter, check_accessibility):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Our plan")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(link).to_be_visible()
    check_accessibility()
    link.click()
    page.wait_for_url("**/plan/")


def test_the_menu_stands_open_on_a_computer(page, starter):
    page.goto("/plan/")
    current = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    expect(current).to_have_text("Our plan")
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


def test_a_school_word_opens_its_meaning_by_keyboard_and_closes(page, starter, check_accessibility):
    page.goto("/achievements/")
    meaning = page.locator("#term-are")
    page.get_by_role("button", name="ARE", exact=True).press("Enter")
    assert "age-related expectations" in meaning.inner_text()
    check_accessibility()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()


def test_the_first_tab_leads_past_the_menu(page, starter):
    page.goto("/plan/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("address", ["/", "/aims/", "/plan/", "/schools/"])
@pytest.mark.parametrize("zoomed_width", [640, 320])  # 1280 px at 200 % and at 400 %
def test_zooming_in_cuts_nothing_off(page, starter, address, zoomed_width):
    page.set_viewport_size({"width": zoomed_width, "height": 450})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_alone_can_be_doubled(page, starter):
    page.goto("/plan/")
    page.evaluate("document.documentElement.style.fontSize = '212%'")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_pages_read_in_forced_colours_and_without_motion(page, starter, check_accessibility):
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto("/plan/")
    check_accessibility()


def test_touch_targets_in_menu_and_footer_are_44_pixels_high(page, starter):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    links = page.locator(".menu a, .footer-links a, .menu-button, .button")
    heights = [box["height"] for box in (link.bounding_box() for link in links.all())]
    assert len(heights) > 8
    assert min(heights) >= 44
