"""Erasing what is personal in ideas when it is no longer needed."""

import logging
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from collab_site.core.pictures.models import HeldPicture
from naming_contest.models import Contest, Idea
from naming_contest.personal import marked
from naming_contest.scrubbing import scrub

logger = logging.getLogger(__name__)

BATCH = 200
# What the form itself leaves in every idea.
OF_SENDER = {
    "first_name": "",
    "year_group": "",
    "shows_first_name": False,
    "form_token": None,
    "form_digest": "",
}


def forget_expired(dry_run=False):
    """Erase what is personal in the ideas whose time is over; return {what: how many}.

    With `dry_run`, nothing is changed. It may be called at any time, and by several at once; what
    it was stopped in the middle of is done by the next call.
    """
    counts, last = Counter(), 0
    while last is not None:
        with transaction.atomic():
            ideas = list(_expired().filter(pk__gt=last).select_for_update()[:BATCH])
            counts += _forget(ideas, dry_run)
        last = ideas[-1].pk if ideas else None
    if not dry_run:
        HeldPicture.objects.purge_stale()
    if counts and not dry_run:
        scrub()
        logger.info("Erased from ideas whose time is over: %s.", in_words(counts))
    return dict(counts)


def in_words(counts):
    """Return what `forget_expired` has counted as "first names: 3, pictures: 1"."""
    return ", ".join(f"{what}: {number}" for what, number in sorted(counts.items()))


def _expired():
    now = timezone.now()
    told = now - timedelta(days=settings.IDEAS_KEPT_DAYS)
    oldest = now - timedelta(days=settings.IDEAS_LONGEST_DAYS)
    over = Contest.objects.filter(announces_at__lte=told)
    due = Idea.objects.filter(Q(contest__in=over) | Q(sent_at__lte=oldest))
    # A picture may be declined, or a name be given, when all else is forgotten already.
    picture = ~Q(status=Idea.Status.APPROVED) & ~Q(logo="")
    left = Q(forgotten_at=None) | ~Q(first_name="") | ~Q(year_group="") | picture
    return due.filter(left).order_by("pk").prefetch_related("wins")


def _forget(ideas, dry_run):
    """Erase what is personal in `ideas`, locked rows; return what it is, counted."""
    counts, left = Counter(), []
    for idea in ideas:
        emptied = _emptied(idea)
        counts += _counted(idea, emptied)
        is_gone = _is_gone(idea, emptied)
        if not is_gone:
            left.append(idea.pk)
        if dry_run:
            continue
        if is_gone:
            idea.delete()
        elif emptied:
            _empty(idea, emptied)
    if not dry_run:
        changes = OF_SENDER | {"forgotten_at": timezone.now(), "revision": F("revision") + 1}
        Idea.objects.filter(pk__in=left).update(**changes)
    return counts


def _emptied(idea):
    """Return the names of the fields in which the idea is to say nothing any more."""
    fields = _personal_texts(idea)
    if idea.logo and idea.status != Idea.Status.APPROVED:
        fields |= {"logo", "logo_alt"}
    return fields


def _personal_texts(idea):
    # What has won is the schools' own name by now.
    won = {winner.part for winner in idea.wins.all()}
    return marked(idea).keys() - won - OF_SENDER.keys()


def _is_gone(idea, emptied):
    parts = {"name", "strap_line", "logo"} - emptied
    return idea.status == Idea.Status.DRAFT or not any(getattr(idea, part) for part in parts)


def _empty(idea, fields):
    for field in fields:
        setattr(idea, field, "")
    if "logo" in fields:
        fields = fields | {"logo_width", "logo_height"}
    idea.save(update_fields=fields)


def _counted(idea, emptied):
    return Counter(
        {
            "first names": int(bool(idea.first_name)),
            "year groups": int(bool(idea.year_group)),
            "texts that may tell who somebody is": len(_personal_texts(idea)),
            "pictures that nobody approved": int("logo" in emptied),
            "ideas of which nothing is left": int(_is_gone(idea, emptied)),
        }
    )
