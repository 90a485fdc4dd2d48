"""What is new in the plan, for feed readers: editions and updates."""

from django.contrib.syndication.views import Feed
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from actionplan.academic_year import year_label
from actionplan.models import Edition, Update
from actionplan.sentences import sentences
from collab_site.schools.addresses import absolute, canonical
from collab_site.schools.context import identity

ENTRIES = 20


class SignedAtomFeed(Atom1Feed):
    """An Atom feed with the collaboration's sign: `icon` and `logo` are addresses, or None."""

    def add_root_elements(self, handler):
        """Add the pictures to what Django tells of the feed."""
        super().add_root_elements(handler)
        for name in ("icon", "logo"):
            if self.feed[name]:
                handler.addQuickElement(name, self.feed[name])


class PlanFeed(Feed):
    """The newest editions, each with what it changed, and the newest public updates (Atom)."""

    feed_type = SignedAtomFeed

    def get_object(self, request):
        """Return the request's identity, whose name the feed bears."""
        return identity(request)["identity"]

    def title(self, identity):
        return f"{identity.collaboration.plan_name} – {identity.collaboration.name}"

    def subtitle(self, identity):
        return identity.collaboration.plan_introduction

    def link(self):
        return absolute(reverse("plan"))

    def feed_url(self):
        return absolute(reverse("plan-feed"))

    def feed_extra_kwargs(self, identity):
        """Return the addresses of the sign: as an icon, and the logo if there is one."""
        logo = identity.logo
        address = absolute(reverse("logo", args=[logo.image_name])) if logo else None
        return {"icon": absolute(reverse("favicon")), "logo": address}

    def items(self):
        """Return the newest entries, editions and updates together."""
        entries = [*_editions(), *_updates()]
        return sorted(entries, key=lambda entry: entry["at"], reverse=True)[:ENTRIES]

    def item_title(self, entry):
        return entry["title"].translate(CONTROLS)

    def item_description(self, entry):
        return entry["html"].translate(CONTROLS)

    def item_link(self, entry):
        return absolute(entry["address"])

    def item_guid(self, entry):
        """Return the address without a school's entrance: it is the same entry everywhere."""
        return canonical(entry["address"])

    def item_updateddate(self, entry):
        return entry["at"]

    item_pubdate = item_updateddate


# XML has no place for these.
CONTROLS = dict.fromkeys({*range(32)} - {9, 10, 13})


def _editions():
    before = Edition.objects.filter(plan=OuterRef("plan"), number=OuterRef("number") - 1)
    rows = Edition.objects.public().select_related("plan").order_by("-published_at")
    rows = rows.annotate(older=Subquery(before.values("content")))
    for row in rows[:ENTRIES]:
        changes = sentences(row.older, row.content) if row.older else []
        yield {
            "title": f"The plan for {year_label(row.plan.year)}: edition {row.number}",
            "html": _paragraph(row.note) + _listed(changes),
            "address": row.get_absolute_url(),
            "at": row.published_at,
        }


def _listed(changes):
    items = format_html_join("", "<li>{}</li>", ((sentence.text,) for sentence in changes))
    return format_html("<ul>{}</ul>", items) if items else ""


def _updates():
    rows = Update.objects.shown().select_related("plan").order_by("-written_at")[:ENTRIES]
    for row in rows:
        yield {
            "title": Truncator(row.text).words(12),
            "html": _paragraph(row.text),
            "address": row.get_absolute_url(),
            "at": row.written_at,
        }


def _paragraph(text):
    return format_html("<p>{}</p>", text) if text else ""
