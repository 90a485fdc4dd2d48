"""A headteacher looks at the whole site as it would be, takes it on, and takes it back."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from pypdf import PdfReader

from collab_site.core.accounts.roles import Role
from naming_contest.models import Adoption
from tests.browser.conftest import let_in
from tests.make import (
    make_collaboration,
    make_contest,
    make_plan,
    make_school,
    make_strand,
    make_user,
    make_winner,
    publish,
)
from tests.pictures.samples import saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PDF = "/plan/2026-27/plan.pdf"
# The icon as the browser draws it: the colour in its middle.
ICON = """async address => {
  const icon = new Image(); icon.src = address; await icon.decode();
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 32;
  const pen = canvas.getContext("2d"); pen.drawImage(icon, 0, 0, 32, 32);
  return [...pen.getImageData(16, 16, 1, 1).data];
}"""


@pytest.fixture
def contest(live_server):
    make_collaboration()
    make_school(colour="#aa0000")
    make_strand(plan=make_plan(year=2026), steps=["Meet."])
    publish()
    past = timezone.now() - timedelta(days=1)
    contest = make_contest(closes_at=past, announces_at=past, settled_at=past)
    for part in ("name", "strap_line", "logo"):
        make_winner(part, contest=contest)
    return contest


@pytest.fixture
def head(contest, page, live_server):
    """The page, signed in as a headteacher."""
    let_in(page.context, make_user(Role.HEADTEACHER), live_server)
    return page


def tidied():
    image = Image.new("RGBA", (800, 400), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((40, 40, 760, 360), fill="#0a6b2d")
    return {"name": "tidied.png", "mimeType": "image/png", "buffer": saved(image, "PNG")}


def adopt_page(contest):
    return f"/admin/naming_contest/contest/{contest.pk}/adopt/"


def are_drawn(page, count):
    expect(page.locator("img")).to_have_count(count)
    for picture in page.locator("img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0


def icon_of(page):
    return page.evaluate(ICON, page.locator("link[rel=icon]").get_attribute("href"))


def words_of_pdf(page, prefix=""):
    pdf = PdfReader(io.BytesIO(page.request.get(prefix + PDF).body()))
    return pdf.pages[0].extract_text(), len(pdf.pages[0].images)


def test_it_is_looked_at_taken_on_and_taken_back(head, contest):
    head.goto(adopt_page(contest))
    head.get_by_label("A tidied version of the logo").set_input_files(tidied())
    head.get_by_role("button", name="Look at the tidied logo first").click()
    are_drawn(head, 3 + 4 * 3)
    head.get_by_role("link", name="Walk through the site").click()
    head.get_by_role("navigation", name="Main").get_by_role("link", name="Our plan").click()
    expect(head).to_have_title(re.compile("Three Oaks$"))
    expect(head.get_by_role("region", name="Preview")).to_be_in_viewport()
    are_drawn(head, 2)
    assert icon_of(head)[:3] == [10, 107, 45]
    prefix = re.search("(/as-if/.+)/plan/$", head.url)[1]
    words, pictures = words_of_pdf(head, prefix)
    assert ("Three Oaks" in words, pictures) == (True, 1)

    head.get_by_role("link", name="Leave the preview").click()
    head.get_by_role("button", name="Take it on", exact=True).click()
    expect(head.get_by_role("status")).to_contain_text("This is what everybody sees")
    head.goto("/plan/")
    expect(head).to_have_title(re.compile("Three Oaks$"))
    expect(head.get_by_role("banner")).to_contain_text("Growing together")
    are_drawn(head, 2)
    assert icon_of(head)[:3] == [10, 107, 45]
    assert words_of_pdf(head)[1] == 1
    assert "Three Oaks</title>" in head.request.get("/plan/feed/").text()

    head.goto(adopt_page(contest))
    head.get_by_role("button", name="Take it back").click()
    expect(head.get_by_role("status")).to_contain_text("Taken back.")
    head.goto("/")
    expect(head).to_have_title("River Group")
    assert icon_of(head)[:3] != [10, 107, 45]
    assert "River Group" in words_of_pdf(head)[0]
    assert Adoption.objects.get().undone_at


def test_every_state_can_be_used_by_all(head, contest, on_a_phone, check_accessibility):
    head.goto(adopt_page(contest))
    check_accessibility()
    head.get_by_label("A tidied version of the logo").set_input_files(tidied())
    head.get_by_label("What the logo shows").fill("")
    head.get_by_role("button", name="Take it on", exact=True).click()
    expect(head.locator("#problems")).to_be_focused()
    check_accessibility()
    head.get_by_role("link", name="Walk through the site").click()
    expect(head.get_by_role("link", name="Leave the preview")).to_be_visible()
    check_accessibility()
    head.get_by_role("link", name="Leave the preview").click()
    head.get_by_role("button", name="Take it on", exact=True).click()
    expect(head.get_by_role("status")).to_be_visible()
    check_accessibility()
    head.locator("summary").click()
    check_accessibility()
    for address in ("/name-us/story/", "/", "/nowhere/"):
        head.goto(address)
        check_accessibility()
