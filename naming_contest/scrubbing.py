"""Making sure that what has been deleted can't be read from the database's files."""

import logging

from django.db import OperationalError, connection

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 2


def scrub():
    """Write SQLite's file anew, and empty its log of changes, so that nothing deleted is legible.

    Deleted rows are overwritten at once (`secure_delete`), but where SQLite has moved a row to
    another page, a copy may stay in the gap; only VACUUM leaves those behind. It waits a moment for
    others, and otherwise leaves it to the next call. PostgreSQL does it in its own time: its vacuum
    and the end of its log, see docs/deploy.md.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    patience = connection.settings_dict["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        if _is_unchanged(cursor):
            return
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_SECONDS * 1000}")
        is_done = _run(cursor, "VACUUM") and _run(cursor, "PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {patience * 1000}")
    if not is_done:
        logger.warning("What was deleted could not be wiped at once; the next time will.")


def _is_unchanged(cursor):
    """Return whether the log is empty: of many ideas deleted at once only the first call works."""
    cursor.execute("PRAGMA wal_checkpoint")
    return cursor.fetchone()[1] == 0


def _run(cursor, statement):
    try:
        cursor.execute(statement)
        row = cursor.fetchone()
    except OperationalError:
        return False
    return not row or not row[0]
