"""What of a plan somebody should look at."""

from datetime import timedelta

from django.utils import timezone

from actionplan.models import Status
from actionplan.reading import is_overdue, present
from actionplan.sentences import sentences

# About a half-term.
SILENCE = timedelta(weeks=7)


def needs_attention(plan):
    """Return what of `plan` needs attention.

    `strands` is its draft as it is read; `overdue` are the steps whose time is over; `silent` the
    strands of which nobody has told anything for a half-term, in an edition that is as old;
    `waiting` is the number of changes that are in no edition, not even one that is still to
    appear; `newest` is the edition that parents can read.
    """
    content, newest = plan.snapshot(), plan.newest_edition()
    strands = present(content)["strands"]
    steps = [step for strand in strands for step in strand["steps"]]
    return {
        "strands": strands,
        "overdue": [step for step in steps if is_overdue(step, plan.year)],
        "silent": _silent(plan, strands),
        "waiting": len(waiting_changes(content, newest, plan.upcoming_edition())),
        "newest": newest,
    }


def waiting_changes(content, newest, upcoming):
    """Return the Sentences on what of the draft `content` neither Edition, if any, has."""
    published = upcoming or newest
    return sentences(published.content, content) if published else []


def _silent(plan, strands):
    """Return the strands that are at work and have had no update since `SILENCE` began."""
    since = timezone.now() - SILENCE
    if not plan.editions.filter(published_at__lte=since).exists():
        return []
    told = plan.updates.filter(happened_on__gt=timezone.localdate(since), taken_down_at=None)
    told = told.order_by().values_list("strand", "step")
    at_strand, at_step = ({ids[n] for ids in told} for n in (0, 1))
    return [
        strand
        for strand in strands
        if strand["status"] not in (Status.DONE, Status.PAUSED)
        and strand["id"] not in at_strand
        and not at_step & {step["id"] for step in strand["steps"]}
    ]
