"""The plan of a year as a PDF: set by Typst from the snapshot that the page is made from."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from unicodedata import bidirectional, category, normalize

import typst
from django.utils.dateformat import format as format_date

from actionplan.academic_year import year_label
from actionplan.labels import label
from actionplan.models import HalfTerm, Status, Step
from collab_site.schools.colour import ink_on, readable
from collab_site.schools.mark import petals
from collab_site.schools.words import taking_part

HERE = Path(__file__).parent
LONG_WORD = re.compile(r"\S{24,}")
# Of Unicode's categories of direction: from left to right, numbers, and none of their own.
LEFT_TO_RIGHT = {"L", "EN", "ES", "ET", "CS", "B", "S", "WS", "ON", "BN"}
# Of its general categories: controls and lone surrogates; letters with case, digits, punctuation.
UNPRINTABLE = {"Cc", "Cs"}
BREAKABLE = {"Lu", "Ll", "Nd", "Pc", "Pd", "Po"}


@dataclass(frozen=True)
class About:
    """What the document says around the plan: whose it is, and of which edition.

    `schools` are (name, colour) pairs. `number` and `published` are None for a draft.
    """

    collaboration: str
    plan_name: str
    colour: str
    schools: tuple[tuple[str, str], ...]
    address: str
    place: str = ""
    introduction: str = ""
    number: int | None = None
    published: date | None = None
    note: str = ""


def plan_pdf(snapshot, about):
    """Return the PDF of a plan's `snapshot` as bytes, the same for the same input."""
    document = json.dumps(_document(snapshot, about), ensure_ascii=False)
    try:
        return _typeset(document)
    except BaseException as problem:
        # Some marks in right-to-left text bring Typst down (typst/typst#8667), as no Exception.
        if type(problem).__name__ != "PanicException":
            raise
        return _typeset(_left_to_right(document))


def _typeset(document):
    """Return the PDF of a document in JSON, to the standard PDF/UA-1 if its texts allow it."""
    compiler = typst.Compiler(HERE / "plan.typ", root=HERE, font_paths=_fonts())
    data = {"data": document}
    try:
        return compiler.compile(format="pdf", sys_inputs=data, pdf_standards="ua-1")
    except typst.TypstError:
        # PDF/UA refuses a character that no font has; tagged, but plain, it is shown as a box.
        return compiler.compile(format="pdf", sys_inputs=data)


@cache
def _fonts():
    """Return the fonts shipped with the portal and with Typst, the same on every machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])


def _document(snapshot, about):
    """Return all that plan.typ lays out, each value as it is shown."""
    sign = _sign([colour for _, colour in about.schools] or [about.colour])
    return _printable(_texts(snapshot, about)) | {"sign": sign}


def _texts(snapshot, about):
    return {
        "name": about.plan_name,
        "year": year_label(snapshot["year"]),
        "last_year": year_label(snapshot["year"] - 1),
        "collaboration": about.collaboration,
        "place": about.place,
        "address": about.address,
        "about": _paragraphs(about.introduction),
        "edition": _edition(about),
        "is_draft": about.number is None,
        "published": str(about.published or ""),
        "note": _paragraphs(about.note),
        "schools": [{"name": name, "colour": colour} for name, colour in about.schools],
        "brand": about.colour,
        "brand_ink": ink_on(about.colour),
        "brand_text": readable(about.colour),
        "introduction": _paragraphs(snapshot["introduction"]),
        "strands": [
            _strand(number, strand, about) for number, strand in enumerate(snapshot["strands"], 1)
        ],
        "possibilities_introduction": snapshot["possibilities_introduction"],
        "possibilities": [_paragraphs(idea["text"]) for idea in snapshot["possibilities"]],
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
        "summary": _paragraphs(strand["summary"]),
        "status": _status(strand),
        "steps": [
            _step(f"{number}.{place}", step, about) for place, step in enumerate(strand["steps"], 1)
        ],
        "details": [
            {"label": name, "text": _paragraphs(text)} for name, text in details.items() if text
        ],
    }


def _step(number, step, about):
    colours = dict(about.schools)
    names = [school["name"] for school in step["schools"]]
    return {
        "number": number,
        "kind": label(Step.Kind, step["kind"]),
        "text": _paragraphs(step["text"]),
        "question": _paragraphs(step["open_question"]),
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
            "text": _paragraphs(step["text"]),
            "went": f"Carried over: now step {place}.{number}",
            "why": _paragraphs(step["carried"]["why"]),
            "in_one_piece": _in_one_piece(step["text"]),
        }
        for place, strand in enumerate(snapshot["strands"], 1)
        for number, step in enumerate(strand["steps"], 1)
        if step["carried"]
    ]
    steps += [
        {
            "number": step["number"],
            "text": _paragraphs(step["text"]),
            "went": "Let go",
            "why": _paragraphs(step["why"]),
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


def _paragraphs(text):
    """Return a text's paragraphs, each as a list of its lines."""
    paragraphs = (p.strip() for p in text.replace("\r\n", "\n").split("\n\n"))
    return [p.split("\n") for p in paragraphs if p]


def _in_one_piece(text):
    """Return whether the row of a text is short enough to stay on one page."""
    return len(text) < 300 and text.count("\n") < 8


def _sign(colours):
    """Return the collaboration's sign as SVG."""
    paths = "".join(
        f'<path transform="rotate({p.angle})" fill="{p.colour}" d="{p.path}"/>'
        for p in petals(colours)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-50 -50 100 100">{paths}</svg>'


def _left_to_right(text):
    """Return the text with the sign for an unknown character where its direction is another."""
    composed = normalize("NFC", text)
    return "".join(c if bidirectional(c) in LEFT_TO_RIGHT else "\ufffd" for c in composed)


def _printable(value):
    """Return the value with each text in it fit for print.

    A control character becomes a space; a word that may be wider than its line can be broken.
    """
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, str):
        kept = (" " if category(c) in UNPRINTABLE else c for c in value)
        return LONG_WORD.sub(_breakable, "".join(kept))
    return value


def _breakable(word):
    """Return the matched word with a place to break before each letter, digit and sign.

    Scripts without case, and marks that belong to the letter before them, are left alone.
    """
    return "".join(f"\u200b{c}" if category(c) in BREAKABLE else c for c in word.group())
