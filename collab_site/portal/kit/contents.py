"""What a school has to show the collaboration with: links, panels, feeds, codes and words."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html

from achievements.feeds import AchievementsFeedView
from actionplan.feeds import PlanFeedView
from collab_site.core.schools.addresses import canonical, through_entrance
from collab_site.portal.entrance_urls import panels
from collab_site.portal.latest import LatestFeedView
from naming_contest.feeds import IdeasFeedView

# Route, name and purpose. A name can be the collaboration's own words.
PAGES = [
    ("home", "{collaboration.name}", "The first page. Everything else can be found from it."),
    ("plan", "{collaboration.plan_name}", "What the schools do together this year, step by step."),
    ("aims", "Our aims", "What the schools work towards."),
    ("achievements", "What we have achieved", "What has come of it so far."),
    ("name-us", "Name us", "The call for ideas, and the form with which families send theirs."),
    ("latest", "What is new", "The latest from all the schools together."),
]
PANELS = [
    ("plan-panel", "{collaboration.plan_name}", "The work of this year, and what is new in it."),
    ("aims-panel", "Our aims", "What the schools work towards, in a few lines."),
    ("achievements-panel", "What we have achieved", "The newest of what has come of it."),
    ("name-us-panel", "Name us", "How the call for ideas stands, and the way to the form."),
    ("latest-panel", "What is new", "The latest few things from all the schools together."),
]
FEEDS = {
    LatestFeedView: (
        "latest-feed",
        "Everything that is new",
        "All the others in one. Take it if you are unsure.",
    ),
    PlanFeedView: (
        "plan-feed",
        "{collaboration.plan_name}",
        "What has changed in the plan, and what was done.",
    ),
    AchievementsFeedView: (
        "achievements-feed",
        "Achievements",
        "What the schools have achieved together.",
    ),
    IdeasFeedView: (
        "ideas-feed",
        "Ideas from families",
        "The ideas that everybody may see.",
    ),
}
SHOWN_OF_A_FEED = 3
# The pages to which a QR code leads.
CODES = ("plan", "name-us", "home")

VIEWS = {pattern.name: pattern.callback for pattern in panels}


@dataclass(frozen=True)
class Link:
    """An address, with its name and what it is for."""

    route: str
    name: str
    purpose: str
    address: str

    @property
    def code(self):
        """The link in HTML."""
        return format_html('<a href="{}">{}</a>', self.address, self.name)


@dataclass(frozen=True)
class Panel(Link):
    """A panel, and the page that its frame shows, whole."""

    title: str
    page: str

    @property
    def height(self):
        """The height of its frame in pixels."""
        return VIEWS[self.route].view_class.height

    @property
    def code(self):
        """The panel's frame in HTML."""
        return format_html(
            '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" '
            'style="border:0"></iframe>',
            self.address,
            self.title,
            self.height,
        )


@dataclass(frozen=True)
class Feed(Link):
    """A feed, and the titles of what is newest in it."""

    newest: list


@dataclass(frozen=True)
class Invitation:
    """An invitation to a page, on a poster and in a newsletter.

    `sentence` is the poster's, `words` and `request` are the newsletter's. `when` says from when
    and until when there is something to do, or is "".
    """

    headline: str
    sentence: str
    words: str
    request: str
    address: str
    when: str = ""

    @property
    def newsletter(self):
        """The invitation as plain text."""
        return f"{self.headline}\n\n{self.words}\n\n{self.request}:\n{self.address}"


class Kit:
    """What there is for the school of an Identity's entrance; `contest` is the current or None."""

    def __init__(self, identity, contest):
        self.identity = identity
        self.school = identity.entrance
        self.contest = contest

    @cached_property
    def links(self):
        """The pages to link to."""
        return [Link(*page) for page in self._named(PAGES)]

    @cached_property
    def feeds(self):
        """The feeds, read when they are asked for."""
        named = zip(FEEDS, self._named(FEEDS.values()), strict=True)
        return [Feed(*link, newest=_newest(view)) for view, link in named]

    @property
    def script(self):
        """The line of HTML by which a page lets its panels be as high as what they show."""
        return format_html('<script src="{}" async></script>', canonical(reverse("panels-script")))

    @cached_property
    def panels(self):
        """The panels, made when they are asked for."""
        ours = self.identity.collaboration.name
        return [
            Panel(*panel, title=f"{panel[1]} – {ours}", page=self._page(panel[0]))
            for panel in self._named(PANELS)
        ]

    @property
    def codes(self):
        """The links for which there is a QR code."""
        return [link for route in CODES for link in self.links if link.route == route]

    @cached_property
    def invitations(self):
        """What there is to invite families to: {page: Invitation}."""
        found = {page: invite(self) for page, invite in INVITATIONS.items()}
        return {page: invitation for page, invitation in found.items() if invitation}

    def _named(self, rows):
        collaboration = self.identity.collaboration
        for route, name, purpose in rows:
            address = through_entrance(self.school, route)
            yield route, name.format(collaboration=collaboration), purpose, address

    def _page(self, route):
        """Return a panel's page as everybody sees it, whoever asks."""
        request = HttpRequest()
        request.method = "GET"
        request.school, request.identity = self.school, self.identity
        return VIEWS[route](request).render().content.decode()


def _newest(view):
    return [entry.title for entry in view().get_entries()[:SHOWN_OF_A_FEED]]


def _to_read(kit):
    return Invitation(
        headline="What our schools are doing this year",
        sentence="Read our plan, and follow how it goes.",
        words=f"{kit.identity.greeting} Our plan says what we do together this year, and how far "
        "we have come.",
        request="Read it here",
        address=through_entrance(kit.school, "plan"),
    )


def _to_suggest(kit):
    contest = kit.contest
    if contest is None or contest.is_over:
        return None
    when = _when(contest)
    return Invitation(
        headline=contest.title,
        sentence="Send us a name, a strap line or a logo.",
        words=f"{kit.identity.greeting} {contest.call}",
        request=f"Send us your idea {when}".strip(),
        address=through_entrance(kit.school, "name-us"),
        when=when,
    )


# Each makes the invitation to its page, or None while there is nothing to do there.
INVITATIONS = {"plan": _to_read, "name-us": _to_suggest}


def _when(contest):
    parts = []
    if not contest.is_open:
        parts.append(f"from {_day(timezone.localtime(contest.opens_at))}")
    if contest.last_day:
        parts.append(f"until {_day(contest.last_day)}")
    return " ".join(parts)


def _day(day):
    return format_date(day, "l j F Y")
