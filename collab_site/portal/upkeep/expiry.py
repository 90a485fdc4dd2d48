"""Erases what has expired: at each start, and by the daily command `forget_expired`."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from reversion.models import Revision

from actionplan.models import HeldDocument
from collab_site.core.editing.bin import empty_bin
from collab_site.portal.upkeep.models import Installation
from naming_contest.forgetting import forget_expired
from naming_contest.models import Idea

# A clock that is wrong by years would erase everything at once.
MAX_GAP = timedelta(days=60)
ACTIVITY_DATE_FIELDS = {LogEntry: "action_time", Revision: "date_created", Idea: "sent_at"}


class ImplausibleClock(Exception):
    """The clock is far ahead of all that is stored; the message is for the technician."""


def erase_expired(*, trust_clock=False):
    """Erase what has expired; return what `forget_expired` counts.

    Raises ImplausibleClock, and erases nothing, where the clock is more than MAX_GAP past the
    newest row, unless `trust_clock`.
    """
    check_clock(trust_clock=trust_clock)
    HeldDocument.objects.purge_stale()
    empty_bin()
    return forget_expired()


def check_clock(*, trust_clock=False):
    """Raise ImplausibleClock where the clock is more than MAX_GAP past the newest plausible row.

    With `trust_clock` it is taken to be right, whatever the rows say.
    """
    installation, now = Installation.load(), timezone.now()
    newest = _newest_plausible_activity(installation, now)
    is_plausible = trust_clock or not newest or now <= newest + MAX_GAP
    # A clock that is behind erases less than it should, which does no harm.
    installation.last_plausible_at = max(now, newest or now) if is_plausible else newest
    installation.save(update_fields=["last_plausible_at"])
    if not is_plausible:
        raise ImplausibleClock(
            f"This computer's clock says {date_format(now, 'j F Y')}, but the newest entry in the "
            f"database is of {date_format(newest, 'j F Y')}, so nothing was erased. If the clock "
            "is right, run “manage.py forget_expired --trust-clock” with the portal's settings."
        )


def add_clock_argument(parser):
    """Let a command be told that the clock is right."""
    parser.add_argument(
        "--trust-clock",
        action="store_true",
        help="erase also where this computer's clock is long past the newest entry",
    )


def _newest_plausible_activity(installation, now):
    """Return the newest time in the database that a right clock can have written, or None.

    Beyond the last plausible time, activity counts as long as it has no gap over MAX_GAP: rows
    that were saved after the clock jumped prove nothing.
    """
    newest = installation.last_plausible_at
    if newest is None:
        return max(_list_activity(None, now), default=None)
    for time in sorted(_list_activity(newest, now)):
        if time > newest + MAX_GAP:
            break
        newest = time
    return newest


def _list_activity(after, now):
    """Return the newest time of each day with activity after `after` (or ever), not after `now`."""
    times = []
    for model, field in ACTIVITY_DATE_FIELDS.items():
        rows = model._base_manager.filter(**{f"{field}__lte": now})
        if after:
            rows = rows.filter(**{f"{field}__gt": after})
        days = rows.values(day=TruncDate(field)).annotate(newest=Max(field)).order_by()
        times += days.values_list("newest", flat=True)
    return times
