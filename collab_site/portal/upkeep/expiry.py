"""Erases what has expired: at each start, and by the daily command `forget_expired`."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.db.models import Max
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
    """Raise ImplausibleClock where the clock is more than MAX_GAP past the newest row.

    With `trust_clock` it is taken to be right, whatever the rows say. Once refused, it is compared
    with the row that was the newest then: rows that are saved by a wrong clock prove nothing.
    """
    installation, now = Installation.load(), timezone.now()
    newest = installation.refused_clock_newest_at or _newest_activity(installation, now)
    if not trust_clock and newest and now > newest + MAX_GAP:
        installation.refused_clock_newest_at = newest
        installation.save(update_fields=["refused_clock_newest_at"])
        raise ImplausibleClock(
            f"This computer's clock says {date_format(now, 'j F Y')}, but the newest entry in the "
            f"database is of {date_format(newest, 'j F Y')}, so nothing was erased. If the clock "
            "is right, run “manage.py forget_expired --trust-clock” with the portal's settings."
        )
    installation.refused_clock_newest_at, installation.last_upkeep_at = None, now
    installation.save(update_fields=["refused_clock_newest_at", "last_upkeep_at"])


def add_clock_argument(parser):
    """Let a command be told that the clock is right."""
    parser.add_argument(
        "--trust-clock",
        action="store_true",
        help="erase also where this computer's clock is long past the newest entry",
    )


def _newest_activity(installation, now):
    """Return the newest time in the database that isn't in the future; None without any."""
    times = [installation.last_upkeep_at]
    for model, field in ACTIVITY_DATE_FIELDS.items():
        rows = model._base_manager.filter(**{f"{field}__lte": now})
        times.append(rows.aggregate(newest=Max(field))["newest"])
    return max((time for time in times if time and time <= now), default=None)
