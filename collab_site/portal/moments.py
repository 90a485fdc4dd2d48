"""When time alone changes what readers see."""

from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Min, Q
from django.utils import timezone

from actionplan.models import Edition
from naming_contest.models import Contest

OF_EDITIONS = ("published_at",)
OF_CONTESTS = ("opens_at", "closes_at", "judged_until", "announces_at")


def next_moment(now):
    """Return the first moment after `now` at which a page may become another one by itself.

    That is the next midnight at the latest. Two queries, however much there is.
    """
    coming = [*_coming(Edition, OF_EDITIONS, now), *_coming(Contest, OF_CONTESTS, now)]
    return min([_midnight(now), *filter(None, coming)])


def _coming(model, fields, now):
    later = [Q(**{f"{field}__gt": now}) for field in fields]
    nearest = {
        field: Min(field, filter=is_later) for field, is_later in zip(fields, later, strict=True)
    }
    return model.objects.filter(reduce(or_, later)).aggregate(**nearest).values()


def _midnight(now):
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))
