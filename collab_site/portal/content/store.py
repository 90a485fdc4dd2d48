"""A collaboration's content, from a file into the database and back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from actionplan.academic_year import parse_year, year_slug
from actionplan.models import Plan
from aims.models import Point
from collab_site.core.editing.ordering import Ordered
from collab_site.portal.content.document import ContentError, Entry, parse, write
from collab_site.portal.content.shapes import CONTENT, POINT

# The fields by which a row of a file is known again, where it has no key, the surest first.
KNOWN_BY = ("slug", "title", "text", "heading")


def is_empty():
    """Return whether the portal has no content yet."""
    return not any(shape.model.objects.exists() for shape in CONTENT.values())


@transaction.atomic
def load(text):
    """Make the portal's content that of the file `text`: all of it, or nothing.

    Rows that the file still names keep what hangs on them (pictures, updates, families' ideas); the
    others go, but for plans that people have read. A plan that is new is published; what the file
    changes of one that was there waits for a headteacher to do so. Raises ContentError with line
    and reason.
    """
    document = parse(text)
    sections = _known(document, CONTENT)
    for name in ("collaboration", "schools"):
        if name not in sections:
            raise ContentError(document.line, f"“{name}” is missing.")
    plans = [plan.pk for plan in Plan.objects.all()]
    for name, shape in CONTENT.items():
        entries = _entries(shape, sections.get(name))
        kept = [_load_row(shape, entry, place) for place, entry in enumerate(entries, start=1)]
        _drop_others(shape, kept, document.line)
    for plan in Plan.objects.exclude(pk__in=plans):
        plan.publish()


def _known(entry, names):
    mapping = entry.mapping()
    for name, value in mapping.items():
        if name not in names:
            expected = ", ".join(names)
            raise ContentError(value.line, f"“{name}” is unknown here; known are: {expected}.")
    return mapping


def _entries(shape, entry):
    if entry is None or entry.value == "":
        return []
    if shape.single:
        return [entry]
    return _flattened(entry) if shape is POINT else entry.items()


def _flattened(entry, level=Point.Level.UPPER):
    """Return points as a flat list with levels; the file nests the lower under the upper."""
    flat = []
    for item in entry.items():
        mapping = {"text": item} if isinstance(item.value, str) else dict(item.mapping())
        below = mapping.pop("points", None)
        if below and level != Point.Level.UPPER:
            raise ContentError(below.line, "points can be nested two deep, not deeper.")
        flat.append(Entry(mapping | {"level": Entry(str(level.value), item.line)}, item.line))
        flat += _flattened(below, Point.Level.LOWER) if below else []
    return flat


def _load_row(shape, entry, place, found=None, **parent):
    entry = _unfolded(shape, entry)
    mapping = _known(entry, (*shape.fields, *shape.links, *shape.children))
    values = {name: make() for name, make in shape.defaults.items()}
    values |= {name: _value(shape, name, mapping[name]) for name in shape.fields if name in mapping}
    row = _cleared(shape, found or _found(shape, values))
    for name, value in (values | parent).items():
        setattr(row, name, value)
    if isinstance(row, Ordered):
        row.order = place
    _save(row, entry, mapping)
    for name in shape.links:
        getattr(row, name).set(_linked(row, name, mapping.get(name)))
    for name, child in shape.children.items():
        _load_children(row, name, child, mapping.get(name))
    return row


def _unfolded(shape, entry):
    is_short = shape.short and isinstance(entry.value, str)
    return Entry({shape.short: entry}, entry.line) if is_short else entry


def _found(shape, values):
    known = {"pk": 1} if shape.key == "pk" else {shape.key: values.get(shape.key)}
    return shape.model.objects.filter(**known).first() if shape.key else None


def _cleared(shape, row):
    """Return a new row, or the stored one without what the file may say; its address stays."""
    row = row or shape.model()
    for name in shape.fields:
        if name != "slug" or row._state.adding:
            setattr(row, name, shape.model._meta.get_field(name).get_default())
    return row


def _value(shape, name, entry):
    text = entry.text().strip()
    field = shape.model._meta.get_field(name)
    try:
        if field is Plan._meta.get_field("year"):
            return parse_year(text)
        if isinstance(field, models.BooleanField):
            text = text.capitalize()
        if text == "" and field.null:
            return None
        value = field.to_python(text)
    except (ValidationError, ValueError) as error:
        reason = error.messages[0] if isinstance(error, ValidationError) else str(error)
        raise ContentError(entry.line, f"{name}: {reason}") from error
    if isinstance(value, datetime) and timezone.is_naive(value):
        return timezone.make_aware(value)
    return value


def _save(row, entry, mapping):
    try:
        row.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        line = mapping[name].line if name in mapping else entry.line
        label = f"{name}: " if name != "__all__" else ""
        raise ContentError(line, label + messages[0]) from error
    row.save()


def _linked(row, name, entry):
    model = row._meta.get_field(name).related_model
    known = {other.slug: other for other in model.objects.all()}
    linked = []
    for item in entry.items() if entry else []:
        if item.text() not in known:
            raise ContentError(item.line, f"{name}: there is no “{item.text()}”.")
        linked.append(known[item.text()])
    return linked


def _load_children(row, name, shape, entry):
    relation = row._meta.get_field(name)
    parent = {relation.field.name: row}
    entries = [_unfolded(shape, item) for item in _entries(shape, entry)]
    rows, others = _paired(list(shape.model.objects.filter(**parent)), entries)
    shape.model.objects.filter(pk__in=[other.pk for other in others]).delete()
    for place, (item, found) in enumerate(zip(entries, rows, strict=True), start=1):
        _load_row(shape, item, place, found, **parent)


def _paired(rows, entries):
    """Return for each of the entries the row that it is, or None; and the rows that are left.

    A row is known by its words, or else by its place: what hangs on it stays with it.
    """
    left, pairs = dict(enumerate(rows)), []
    for entry in entries:
        place = next((n for n, row in left.items() if _is_of(row, entry)), None)
        pairs.append(left.pop(place, None))
    pairs = [row or left.pop(place, None) for place, row in enumerate(pairs)]
    return pairs, list(left.values())


def _is_of(row, entry):
    mapping = entry.mapping()
    name = next((name for name in KNOWN_BY if name in mapping), None)
    return name and getattr(row, name, None) == mapping[name].text().strip()


def _drop_others(shape, kept, line):
    others = shape.model.objects.exclude(pk__in=[row.pk for row in kept])
    if shape.model is Plan:
        # Editions have lasting addresses, and updates tell what happened whatever is planned.
        others = others.filter(editions=None, updates=None)
    try:
        for other in others:
            other.delete()
    except ProtectedError as error:
        raise ContentError(
            line,
            f"the file lacks a {shape.model._meta.verbose_name} to which families' ideas belong.",
        ) from error


def dump():
    """Return the portal's content as the text of a content file. Pictures are not in it."""
    data = {}
    for name, shape in CONTENT.items():
        rows = [_dump_row(shape, row) for row in shape.model.objects.all()]
        if rows:
            data[name] = rows[0] if shape.single else rows
    return write(data)


def _dump_row(shape, row):
    written = {name: _written(row, name) for name in shape.fields if _is_said(row, name)}
    for name in shape.links:
        if slugs := [other.slug for other in getattr(row, name).all()]:
            written[name] = slugs
    for name, child in shape.children.items():
        if below := _dump_children(row, name, child):
            written[name] = below
    return written[shape.short] if shape.short and set(written) == {shape.short} else written


def _dump_children(row, name, shape):
    relation = row._meta.get_field(name)
    rows = shape.model.objects.filter(**{relation.field.name: row})
    written = [_dump_row(shape, child) for child in rows]
    if shape.single:
        return written[0] if written else None
    return _nested(written) if shape is POINT else written


def _nested(points):
    """Return flat points with levels as the file nests them."""
    nested = []
    for point in points:
        if isinstance(point, str) or not nested:
            nested.append(point if isinstance(point, str) else point["text"])
            continue
        if isinstance(nested[-1], str):
            nested[-1] = {"text": nested[-1], "points": []}
        nested[-1]["points"].append(point["text"])
    return nested


def _is_said(row, name):
    field = row._meta.get_field(name)
    return getattr(row, name) != field.get_default()


def _written(row, name):
    value = getattr(row, name)
    if isinstance(row, Plan) and name == "year":
        return year_slug(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    return value if isinstance(value, bool | int) else str(value)
