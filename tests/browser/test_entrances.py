"""A school's entrance in the browser: its colour, its greeting and its way back, for any colour."""

import pytest

from collab_site.core.schools.models import School
from collab_site.portal.content import store
from tests.content.test_content import SEVEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = [
    *("", "plan/", "plan/2026-27/on-a-page/", "name-us/", "name-us/suggest/"),
    *("schools/", "nowhere/"),
]
LONG = "The Blessed Somebody of Somewhere Church of England Aided Nursery and Infant School"


@pytest.fixture
def seven(live_server):
    store.load(SEVEN.read_text())
    School.objects.update(website="https://www.a-school-with-a-long-name.example.sch.uk/")


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("slug", ["beacon", "gull", "for"])
def test_axe_finds_nothing_whatever_the_colour(
    page, seven, on_a_phone, check_accessibility, slug, page_name
):
    page.goto(f"/from/{slug}/{page_name}")
    check_accessibility()


def test_a_mid_grey_school_can_be_read(page, seven, on_a_phone, check_accessibility):
    School.objects.filter(slug="gull").update(colour="#808080")
    page.goto("/from/gull/plan/")
    check_accessibility()


def colour_of(page, selector, name):
    return page.locator(selector).first.evaluate(f"e => getComputedStyle(e)['{name}']")


def test_the_page_has_the_school_s_colour_and_the_sign_everybody_s(page, seven):
    page.goto("/from/beacon/")
    assert colour_of(page, ".band", "backgroundColor") == "rgb(255, 230, 0)"
    assert colour_of(page, ".entrance", "backgroundColor") == "rgb(255, 230, 0)"
    petals = page.locator(".brand .mark path").count()
    page.goto("/")
    assert colour_of(page, ".band", "backgroundColor") == "rgb(91, 42, 134)"
    assert page.locator(".brand .mark path").count() == petals == 7


def test_another_school_s_petal_keeps_its_own_colour(page, seven):
    page.goto("/from/beacon/")
    assert colour_of(page, ".school-estuary .petal", "backgroundColor") == "rgb(46, 139, 87)"


def test_a_long_name_is_greeted_in_full_on_a_phone(page, seven, on_a_phone, check_accessibility):
    School.objects.filter(slug="gull").update(name=LONG, short_name=LONG[:60])
    page.goto("/from/gull/")
    strip = page.get_by_role("region", name="Your school")
    assert LONG in strip.inner_text()
    link = strip.get_by_role("link")
    assert link.bounding_box()["height"] >= 44
    check_accessibility()


def test_in_forced_colours_the_strip_is_set_apart(page, seven, on_a_phone, check_accessibility):
    page.emulate_media(forced_colors="active")
    page.goto("/from/gull/")
    assert colour_of(page, ".entrance", "borderBottomStyle") == "solid"
    check_accessibility()


def test_on_paper_the_greeting_can_be_read_with_the_way_back_written_out(page, seven):
    page.goto("/from/for/plan/2026-27/on-a-page/")
    page.emulate_media(media="print")
    assert colour_of(page, ".entrance", "color") != "rgb(255, 255, 255)"
    after = "e => getComputedStyle(e, '::after').content"
    assert "a-school-with-a-long-name" in page.locator(".entrance a").evaluate(after)
