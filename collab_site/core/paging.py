"""Long lists, page by page by key: the last page costs what the first one does."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from django.db.models import DateField, DateTimeField, Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"([ab])(\d{1,17})-(\d{1,18})", re.ASCII)
LAST = "last"
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the values of `page` in the addresses of those beside it, or ""."""

    rows: list
    earlier: str
    later: str

    @property
    def last(self):
        """What leads to the end of the list; "" where this is it."""
        return LAST if self.later else ""


def page_of(queryset, cursor, size, *, by, newest_first=False):
    """Return the Page of `queryset` that `cursor` asks for; the first for one that is no cursor.

    The list is ordered by the field `by`, which has moments, days or whole numbers, and by primary
    key where that is the same.
    """
    return page_of_merged([queryset], cursor, size, by=by, newest_first=newest_first)


def page_of_merged(querysets, cursor, size, *, by, newest_first=False):
    """Return the Page, as `page_of` does, of querysets that have no row in common.

    Each is read by its own index, however much the others hold.
    """
    match = CURSOR.fullmatch(cursor or "")
    backwards = cursor == LAST or (match and match[1] == "b")
    descending = newest_first != bool(backwards)
    found = _first_of(querysets, size + 1, by, descending, match)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        if not cursor:
            return EMPTY
        return page_of_merged(querysets, "", size, by=by, newest_first=newest_first)
    before, after = (more, bool(match)) if backwards else (bool(match), more)
    return Page(
        found,
        _cursor("b", found[0], by) if before else "",
        _cursor("a", found[-1], by) if after else "",
    )


def bounded_count(querysets):
    """Return how many rows they have together; MOST_COUNTED + 1 if there are even more."""
    most = MOST_COUNTED + 1
    return min(sum(rows.order_by()[:most].count() for rows in querysets), most)


EMPTY = Page([], "", "")


def _first_of(querysets, most, by, descending, match):
    if match:
        querysets = [rows.filter(_beyond(rows.model, by, match, descending)) for rows in querysets]
    order = dict.fromkeys((f"-{by}", "-pk") if descending else (by, "pk"))
    rows = chain.from_iterable(rows.order_by(*order)[:most] for rows in querysets)
    return sorted(rows, key=lambda row: (getattr(row, by), row.pk), reverse=descending)[:most]


def _beyond(model, by, match, descending):
    at, pk = _value(model, by, int(match[2])), int(match[3])
    way = "lt" if descending else "gt"
    same_or_beyond = Q(**{f"{by}__{way}e": at})
    # Written so that a database finds the place by its index.
    return same_or_beyond & (Q(**{f"{by}__{way}": at}) | Q(**{f"pk__{way}": pk}))


def _cursor(side, row, by):
    return f"{side}{_number(getattr(row, by))}-{row.pk}"


def _number(value):
    """Return a value of a list's field as a whole number, in the same order."""
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    return value.toordinal() if isinstance(value, date) else value


def _value(model, by, number):
    """Return what `_number` has made this number of; for any other one, what comes near it."""
    field = model._meta.pk if by == "pk" else model._meta.get_field(by)
    if isinstance(field, DateTimeField):
        return EPOCH + timedelta(microseconds=number)
    if isinstance(field, DateField):
        return date.fromordinal(min(max(number, 1), date.max.toordinal()))
    return number
