"""What is logged to the console opens no page, and an outage doesn't fill the log."""

import logging
import sqlite3

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)

from collab_site.portal import logs
from collab_site.portal.logs import NoSecrets, OutageFilter


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("/name-us/receipt/q4Zt_mXb7yE2w9-KpLsD1fGh/", "/name-us/receipt/…/"),
        ("/name-us/suggest/?after=q4Zt_mXb7yE2w9-KpLsD1fGh", "/name-us/suggest/?after=…"),
        ("/plan-preview/eyJhIjoxfQ:1vXyZa:Qm9-abcdefghijk/", "/plan-preview/…/"),
        ("/plan/2026-27/strands/teaching-and-learning-in-all-schools/", None),
    ],
)
def test_an_address_is_told_without_what_opens_its_page(message, told):
    record = logging.makeLogRecord({"msg": "Internal Server Error: %s", "args": (message,)})
    assert NoSecrets().filter(record)
    assert record.getMessage() == f"Internal Server Error: {told or message}"


def test_the_console_has_the_filter(settings):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["outage", "no_secrets"]


def make_record(error):
    record = logging.makeLogRecord({"msg": "Internal Server Error: %s", "args": ("/plan/",)})
    record.exc_info = (type(error), error, None)
    return record


def make_error(kind, text="", *, code=None, sqlstate=None):
    """Return an error as Django makes it from the database library's own."""
    error, error.__cause__ = kind(text), Exception(text)
    error.__cause__.sqlite_errorcode, error.__cause__.sqlstate = code, sqlstate
    return error


OUTAGES = [
    make_error(OperationalError, "connection failed"),
    make_error(InterfaceError, "the connection is closed"),
    make_error(OperationalError, "database is locked", code=sqlite3.SQLITE_BUSY),
    make_error(OperationalError, "disk I/O error", code=sqlite3.SQLITE_IOERR_WRITE),
    make_error(OperationalError, "readonly database", code=sqlite3.SQLITE_READONLY),
    make_error(OperationalError, "server closed the connection", sqlstate="57P01"),
    make_error(InternalError, "read-only transaction", sqlstate="25006"),
]


@pytest.mark.parametrize("error", OUTAGES)
def test_an_outage_of_the_database_is_one_line_a_minute(monkeypatch, error):
    now = [1000.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: now[0])
    outage = OutageFilter()
    records = [make_record(error) for _ in range(100)]
    assert [outage.filter(record) for record in records] == [True] + [False] * 99
    now[0] += 60
    assert outage.filter(make_record(error))


def test_its_line_says_which_page_and_why():
    record = make_record(OperationalError("connection failed:\n\tno route"))
    assert OutageFilter().filter(record)
    assert logging.Formatter().format(record) == (
        "Internal Server Error: /plan/: the database can't be used: connection failed: no route"
    )


def test_outages_of_different_kinds_are_logged_each():
    outage = OutageFilter()
    assert [outage.filter(make_record(error)) for error in OUTAGES * 2] == (
        [True] * len(OUTAGES) + [False] * len(OUTAGES)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nothing FROM accounts_user",
        "SELECT * FROM nowhere",
        "SELECT id FROM accounts_user a, accounts_user b",
        "INSERT INTO accounts_user (nothing) VALUES (1)",
        "SELECT FROM FROM",
    ],
)
def test_an_error_in_a_statement_keeps_its_traceback_each_time(statement):
    outage = OutageFilter()
    for _ in range(2):
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            connection.cursor().execute(statement)
        record = make_record(caught.value)
        assert outage.filter(record)
        assert record.exc_info[1] is caught.value


@pytest.mark.parametrize(
    "error",
    [
        make_error(InternalError, "transaction is aborted", sqlstate="25P02"),
        make_error(OperationalError, "deadlock detected", sqlstate="40P01"),
        IntegrityError("NOT NULL"),
        ValueError("x"),
    ],
)
def test_any_other_error_keeps_its_traceback_each_time(error):
    outage = OutageFilter()
    for record in (make_record(error), make_record(error)):
        assert outage.filter(record)
        assert record.exc_info[1] is error
