"""The content version: what is equal only as long as nothing that readers see has changed."""

import time
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections

from collab_site.freshness.models import ContentChange

# It never comes back to what it was: with the same newest row, rows are only added, by those whose
# transaction began earlier and ended later; and whoever takes old rows away adds one.
QUERY = f'SELECT MAX("id"), COUNT(*) FROM "{ContentChange._meta.db_table}"'
# A database that is away isn't looked for by every reader anew.
PAUSE_SECONDS = 1


def content_version():
    """Return the content version, a tuple that is the same in every process and on every server."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        return cursor.fetchone()


class HeldVersion:
    """The content version, read over one connection that all threads share and that is held.

    To open one takes PostgreSQL a hundred times as long as to answer.
    """

    def __init__(self):
        self._lock, self._look_again_at = Lock(), 0
        self._connection = self._cursor = None

    def read(self):
        """Return what content_version() does, or None while the database is away."""
        with self._lock:
            # A held connection is gone once its database has been started anew.
            if self._cursor:
                return self._read() or self._read()
            return self._read() if time.monotonic() >= self._look_again_at else None

    def close(self):
        """Give the connection back; the next reading opens another."""
        if self._connection:
            self._connection.close()
        self._connection = self._cursor = None

    def _read(self):
        try:
            if not self._cursor:
                self._open()
            with self._connection.wrap_database_errors:
                self._cursor.execute(QUERY)
                (version,) = self._cursor.fetchall()
        except Error:
            self.close()
            self._look_again_at = time.monotonic() + PAUSE_SECONDS
            return None
        return version

    def _open(self):
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._connection.inc_thread_sharing()
        self._connection.connect()
        # The database's own: Django's would cost more than the answer.
        self._cursor = self._connection.connection.cursor()
