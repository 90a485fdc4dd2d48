"""Where pictures are kept; the setting ``STORAGES["pictures"]`` alone chooses another place."""

import contextlib
import functools

from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction


class StorageUnavailable(OSError):
    """A file can't be stored or read now: the disk is full or read-only, or the bucket is away."""


@contextlib.contextmanager
def all_or_nothing(rows, field):
    """Store `rows` in one transaction; if it fails, delete their new files in `field` again."""
    try:
        with transaction.atomic():
            yield
    except Exception:
        for row in rows:
            with contextlib.suppress(OSError):
                getattr(row, field).delete(save=False)
        raise


def picture_storage():
    """Return the storage of all pictures."""
    return storages["pictures"]


def _translate_errors(method):
    """Let a method of the storage raise StorageUnavailable where the folder can't be used."""

    @functools.wraps(method)
    def translated(self, *args):
        try:
            return method(self, *args)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._unavailable(error) from error

    return translated


class PictureStorage(FileSystemStorage):
    """A folder that only the portal's own views read from. `location` is its path."""

    def __init__(self, location):
        super().__init__(location, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    def url(self, name):
        """Return an empty address: only a view that knows who may see a picture serves it."""
        return ""

    def _save(self, name, content):
        try:
            return super()._save(name, content)
        except OSError as error:
            with contextlib.suppress(OSError):
                self.delete(name)  # what was written of it before the disk was full
            raise self._unavailable(error) from error

    _open = _translate_errors(FileSystemStorage._open)
    delete = _translate_errors(FileSystemStorage.delete)
    listdir = _translate_errors(FileSystemStorage.listdir)
    get_modified_time = _translate_errors(FileSystemStorage.get_modified_time)

    def _unavailable(self, error):
        reason = error.strerror or error
        return StorageUnavailable(f"Files in {self.location} can't be read or written: {reason}.")
