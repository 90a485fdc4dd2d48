"""Filters for what is logged to the console."""

import logging
import re
import time
from threading import Lock

from django.db import InterfaceError, OperationalError

OUTAGE_INTERVAL_SECONDS = 60
# SQLite has no class of its own for errors in a statement; these keep their traceback.
STATEMENT_ERRORS = ("no such ", "near ")

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
    """Shortens the errors of a database that can't be used to one line a minute in each process.

    Otherwise each request logs a traceback for as long as the outage lasts.
    """

    def __init__(self, name=""):
        super().__init__(name)
        self._lock, self._next_at = Lock(), 0

    def filter(self, record):
        """Return whether to log the record, which loses its traceback if it is about an outage."""
        error = record.exc_info[1] if record.exc_info else None
        is_outage = isinstance(error, (InterfaceError, OperationalError))
        if not is_outage or str(error).startswith(STATEMENT_ERRORS):
            return True
        with self._lock:
            if time.monotonic() < self._next_at:
                return False
            self._next_at = time.monotonic() + OUTAGE_INTERVAL_SECONDS
        reason = " ".join(str(error).split())
        record.msg, record.args = f"The database can't be used: {reason}", ()
        record.exc_info = record.exc_text = None
        return True
