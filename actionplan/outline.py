"""The whole year as an outline to work on: each change is one press of a button."""

import re

from django.core.exceptions import ValidationError
from django.forms import modelform_factory
from django.http import Http404

from actionplan.models import Possibility, Status, Step, Strand
from actionplan.reading import is_overdue, present

ACT = re.compile(
    r"(?P<act>status|move|to|take-up):(?P<kind>strand|step|possibility):(?P<pk>\d{1,18}):(?P<to>[\w-]*)",
    re.ASCII,
)
MODELS = {"strand": Strand, "step": Step, "possibility": Possibility}
PLACES = {"up": -1, "down": 1}


class Gone(Exception):
    """What a button was for isn't in the plan any more."""


def outline(content):
    """Return a plan's snapshot as it is read, with the steps marked that are `overdue`.

    The one that can't go further up is marked `is_first`, the one that can't go down `is_last`.
    """
    draft = present(content)
    steps = [step for strand in draft["strands"] for step in strand["steps"]]
    for step in steps:
        step["overdue"] = is_overdue(step, content["year"])
    if steps:
        steps[0]["is_first"] = draft["strands"][0]["steps"][:1] == steps[:1]
        steps[-1]["is_last"] = draft["strands"][-1]["steps"][-1:] == steps[-1:]
    return draft


def act(plan, data):
    """Do what the button named in `data` (of a POST) asks of `plan`.

    Return (what to say, the anchor to go to). Raises Http404 for what no button sends, Gone for
    what isn't there any more, and ValidationError for a text that can't be taken.
    """
    if "add" in data:
        return _add(plan, data["add"], data.get("text", ""))
    match = ACT.fullmatch(data.get("act", ""))
    if not match:
        raise Http404("There is no such button.")
    row = _row(plan, match["kind"], match["pk"])
    return ACTS[match["act"]](row, match["to"])


def _set_status(row, value):
    if value not in Status.values or not hasattr(row, "status"):
        raise Http404("There is no such status.")
    row.status = value
    row.save(update_fields=["status"])
    return f"{_named(row)} is “{Status(value).label}” now.", _anchor(row)


def _move(row, direction):
    if direction not in PLACES:
        raise Http404("There is no such direction.")
    before = _named(row)
    (row.shift if isinstance(row, Step) else row.move)(PLACES[direction])
    row = type(row).objects.get(pk=row.pk)
    after = _named(row)
    changed = f"{before} is {after[0].lower()}{after[1:]} now."
    told = changed if before != after else f"{after} stays where it is: there is no further place."
    return told, _anchor(row)


def _move_to_strand(step, number):
    if not isinstance(step, Step):
        raise Http404("Only a step can go to another strand.")
    target, before = _row(step.strand.plan, "strand", number), _named(step)
    if step.strand_id != target.pk:
        step.move_to(target)
    return f"{before} is step {step.number} now.", _anchor(step)


def _take_up(idea, _):
    if not isinstance(idea, Possibility):
        raise Http404("Only an idea can be taken up.")
    strand = idea.take_up()
    told = f"The idea is strand {strand.order} now. Give it a short title, and its steps."
    return told, _anchor(strand)


ACTS = {"status": _set_status, "move": _move, "to": _move_to_strand, "take-up": _take_up}


def _add(plan, where, text):
    """Add a strand, an idea, or a step of the strand `where`, from its one text."""
    if where == "strand":
        row, name = Strand(plan=plan), "title"
    elif where == "possibility":
        row, name = Possibility(plan=plan), "text"
    else:
        row, name = Step(strand=_row(plan, "strand", where)), "text"
    form = modelform_factory(type(row), fields=[name])({name: text}, instance=row)
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    row = form.save()
    told = f"{_named(row)} is added."
    if isinstance(row, Step):
        told += " Choose it to say what kind of work it is, who takes part, and when."
    return told, _anchor(row)


def _row(plan, kind, pk):
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
        raise Http404("There is no such row.")
    of_plan = {"strand__plan": plan} if kind == "step" else {"plan": plan}
    row = MODELS[kind].objects.filter(pk=pk, **of_plan).first()
    if row is None:
        raise Gone
    return row


def _named(row):
    if isinstance(row, Step):
        return f"Step {row.number}"
    return f"Strand {row.order}" if isinstance(row, Strand) else f"Idea {row.order}"


def _anchor(row):
    return f"{row._meta.model_name}-{row.pk}"
