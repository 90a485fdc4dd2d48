"""The history of what editors change: each version, who saved it, and when.

A *page* is what is saved as one: a row with its *parts*, such as a strand with its steps. Each row
belongs to one page. Versions are kept by django-reversion, a revision for each request.
"""

import json
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models, transaction
from django.db.models import signals
from django.utils import timezone
from reversion.models import Revision, Version

from collab_site.core.editing.models import Removal

# Says of a revision that it was kept just before a change, and is nobody's.
AS_IT_WAS = "As it was before"
REMOVED = "Removed"

_recording = ContextVar("recording", default=None)
_kinds = {}


@dataclass(frozen=True)
class Kind:
    """What is known of a registered model.

    `parent` names the foreign key to what a row is part of, or under which its page stands.
    `parts` are the lookups of a page's parts; None for a model whose rows are parts. `lasting` are
    fields that no earlier version brings back.
    """

    model: type[models.Model]
    parent: str | None
    parts: tuple[str, ...] | None
    lasting: tuple[str, ...] = ()

    @property
    def is_page(self):
        """Whether the rows have pages of their own."""
        return self.parts is not None

    @property
    def parent_model(self):
        """The model that `parent` leads to, or None."""
        return self.parent and self.model._meta.get_field(self.parent).related_model

    def parent_pk(self, version):
        """Return the primary key of the stored row's parent, or None."""
        if not self.parent:
            return None
        return version.field_dict[self.model._meta.get_field(self.parent).attname]


def register(model, parts=(), within=None, lasting=()):
    """Keep the history of `model`, whose rows have pages of their own.

    `parts` are lookups, as prefetch_related has them, of the rows that are saved with the page:
    ["purpose", "purpose__points"]. `within` names the foreign key to the row under which the page
    stands: what is removed with that one comes back with it. `lasting` names the fields that tell
    of other rows, and stay as they are when an earlier version is brought back. Call it when an app
    is ready.
    """
    _add(Kind(model, within, tuple(parts), tuple(lasting)))
    for lookup in parts:
        relation, owner = None, model
        for name in lookup.split("__"):
            relation = owner._meta.get_field(name)
            owner = relation.related_model
        _add(Kind(owner, relation.field.name, None))


def kind_of(model):
    """Return the Kind of a registered model, or None."""
    return _kinds.get(model)


def kinds():
    """Return every Kind."""
    return list(_kinds.values())


def model_of(version):
    """Return the model of a stored row."""
    return ContentType.objects.get_for_id(version.content_type_id).model_class()


@contextmanager
def recorded(user, what=""):
    """Record whatever changes inside the `with` block, in one transaction with it.

    Wrap an action around everything that it saves and removes:

        with recorded(request.user, "Carried over from 2026–27"):
            plan.carry_over(steps)

    Each page that is another one afterwards gets a version in the name of `user`, with the words
    `what`; what is gone is in the bin. Where nothing has changed, nothing is kept. Changes are
    seen by the signals of save(), delete() and many-to-many fields; before `bulk_create`,
    `update` and the like, tell with `touch(row)`. A block inside another one belongs to that one,
    and words it if it has no words yet. The `with` gives a Recording, whose `removals` are filled
    when the block has ended.
    """
    outer = _recording.get()
    if outer:
        outer.what = outer.what or what
        yield outer
        return
    with transaction.atomic():
        recording = Recording(user, what)
        token = _recording.set(recording)
        try:
            yield recording
        finally:
            _recording.reset(token)
        recording.store()


def touch(row):
    """Tell that the page of `row`, new or stored, is about to change."""
    recording = _recording.get()
    if recording and type(row) in _kinds:
        recording.touch(row)


def history_of(row):
    """Return the queryset of the versions of `row`, the newest first."""
    versions = Version.objects.get_for_object(row).select_related("revision__user")
    # In a row's own index they stand by revision.
    return versions.order_by("-revision_id")


def with_parts(versions, *, deep=False):
    """Return {version: [itself, *the parts kept with it]} in one query.

    Parts follow in order. With `deep`, the pages that stand under it and were kept with it, too.
    """
    kept = Version.objects.filter(revision__in={version.revision_id for version in versions})
    below = {}
    for version in kept:
        kind = _kinds.get(model_of(version))
        if kind and kind.parent and (deep or not kind.is_page):
            key = (version.revision_id, kind.parent_model, kind.parent_pk(version))
            below.setdefault(key, []).append(version)
    return {version: list(_tree(version, below)) for version in versions}


def names_file(model, name):
    """Return whether a version of a row of `model` names the stored file `name`."""
    if model not in _kinds:
        return False
    return Version.objects.get_for_model(model).filter(serialized_data__contains=name).exists()


class Recording:
    """What happens to pages inside a `recorded` block."""

    def __init__(self, user, what):
        self.user = user
        self.what = what
        self.removals = []
        self._before = {}
        self._new = []
        self._links = {}

    def touch(self, row):
        """Keep how the row's page is, before its first change; also the page that a part leaves."""
        self._touch_page_of(row)
        if not _kinds[type(row)].is_page and row.pk and not row._state.adding:
            for stored in type(row)._base_manager.filter(pk=row.pk):
                self._touch_page_of(stored)

    def touch_linked(self, row):
        """Keep what refers to `row`, which is about to be removed."""
        for relation in row._meta.related_objects:
            field, model = relation.field, relation.related_model
            if not field.many_to_many and relation.on_delete is not models.SET_NULL:
                continue
            linked = list(model._base_manager.filter(**{field.name: row}))
            if linked:
                found = [model._meta.label_lower, field.name, [other.pk for other in linked]]
                self._links.setdefault(_key(row), []).append(found)
            if model in _kinds:
                for other in linked:
                    self.touch(other)

    def store(self):
        """Store a version of each page that has changed, and put what is gone into the bin."""
        self._before |= {_key(row): [] for row in self._new if row.pk}
        after = {key: _current(*key) for key in self._before}
        changed = [key for key in after if _told(self._before[key]) != _told(after[key])]
        self._store_unknown([self._before[key] for key in changed if after[key]])
        left = {_stored_key(version) for versions in after.values() for version in versions}
        self._store_gone([v for key in changed for v in self._before[key]], left)
        _store(
            [version for key in changed for version in after[key]], user=self.user, what=self.what
        )

    def _touch_page_of(self, row):
        while not _kinds[type(row)].is_page:
            row = getattr(row, _kinds[type(row)].parent)
        if not row.pk:
            if not any(row is other for other in self._new):
                self._new.append(row)
        elif _key(row) not in self._before:
            self._before[_key(row)] = _current(*_key(row))

    def _store_unknown(self, pages):
        """Store each page as it was, if that isn't what was stored last."""
        latest = [
            Version.objects.get_for_object_reference(model_of(page[0]), page[0].object_id).first()
            for page in pages
            if page
        ]
        stored = with_parts([version for version in latest if version])
        known = [_told(versions, with_place=False) for versions in stored.values()]
        unknown = [page for page in pages if page and _told(page, with_place=False) not in known]
        _store([version for page in unknown for version in page], user=None, what=AS_IT_WAS)

    def _store_gone(self, before, left):
        gone = [version for version in before if _stored_key(version) not in left]
        gone = _store(gone, user=self.user, what=self.what or REMOVED)
        keys = {_stored_key(version) for version in gone}
        for version in gone:
            kind = _kinds[model_of(version)]
            if (kind.parent_model, kind.parent_pk(version)) not in keys:
                below = {_stored_key(v) for v in with_parts([version], deep=True)[version]}
                links = [
                    [model._meta.label_lower, pk, *link]
                    for (model, pk), found in self._links.items()
                    if (model, pk) in below
                    for link in found
                ]
                self.removals.append(Removal.objects.create(version=version, links=links))


def _add(kind):
    _kinds[kind.model] = kind
    reversion.register(kind.model)
    signals.pre_save.connect(_before_save, sender=kind.model)
    signals.pre_delete.connect(_before_delete, sender=kind.model)
    for field in kind.model._meta.local_many_to_many:
        signals.m2m_changed.connect(_before_link, sender=field.remote_field.through)


def _before_save(sender, instance, **kwargs):
    touch(instance)


def _before_delete(sender, instance, **kwargs):
    touch(instance)
    if recording := _recording.get():
        recording.touch_linked(instance)


def _before_link(sender, instance, action, reverse, model, pk_set, **kwargs):
    if not (_recording.get() and action.startswith("pre_")):
        return
    rows = [instance]
    if reverse:
        fields = model._meta.local_many_to_many
        [name] = [field.name for field in fields if field.remote_field.through is sender]
        chosen = {name: instance} if pk_set is None else {"pk__in": pk_set}
        rows = model._base_manager.filter(**chosen)
    for row in rows:
        touch(row)


def _key(row):
    return type(row), row.pk


def _stored_key(version):
    model = model_of(version)
    return model, model._meta.pk.to_python(version.object_id)


def _current(model, pk):
    """Return the page as it is now, as versions that aren't stored: the row, then its parts."""
    lookups = _with_links(model, _kinds[model].parts)
    row = model._base_manager.filter(pk=pk).prefetch_related(*lookups).first()
    if row is None:
        return []
    rows = [row]
    for lookup in _kinds[model].parts:
        rows += _follow(row, lookup.split("__"))
    return [_version(row) for row in rows]


def _with_links(model, parts):
    """Return `parts` and the lookups of every many-to-many field there."""
    lookups = [field.name for field in model._meta.local_many_to_many]
    for lookup in parts:
        owner = model
        for name in lookup.split("__"):
            owner = owner._meta.get_field(name).related_model
        lookups += [lookup, *(f"{lookup}__{f.name}" for f in owner._meta.local_many_to_many)]
    return lookups


def _follow(row, names):
    rows = [row]
    for name in names:
        found = [getattr(row, name, None) for row in rows]
        rows = [
            row
            for one in found
            if one is not None
            for row in ([one] if isinstance(one, models.Model) else one.all())
        ]
    return rows


def _version(row):
    return Version(
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        db=row._state.db,
        format="json",
        serialized_data=serializers.serialize("json", [row]),
        object_repr=str(row),
    )


def _store(versions, user, what):
    """Store copies of `versions` as one revision, if there are any; return them."""
    if not versions:
        return []
    revision = Revision.objects.create(date_created=timezone.now(), user=user, comment=what)
    stored = [copy(version) for version in versions]
    for version in stored:
        version.revision = revision
    return Version.objects.bulk_create(stored)


def _told(versions, *, with_place=True):
    """Return what the versions of a page say; without the place of its first row if so asked."""
    told = {}
    for version in versions:
        fields = json.loads(version.serialized_data)[0]["fields"]
        if not told and not with_place:
            fields.pop("order", None)
        told[version.content_type_id, version.object_id] = {
            name: sorted(value) if isinstance(value, list) else value
            for name, value in fields.items()
        }
    return told


def _tree(version, below):
    yield version
    key = (version.revision_id, *_stored_key(version))
    for part in sorted(below.get(key, []), key=_place):
        yield from _tree(part, below)


def _place(version):
    return version.field_dict.get("order", 0), int(version.object_id)
