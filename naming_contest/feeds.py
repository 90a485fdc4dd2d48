"""What ideas the gallery has come to show lately."""

from django.urls import reverse

from collab_site.core.schools.feeds import ENTRIES, Entry, FeedView, paragraphs
from naming_contest.models import Contest, Idea


class IdeasFeedView(FeedView):
    """The ideas of the current call that were approved last."""

    page = "name-us"

    def get_title(self, collaboration):
        return "Ideas from families"

    def get_entries(self):
        return newest_ideas(ENTRIES)


def newest_ideas(most):
    """Return an Entry for each idea that the gallery shows first, at most so many, newest first.

    What feed readers have taken stays with them: names and strap lines, no picture, no meaning.
    """
    contest = Contest.objects.current()
    ideas = Idea.objects.shown_in(contest)[:most] if contest else []
    return [
        Entry(
            title=f"New idea: {idea.name or idea.strap_line or 'a logo'}",
            html=paragraphs(idea.name and idea.strap_line),
            address=f"{reverse('gallery')}#{idea.anchor}",
            at=idea.decided_at,
            part="Name us",
        )
        for idea in ideas
    ]
