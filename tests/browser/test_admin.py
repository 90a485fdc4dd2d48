"""The pages for editors in a real browser: for everybody, by keyboard, with and without scripts."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from actionplan.models import Plan, Step, Strand
from aims.models import Aim
from collab_site.core.accounts.roles import Role
from collab_site.core.editing.history import history_of, recorded
from collab_site.core.editing.models import Removal
from collab_site.core.schools.models import School
from collab_site.portal.content import store
from tests.browser.conftest import let_in
from tests.make import (
    make_achievement,
    make_achievement_picture,
    make_aim,
    make_home_picture,
    make_idea,
    make_picture,
    make_step,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
PAGES = [
    "/admin/",
    "/admin/actionplan/plan/",
    "/admin/actionplan/plan/add/",
    "/admin/actionplan/plan/{plan}/change/",
    "/admin/actionplan/strand/add/?plan={plan}",
    "/admin/actionplan/strand/{strand}/change/",
    "/admin/actionplan/strand/{strand}/delete/",
    "/admin/aims/aim/",
    "/admin/aims/aim/add/",
    "/admin/aims/aim/{aim}/change/",
    "/admin/achievements/achievement/",
    "/admin/achievements/achievement/add/",
    "/admin/achievements/achievement/{achievement}/change/",
    "/admin/schools/collaboration/",
    "/admin/schools/school/",
    "/admin/schools/school/add/",
    "/admin/schools/school/{school}/change/",
    "/admin/schools/homepicture/",
    "/admin/schools/homepicture/add/",
    "/admin/schools/homepicture/{picture}/change/",
    "/admin/schools/term/",
    "/admin/schools/term/add/",
    "/admin/naming_contest/contest/",
    "/admin/naming_contest/idea/",
    "/admin/naming_contest/idea/?status=declined",
    "/admin/naming_contest/idea/{idea}/change/",
    "/admin/naming_contest/idea/{idea}/delete/",
    "/admin/accounts/user/",
    "/admin/actionplan/strand/{strand}/history/",
    "/admin/actionplan/strand/{strand}/history/{version}/",
    "/admin/achievements/achievement/{achievement}/history/",
    "/admin/editing/removal/",
    "/admin/editing/removal/{removal}/remove/",
]
WITH_SLIPS = [
    "/admin/actionplan/strand/{strand}/change/",
    "/admin/aims/aim/{aim}/change/",
    "/admin/achievements/achievement/add/",
    "/admin/schools/homepicture/add/",
]


@pytest.fixture
def rows(live_server):
    """A portal with its content; the number of one row of each kind, by name."""
    store.load(STARTER.read_text())
    make_achievement(achieved_on="2026-05-01")
    strand = Strand.objects.get(order=3)
    picture = make_achievement_picture()
    change_and_remove(strand, picture)
    return {
        "plan": Plan.objects.get().pk,
        "strand": strand.pk,
        "version": history_of(strand).last().pk,
        "removal": Removal.objects.first().pk,
        "aim": Aim.objects.get(order=3).pk,
        "achievement": picture.achievement_id,
        "picture": make_home_picture().pk,
        "school": strand.steps.first().schools.first().pk,
        "idea": make_idea(name="Three Oaks", logo=make_picture()).pk,
    }


def change_and_remove(strand, picture):
    """Give a strand and an achievement a history, and put a step and an aim into the bin."""
    user = make_user(first_name="Ed", last_name="Itor")
    with recorded(user):
        strand.title += " for all"
        strand.status = "done"
        strand.save()
        make_step(strand=strand, text="Look at books.").schools.set(School.objects.all())
        picture.image = make_picture()
        picture.save()
    with recorded(user):
        strand.steps.last().delete()
        make_aim(points=["Read"]).delete()


@pytest.fixture
def head(rows, page, live_server):
    """The page, signed in as a headteacher."""
    user = make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head")
    let_in(page.context, user, live_server)
    return page


def test_every_page_can_be_used_by_all(head, rows, on_a_phone, check_accessibility):
    for address in PAGES:
        head.goto(address.format(**rows))
        for summary in head.locator("summary").all():
            summary.click()
        check_accessibility()


def test_a_page_with_slips_can_be_used_by_all(head, rows, on_a_phone, check_accessibility):
    for address in WITH_SLIPS:
        head.goto(address.format(**rows))
        for field in head.locator("form textarea, form input[type=text]").all():
            if field.is_visible():
                field.fill("")
        head.get_by_role("button", name="Save", exact=True).click()
        expect(head).to_have_title(re.compile("^Error: "))
        expect(head.locator("#problems")).to_be_focused()
        check_accessibility()
        head.locator("#problems a").first.click()
        expect(head.locator(":focus")).to_have_attribute("aria-invalid", "true")


def test_a_step_is_edited_by_keyboard_alone(head, rows):
    head.goto("/admin/")
    go_to(head, head.get_by_role("link", name="Improving Challenge"))
    go_to(head, head.get_by_label("What", exact=True).first, press=None)
    head.keyboard.press("Control+A")
    head.keyboard.type("Meet on Monday.")
    go_to(head, head.get_by_role("button", name="Save", exact=True))
    expect(head.get_by_role("status")).to_contain_text("is saved")
    go_to(head, head.get_by_role("link", name="Look and publish"))
    expect(head.get_by_role("main")).to_contain_text("Meet on Monday.")
    go_to(head, head.get_by_role("button", name="Publish"))
    expect(head.get_by_role("status")).to_contain_text("Parents can read edition 2 now.")


def go_to(page, target, press="Enter"):
    """Press Tab until `target` has the focus, in sight of whoever presses, then `press`."""
    handle = target.element_handle()
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => wanted === document.activeElement", handle):
            break
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport(ratio=0.9)
    if press:
        page.keyboard.press(press)
        page.wait_for_load_state()


def test_enter_in_a_field_saves_and_moves_nothing(head, rows):
    head.goto(f"/admin/actionplan/strand/{rows['strand']}/change/")
    before = list(Step.objects.values_list("pk", flat=True))
    head.get_by_label("Title").press("Enter")
    expect(head.get_by_role("status")).to_contain_text("is saved")
    assert list(Step.objects.values_list("pk", flat=True)) == before


def test_a_row_is_moved_and_stays_in_sight(head, rows):
    head.goto(f"/admin/actionplan/strand/{rows['strand']}/change/")
    last = Strand.objects.get(pk=rows["strand"]).steps.last()
    head.get_by_role("button", name=f"Move “{last}” up").click()
    head.wait_for_url(f"**#step-{last.pk}")
    expect(head.locator(f"#step-{last.pk}")).to_be_in_viewport()
    last.refresh_from_db()
    assert last.number == "3.3"


def test_more_rows_are_added_at_once(head, rows):
    head.goto(f"/admin/aims/aim/{rows['aim']}/change/")
    more = head.get_by_role("button", name="One more point")
    more.click()
    expect(head.locator("#id_points-8-text")).to_be_focused()
    head.keyboard.type("The eighth")
    more.click()
    head.keyboard.type("The ninth")
    head.get_by_role("button", name="Save", exact=True).click()
    expect(head.get_by_role("status")).to_contain_text("is saved")
    points = Aim.objects.get(pk=rows["aim"]).purpose.points.values_list("text", flat=True)
    assert list(points)[-2:] == ["The eighth", "The ninth"]


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_a_row_is_added_and_moved(head, rows):
    head.goto(f"/admin/actionplan/strand/{rows['strand']}/change/")
    expect(head.get_by_role("button", name="One more step")).not_to_be_visible()
    head.get_by_label("What", exact=True).last.fill("The new one")
    head.get_by_role("button", name="Save and stay here").click()
    new = Step.objects.get(text="The new one")
    head.get_by_role("button", name=f"Move “{new}” up").click()
    new.refresh_from_db()
    assert new.number == "3.4"


def test_the_colour_that_is_chosen_is_told(head, rows):
    head.goto(f"/admin/schools/school/{rows['school']}/change/")
    head.get_by_label("Colour", exact=True).fill("#123456")
    expect(head.locator("output")).to_have_text("#123456")


def test_an_idea_is_approved_and_that_is_undone(head, rows):
    head.goto("/admin/")
    head.get_by_role("link", name="Look at the ideas that wait").click()
    head.get_by_role("link", name="Three Oaks").click()
    picture = head.get_by_role("img", name="The picture has no description.")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    head.get_by_role("button", name="Approve").click()
    expect(head.get_by_role("status")).to_contain_text("everybody can see it now")
    head.get_by_role("button", name="Undo").click()
    expect(head.get_by_text("Waiting to be looked at")).to_be_visible()


def test_signing_out_is_one_press(head, rows):
    head.goto("/admin/")
    head.get_by_role("button", name="Sign out").click()
    expect(head.get_by_role("button", name="Sign out")).to_be_hidden()
    head.goto("/admin/")
    expect(head.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_version_is_brought_back_and_that_is_undone_without_scripts(head, rows):
    head.goto(f"/admin/actionplan/strand/{rows['strand']}/change/")
    head.get_by_label("Title").fill("Another title")
    head.get_by_role("button", name="Save and stay here").click()
    head.get_by_role("link", name="History").click()
    head.wait_for_url("**/history/")
    head.get_by_role("link", name="See this version").last.click()
    head.get_by_role("button", name="Bring this version back").click()
    expect(head.get_by_label("Title")).to_have_value("Improving Challenge")
    head.get_by_role("button", name="Undo").click()
    expect(head.get_by_label("Title")).to_have_value("Another title")


def test_what_is_removed_is_put_back_by_keyboard_from_its_message(head, rows):
    head.goto(f"/admin/aims/aim/{rows['aim']}/change/")
    go_to(head, head.get_by_role("link", name="Remove this aim"))
    go_to(head, head.get_by_role("button", name="Yes, remove it"))
    expect(head.get_by_role("status")).to_contain_text("is in the bin")
    go_to(head, head.get_by_role("button", name="Put it back"))
    expect(head.get_by_role("status")).to_contain_text("is back where it was")
    assert Aim.objects.get(pk=rows["aim"]).order == 3
