"""What readers see of a plan: the newest edition, with numbers, words and what has happened.

Everything here is made of dicts and lists, because a page of thirty strands has many of them.
"""

import json
from datetime import date

from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from actionplan.academic_year import HalfTerm, academic_year, year_label
from actionplan.labels import label
from actionplan.models import Audience, Edition, Evidence, Status, Step, Update
from actionplan.sentences import sentences
from collab_site.core.content_version.memo import cached, cached_per_prefix

NEXT_STEPS = 3


@cached_per_prefix
def read_plan(year=None, to_staff=False):
    """Return what readers see of the plan of `year` (the current one), or None if there is none.

    Two queries, however much there is: the editions and the updates. `to_staff` adds the updates
    and the evidence that are only for staff.
    """
    editions = list(_newest_editions())
    edition = _chosen(editions, year)
    if edition is None:
        return None
    updates = read_updates(edition["plan"], to_staff)
    plan = present(json.loads(edition["text"]), updates)
    later = next((e for e in editions if e["year"] == edition["year"] + 1), None)
    if later:
        _tell_where_steps_went(plan, json.loads(later["text"]))
    plan |= {"edition": edition, "id": edition["plan"]}
    plan["other_years"] = [
        {"label": year_label(e["year"]), "url": reverse("plan-year", args=[e["year"]])}
        for e in editions
        if e is not edition
    ]
    return plan


def get_plan(year, to_staff=False):
    """Return what `read_plan` does. Raises Http404 for a year of which nothing is published."""
    plan = read_plan(year, to_staff)
    if plan is None:
        raise Http404("There is no plan for this year.")
    return plan


def _newest_editions():
    return (
        Edition.objects.newest()
        .order_by("-plan__year")
        # As text: only one or two of them are read.
        .annotate(text=Cast("content", TextField()), year=F("plan__year"))
        .values("number", "published_at", "note", "text", "year", "plan")
    )


def _chosen(editions, year):
    """Return the edition of `year`; without one, of this year, else the latest before, or next."""
    if year:
        return next((e for e in editions if e["year"] == year), None)
    earlier = (e for e in editions if e["year"] <= academic_year())
    return next(earlier, editions[-1] if editions else None)


@cached_per_prefix
def strands_serving_aims():
    """Return {an aim's address name: the published strands that serve it}, the newest year first.

    A strand is a dict of its `title`, `url` and the `label` of its year.
    """
    serving = {}
    for edition in _newest_editions():
        year = edition["year"]
        for strand in json.loads(edition["text"])["strands"]:
            told = {
                "title": strand["title"],
                "url": reverse("strand", args=[year, strand["slug"]]),
                "label": year_label(year),
            }
            for aim in strand["aims"]:
                serving.setdefault(aim["slug"], []).append(told)
    return serving


def latest_changes(plan):
    """Return the sentences that tell what the newest edition of what `read_plan` gave changed."""
    edition = plan["edition"]
    return _changes(edition["plan"], edition["number"], edition["text"])


@cached
def _changes(plan, number, text):
    older = Edition.objects.filter(plan=plan, number__lt=number)
    before = older.order_by("-number").values_list("content", flat=True).first()
    return sentences(before, json.loads(text)) if before else []


def newest_in(plan):
    """Return the newest of what readers see of a plan, as `read_plan` gave it, or None.

    It is a dict of its `day` and either the `update` or the `changes` of an edition (sentences).
    """
    update = next(iter(plan["updates"]), None)
    published_on = timezone.localdate(plan["edition"]["published_at"])
    if update is None or update["happened_on"] < published_on:
        changes = latest_changes(plan)
        if changes:
            return {"day": published_on, "changes": changes}
    return update and {"day": update["happened_on"], "update": update}


def present(content, updates=()):
    """Return a plan's snapshot with what readers need beyond it.

    Strands and steps get their `number`, the words for their values as `…_label`, and the updates
    that tell of them; the plan gets its `label`, its `progress`, the steps that are `next`, and
    all `updates`, newest first.
    """
    year = content["year"]
    strands = [_present_strand(s, n, year) for n, s in enumerate(content["strands"], start=1)]
    plan = content | {
        "label": year_label(year),
        "url": reverse("plan-year", args=[year]),
        "strands": strands,
        "progress": progress([step for strand in strands for step in strand["steps"]]),
        "next": _next_steps(strands, year),
        "updates": updates,
    }
    _hand_out(updates, strands)
    return plan


def _present_strand(strand, number, year):
    steps = [_present_step(s, f"{number}.{n}") for n, s in enumerate(strand["steps"], start=1)]
    return strand | {
        "number": number,
        "url": reverse("strand", args=[year, strand["slug"]]),
        "status_label": label(Status, strand["status"]),
        "steps": steps,
        "progress": progress(steps),
        "has_details": any(
            strand[name]
            for name in (
                "rationale",
                "lead",
                "success_criteria",
                "monitoring",
                "resources",
                "aims",
            )
        ),
        "updates": [],
    }


def _present_step(step, number):
    return step | {
        "number": number,
        "anchor": _anchor(number),
        "kind_label": label(Step.Kind, step["kind"]),
        "status_label": label(Status, step["status"]),
        "half_term_label": label(HalfTerm, step["half_term"]),
        "due_on": date.fromisoformat(step["due_on"]) if step["due_on"] else None,
        "school_names": [school["name"] for school in step["schools"]],
        "updates": [],
    }


def _anchor(number):
    """Return where on the plan's page the step with this number stands."""
    return "step-" + number.replace(".", "-")


def progress(steps):
    """Return how far `steps` are, as counts by status and in `total`, or None if nobody has said.

    `segments` are the counts above zero as dicts of `status`, `label` and `count`, in the order in
    which work proceeds, steps without a status last, with `start` and `width` in hundredths.
    """
    counts = dict.fromkeys((*PROGRESS, ""), 0)
    for step in steps:
        counts[step["status"] if step["status"] in counts else ""] += 1
    if not any(counts[value] for value in PROGRESS):
        return None
    segments, start = [], 0
    for value, count in counts.items():
        if count:
            width = 100 * count / len(steps)
            words = label(Status, value) if value else "No status yet"
            segments.append(
                {"status": value, "label": words, "count": count, "start": start, "width": width}
            )
            start += width
    return {"total": len(steps), "done": counts[Status.DONE], "segments": segments}


WAITING = ("", Status.NOT_STARTED, Status.UNDER_WAY)
PROGRESS = (Status.DONE, Status.UNDER_WAY, Status.PAUSED, Status.NOT_STARTED)


def last_day(step, year):
    """Return the day by which a step of the academic year from `year` should be done, or None.

    `step` is a dict of a snapshot or of a reading.
    """
    due_on = step["due_on"]
    if due_on:
        return due_on if isinstance(due_on, date) else date.fromisoformat(due_on)
    if step["half_term"] in HalfTerm.values:
        return HalfTerm(step["half_term"]).last_day(year)
    return None


def is_overdue(step, year):
    """Return whether a step should have been done by now, and nobody has said that it was."""
    day = last_day(step, year)
    return bool(day) and day < timezone.localdate() and step["status"] in WAITING


def _next_steps(strands, year):
    today, waiting = timezone.localdate(), []
    for strand in strands:
        for step in strand["steps"]:
            day = last_day(step, year)
            if day and day >= today and step["status"] in WAITING:
                waiting.append((day, strand["number"], step))
    waiting.sort(key=lambda found: found[:2])
    return [step for _, _, step in waiting[:NEXT_STEPS]]


def _hand_out(updates, strands):
    """Give each update to the strand and the step that it tells of, where they are now."""
    by_strand = {strand["id"]: strand for strand in strands}
    by_step = {step["id"]: (strand, step) for strand in strands for step in strand["steps"]}
    for update in updates:
        strand, step = by_step.get(update["step"], (by_strand.get(update["strand"]), None))
        update |= {
            "strand_title": strand and strand["title"],
            "strand_url": strand and strand["url"],
            "step_number": step and step["number"],
        }
        if strand:
            strand["updates"].append(update)
        if step:
            step["updates"].append(update)


def _tell_where_steps_went(plan, later):
    year = year_label(later["year"])
    carried = {
        step["carried"]["step"]: f"{number}.{place}"
        for number, strand in enumerate(later["strands"], start=1)
        for place, step in enumerate(strand["steps"], start=1)
        if step["carried"]
    }
    let_go = {row["id"]: row["why"] for row in later["let_go"]}
    address = reverse("plan-year", args=[later["year"]])
    for strand in plan["strands"]:
        for step in strand["steps"]:
            if step["id"] in carried:
                number = carried[step["id"]]
                url = f"{address}#{_anchor(number)}"
                step["went"] = {"year": year, "number": number, "url": url}
            elif step["id"] in let_go:
                step["went"] = {"year": year, "why": let_go[step["id"]]}


EVIDENCE_FIELDS = (
    "kind",
    "audience",
    "title",
    "text",
    "url",
    "document",
    "image",
    "width",
    "height",
    "alt_text",
)


def read_updates(plan, to_staff=False):
    """Return the updates on a published plan, by its pk, newest first, each with its `evidence`."""
    rows = (
        Update.objects.told(to_staff)
        .filter(plan=plan)
        .order_by("-happened_on", "-pk", "evidence__order", "evidence__pk")
        .values(
            "pk",
            "happened_on",
            "text",
            "audience",
            "step",
            "strand",
            "school__short_name",
            "evidence__pk",
            *(f"evidence__{name}" for name in EVIDENCE_FIELDS),
        )
    )
    updates = {}
    for row in rows:
        update = updates.setdefault(row["pk"], _update(row))
        if row["evidence__pk"] and (to_staff or row["evidence__audience"] == Audience.PUBLIC):
            update["evidence"].append(_evidence(row))
    return list(updates.values())


def _update(row):
    return {
        "id": row["pk"],
        "happened_on": row["happened_on"],
        "text": row["text"],
        "for_staff": row["audience"] != Audience.PUBLIC,
        "school": row["school__short_name"],
        "strand": row["strand"],
        "step": row["step"],
        "evidence": [],
    }


def _evidence(row):
    evidence = {name: row[f"evidence__{name}"] for name in EVIDENCE_FIELDS}
    return evidence | {
        "kind_label": label(Evidence.Kind, evidence["kind"]),
        "for_staff": evidence["audience"] != Audience.PUBLIC,
        "image_name": evidence["image"].rpartition("/")[2],
        "document_name": evidence["document"].rpartition("/")[2],
    }
