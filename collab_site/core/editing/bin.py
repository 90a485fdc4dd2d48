"""Bringing back what was, from a page's history or from the bin, and letting it go for good."""

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.utils import timezone
from reversion.models import Revision, Version

from collab_site.core.editing.history import kind_of, kinds, model_of, with_parts
from collab_site.core.editing.models import Removal
from collab_site.core.editing.ordering import Ordered, number_rows
from collab_site.core.editing.slugs import Slugged
from collab_site.core.pictures.fields import OwnFileMixin


@transaction.atomic
def bring_back(version):
    """Make the page of `version` what it was then, and return its row.

    Parts that have been removed since come back, and parts that were added since go; a part that
    now belongs to another page stays there, and one that has come from there stays here. Raises
    ValidationError with a sentence for people.
    """
    versions = with_parts([version])[version]
    stays = {(model_of(kept), kept.object_id) for kept in versions}
    for part in _parts_now(version):
        if (type(part), str(part.pk)) not in stays and not _was_elsewhere(part):
            part.delete()
    return _revive([kept for kept in versions if not _is_elsewhere(kept)])


@transaction.atomic
def put_back(removal):
    """Put what is in the bin back where it was, with all that went with it; return its row.

    Raises ValidationError with a sentence for people.
    """
    version = removal.version
    if model_of(version)._base_manager.filter(pk=version.object_id).exists():
        raise ValidationError(
            f"“{version.object_repr}” is there again already, so nothing was put back. Its History "
            "has its earlier versions."
        )
    return _revive(with_parts([version], deep=True)[version])


@transaction.atomic
def remove_for_good(removal):
    """Delete every version of what is in the bin, and of what went with it, and its files."""
    _forget(with_parts([removal.version], deep=True)[removal.version])


@transaction.atomic
def empty_bin():
    """Remove for good what has been gone for BIN_DAYS, also what never was in the bin."""
    limit = timezone.now() - timedelta(days=settings.BIN_DAYS)
    for kind in kinds():
        gone = Version.objects.get_deleted(kind.model)
        _forget(gone.filter(revision__date_created__lt=limit))


def parent_of(version):
    """Return the row that a stored row belongs to as (model, pk); None if to none."""
    kind = kind_of(model_of(version))
    return kind.parent and (kind.parent_model, kind.parent_pk(version))


def _parts_now(version):
    """Return the parts that the page has now."""
    owner = model_of(version)
    parts, owners = [], {owner: [version.object_id]}
    for kind in kinds():
        if not kind.is_page and kind.parent_model in owners:
            below = {f"{kind.parent}__in": owners[kind.parent_model]}
            found = list(kind.model._base_manager.filter(**below))
            owners[kind.model] = [part.pk for part in found]
            parts += found
    return parts


def _was_elsewhere(part):
    """Return whether the part has ever been one of another page."""
    kind = kind_of(type(part))
    here = getattr(part, part._meta.get_field(kind.parent).attname)
    return any(kind.parent_pk(kept) != here for kept in Version.objects.get_for_object(part))


def _is_elsewhere(version):
    """Return whether the stored row is a part of another page now."""
    kind = kind_of(model_of(version))
    if kind.is_page:
        return False
    rows = kind.model._base_manager.filter(pk=version.object_id)
    return rows.exclude(**{kind.parent: kind.parent_pk(version)}).exists()


def _revive(versions):
    """Save the stored rows as they were, with their place and links; return the first."""
    rows = [_revive_row(version) for version in versions]
    if isinstance(rows[0], Ordered):
        rows[0].place(rows[0].order)
    _number(rows[1:])
    for version in versions:
        for removal in Removal.objects.of(version):
            _link(removal.links)
            removal.delete()
    return rows[0]


def _revive_row(version):
    [found] = serializers.deserialize("json", version.serialized_data, ignorenonexistent=True)
    row, model = found.object, model_of(version)
    row._state.adding = not model._base_manager.filter(pk=row.pk).exists()
    _require_parent(version)
    _drop_what_is_gone(found)
    _keep_what_lasts(row)
    if isinstance(row, Slugged):
        row.keep_slug_free()
    _check(row)
    found.save()
    return row


def _require_parent(version):
    parent = parent_of(version)
    if not parent or parent[0]._base_manager.filter(pk=parent[1]).exists():
        return
    raise ValidationError(missing_parent(last_names([parent])[parent]))


def missing_parent(name):
    """Return the sentence that what something belonged to, and is called `name`, is gone."""
    if name is None:
        return "What it belonged to is gone for good, so it can’t be put back."
    return f"It belongs to “{name}”, which is in the bin, too. Put that back first."


def names_now(keys):
    """Return {(model, pk): its name} of those rows that are there."""
    return {
        (model, pk): str(row)
        for model in {model for model, _ in keys}
        for pk, row in model._base_manager.in_bulk([k for m, k in keys if m is model]).items()
    }


def last_names(keys):
    """Return {(model, pk): its last stored name, or None} for rows that may be gone."""
    names = dict.fromkeys(keys)
    for model in {model for model, _ in keys}:
        pks = [str(pk) for other, pk in keys if other is model]
        versions = Version.objects.get_for_model(model).filter(object_id__in=pks)
        last = versions.order_by().values("object_id").annotate(last=models.Max("pk"))
        for version in Version.objects.filter(pk__in=last.values("last")):
            names[model, model._meta.pk.to_python(version.object_id)] = version.object_repr
    return names


def _keep_what_lasts(row):
    now = type(row)._base_manager.filter(pk=row.pk).first()
    for name in kind_of(type(row)).lasting if now else ():
        setattr(row, name, getattr(now, name))


def _drop_what_is_gone(found):
    """Leave out what the row referred to and is not there any more."""
    row = found.object
    for name, pks in found.m2m_data.items():
        related = row._meta.get_field(name).related_model
        found.m2m_data[name] = related._base_manager.filter(pk__in=pks)
    for field in row._meta.fields:
        if field.many_to_one and field.null:
            others = field.related_model._base_manager.filter(pk=getattr(row, field.attname))
            setattr(row, field.attname, others.values_list("pk", flat=True).first())


def _check(row):
    try:
        row.full_clean()
    except ValidationError as error:
        raise ValidationError(
            f"“{row}” can’t be brought back as it was. {' '.join(error.messages)}"
        ) from error


def _link(links):
    """Let what referred to a row refer to it again, as far as both are there."""
    for label, pk, other_label, name, pks in links:
        row = apps.get_model(label)._base_manager.filter(pk=pk).first()
        model = apps.get_model(other_label)
        field, others = model._meta.get_field(name), model._base_manager.filter(pk__in=pks)
        if row is None:
            continue
        if field.many_to_many:
            getattr(row, field.remote_field.get_accessor_name()).add(*others)
        else:
            others.filter(**{name: None}).update(**{name: row})


def _number(rows):
    """Number the rows anew within each group of siblings, some of which may be gone for good."""
    groups = {}
    for row in rows:
        if isinstance(row, Ordered):
            field = row.order_within and row._meta.get_field(row.order_within)
            groups[type(row), field and getattr(row, field.attname)] = row
    for row in groups.values():
        number_rows(row.siblings())


def _forget(versions):
    for model in {model_of(version) for version in versions}:
        pks = [version.object_id for version in versions if model_of(version) is model]
        _forget_rows(model, pks)


def _forget_rows(model, pks):
    doomed = Version.objects.get_for_model(model).filter(object_id__in=pks)
    fields = [field for field in model._meta.fields if isinstance(field, OwnFileMixin)]
    revisions = set()
    for version in doomed:
        revisions.add(version.revision_id)
        for field in fields:
            field.delete_unused(version.field_dict[field.attname].name, router.db_for_write(model))
    doomed.delete()
    Revision.objects.filter(pk__in=revisions, version=None).delete()
