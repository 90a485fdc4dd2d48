"""Sending an idea, as a family does: on a phone, by keyboard, without scripts, with a picture."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from naming_contest.models import Idea
from naming_contest.receipts import new_link
from tests.make import make_collaboration, make_contest, make_idea, make_picture, make_school
from tests.pictures.samples import drawing, saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FORM, THANK_YOU = "/name-us/suggest/", re.compile(r"/name-us/receipt/[\w-]+/thank-you/(#|$)")
PHOTO = {"name": "our logo.png", "mimeType": "image/png", "buffer": saved(drawing(), "PNG")}


@pytest.fixture(autouse=True)
def contest(live_server, settings):
    settings.SUGGESTION_MIN_SECONDS = 0
    make_collaboration()
    make_school(name="Oak School", short_name="Oak", slug="oak")
    make_school(name="Elm School", short_name="Elm", slug="elm")
    return make_contest()


def fill_in(page):
    page.goto(FORM)
    page.get_by_label("A name").fill("Three Oaks")
    page.get_by_label("A logo").set_input_files(PHOTO)
    page.get_by_label("What your idea means").fill("Roots meet.\nUnder the ground.")
    page.get_by_label("First name or nickname").fill("Sam")
    page.get_by_label("Elm School").check()
    page.get_by_label("Year group").select_option("Year 3")


def send(page):
    page.get_by_role("button", name="Send", exact=True).click()


def is_drawn(picture):
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    return picture.evaluate("image => image.naturalWidth") > 0


def test_an_idea_with_a_picture_is_sent_approved_and_seen(page):
    fill_in(page)
    page.get_by_label("An adult has said yes").check()
    send(page)

    page.wait_for_url(THANK_YOU)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you!")
    Idea.objects.get().decide(Idea.Status.APPROVED, None)
    page.get_by_role("link", name="Back to the ideas").click()
    expect(page.get_by_role("heading", name="Three Oaks")).to_be_visible()
    assert is_drawn(page.get_by_role("img", name="A logo for Three Oaks"))
    assert "Sam" not in page.content()


def test_after_an_error_nothing_has_to_be_done_twice(page):
    fill_in(page)
    send(page)

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#problems")).to_be_focused()
    page.get_by_role("link", name="An adult has to say yes").click()
    expect(page.get_by_label("An adult has said yes")).to_be_focused()
    expect(page.get_by_label("A name")).to_have_value("Three Oaks")
    assert page.get_by_label("What your idea means").input_value().endswith("Under the ground.")
    expect(page.get_by_label("First name or nickname")).to_have_value("Sam")
    expect(page.get_by_label("Elm School")).to_be_checked()
    expect(page.get_by_label("Year group")).to_have_value("year-3")
    assert is_drawn(page.get_by_role("img", name="The picture that you chose"))

    page.get_by_label("An adult has said yes").check()
    send(page)
    page.wait_for_url(THANK_YOU)
    assert Idea.objects.get().logo


def test_the_form_can_be_sent_by_keyboard_alone(page):
    page.goto(FORM)
    page.get_by_role("link", name="What we keep").focus()
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_label("A name")).to_be_focused()
    page.keyboard.type("Three Oaks")
    # Strap line, logo, drawing, look, its description, meaning, first name, showing it, school.
    for _ in range(9):
        press("Tab")
    press("ArrowDown")
    expect(page.get_by_label("Elm School")).to_be_checked()
    press("Tab")  # year group
    press("Tab")  # the link to privacy
    press("Tab")
    press("Space")
    press("Tab")
    press("Enter")

    page.wait_for_url(THANK_YOU)
    assert Idea.objects.get().school.slug == "elm"


def test_the_form_works_without_scripts(browser, browser_context_args):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        page = context.new_page()
        fill_in(page)
        send(page)
        expect(page.locator("#problems")).to_be_focused()
        page.get_by_label("An adult has said yes").check()
        send(page)
        page.wait_for_url(THANK_YOU)
    assert Idea.objects.get().logo


def test_going_back_for_a_second_idea_loses_neither(page):
    fill_in(page)
    page.get_by_label("An adult has said yes").check()
    send(page)
    page.wait_for_url(THANK_YOU)
    page.go_back()
    page.get_by_label("A name").fill("Four Elms")
    page.get_by_label("Elm School").check()
    page.get_by_label("An adult has said yes").check()
    send(page)

    page.wait_for_url(THANK_YOU)
    assert set(Idea.objects.values_list("name", flat=True)) == {"Three Oaks", "Four Elms"}


def test_everything_to_touch_is_44_pixels_high(page):
    page.set_viewport_size({"width": 360, "height": 800})
    fill_in(page)
    send(page)

    expect(page.locator("#problems")).to_be_focused()
    controls = page.locator(
        "form :is(input:not([type=hidden], #id_website), select, textarea, "
        "button:not([tabindex])):visible"
    )
    expect(controls).to_have_count(16)
    boxes = [control.bounding_box() for control in controls.all()]
    assert min(box["height"] for box in boxes) >= 44
    assert min(box["width"] for box in boxes) >= 44


def test_an_idea_is_sent_changed_and_withdrawn(page):
    fill_in(page)
    page.get_by_label("An adult has said yes").check()
    send(page)
    page.wait_for_url(THANK_YOU)
    code = Idea.objects.get().code
    expect(page.get_by_text(code)).to_be_visible()
    link = page.get_by_label("Your private link").input_value()
    page.get_by_role("link", name="See how your idea stands").click()
    page.wait_for_url(f"**{urlsplit(link).path}")
    assert is_drawn(page.get_by_role("img", name="The logo that you sent"))

    page.get_by_role("link", name="Change it").click()
    assert is_drawn(page.get_by_role("img", name="The picture that you sent"))
    page.get_by_label("A name").fill("Four Elms")
    send(page)
    page.wait_for_url("**/?changed")
    expect(page.get_by_text("Your change has arrived.")).to_be_visible()
    expect(page.get_by_text("Four Elms")).to_be_visible()

    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("button", name="Yes, take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your idea is gone")
    assert not Idea.objects.exists()


def test_a_question_has_the_focus_and_is_answered_with_a_tick(page):
    open_form_with_a_question(page, None)

    expect(page).to_have_title(re.compile("^One question: "))
    expect(page.locator("#problems")).to_be_focused()
    page.get_by_role("link", name="tick that it may stay").click()
    expect(page.get_by_label("Send it as it is")).to_be_focused()
    page.keyboard.press("Space")
    send(page)
    page.wait_for_url(THANK_YOU)
    assert "01623 123456" in Idea.objects.get().meaning


def test_a_picture_is_looked_at_before_it_is_sent(page):
    open_form_after_a_look(page, None)

    expect(page.locator("#your-picture")).to_be_focused()
    assert is_drawn(page.get_by_role("img", name="The picture that you chose"))
    expect(page.get_by_label("A name")).to_have_value("Three Oaks")
    expect(page.get_by_label("Elm School")).to_be_checked()
    page.get_by_label("An adult has said yes").check()
    page.get_by_label("A name").press("Enter")
    page.wait_for_url(THANK_YOU)
    assert Idea.objects.get().logo


def test_a_class_is_written_down_one_after_another(page):
    fill_in(page)
    page.get_by_label("An adult has said yes").check()
    page.get_by_role("button", name="Send, and write the next one").click()

    page.wait_for_url("**/suggest/?after=*")
    expect(page.get_by_text(f"Idea {Idea.objects.get().code} has arrived.")).to_be_visible()
    expect(page.get_by_label("Elm School")).to_be_checked()
    expect(page.get_by_label("Year group")).to_have_value("year-3")
    expect(page.get_by_label("A name")).to_have_value("")


def open_call(page, contest):
    page.goto("/name-us/")


def open_call_with_ideas(page, contest):
    for words in (
        {"name": "مدارسنا"},
        {"strap_line": "Together"},
        {"name": "W" * 80},
        {"name": ""},
    ):
        make_idea(**words, meaning="Because.", logo=make_picture(), status="approved")
    page.goto("/name-us/")


def open_closed_call(page, contest):
    contest.closes_at = timezone.now()
    contest.save()
    page.goto("/name-us/")


def open_page_without_call(page, contest):
    contest.delete()
    page.goto("/name-us/")


def open_form(page, contest):
    page.goto(FORM)


def open_form_at_an_entrance(page, contest):
    page.goto(f"/from/elm{FORM}")


def open_form_with_errors(page, contest):
    page.goto(FORM)
    send(page)


def open_form_with_a_held_picture(page, contest):
    fill_in(page)
    send(page)


def open_form_over_the_limit(page, contest):
    fill_in(page)
    page.get_by_label("An adult has said yes").check()
    with page.expect_response("**/suggest/") as answer:
        send(page)
    assert answer.value.status == 429


def open_form_too_early(page, contest):
    contest.opens_at = timezone.now() + timedelta(days=1)
    contest.save()
    page.goto(FORM)


def open_form_with_a_question(page, contest):
    fill_in(page)
    page.get_by_label("What your idea means").fill("Ring 01623 123456")
    page.get_by_label("An adult has said yes").check()
    send(page)


def open_form_after_a_look(page, contest):
    fill_in(page)
    page.get_by_role("button", name="See my picture first").click()


def open_form_after_another(page, contest):
    page.goto(f"{FORM}?after={new_link(make_idea())}")


@pytest.mark.parametrize(
    "state",
    [
        open_call,
        open_call_with_ideas,
        open_closed_call,
        open_page_without_call,
        open_form,
        open_form_at_an_entrance,
        open_form_with_errors,
        open_form_with_a_held_picture,
        open_form_over_the_limit,
        open_form_too_early,
        open_form_with_a_question,
        open_form_after_a_look,
        open_form_after_another,
    ],
)
def test_axe_finds_nothing(page, contest, on_a_phone, check_accessibility, state, monkeypatch):
    if state is open_form_over_the_limit:
        monkeypatch.setattr("naming_contest.views.consume_quota", lambda request: 90)

    state(page, contest)

    check_accessibility()


def test_axe_finds_nothing_on_private_pages(page, contest, on_a_phone, check_accessibility):
    words = {"name": "W" * 80, "meaning": "Because.", "first_name": "Sam", "logo_alt": "Oaks"}
    idea = make_idea(**words, logo=make_picture(), year_group="year-3")
    address = f"/from/elm/name-us/receipt/{new_link(idea)}/"
    for path in ("", "thank-you/", "slip/", "change/"):
        page.goto(f"{address}{path}")
        check_accessibility()
    send(page)  # without a school
    check_accessibility()

    idea.decide(Idea.Status.DECLINED, None, answer="Please draw it again.")
    contest.closes_at = contest.announces_at = contest.settled_at = timezone.now()
    contest.save()
    for path in ("", "change/", "withdraw/"):
        page.goto(f"{address}{path}")
        check_accessibility()
    page.get_by_role("button", name="Yes, take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your idea is gone")
    check_accessibility()


def test_forced_colours_show_what_is_ticked(page):
    page.emulate_media(forced_colors="active")
    page.goto(FORM)
    box = page.get_by_label("An adult has said yes")
    empty = box.screenshot()
    box.check()
    page.get_by_label("A name").focus()

    assert box.screenshot() != empty
