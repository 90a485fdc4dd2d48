"""What the judges' scores come to, as tables."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from collab_site.core.accounts.models import User
from naming_contest.judging import ideas_to_judge
from naming_contest.models import Idea, Part, Score
from naming_contest.tally import Given, Line, tally, ties

NOT_SCORED = "not scored"
HEADINGS = ["Part", "Place", "Idea", "Mean", "Judges who scored it", "Ideas with this name"]


@dataclass(frozen=True)
class Row:
    """An idea in a table: `cells` are the scores by the table's judges, None where there is none.

    `alike` says how many approved ideas have about this name.
    """

    idea: Idea
    line: Line
    cells: list
    alike: int | None


@dataclass(frozen=True)
class Table:
    """How the ideas stand in one Part, the best first."""

    part: Part
    judges: list
    rows: list
    ties: list


class Results:
    """The results of a contest; to be asked for only when it `is_judged`."""

    def __init__(self, contest):
        self.contest = contest

    def tables(self):
        """Return the Table of each Part that has ideas."""
        tables = [self.table(part) for part in Part]
        return [table for table in tables if table.rows]

    def table(self, part):
        """Return the Table of a Part."""
        ideas = {
            idea.pk: idea for idea in ideas_to_judge(self.contest, part).select_related("school")
        }
        schools = {pk: idea.school_id for pk, idea in ideas.items()}
        lines = tally(schools, [score for of, score in self._given if of == part])
        scored_by = {judge for line in lines for judge in line.scores}
        judges = [judge for judge in self._judges if judge.pk in scored_by]
        rows = [
            Row(
                ideas[line.idea],
                line,
                [line.scores.get(judge.pk) for judge in judges],
                self._alike.get(ideas[line.idea].name_group) if part == Part.NAME else None,
            )
            for line in lines
        ]
        return Table(part, judges, rows, ties(lines, f"{part.label.lower()}s"))

    def cells(self, *, with_schools):
        """Yield the rows of all tables as one, its headings first."""
        judges = self._judges
        yield [*HEADINGS, *(["School"] if with_schools else []), *judges]
        for table in self.tables():
            for row in table.rows:
                yield [
                    table.part.label,
                    row.line.place_shown or NOT_SCORED,
                    words_of(row.idea, table.part),
                    row.line.mean_shown,
                    len(row.line.scores),
                    row.alike or "",
                    *([row.idea.school or ""] if with_schools else []),
                    *(row.line.scores.get(judge.pk, "") for judge in judges),
                ]

    @cached_property
    def _given(self):
        fields = "part", "judge", "judge__school", "idea", "value"
        scores = Score.objects.filter(idea__contest=self.contest).values_list(*fields)
        return [(part, Given(*score)) for part, *score in scores]

    @cached_property
    def _judges(self):
        return list(User.objects.filter(pk__in={score.judge for _, score in self._given}))

    @cached_property
    def _alike(self):
        ideas = self.contest.ideas.approved().exclude(name="").order_by()
        return dict(ideas.values_list("name_group").annotate(Count("pk")))


def words_of(idea, part):
    """Return what a Part of an idea says, in words."""
    return (idea.logo_alt or str(idea)) if part == Part.LOGO else getattr(idea, part)
