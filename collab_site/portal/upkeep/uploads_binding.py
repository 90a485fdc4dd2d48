"""Binds the uploads to their database by an id that both hold.

With another database, all uploads would look like files that no row names. The id changes at each
start and daily clean-up, so that an older copy of the database doesn't match either.
"""

from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from collab_site.core.pictures.orphans import files_match_rows, has_files_or_rows
from collab_site.portal.upkeep.models import Installation, new_uploads_id

STORAGE_ALIASES = ("pictures", "documents")
ID_FILE = "portal-id.txt"
MISMATCH = (
    "The pictures and PDFs in DATA_DIR or UPLOADS don't belong to the database of DATABASE_URL: "
    "one of them is another portal's, or an older copy. None of them was changed. Check these "
    "settings. If they do belong together, as after restoring a back-up, run “manage.py "
    "bind_uploads” with the same settings (“sudo portal bind_uploads”) and start again."
)


class UploadsMismatch(Exception):
    """The uploads belong to another database; the message is for the technician."""


def check_uploads():
    """Raise UploadsMismatch unless the uploads belong to the database.

    They are bound to it first if they hold no id yet, and agree with its rows: a new portal, or one
    of a version that knew no id. So are uploads without any file, whatever id they hold, if no row
    names one: nothing can be lost. Raises StorageUnavailable.
    """
    with _locked_installation() as installation:
        known = {installation.uploads_id, installation.next_uploads_id}
        stored = {alias: _read_id(alias) for alias in STORAGE_ALIASES}
        unbound = [alias for alias in STORAGE_ALIASES if stored[alias] not in known]
        if not _may_bind(unbound, stored):
            raise UploadsMismatch(MISMATCH)
        for alias in unbound:
            _write_id(alias, installation.uploads_id)


def _may_bind(aliases, stored):
    if any(stored[alias] for alias in aliases):
        return not any(map(has_files_or_rows, STORAGE_ALIASES))
    return all(map(files_match_rows, aliases))


def bind_uploads():
    """Bind the uploads to the database by a new id, whatever they were bound to.

    Raises StorageUnavailable.
    """
    with _locked_installation() as installation:
        installation.next_uploads_id = installation.next_uploads_id or new_uploads_id()
        installation.save(update_fields=["next_uploads_id"])
    # Both ids are valid until the new one is stored, so an interruption does no harm.
    with _locked_installation() as installation:
        if installation.next_uploads_id:  # otherwise another server has completed the change
            for alias in STORAGE_ALIASES:
                _write_id(alias, installation.next_uploads_id)
            installation.uploads_id, installation.next_uploads_id = installation.next_uploads_id, ""
            installation.save(update_fields=["uploads_id", "next_uploads_id"])


@contextmanager
def _locked_installation():
    """Yield the Installation; other servers that want it, and so the id files, wait."""
    Installation.load()
    with transaction.atomic():
        yield Installation.objects.select_for_update().get()


def _read_id(alias):
    try:
        with storages[alias].open(ID_FILE) as file:
            return file.read().decode().strip() or None
    except FileNotFoundError:
        return None


def _write_id(alias, uploads_id):
    # A storage never overwrites a file, but chooses another name.
    storages[alias].delete(ID_FILE)
    storages[alias].save(ID_FILE, ContentFile(uploads_id.encode()))
