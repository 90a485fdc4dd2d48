"""Reads the content version, as each process does before it serves a cached page."""

import select
import time
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connections

from collab_site.core.content_version.models import ContentVersion

QUERY = f'SELECT token FROM "{ContentVersion._meta.db_table}"'
# A server that accepts the connection but doesn't answer counts as unavailable.
MAX_WAIT_SECONDS = 2
# A failure that came faster than this is tried again at once.
MAX_RETRY_SECONDS = 0.5


class ContentVersionReader:
    """Reads the content version over one held connection that all threads share.

    To open a connection takes PostgreSQL a hundred times as long as to answer.
    """

    def __init__(self):
        self._lock, self._next_try_at = Lock(), 0
        self._connection = self._query = None
        self._waited = 0

    def read(self):
        """Return the content version, a text, or None while the database is unavailable."""
        with self._lock:
            if self._query:
                version = self._read()
                # A held connection is closed once its database has been restarted.
                return version or (self._read() if self._waited < MAX_RETRY_SECONDS else None)
            return self._read() if time.monotonic() >= self._next_try_at else None

    def close(self):
        """Close the connection; the next reading opens another."""
        if self._connection:
            self._connection.close()
        self._connection = self._query = None

    def _read(self):
        began = time.monotonic()
        try:
            if not self._query:
                self._open()
            with self._connection.wrap_database_errors:
                version = self._query()
        except Error:
            version = None
        if not version:
            self.close()
            # After a failure, nobody waits again for as long as that has taken.
            now = time.monotonic()
            self._waited = now - began
            self._next_try_at = now + self._waited
        return version

    def _open(self):
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._connection.inc_thread_sharing()
        # Its errors are Django's; those of connect() are the database library's own.
        self._connection.ensure_connection()
        is_postgresql = self._connection.vendor == "postgresql"
        make_query = _postgresql_query if is_postgresql else _sqlite_query
        self._query = make_query(self._connection.connection)


# Both use the database's own library: Django's cursor costs more than the answer.


def _sqlite_query(connection):
    cursor = connection.cursor()

    def query():
        rows = cursor.execute(QUERY).fetchall()
        return rows[0][0] if rows else None

    return query


def _postgresql_query(connection):
    poll, pgconn = select.poll(), connection.pgconn
    poll.register(pgconn.socket, select.POLLIN)

    def query():
        pgconn.send_query(QUERY.encode())
        while pgconn.is_busy():
            if not poll.poll(1000 * MAX_WAIT_SECONDS):
                raise OperationalError("The database doesn't answer.")
            pgconn.consume_input()
        result = pgconn.get_result()
        # The end of the answer, without which no other query can be sent.
        pgconn.get_result()
        return result.get_value(0, 0).decode() if result.ntuples else None

    return query
