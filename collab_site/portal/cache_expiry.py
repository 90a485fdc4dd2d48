"""When a cached page expires because time alone changes it."""

from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Min, Q
from django.utils import timezone

from actionplan.models import Edition
from naming_contest.models import Contest

EDITION_TIMES = ("published_at",)
CONTEST_TIMES = ("opens_at", "closes_at", "judged_until", "announces_at")


def next_expiry(now):
    """Return the first time after `now` at which a page may change without any save.

    That is the next midnight at the latest. Two queries, however much there is.
    """
    upcoming = [*_upcoming(Edition, EDITION_TIMES, now), *_upcoming(Contest, CONTEST_TIMES, now)]
    return min([_next_midnight(now), *filter(None, upcoming)])


def _upcoming(model, fields, now):
    later = [Q(**{f"{field}__gt": now}) for field in fields]
    nearest = {
        field: Min(field, filter=is_later) for field, is_later in zip(fields, later, strict=True)
    }
    return model.objects.filter(reduce(or_, later)).aggregate(**nearest).values()


def _next_midnight(now):
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))
