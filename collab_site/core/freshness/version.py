"""Reads the content version, as every process on every server does before it shows a kept page."""

import select
import time
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connections

from collab_site.core.freshness.models import ContentVersion

QUERY = f'SELECT token FROM "{ContentVersion._meta.db_table}"'
# A server that is there and doesn't answer is away, too.
PATIENCE_SECONDS = 2
AT_ONCE_SECONDS = 0.5


class HeldVersion:
    """The content version, read over one connection that all threads share and that is held.

    To open one takes PostgreSQL a hundred times as long as to answer.
    """

    def __init__(self):
        self._lock, self._look_again_at = Lock(), 0
        self._connection = self._ask = None
        self._waited = 0

    def read(self):
        """Return the content version, a text, or None while the database is away."""
        with self._lock:
            if self._ask:
                version = self._read()
                # A held connection is gone once its database has been started anew.
                return version or (self._read() if self._waited < AT_ONCE_SECONDS else None)
            return self._read() if time.monotonic() >= self._look_again_at else None

    def close(self):
        """Give the connection back; the next reading opens another."""
        if self._connection:
            self._connection.close()
        self._connection = self._ask = None

    def _read(self):
        began = time.monotonic()
        try:
            if not self._ask:
                self._open()
            with self._connection.wrap_database_errors:
                version = self._ask()
        except Error:
            version = None
        if not version:
            self.close()
            # As long as one has waited for nothing, others needn't.
            now = time.monotonic()
            self._waited = now - began
            self._look_again_at = now + self._waited
        return version

    def _open(self):
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._connection.inc_thread_sharing()
        # Its errors are Django's; those of connect() are the database's own.
        self._connection.ensure_connection()
        asking = _of_postgresql if self._connection.vendor == "postgresql" else _of_sqlite
        self._ask = asking(self._connection.connection)


# Both ask the database's own library: Django's cursor costs more than the answer.


def _of_sqlite(connection):
    cursor = connection.cursor()

    def ask():
        rows = cursor.execute(QUERY).fetchall()
        return rows[0][0] if rows else None

    return ask


def _of_postgresql(connection):
    asked, library = select.poll(), connection.pgconn
    asked.register(library.socket, select.POLLIN)

    def ask():
        library.send_query(QUERY.encode())
        while library.is_busy():
            if not asked.poll(1000 * PATIENCE_SECONDS):
                raise OperationalError("The database doesn't answer.")
            library.consume_input()
        result = library.get_result()
        # The end of the answer, without which nothing else can be asked.
        library.get_result()
        return result.get_value(0, 0).decode() if result.ntuples else None

    return ask
