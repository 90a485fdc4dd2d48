"""Uploads in a bucket on S3-compatible storage, which any number of servers share.

This needs the packages of the extra "s3"; only STORAGES names it.
"""

import functools
import shutil
import threading
from contextlib import closing
from tempfile import SpooledTemporaryFile

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from collab_site.core.pictures.storage import StorageUnavailable

IN_MEMORY_BYTES = 1024**2
# Somebody waits for the answer; with SQLite, so does whoever writes.
PATIENCE = Config(
    connect_timeout=3,
    read_timeout=8,
    retries={"total_max_attempts": 2, "mode": "standard"},
    s3={"addressing_style": "path"},
    # Many stores other than Amazon's know nothing of the checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
# A file comes in one request, so that there is never a part of one.
WHOLE = TransferConfig(use_threads=False, multipart_threshold=5 * 1024**3)

GONE = ("404", "NoSuchKey")

_connecting = threading.Lock()


def _translate_errors(method):
    """Let a method of the storage raise what those of a folder's storage raise.

    That is FileNotFoundError for a file that is gone, and StorageUnavailable for all else.
    """

    @functools.wraps(method)
    def told(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in GONE:
                raise FileNotFoundError(str(error)) from error
            raise StorageUnavailable(f"The bucket of UPLOADS can't be used: {error}") from error

    return told


class BucketStorage(S3Storage):
    """The folder `location` of a bucket that only the portal's own views read from.

    The other options are those of django-storages.
    """

    def __init__(self, **options):
        super().__init__(
            **options,
            client_config=PATIENCE,
            transfer_config=WHOLE,
            file_overwrite=False,
            default_acl=None,  # private, as the bucket is; many refuse any other word
        )

    def url(self, name):
        """Return an empty address: only a view that knows who may see a file serves it."""
        return ""

    @property
    def connection(self):
        """This thread's connection."""
        with _connecting:
            return super().connection

    def _create_session(self):
        # One for all threads: each takes 15 MB.
        return _session(self.access_key, self.secret_key)

    @_translate_errors
    def download(self, name):
        """Return the stored file as an open temporary one, whole."""
        client, key = self.connection.meta.client, self._normalize_name(name)
        # Its own context is that of the raw stream, which tells of no end that is missing.
        with closing(client.get_object(Bucket=self.bucket_name, Key=key)["Body"]) as body:
            file = SpooledTemporaryFile(  # noqa: SIM115 - it's the caller's
                IN_MEMORY_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR
            )
            shutil.copyfileobj(body, file)
        file.seek(0)
        return file

    def _open(self, name, mode="rb"):
        return _StoredFile(self, name)

    _save = _translate_errors(S3Storage._save)
    delete = _translate_errors(S3Storage.delete)
    exists = _translate_errors(S3Storage.exists)
    listdir = _translate_errors(S3Storage.listdir)
    size = _translate_errors(S3Storage.size)
    get_modified_time = _translate_errors(S3Storage.get_modified_time)


class _StoredFile(File):
    """A file of the bucket. One that was closed is fetched again when it is opened."""

    def __init__(self, storage, name):
        super().__init__(storage.download(name), name)
        self._storage = storage

    def open(self, mode=None):
        if self.closed:
            self.file = self._storage.download(self.name)
        self.seek(0)
        return self


@functools.cache
def _session(access_key, secret_key):
    return boto3.Session(access_key, secret_key)
