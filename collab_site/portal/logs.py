"""Filters for what is logged to the console."""

import logging
import re
import sqlite3
import time
from threading import Lock

from django.db import InterfaceError, InternalError, OperationalError

OUTAGE_INTERVAL_SECONDS = 60
# https://www.sqlite.org/rescode.html. A faulty statement has SQLITE_ERROR.
SQLITE_OUTAGES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
# Connection lost, resources used up, server stopped, disk errors, and read-only transactions
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
POSTGRESQL_OUTAGES = ("08", "53", "57", "58", "25006")

# One-time links, private links and previews end with at least 128 random bits; address names have
# no capital letters.
SECRET = re.compile(r"(?<=[/=])(?=[\w:=-]*[A-Z])[\w:=-]{22,}")


class NoSecrets(logging.Filter):
    """Takes out of what is told the parts of addresses by which a page would open to anybody."""

    def filter(self, record):
        """Return True: everything is told, but for that."""
        record.msg, record.args = SECRET.sub("…", record.getMessage()), ()
        return True


class OutageFilter(logging.Filter):
    """Shortens errors of a database that can't be used: a line a minute of each kind and process.

    Otherwise each request logs a traceback for as long as the outage lasts.
    """

    def __init__(self, name=""):
        super().__init__(name)
        self._lock, self._next_at = Lock(), {}

    def filter(self, record):
        """Return whether to log the record, which loses its traceback if it is about an outage."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, (InterfaceError, InternalError, OperationalError)):
            return True
        code = _get_code(error)
        if not _is_outage(error, code):
            return True
        with self._lock:
            now, kind = time.monotonic(), (type(error), code)
            if now < self._next_at.get(kind, 0):
                return False
            self._next_at[kind] = now + OUTAGE_INTERVAL_SECONDS
        reason = " ".join(str(error).split())
        record.msg = f"{record.getMessage()}: the database can't be used: {reason}"
        record.args, record.exc_info, record.exc_text = (), None, None
        return True


def _get_code(error):
    """Return the code that the database gave: SQLite's number, PostgreSQL's text, or None."""
    cause = error.__cause__
    return getattr(cause, "sqlite_errorcode", None) or getattr(cause, "sqlstate", None)


def _is_outage(error, code):
    if code is None:  # no answer came from the database
        return not isinstance(error, InternalError)
    if isinstance(code, int):
        return code & 0xFF in SQLITE_OUTAGES  # the higher bits say more
    return code.startswith(POSTGRESQL_OUTAGES)
