"""Files that have no row: a process was killed after it had stored one and before it was done."""

import posixpath
from collections import defaultdict
from datetime import timedelta

from django.apps import apps
from django.utils import timezone

from collab_site.pictures.fields import OwnFileMixin

# Some may be on their way to their row.
SPARED = timedelta(hours=1)


def delete_strays():
    """Delete the files of OwnFileMixin fields that no row names and that needn't be kept.

    Safe at any time, also while ideas are sent.
    """
    for fields in _fields_by_folder().values():
        field = fields[0]
        # Ages come last: in a bucket, each is a request.
        for name in _files(field) - _named(fields):
            if _is_old(field, name) and not any(field.is_kept(name) for field in fields):
                field.storage.delete(name)


def _fields_by_folder():
    folders = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, OwnFileMixin):
                folders[field.storage, field.upload_to].append(field)
    return folders


def _files(field):
    try:
        _, names = field.storage.listdir(field.upload_to)
    except FileNotFoundError:
        return set()
    return {posixpath.join(field.upload_to, name) for name in names}


def _is_old(field, name):
    try:
        return field.storage.get_modified_time(name) < timezone.now() - SPARED
    except FileNotFoundError:  # another server has deleted it a moment ago
        return False


def _named(fields):
    named = set()
    for field in fields:
        for stored in field.model._base_manager.values_list(field.attname, flat=True):
            named.update(field.files_of(stored))
    return named
