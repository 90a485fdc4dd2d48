"""What of each model stands in a content file, and under which name."""

from dataclasses import dataclass, field

from achievements.models import Achievement
from actionplan.academic_year import academic_year
from actionplan.models import Plan, Possibility, Step, Strand
from aims.models import Aim, Point, Purpose
from collab_site.core.schools.models import Collaboration, School, Term
from naming_contest.models import Contest


@dataclass(frozen=True)
class Shape:
    """How rows of one model are written.

    `fields` are its plain fields; `links` its many-to-many fields, written as address names;
    `children` the rows that belong to it, by the name of their reverse relation. `key` is the
    field by which a row of the file is known again in the database. An entry that is only a text
    is the value of `short`. `defaults` are made at loading, for what the file leaves open.
    """

    model: type
    fields: tuple
    key: str = ""
    short: str = ""
    links: tuple = ()
    children: dict = field(default_factory=dict)
    defaults: dict = field(default_factory=dict)
    single: bool = False


STEP = Shape(
    Step,
    ("kind", "text", "venue", "half_term", "due_on", "status", "open_question"),
    links=("schools",),
)
STRAND = Shape(
    Strand,
    (
        "title",
        "slug",
        "summary",
        "rationale",
        "lead",
        "success_criteria",
        "monitoring",
        "resources",
        "status",
    ),
    links=("aims",),
    children={"steps": STEP},
)
POINT = Shape(Point, ("text", "level"), short="text")
PURPOSE = Shape(Purpose, ("heading",), children={"points": POINT}, single=True)

# In the order in which they can be made: links lead upwards.
CONTENT = {
    "collaboration": Shape(
        Collaboration,
        (
            "name",
            "strap_line",
            "place",
            "colour",
            "colour_is_provisional",
            "welcome",
            "introduction",
            "aims_introduction",
            "aims_lead_in",
            "achievements_introduction",
            "plan_introduction",
            "plan_name",
            "plan_invitation",
        ),
        key="pk",
        single=True,
    ),
    "schools": Shape(
        School,
        (
            "name",
            "short_name",
            "slug",
            "colour",
            "colour_is_provisional",
            "website",
            "email",
            "telephone",
            "panel_origins",
        ),
        key="slug",
    ),
    "aims": Shape(Aim, ("title", "slug"), key="slug", children={"purpose": PURPOSE}),
    "plans": Shape(
        Plan,
        ("year", "introduction", "possibilities_introduction"),
        key="year",
        children={"strands": STRAND, "possibilities": Shape(Possibility, ("text",), short="text")},
        defaults={"year": academic_year},
    ),
    "achievements": Shape(
        Achievement, ("title", "details", "achieved_on"), key="title", links=("aims",)
    ),
    "calls": Shape(
        Contest,
        (
            "title",
            "slug",
            "call",
            "looked_for",
            "how",
            "judging",
            "afterwards",
            "opens_at",
            "closes_at",
            "judged_until",
            "announces_at",
            "gallery",
        ),
        key="title",
    ),
    "glossary": Shape(
        Term, ("term", "also", "stands_for", "meaning", "is_provisional"), key="term"
    ),
}
