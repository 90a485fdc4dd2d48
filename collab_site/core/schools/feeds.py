"""What is new, for feed readers: Atom (RFC 4287)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponse
from django.template.defaultfilters import linebreaks_filter
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.views.generic import View

from collab_site.core.schools.addresses import absolute, canonical
from collab_site.core.schools.context import identity

ENTRIES = 20
# XML has no place for these.
NOT_IN_XML = dict.fromkeys({*range(32), 0xFFFE, 0xFFFF} - {9, 10, 13})
# A feed without entries has been as it is ever since.
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One thing that is new since `at`, told at `address`, in the `part` of the site named so.

    `html` tells it in full, the title aside; if it `is_excerpt`, the title is how that begins.
    """

    title: str
    html: SafeString
    address: str
    at: datetime
    part: str
    is_excerpt: bool = False


def newest_first(entries, most):
    """Return the newest of the entries, at most so many."""
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:most]


def paragraphs(text):
    """Return a plain text as HTML with its paragraphs and line breaks; "" stays that."""
    return linebreaks_filter(text) if text else SafeString()


class SignedAtomFeed(Atom1Feed):
    """An Atom feed with the collaboration's sign: `icon` and `logo` are addresses, or None."""

    def add_root_elements(self, handler):
        """Add the pictures to what Django tells of the feed."""
        super().add_root_elements(handler)
        for name in ("icon", "logo"):
            if self.feed[name]:
                handler.addQuickElement(name, self.feed[name])

    def latest_post_date(self):
        """Return when the newest entry came; Django says of an empty feed that it is of now."""
        return max((item["updateddate"] for item in self.items), default=BEFORE_ALL)


class FeedView(View):
    """The feed of a page, named by its route in `page`. Subclasses say what is in it.

    Entries and the feed have the same ids through every entrance; their links keep the entrance.
    """

    page = None

    def get_title(self, collaboration):
        """Return what the feed is called, the collaboration's name aside."""
        raise NotImplementedError

    def get_subtitle(self, collaboration):
        """Return a sentence about the feed, or ""."""
        return ""

    def get_entries(self):
        """Return the ENTRIES newest entries."""
        raise NotImplementedError

    def get(self, request):
        """Answer with the feed; what stands before Django gives 304 to who has it as it is.

        It has no Last-Modified: what is withdrawn leaves only older entries, and who asks by time
        would keep it.
        """
        feed = self._feed(request, identity(request)["identity"])
        for entry in self.get_entries():
            _add(feed, entry)
        data = feed.writeString("utf-8").encode()
        headers = {"Cache-Control": "no-cache, public"}
        return HttpResponse(data, content_type=feed.content_type, headers=headers)

    def _feed(self, request, identity):
        collaboration, logo = identity.collaboration, identity.logo
        return SignedAtomFeed(
            title=_clean(f"{self.get_title(collaboration)} – {collaboration.name}"),
            subtitle=_clean(self.get_subtitle(collaboration)) or None,
            description="",
            link=absolute(reverse(self.page)),
            feed_url=absolute(request.path),
            feed_guid=canonical(reverse(self.page)),
            language=settings.LANGUAGE_CODE,
            author_name=_clean(collaboration.name),
            icon=absolute(reverse("favicon")),
            logo=absolute(reverse("logo", args=[logo.image_name])) if logo else None,
        )


def _add(feed, entry):
    feed.add_item(
        title=_clean(entry.title),
        link=absolute(entry.address),
        description=_clean(entry.html) or None,
        unique_id=canonical(entry.address),
        pubdate=entry.at,
        updateddate=entry.at,
        categories=[entry.part],
    )


def _clean(text):
    return text.translate(NOT_IN_XML)
