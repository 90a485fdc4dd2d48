"""Panels on the schools' own sites: three small sites on other origins, in a real browser."""

import functools
import re
import threading
from contextlib import ExitStack, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import expect

from actionplan.models import Plan, Status
from collab_site.core.schools.models import School
from collab_site.portal import entrance_urls
from collab_site.portal.content import store
from tests.browser.conftest import AXE, CHROMIUM
from tests.make import make_idea, make_update, publish

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
PANELS = [str(panel.pattern).rstrip("/") for panel in entrance_urls.panels]
THEMES = {"light": "color: #222; background: #fff", "dark": "color: #eee; background: #14181d"}


class Site:
    """A school's own site at `origin`, made of the pages that are written into its `folder`."""

    def __init__(self, origin, folder, portal):
        self.origin, self.folder, self.portal = origin, folder, portal

    def write(self, body, name="index.html", theme="light", head=""):
        """Write a page, and return its address."""
        style = f":root {{ color-scheme: {theme}; {THEMES[theme]} }} iframe {{ border: 0 }}"
        (self.folder / name).write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A school</title>'
            f'<meta name="viewport" content="width=device-width"><style>{style}</style>{head}'
            f"</head><body><main><h1>Our school</h1>{body}</main></body></html>"
        )
        return f"{self.origin}/{name}"

    def frame(self, panel="plan", school="dalestorth", width=320, height=None):
        """Return the code with which the site shows a panel."""
        if height is None:
            height = view_of(panel).height
        address = f"{self.portal}/from/{school}/panel/{panel}/"
        return (
            f'<iframe src="{address}" title="{panel}" width="{width}" height="{height}"></iframe>'
        )

    @property
    def script(self):
        """The code with which the site lets panels have the height that they need."""
        return f'<script src="{self.portal}/panels.js" async></script>'


def view_of(panel):
    return resolve(f"/panel/{panel}/", settings.ENTRANCE_URLCONF).func.view_class


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextmanager
def serving(folder, host):
    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer((host, 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def sites(live_server, tmp_path):
    """Three sites: those of two schools that list them, and one that nobody lists."""
    store.load(STARTER.read_text())
    with ExitStack() as stack:
        made = []
        for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            folder = tmp_path / host
            folder.mkdir()
            (folder / "favicon.ico").touch()
            origin = stack.enter_context(serving(folder, host))
            made.append(Site(origin, folder, live_server.url))
        for slug, site in zip(("dalestorth", "forest-glade"), made, strict=False):
            School.objects.filter(slug=slug).update(panel_origins=site.origin)
        yield made


@pytest.fixture
def site(sites):
    """The site that Dalestorth lists."""
    return sites[0]


@pytest.fixture
def stranger(sites):
    """A site that no school lists."""
    return sites[2]


UNUSED_PRELOAD = "was preloaded using link preload but not used within a few seconds"


@pytest.fixture
def visit(context, sites):
    """A page that fails its test for a request to others than the sites, or for any cookie."""
    page = context.new_page()
    known = {urlsplit(url).netloc for url in (sites[0].portal, *(site.origin for site in sites))}
    strangers, errors, page.complaints = [], [], []

    def look_at_request(request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc not in known:
            strangers.append(request.url)

    def look_at_message(message):
        # Chromium lays out a frame out of sight only later, and then advises against the preload.
        if message.type in ("error", "warning") and UNUSED_PRELOAD not in message.text:
            page.complaints.append(message.text)

    page.on("request", look_at_request)
    page.on("console", look_at_message)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    page.wait_for_load_state("load")
    assert strangers == []
    assert errors == []
    assert context.cookies() == []


@pytest.fixture
def quiet(visit):
    """The page `visit`, which also fails its test for a complaint in its console."""
    yield visit
    assert visit.complaints == []


def panel_of(page, title="plan"):
    return page.frame_locator(f"iframe[title='{title}']")


def height_of(page, title="plan"):
    return page.locator(f"iframe[title='{title}']").bounding_box()["height"]


def is_scrolled(page, title="plan"):
    root = panel_of(page, title).locator(":root")
    return root.evaluate("root => root.scrollHeight > root.clientHeight")


def wait_for_height(page, wanted, title="plan"):
    """Wait until the frame's height, a number, makes `wanted` true (a JavaScript expression)."""
    page.wait_for_function(
        f"""() => {{
            const height = document.querySelector("iframe[title='{title}']").offsetHeight;
            return {wanted};
        }}"""
    )


def test_a_listed_site_shows_the_starter_s_panels_whole_in_a_phone_s_width(quiet, site):
    quiet.goto(site.write("".join(map(site.frame, PANELS))))
    for panel in PANELS:
        inside = panel_of(quiet, panel)
        expect(inside.get_by_role("heading", level=1)).to_be_visible()
        expect(inside.get_by_role("link", name="Ashfield Collaboration")).to_be_visible()
        assert height_of(quiet, panel) == view_of(panel).height
        assert (panel, is_scrolled(quiet, panel)) == (panel, False)


def test_a_link_leads_from_the_school_s_site_into_its_entrance_and_back(quiet, site):
    School.objects.filter(slug="dalestorth").update(website=f"{site.origin}/index.html")
    quiet.goto(site.write(f'<a href="{site.portal}/from/dalestorth/">Our plan</a>'))
    quiet.get_by_role("link", name="Our plan").click()
    expect(quiet.get_by_text("Welcome from Dalestorth Primary")).to_be_visible()
    quiet.get_by_role("link", name="Back to Dalestorth’s website").click()
    quiet.wait_for_url(f"{site.origin}/index.html")


def test_a_feed_can_be_read_from_the_school_s_site(quiet, site):
    quiet.goto(site.write(f'<a href="{site.portal}/from/dalestorth/plan/feed/">Feed</a>'))
    quiet.get_by_role("link", name="Feed").click()
    quiet.wait_for_url("**/plan/feed/")
    assert "Collaboration Action Plan – Ashfield Collaboration" in quiet.content()


def test_a_click_in_a_panel_opens_in_the_top_window_inside_the_entrance(quiet, site):
    quiet.goto(site.write(site.frame()))
    panel_of(quiet).get_by_role("link", name="Improving Challenge").click()
    quiet.wait_for_url(f"{site.portal}/from/dalestorth/plan/*/improving-challenge/")
    expect(quiet.get_by_text("Welcome from Dalestorth Primary")).to_be_visible()


def test_the_form_is_never_framed_but_opens_in_the_top_window(visit, site):
    visit.goto(site.write(site.frame("name-us")))
    panel_of(visit, "name-us").get_by_role("link", name="Send us your idea").click()
    visit.wait_for_url(f"{site.portal}/from/dalestorth/name-us/suggest/")
    expect(visit.locator("form").first).to_be_visible()
    # The form's own, which comes only when somebody writes to the school.
    visit.context.clear_cookies()


@pytest.mark.parametrize("address", ["/from/dalestorth/name-us/suggest/", "/from/dalestorth/plan/"])
def test_a_listed_site_is_refused_every_other_page(visit, site, address):
    visit.goto(site.write(f'<iframe src="{site.portal}{address}" title="page"></iframe>'))
    expect_refused(visit, "page")


def expect_refused(page, title):
    """Fail unless the browser shows its own page of refusal in the frame."""
    frame = page.locator(f"iframe[title='{title}']").element_handle().content_frame()
    frame.wait_for_load_state()
    assert frame.url.startswith("chrome-error:")
    assert "Plan" not in frame.content()
    assert any("frame" in said for said in page.complaints)


def test_a_site_that_is_not_listed_is_refused_by_the_browser(visit, stranger):
    visit.goto(stranger.write(stranger.frame()))
    expect_refused(visit, "plan")


def test_a_school_s_site_is_refused_another_school_s_panel(visit, sites):
    visit.goto(sites[1].write(sites[1].frame(school="dalestorth")))
    expect_refused(visit, "plan")
    visit.goto(sites[1].write(sites[1].frame(school="forest-glade"), "own.html"))
    expect(panel_of(visit).get_by_role("heading", level=1)).to_be_visible()


def test_a_panel_keeps_its_place_when_the_school_s_address_name_changes(quiet, site):
    school = School.objects.get(slug="dalestorth")
    school.slug = "dalestorth-primary"
    school.save()
    quiet.goto(site.write(site.frame(school="dalestorth") + site.script))
    wait_for_height(quiet, "height < 460")
    assert quiet.frames[1].url == f"{site.portal}/from/dalestorth-primary/panel/plan/"


@pytest.mark.parametrize("where", ["before", "after"])
def test_the_script_gives_every_panel_the_height_that_it_needs(quiet, site, where):
    frames = "".join(site.frame(panel, height=150) for panel in PANELS)
    parts = [site.script, frames] if where == "before" else [frames, site.script]
    quiet.goto(site.write("".join(parts)))
    for panel in PANELS:
        wait_for_height(quiet, "height > 200", panel)
        assert not is_scrolled(quiet, panel)
    for panel in PANELS:
        foot = (
            panel_of(quiet, panel)
            .locator("footer")
            .evaluate("foot => innerHeight - foot.getBoundingClientRect().bottom")
        )
        assert 0 <= foot < 20


def test_a_script_that_comes_long_after_the_panel_still_fits_it(quiet, site):
    quiet.goto(site.write(site.frame(height=150)), wait_until="load")
    assert height_of(quiet) == 150
    quiet.add_script_tag(url=f"{site.portal}/panels.js")
    wait_for_height(quiet, "height > 300")


def test_a_panel_that_comes_long_after_the_script_is_fitted_too(quiet, site):
    quiet.goto(site.write(site.script), wait_until="load")
    quiet.evaluate(
        "code => document.querySelector('main').insertAdjacentHTML('beforeend', code)",
        site.frame(height=150),
    )
    wait_for_height(quiet, "height > 300")


def test_a_panel_far_below_is_fitted_when_it_is_loaded(quiet, site):
    frame = site.frame(height=150).replace("<iframe", '<iframe loading="lazy"')
    far = '<p style="height: 9000px">A long page.</p>'
    quiet.goto(site.write(site.script + far + frame), wait_until="load")
    assert height_of(quiet) == 150
    quiet.locator("iframe").scroll_into_view_if_needed()
    wait_for_height(quiet, "height > 300")


def test_a_panel_follows_when_its_words_take_more_or_fewer_lines(quiet, site):
    quiet.goto(site.write(site.frame(width=800) + site.script))
    wait_for_height(quiet, "height < 400")
    wide = height_of(quiet)
    quiet.locator("iframe").evaluate("frame => { frame.width = 280; }")
    wait_for_height(quiet, f"height > {wide} + 20")
    assert not is_scrolled(quiet)
    quiet.locator("iframe").evaluate("frame => { frame.width = 800; }")
    wait_for_height(quiet, f"height === {wide}")


def test_a_panel_in_a_folded_part_is_fitted_when_that_is_unfolded(quiet, site):
    folded = f"<details><summary>Plan</summary>{site.frame(height=150)}</details>"
    quiet.goto(site.write(folded + site.script), wait_until="load")
    quiet.wait_for_timeout(300)
    assert quiet.locator("iframe").evaluate("frame => frame.style.height") == ""
    quiet.get_by_text("Plan").click()
    wait_for_height(quiet, "height > 300")
    assert height_of(quiet) < 500


def test_a_panel_is_still_fitted_on_the_way_back(
    browser_type, browser_type_launch_args, live_server, site
):
    """As browsers go back by themselves, which keep the page as it was; tests mostly don't."""
    keep = {"ignore_default_args": ["--disable-back-forward-cache"], "executable_path": CHROMIUM}
    with browser_type.launch(**browser_type_launch_args | keep) as browser:
        page = browser.new_page()
        page.goto(site.write(site.frame(height=150) + site.script))
        wait_for_height(page, "height > 300")
        page.evaluate(
            "addEventListener('pageshow', (event) => { window.wasKept = event.persisted })"
        )
        fitted = height_of(page)
        panel_of(page).get_by_role("link", name="Read the whole plan").click()
        page.wait_for_url(f"{site.portal}/from/dalestorth/plan/")
        page.go_back(wait_until="commit")
        assert page.evaluate("window.wasKept")
        assert height_of(page) == fitted
        page.locator("iframe").evaluate("frame => { frame.width = 800; }")
        wait_for_height(page, f"height < {fitted}")


def test_without_the_script_the_height_stays_and_nothing_is_lost(quiet, site):
    quiet.goto(site.write(site.frame(height=200)))
    last = panel_of(quiet).get_by_role("link", name="Ashfield Collaboration")
    last.wait_for()
    quiet.wait_for_timeout(300)
    assert height_of(quiet) == 200
    assert is_scrolled(quiet)
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()


def test_without_javascript_the_height_stays_and_nothing_is_lost(browser, site):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site.write(site.frame() + site.script))
        heading = panel_of(page).get_by_role("heading", level=1)
        expect(heading).to_have_text("Collaboration Action Plan")
        assert height_of(page) == view_of("plan").height
        panel_of(page).get_by_role("link", name="Improving Challenge").click()
        page.wait_for_url(f"{site.portal}/from/dalestorth/plan/*/improving-challenge/")


@pytest.fixture
def fitted(quiet, site):
    """The page with a panel that the script has fitted, and beside it a stranger's frame."""

    def open_with(other=""):
        quiet.goto(site.write(site.frame(height=150) + other + site.script))
        wait_for_height(quiet, "height > 300")
        return height_of(quiet)

    return open_with


FORGED = {"panelHeight": 2000}


def test_a_message_of_the_page_itself_changes_nothing(quiet, fitted):
    before = fitted()
    quiet.evaluate("message => postMessage(message, '*')", FORGED)
    quiet.wait_for_timeout(200)
    assert height_of(quiet) == before


def test_a_message_of_another_origin_s_frame_changes_nothing(quiet, stranger, fitted):
    address = stranger.write("", "other.html")
    before = fitted(f'<iframe src="{address}" title="other" height="150"></iframe>')
    other = next(frame for frame in quiet.frames if frame.url == address)
    other.evaluate("message => parent.postMessage(message, '*')", FORGED)
    quiet.wait_for_timeout(200)
    assert height_of(quiet) == before
    assert height_of(quiet, "other") == 150


def test_a_height_that_makes_no_sense_changes_nothing(quiet, fitted):
    before = fitted()
    panel = quiet.frames[1]
    heights = [-1, 0, 79, 5001, 1e9, 300.5, "400", None, [400], {"a": 1}]
    for message in [*({"panelHeight": height} for height in heights), None, "text", 400, []]:
        panel.evaluate("message => parent.postMessage(message, '*')", message)
    quiet.wait_for_timeout(200)
    assert height_of(quiet) == before
    panel.evaluate("parent.postMessage({ panelHeight: 400 }, '*')")
    wait_for_height(quiet, "height === 400")


LISTEN = "window.heard = []; addEventListener('message', ({ data }) => window.heard.push(data))"


def test_a_panel_tells_nothing_to_a_site_that_is_not_listed(visit, site, stranger):
    """Even where a browser would let it in; here the sites are changed after it has come."""
    visit.route("**/panel/plan/", lambda route: unlisted(route, stranger))
    visit.goto(site.write(site.frame(height=150) + site.script))
    panel_of(visit).get_by_role("heading", level=1).wait_for()
    visit.evaluate(LISTEN)
    visit.evaluate(
        "document.querySelector('iframe').contentWindow.postMessage('panel-height?', '*')"
    )
    visit.wait_for_timeout(300)
    assert visit.evaluate("window.heard") == []
    assert height_of(visit) == 150


def unlisted(route, other):
    response = route.fetch()
    listed = re.sub('data-origins="[^"]*"', f'data-origins="{other.origin}"', response.text())
    route.fulfill(response=response, body=listed)


def test_a_panel_answers_the_page_around_it_and_no_other_frame(quiet, site, fitted):
    address = site.write("", "other.html")
    fitted(f'<iframe src="{address}" title="other"></iframe>')
    other = next(frame for frame in quiet.frames if frame.url == address)
    for listener in (quiet, other):
        listener.evaluate(LISTEN)
    other.evaluate("parent.frames[0].postMessage('panel-height?', '*')")
    quiet.wait_for_timeout(300)
    assert (quiet.evaluate("window.heard"), other.evaluate("window.heard")) == ([], [])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [280, 900])
def test_axe_finds_nothing_on_a_host_page_with_panels(quiet, site, theme, width):
    fill()
    frames = "".join(site.frame(panel, width=width) for panel in PANELS)
    quiet.set_viewport_size({"width": width + 20, "height": 900})
    quiet.goto(site.write(frames + site.script, theme=theme))
    check(quiet)
    for panel in PANELS:
        inside = inside_of(quiet, panel)
        check(inside)
        assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")
        ground = inside.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 250, 242)"


def inside_of(page, title):
    """Return the frame's page, once it is there."""
    panel_of(page, title).get_by_role("heading", level=1).wait_for()
    return page.locator(f"iframe[title='{title}']").element_handle().content_frame()


def check(looked_at):
    """Fail for what axe finds on a page or in a frame's, into which it doesn't look by itself."""
    found = Axe().run(looked_at, options=AXE).response
    assert found["url"] == looked_at.url
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []


def fill():
    """Put something into the panels that the starter's content has not."""
    plan = Plan.objects.get()
    for strand, status in zip(plan.strands.all(), Status.values, strict=True):
        strand.status = status
        strand.save()
    publish()
    make_update(plan=plan, text="We met. " * 12)
    make_idea(name="W" * 80, status="approved")


def test_panels_read_in_forced_colours(quiet, site):
    fill()
    quiet.emulate_media(forced_colors="active")
    quiet.goto(site.write("".join(site.frame(panel) for panel in PANELS)))
    for panel in PANELS:
        check(inside_of(quiet, panel))
