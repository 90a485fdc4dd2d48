"""Where pictures are kept; the setting ``STORAGES["pictures"]`` alone chooses another place."""

import contextlib

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
            raise StorageUnavailable("The picture could not be stored.") from error
