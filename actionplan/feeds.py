"""What is new in the plan: editions and updates."""

from functools import partial

from django.db.models import OuterRef, Subquery
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from actionplan.academic_year import year_label
from actionplan.models import Edition, Update
from actionplan.sentences import sentences
from collab_site.core.schools.feeds import ENTRIES, Entry, FeedView, newest_first, paragraphs

PART = "Our plan"
WORDS_OF_TITLE = 12
CHANGES_TOLD = 10


class PlanFeedView(FeedView):
    """The newest editions, each with what it changed, and the newest public updates."""

    page = "plan"

    def get_title(self, collaboration):
        return collaboration.plan_name

    def get_subtitle(self, collaboration):
        return collaboration.plan_introduction

    def get_entries(self):
        return newest_in_plan(ENTRIES)


def newest_in_plan(most):
    """Return an Entry for each of the newest editions and public updates, at most so many."""
    return newest_first([*_editions(most), *_updates(most)], most)


def _editions(most):
    before = Edition.objects.filter(plan=OuterRef("plan"), number=OuterRef("number") - 1)
    rows = Edition.objects.public().select_related("plan").order_by("-published_at", "-pk")
    for row in rows.annotate(older=Subquery(before.values("content")))[:most]:
        yield Entry(
            title=f"The plan for {year_label(row.plan.year)}: edition {row.number}",
            # Editions are compared only for who reads it: a list of titles doesn't.
            html=SimpleLazyObject(partial(_told, row)),
            address=row.get_absolute_url(),
            at=row.published_at,
            part=PART,
        )


def _told(row):
    changes = sentences(row.older, row.content) if row.older else []
    return paragraphs(row.note) + _listed(changes)


def _listed(changes):
    told = [(sentence.text,) for sentence in changes[:CHANGES_TOLD]]
    if len(changes) > CHANGES_TOLD:
        told.append((f"And {len(changes) - CHANGES_TOLD} more.",))
    items = format_html_join("", "<li>{}</li>", told)
    return format_html("<ul>{}</ul>", items) if items else ""


def _updates(most):
    rows = Update.objects.shown().select_related("plan").order_by("-written_at", "-pk")
    for row in rows[:most]:
        yield Entry(
            title=Truncator(row.text).words(WORDS_OF_TITLE),
            html=paragraphs(row.text),
            address=row.get_absolute_url(),
            at=row.written_at,
            part=PART,
            is_excerpt=True,
        )
