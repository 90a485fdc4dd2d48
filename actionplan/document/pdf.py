"""The plan of a year as a PDF: set by Typst from the snapshot that the page is made from."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.dateformat import format as format_date

from actionplan.academic_year import year_label
from actionplan.labels import label
from actionplan.models import HalfTerm, Status, Step
from collab_site.core.documents.typesetting import paragraphs, typeset
from collab_site.core.schools.colour import ink_on, readable
from collab_site.core.schools.logos import sign_document
from collab_site.core.schools.words import taking_part

HERE = Path(__file__).parent
# In pixels: about 400 to the inch at the height it has on paper.
LOGO_HEIGHT = 240
LOGO_WIDEST = 3


@dataclass(frozen=True)
class PlanPdfContext:
    """What the document says around the plan: whose it is, and of which edition.

    `schools` are (name, colour) pairs. `number` and `published` are None for a draft. `school` is
    the one that hands it out, with its `website`; each is "" if there is none.
    """

    collaboration: str
    plan_name: str
    colour: str
    schools: tuple[tuple[str, str], ...]
    address: str
    school: str = ""
    website: str = ""
    place: str = ""
    introduction: str = ""
    number: int | None = None
    published: date | None = None
    note: str = ""


def plan_pdf(snapshot, about, logo=None):
    """Return the PDF of a plan's `snapshot` as bytes, the same for the same input.

    The Logo stands at its head; without one, the flower in the schools' colours.
    """
    colours = [colour for _, colour in about.schools] or [about.colour]
    sign = sign_document(logo, colours, LOGO_HEIGHT, LOGO_WIDEST)
    return typeset(HERE / "plan.typ", _texts(snapshot, about), {"sign": sign})


def _texts(snapshot, about):
    return {
        "name": about.plan_name,
        "year": year_label(snapshot["year"]),
        "last_year": year_label(snapshot["year"] - 1),
        "collaboration": about.collaboration,
        "place": about.place,
        "address": about.address,
        "school": about.school,
        "website": about.website,
        "about": paragraphs(about.introduction),
        "edition": _edition(about),
        "is_draft": about.number is None,
        "published": str(about.published or ""),
        "note": paragraphs(about.note),
        "schools": [{"name": name, "colour": colour} for name, colour in about.schools],
        "brand": about.colour,
        "brand_ink": ink_on(about.colour),
        "brand_text": readable(about.colour),
        "introduction": paragraphs(snapshot["introduction"]),
        "strands": [
            _strand(number, strand, about) for number, strand in enumerate(snapshot["strands"], 1)
        ],
        "possibilities_introduction": snapshot["possibilities_introduction"],
        "possibilities": [paragraphs(idea["text"]) for idea in snapshot["possibilities"]],
        "last_steps": _last_steps(snapshot),
    }


def _edition(about):
    if about.number is None:
        return "Draft, not published"
    return f"Edition {about.number}, {_day(about.published)}"


def _strand(number, strand, about):
    details = {
        "Why": strand["rationale"],
        "Led by": strand["lead"],
        "How we will know it worked": strand["success_criteria"],
        "How we will check": strand["monitoring"],
        "What it needs": strand["resources"],
        "Aims it serves": "\n".join(aim["title"] for aim in strand["aims"]),
    }
    return {
        "title": strand["title"],
        "summary": paragraphs(strand["summary"]),
        "status": _status(strand),
        "steps": [
            _step(f"{number}.{place}", step, about) for place, step in enumerate(strand["steps"], 1)
        ],
        "details": [
            {"label": name, "text": paragraphs(text)} for name, text in details.items() if text
        ],
    }


def _step(number, step, about):
    colours = dict(about.schools)
    names = [school["name"] for school in step["schools"]]
    return {
        "number": number,
        "kind": label(Step.Kind, step["kind"]),
        "text": paragraphs(step["text"]),
        "question": paragraphs(step["open_question"]),
        "carried": (step["carried"] or {}).get("number", ""),
        "schools": taking_part(names, len(about.schools)),
        "petals": [colours[name] for name in names if name in colours],
        "venue": step["venue"],
        "when": label(HalfTerm, step["half_term"]) or _due(step["due_on"]),
        "status": _status(step),
        "in_one_piece": _in_one_piece(step["text"]),
    }


def _last_steps(snapshot):
    """Return where last year's steps went, in the order of their numbers."""
    steps = [
        {
            "number": step["carried"]["number"],
            "text": paragraphs(step["text"]),
            "went": f"Carried over: now step {place}.{number}",
            "why": paragraphs(step["carried"]["why"]),
            "in_one_piece": _in_one_piece(step["text"]),
        }
        for place, strand in enumerate(snapshot["strands"], 1)
        for number, step in enumerate(strand["steps"], 1)
        if step["carried"]
    ]
    steps += [
        {
            "number": step["number"],
            "text": paragraphs(step["text"]),
            "went": "Let go",
            "why": paragraphs(step["why"]),
            "in_one_piece": _in_one_piece(step["text"]),
        }
        for step in snapshot["let_go"]
    ]
    return sorted(steps, key=lambda step: _place(step["number"]))


def _place(number):
    """Return a key that sorts "2.10" after "2.9"."""
    return [int(part) if part.isdecimal() else 0 for part in number.split(".")]


def _status(of):
    return {"value": of["status"], "label": label(Status, of["status"])}


def _due(text):
    return _day(date.fromisoformat(text)) if text else ""


def _day(day):
    return format_date(day, "j F Y")


def _in_one_piece(text):
    """Return whether the row of a text is short enough to stay on one page."""
    return len(text) < 300 and text.count("\n") < 8
