"""Drawing a logo on the form: by mouse, by touch, by keys, and what becomes of the drawing."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from naming_contest.models import Idea
from tests.make import make_collaboration, make_contest, make_school
from tests.pictures.samples import BLUE, HEIC, drawing, saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FORM, THANK_YOU = "/name-us/suggest/", re.compile(r"/name-us/receipt/[\w-]+/thank-you/")
PHOTO = {"name": "photo.png", "mimeType": "image/png", "buffer": saved(drawing(), "PNG")}
WHITE, BLACK, RED, GREEN = (255, 255, 255), (27, 27, 27), (217, 43, 43), (47, 158, 68)
LEFT, MIDDLE, RIGHT = (0.2, 0.5), (0.5, 0.5), (0.8, 0.5)
NOT_TAKEN = "<title>No</title><link rel=icon href=/favicon.svg>"


@pytest.fixture(autouse=True)
def contest(live_server, settings):
    settings.SUGGESTION_MIN_SECONDS = 0
    make_collaboration()
    make_school(name="Oak School")
    return make_contest()


def open_pad(page):
    page.emulate_media(reduced_motion="reduce")
    page.goto(FORM)
    page.get_by_role("button", name="Draw a logo here").click()
    expect(paper(page)).to_be_visible()


def paper(page):
    return page.get_by_role("img", name="Your drawing")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def choose(page, name):
    page.get_by_role("radio", name=name, exact=True).check()


def spot(page, place):
    """Return where on the screen a place of the paper is; it is given in parts of the paper."""
    box = paper(page).bounding_box()
    return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]


def drag(page, *places):
    page.mouse.move(*spot(page, places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*spot(page, place), steps=8)
    page.mouse.up()


def seen(page, place):
    """Return the colour at a place of the paper, as it is on the screen."""
    look = """(canvas, [x, y]) => Array.from(canvas.getContext("2d").getImageData(
        x * canvas.width, y * canvas.height, 1, 1).data.slice(0, 3))"""
    return tuple(paper(page).evaluate(look, list(place)))


def stored(place):
    """Return the colour at a place of the one logo that has been sent."""
    with Image.open(Idea.objects.get().logo) as image:
        return image.convert("RGB").getpixel((place[0] * image.width, place[1] * image.height))


def is_like(colour, wanted):
    """Return whether two colours are the same but for what making a picture smaller changes."""
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 12


def send(page, *, is_whole=True):
    if is_whole:
        page.get_by_label("Oak School").check()
        page.get_by_label("An adult has said yes").check()
    press(page, "Send")
    if is_whole:
        page.wait_for_url(THANK_YOU)


def files(page):
    return page.get_by_label("A logo", exact=True).evaluate(
        "input => Array.from(input.files, (file) => file.name)"
    )


def test_a_logo_drawn_with_the_mouse_is_sent_as_a_picture(page):
    open_pad(page)
    choose(page, "Red")
    choose(page, "Thick")
    drag(page, LEFT, RIGHT)
    send(page)

    assert is_like(stored(MIDDLE), RED)
    assert is_like(stored((0.5, 0.9)), WHITE)


def test_one_finger_draws_and_leaves_the_page_where_it_is(page):
    page.set_viewport_size({"width": 360, "height": 640})
    open_pad(page)
    paper(page).scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)

    def touch(kind, **fingers):
        points = [
            dict(zip("xy", spot(page, place), strict=True), id=number)
            for number, place in enumerate(fingers.values())
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    scrolled = page.evaluate("scrollY")
    touch("touchStart", finger=(0.5, 0.9))
    touch("touchStart", finger=(0.5, 0.9), palm=(0.8, 0.9))
    for step in range(1, 9):
        touch("touchMove", finger=(0.5, 0.9 - step / 10), palm=(0.8, 0.9 - step / 10))
    touch("touchEnd")

    assert is_like(seen(page, MIDDLE), BLACK)
    assert is_like(seen(page, RIGHT), WHITE)
    assert page.evaluate("scrollY") == scrolled
    assert paper(page).get_attribute("aria-label") == "Your drawing: 1 line"


def test_shapes_are_placed_moved_coloured_and_removed_by_keys_alone(page):
    page.goto(FORM)
    page.get_by_role("button", name="Draw a logo here").focus()
    said = page.locator(".pad [role=status]")

    def keys(*names):
        for name in names:
            page.keyboard.press(name)

    keys("Enter")
    expect(paper(page)).to_be_visible()
    keys("Tab", "Tab", "Tab", "Tab", "ArrowRight", "ArrowRight")  # to the tools, and to Shapes
    expect(page.get_by_role("radio", name="Shapes")).to_be_focused()
    keys("Tab", "Tab", "Tab", "Tab", "Tab", "Enter")  # past the colours, to the star
    star = page.get_by_role("button", name="Star 1, black, middle", exact=True)
    expect(star).to_be_focused()
    assert is_like(seen(page, MIDDLE), BLACK)

    keys("Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowLeft", "+", "t")
    star = page.get_by_role("button", name="Star 1, black, middle left", exact=True)
    expect(star).to_be_focused()
    expect(said).to_have_text("Star 1 is turned.")
    assert is_like(seen(page, MIDDLE), WHITE)
    page.get_by_role("radio", name="Black").focus()
    keys("ArrowRight")
    expect(page.get_by_role("button", name="Star 1, grey, middle left")).to_be_visible()

    page.get_by_role("button", name="Star 1").focus()
    keys("Delete")
    expect(page.get_by_role("button", name="Star 1")).to_have_count(0)
    expect(page.get_by_role("button", name="Star", exact=True)).to_be_focused()
    keys("Control+z")
    expect(said).to_have_text("Undone: removing Star 1.")
    keys("Control+z")
    expect(page.get_by_role("button", name="Star 1, black, middle left")).to_be_visible()
    keys("Control+y")
    expect(page.get_by_role("button", name="Star 1, grey, middle left")).to_be_visible()


def test_a_shape_is_dragged_to_its_place(page):
    open_pad(page)
    choose(page, "Shapes")
    press(page, "Heart")
    drag(page, MIDDLE, LEFT)

    assert is_like(seen(page, LEFT), BLACK)
    assert is_like(seen(page, MIDDLE), WHITE)
    expect(page.get_by_role("button", name="Heart 1, black, middle left")).to_be_visible()


def test_the_eraser_and_clearing_can_be_taken_back(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    choose(page, "Eraser")
    drag(page, (0.5, 0.2), (0.5, 0.8))
    assert is_like(seen(page, MIDDLE), WHITE)
    press(page, "Undo")
    assert is_like(seen(page, MIDDLE), BLACK)
    press(page, "Redo")
    assert is_like(seen(page, MIDDLE), WHITE)

    press(page, "Clear")
    assert is_like(seen(page, LEFT), WHITE)
    expect(page.get_by_text("Your drawing will be sent")).to_have_count(0)
    assert files(page) == []
    press(page, "Undo")
    assert is_like(seen(page, LEFT), BLACK)
    expect(page.get_by_text("Your drawing will be sent")).to_be_visible()
    assert files(page) == ["drawing.png"]


def test_a_drawing_survives_a_reload_and_an_error_and_the_newest_is_sent(page):
    open_pad(page)
    drag(page, (0.2, 0.2), (0.8, 0.2))
    page.reload()
    expect(paper(page)).to_be_visible()
    assert is_like(seen(page, (0.5, 0.2)), BLACK)
    expect(page.get_by_text("Your drawing will be sent")).to_be_visible()

    send(page, is_whole=False)
    expect(page.get_by_text("We have kept your drawing. It will be sent.")).to_be_visible()
    assert files(page) == []
    choose(page, "Green")
    drag(page, LEFT, RIGHT)
    send(page)

    assert is_like(stored((0.5, 0.2)), BLACK)
    assert is_like(stored(MIDDLE), GREEN)


def test_a_kept_drawing_that_is_removed_is_not_sent(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    send(page, is_whole=False)
    page.get_by_label("Remove this picture").check()
    expect(page.get_by_text("Your paper is empty.")).to_be_visible()
    page.get_by_label("A name").fill("Three Oaks")
    send(page)

    assert not Idea.objects.get().logo


def test_after_a_failed_sending_the_drawing_is_still_there(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    page.route("**/suggest/", lambda route: route.fulfill(status=503, body=NOT_TAKEN))
    send(page, is_whole=False)
    expect(page).to_have_title("No")
    page.unroute("**/suggest/")
    page.go_back()

    expect(paper(page)).to_be_visible()
    assert is_like(seen(page, MIDDLE), BLACK)
    expect(page.get_by_text("Your drawing will be sent")).to_be_visible()
    assert files(page) == ["drawing.png"]


def test_who_comes_after_a_drawing_was_sent_finds_an_empty_paper(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    send(page)
    assert page.evaluate("sessionStorage.length") == 0

    page.go_back()
    button = page.get_by_role("button", name="Draw a logo here")
    expect(button).to_be_visible()
    assert files(page) == []
    button.click()
    expect(page.get_by_role("img", name="Your drawing: an empty paper")).to_be_visible()
    assert is_like(seen(page, MIDDLE), WHITE)


def test_a_page_that_the_browser_had_put_aside_shows_no_drawing_that_was_sent(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    expect(page.get_by_text("Your drawing will be sent")).to_be_visible()
    page.evaluate("""() => {
        sessionStorage.clear();
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    }""")

    expect(page.get_by_role("img", name="Your drawing: an empty paper")).to_be_visible()
    assert files(page) == []


def test_a_drawing_that_is_on_its_way_is_not_shown_to_who_opens_the_form_afresh(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    page.route("**/js/sent.js", lambda route: route.fulfill(content_type="text/javascript"))
    send(page)
    page.goto(FORM)

    expect(page.get_by_role("button", name="Draw a logo here")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_file_that_is_chosen_wins_and_is_shown_back(page):
    open_pad(page)
    drag(page, LEFT, RIGHT)
    page.get_by_label("A logo", exact=True).set_input_files(PHOTO)

    expect(page.get_by_role("img", name="The picture file that you chose")).to_be_visible()
    expect(page.get_by_text("It will be sent, and not your drawing.")).to_be_visible()
    press(page, "Send my drawing instead")
    assert files(page) == ["drawing.png"]
    page.get_by_label("A logo", exact=True).set_input_files(PHOTO)
    expect(page.get_by_role("button", name="Send my drawing instead")).to_be_visible()
    send(page)
    assert is_like(stored((0.75, 0.5)), BLUE)


def test_a_file_that_the_browser_cannot_show_is_promised_for_later(page):
    page.goto(FORM)
    photo = {"name": "photo.heic", "mimeType": "image/heic", "buffer": HEIC}
    page.get_by_label("A logo", exact=True).set_input_files(photo)

    expect(page.get_by_text("after you press “See my picture first”")).to_be_visible()
    expect(page.get_by_role("img", name="The picture file that you chose")).to_be_hidden()


def test_without_scripts_there_is_only_the_file_field(browser, browser_context_args):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(FORM)

        expect(page.get_by_label("A logo", exact=True)).to_be_visible()
        assert page.locator("[data-draw]").is_hidden()


def test_the_pad_is_accessible_and_easy_to_touch(page, on_a_phone, check_accessibility):
    open_pad(page)
    check_accessibility()
    choose(page, "Shapes")
    press(page, "Star")
    check_accessibility()

    controls = page.locator(".pad :is(button, label):visible").all()
    assert len(controls) == 3 + 3 + 12 + 12 + 1 + 9
    boxes = [control.bounding_box() for control in controls]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
