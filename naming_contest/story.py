"""How the collaboration got its name, in the words of those whose ideas have won."""

from functools import cached_property

from collab_site.core.paging import MOST_COUNTED, bounded_count
from collab_site.core.schools.words import listed
from naming_contest.models import Idea, Part
from naming_contest.personal import marked


def ideas_in_words(count):
    """Return how many ideas `bounded_count` has counted: "48 ideas"."""
    if count > MOST_COUNTED:
        return f"More than {MOST_COUNTED:,} ideas"
    return "One idea" if count == 1 else f"{count} ideas"


class Story:
    """What may be told of a decided contest: nothing that may tell who or where somebody is."""

    def __init__(self, contest):
        self.contest = contest

    @cached_property
    def chapters(self):
        """The winners that may be shown, those of one idea together, in the order of the parts."""
        winners = self.contest.winners.filter(idea__status=Idea.Status.APPROVED)
        by_idea = {}
        for winner in sorted(winners.select_related("idea"), key=_place):
            by_idea.setdefault(winner.idea_id, []).append(winner)
        chapters = [Chapter(found) for found in by_idea.values()]
        return [chapter for chapter in chapters if chapter.parts]

    @cached_property
    def adoptions(self):
        """The times when the portal has taken on the winners, but for those taken back."""
        adoptions = self.contest.adoptions.filter(undone_at=None).select_related("logo")
        return list(adoptions.order_by("pk"))

    @property
    def title(self):
        """What its page is called: only what has been adopted is the schools' own name."""
        return "The story of our name" if self.adoptions else f"How we chose: {self.contest}"

    @property
    def adopted_at(self):
        """When the portal got its new name, or None."""
        return self.adoptions[0].adopted_at if self.adoptions else None

    @property
    def tidied_logo(self):
        """The Logo that was made from the drawing, if it is another picture, or None."""
        newest = self.adoptions[-1] if self.adoptions else None
        return newest.logo if newest and newest.is_tidied else None

    @cached_property
    def sent(self):
        """How many ideas came, at most MOST_COUNTED and one."""
        return bounded_count([self.contest.ideas.sent()])

    @property
    def sent_in_words(self):
        """How many ideas came: "48 ideas"."""
        return ideas_in_words(self.sent)


class Chapter:
    """One idea with what was chosen of it; `winners` are all of that idea.

    `credit` says how its maker is named, as the family has agreed; "" names nobody.
    """

    def __init__(self, winners):
        self.idea = winners[0].idea
        self.credit = listed(list(dict.fromkeys(_credits(winners))))
        self._marked = marked(self.idea)
        # A picture has no words that could be marked.
        self.parts = {w.part: self.said(w.part) for w in winners if self.said(w.part)}

    def said(self, field):
        """Return what the idea has in a field, or "" if that may tell who somebody is."""
        return "" if field in self._marked else getattr(self.idea, field)

    @property
    def name(self):
        return self.parts.get(Part.NAME, "")

    @cached_property
    def alike(self):
        """How many children suggested its name, at most MOST_COUNTED; 1 where it has none."""
        if not self.name or not self.idea.name_group:
            return 1
        return Idea.objects.alike(self.idea).approved().order_by()[:MOST_COUNTED].count()

    @property
    def strap_line(self):
        return self.parts.get(Part.STRAP_LINE, "")

    @property
    def logo(self):
        return self.parts.get(Part.LOGO)

    @property
    def logo_alt(self):
        return self.said("logo_alt") or "The logo as it was drawn"

    @property
    def meaning(self):
        return self.said("meaning")


def _credits(winners):
    return [winner.credit for winner in winners if winner.credit_agreed and winner.credit]


def _place(winner):
    return Part.values.index(winner.part)
