"""What the schools have come to tell of lately as achieved."""

from achievements.models import Achievement
from collab_site.core.schools.feeds import ENTRIES, Entry, FeedView, paragraphs


class AchievementsFeedView(FeedView):
    page = "achievements"

    def get_title(self, collaboration):
        return "Achievements"

    def get_subtitle(self, collaboration):
        return collaboration.achievements_introduction

    def get_entries(self):
        return newest_achievements(ENTRIES)


def newest_achievements(most):
    """Return an Entry for each achievement that was added last, at most so many, newest first."""
    return [
        Entry(
            title=row.title,
            html=paragraphs(row.details),
            address=row.get_absolute_url(),
            at=row.added_at,
            part="Achievements",
        )
        for row in Achievement.objects.order_by("-added_at", "-pk")[:most]
    ]
