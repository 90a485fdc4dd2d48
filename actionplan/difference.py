"""The difference between two snapshots of one year's plan, as a script that makes one the other."""

from bisect import bisect_left
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

PLAN = ("plan", None)
LISTS = {"strand": "strands", "possibility": "possibilities", "let_go": "let_go"}


@dataclass(frozen=True)
class Removed:
    """An item that is gone. `kind` is "strand", "step", "possibility" or "let_go"."""

    kind: str
    id: int


@dataclass(frozen=True)
class Added:
    """An item that is new, at `place` (from 0) of its list; a step's `parent` is its strand."""

    kind: str
    id: int
    parent: int | None
    place: int
    fields: dict


@dataclass(frozen=True)
class Moved:
    """An item of the older snapshot that has another place among those that stay."""

    kind: str
    id: int
    parent: int | None
    place: int


@dataclass(frozen=True)
class Changed:
    """One field that has another value. The plan's own fields have the kind "plan", id None."""

    kind: str
    id: int | None
    field: str
    before: Any
    after: Any


Change = Removed | Added | Moved | Changed


class Outline:
    """A snapshot laid flat.

    `order` has the ids of each list under (kind, parent's id), `fields` the fields of each item
    under (kind, id), without the lists that are laid flat. Both are in the order shown.
    """

    def __init__(self, snapshot):
        self.order = defaultdict(list)
        self.fields = {}
        self._lay(*PLAN, snapshot, LISTS.values())
        for kind, name in LISTS.items():
            for item in snapshot[name]:
                self.order[kind, None].append(item["id"])
                self._lay(kind, item["id"], item, ["steps"])
                for step in item.get("steps", []):
                    self.order["step", item["id"]].append(step["id"])
                    self._lay("step", step["id"], step)

    def _lay(self, kind, key, item, without=()):
        self.fields[kind, key] = {name: item[name] for name in item if name not in without}

    def items(self, kind, parent=None):
        """Return (id, fields) of each item of a list, in order."""
        return [(key, self.fields[kind, key]) for key in self.order.get((kind, parent), [])]

    def snapshot(self):
        """Return the snapshot anew, sharing nothing with the one it was laid from."""
        whole = {**self.fields[PLAN]}
        for kind, name in LISTS.items():
            whole[name] = [{**fields} for _, fields in self.items(kind)]
        for strand in whole["strands"]:
            strand["steps"] = [fields for _, fields in self.items("step", strand["id"])]
        return deepcopy(whole)


def difference(older, newer):
    """Return the changes that make the snapshot `older` equal to `newer`; none if they are equal.

    Of a list in another order as few items as possible are Moved. Raises ValueError if the
    snapshots are of different years.
    """
    if older["year"] != newer["year"]:
        raise ValueError("Only plans of the same year can be compared.")
    before, after = Outline(older), Outline(newer)
    return [*_removed(before, after), *_placed(before, after), *_changed(before, after)]


def _removed(before, after):
    return [Removed(*item) for item in before.fields if item not in after.fields]


def _placed(before, after):
    for (kind, parent), ids in after.order.items():
        places = {key: place for place, key in enumerate(before.order.get((kind, parent), []))}
        staying = _longest_rising([places[key] for key in ids if key in places])
        for place, key in enumerate(ids):
            if (kind, key) not in before.fields:
                yield Added(kind, key, parent, place, after.fields[kind, key])
            elif places.get(key) not in staying:
                yield Moved(kind, key, parent, place)


def _changed(before, after):
    for (kind, key), fields in after.fields.items():
        for name, value in before.fields.get((kind, key), {}).items():
            if value != fields[name]:
                yield Changed(kind, key, name, value, fields[name])


def _longest_rising(numbers):
    """Return the set of a longest rising subsequence of different numbers."""
    lasts, chains = [], []
    for number in numbers:
        length = bisect_left(lasts, number)
        chain = (number, chains[length - 1] if length else None)
        lasts[length : length + 1] = [number]
        chains[length : length + 1] = [chain]
    rising, chain = set(), chains[-1] if chains else None
    while chain:
        number, chain = chain
        rising.add(number)
    return rising


def apply(older, changes):
    """Return the snapshot that `changes` make of `older`, which stays as it is."""
    outline = Outline(older)
    leaving = {
        (change.kind, change.id) for change in changes if isinstance(change, Removed | Moved)
    }
    for (kind, _), ids in outline.order.items():
        ids[:] = [key for key in ids if (kind, key) not in leaving]
    # What stays is in its final order, so that each place is right once all before it are filled.
    for change in changes:
        match change:
            case Added(kind, key, parent, place, fields):
                outline.order[kind, parent].insert(place, key)
                outline.fields[kind, key] = fields
            case Moved(kind, key, parent, place):
                outline.order[kind, parent].insert(place, key)
            case Changed(kind, key, field, _, after):
                fields = outline.fields[kind, key]
                outline.fields[kind, key] = {**fields, field: after}
    return outline.snapshot()
