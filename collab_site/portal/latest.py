"""What is new from all the schools, whatever it tells of."""

from django.utils import timezone

from achievements.feeds import newest_achievements
from actionplan.feeds import newest_in_plan
from collab_site.core.schools.feeds import ENTRIES, FeedView, newest_first
from naming_contest.feeds import newest_ideas

SOURCES = (newest_in_plan, newest_achievements, newest_ideas)


class LatestFeedView(FeedView):
    page = "latest"

    def get_title(self, collaboration):
        return "What is new"

    def get_subtitle(self, collaboration):
        return collaboration.introduction

    def get_entries(self):
        return latest(ENTRIES)


def latest(most):
    """Return the newest entries of all kinds, at most so many, newest first.

    No kind takes more than half as long as others have some to tell: an hour in which many ideas
    are approved would push out the rest.
    """
    half = (most + 1) // 2
    told = [newest(most) for newest in SOURCES]
    first = newest_first([entry for entries in told for entry in entries[:half]], most)
    others = newest_first([entry for entries in told for entry in entries[half:]], most)
    return newest_first([*first, *others[: most - len(first)]], most)


def by_day(entries):
    """Return entries as [(day, [(part of the site, [entry, …]), …]), …], in their order."""
    days = {}
    for entry in entries:
        parts = days.setdefault(timezone.localdate(entry.at), {})
        parts.setdefault(entry.part, []).append(entry)
    return [(day, list(parts.items())) for day, parts in days.items()]
