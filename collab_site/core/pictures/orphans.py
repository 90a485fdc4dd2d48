"""Stored files that no row names: orphans, and files of deleted rows that could not be deleted.

A process that is killed between storing a file and saving its row leaves an orphan. Files can also
look like orphans because the database is the wrong one, so they wait in a quarantine first.
"""

import logging
import posixpath
from collections import Counter, defaultdict
from datetime import timedelta

from django.apps import apps
from django.utils import timezone

from collab_site.core.pictures.fields import OwnFileMixin
from collab_site.core.pictures.models import PendingDeletion

logger = logging.getLogger(__name__)

# A younger file may belong to a row that is about to be saved.
MIN_AGE = timedelta(hours=1)
QUARANTINE = "quarantine"
QUARANTINE_PERIOD = timedelta(days=7)


def clean_up_files():
    """Delete, quarantine and restore stored files as their rows say; return {what: how many}.

    Files of deleted rows are deleted at once. Other files without a row go to the quarantine, and
    come back if a row names them again; after QUARANTINE_PERIOD they are deleted. Safe at any time.
    Raises StorageUnavailable.
    """
    counts = Counter({"deleted after a failed deletion": PendingDeletion.objects.complete()})
    for fields in _fields_by_folder().values():
        folder = _Folder(fields)
        counts["taken out of quarantine"] += folder.release()
        counts["put into quarantine"] += folder.quarantine()
        counts["deleted after quarantine"] += folder.purge()
    if any(counts.values()):
        logger.info("Files without a row: %s.", describe_counts(counts))
    return +counts


def describe_counts(counts):
    """Return {what: how many} as "deleted after quarantine: 2, put into quarantine: 1"."""
    return ", ".join(f"{what}: {number}" for what, number in sorted((+counts).items()))


def has_files_or_rows(alias):
    """Return whether the storage `alias` has any file, or a row names one."""
    folders = [_Folder(fields) for fields in _fields_by_folder(alias).values()]
    return any(folder.list_files() or folder.list_named_files() for folder in folders)


def files_match_rows(alias):
    """Return whether the storage `alias` and the database agree on whether there are files.

    That is whether both have none, or rows or the history name at least one of the files that are
    there.
    """
    folders = [_Folder(fields) for fields in _fields_by_folder(alias).values()]
    files = {name for folder in folders for name in folder.list_files()}
    named = {name for folder in folders for name in folder.list_named_files()}
    if files & named or not (files or named):
        return True
    return any(folder.is_kept(name) for folder in folders for name in folder.list_files())


def _fields_by_folder(alias=None):
    folders = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, OwnFileMixin) and alias in (None, field.storage_alias):
                folders[field.storage, field.upload_to].append(field)
    return folders


class _Folder:
    """A folder of a storage, with all model fields whose files it holds."""

    def __init__(self, fields):
        self._fields, self._storage = fields, fields[0].storage
        self._name = fields[0].upload_to
        self._quarantine = posixpath.join(QUARANTINE, self._name)

    def list_files(self):
        """Return the names of the stored files."""
        return self._list_folder(self._name)

    def list_named_files(self):
        """Return the names of the files that rows name, with their renditions."""
        named = set()
        for field in self._fields:
            for stored in field.model._base_manager.values_list(field.attname, flat=True):
                if stored:
                    named.update(field.files_of(stored))
        return named

    def is_kept(self, name):
        """Return whether there is reason to keep the file although no row names it."""
        return any(field.is_kept(name) for field in self._fields)

    def release(self):
        """Move files that rows name again out of the quarantine; return how many."""
        waiting = {
            posixpath.relpath(name, QUARANTINE) for name in self._list_folder(self._quarantine)
        }
        missing = waiting and (waiting & self.list_named_files()) - self.list_files()
        for name in missing:
            self._move(posixpath.join(QUARANTINE, name), name)
        return len(missing)

    def quarantine(self):
        """Move old files that no row names into the quarantine; return how many."""
        # In a bucket, each age is a request, so only those of files without a row are asked for.
        orphans = [
            name
            for name in self.list_files() - self.list_named_files()
            if self._is_older(name, MIN_AGE) and not self.is_kept(name)
        ]
        for name in orphans:
            self._move(name, posixpath.join(QUARANTINE, name))
        return len(orphans)

    def purge(self):
        """Delete the files whose time in the quarantine is over; return how many."""
        old = [
            name
            for name in self._list_folder(self._quarantine)
            if self._is_older(name, QUARANTINE_PERIOD)
        ]
        for name in old:
            self._storage.delete(name)
        return len(old)

    def _list_folder(self, folder):
        try:
            _, names = self._storage.listdir(folder)
        except FileNotFoundError:
            return set()
        return {posixpath.join(folder, name) for name in names}

    def _is_older(self, name, age):
        try:
            return self._storage.get_modified_time(name) < timezone.now() - age
        except FileNotFoundError:  # another server has deleted or moved it meanwhile
            return False

    def _move(self, name, target):
        try:
            with self._storage.open(name) as file:
                self._storage.save(target, file)
        except FileNotFoundError:  # another server has deleted or moved it meanwhile
            return
        self._storage.delete(name)
