"""What is logged to the console opens no page, and an outage doesn't fill the log."""

import logging

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError

from collab_site import logs
from collab_site.logs import NoSecrets, OutageFilter


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
    record = logging.makeLogRecord({"msg": "Internal Server Error: %s", "args": ("/",)})
    record.exc_info = (type(error), error, None)
    return record


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_an_outage_of_the_database_is_one_line_a_minute(monkeypatch, error):
    now = [1000.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: now[0])
    outage = OutageFilter()
    records = [make_record(error("connection failed:\n\tno route")) for _ in range(100)]
    assert [outage.filter(record) for record in records] == [True] + [False] * 99
    assert logging.Formatter().format(records[0]) == (
        "The database can't be used: connection failed: no route"
    )
    now[0] += 60
    assert outage.filter(make_record(error("connection failed")))


@pytest.mark.parametrize(
    "error", [OperationalError("no such column: x"), IntegrityError("NOT NULL"), ValueError("x")]
)
def test_any_other_error_keeps_its_traceback_each_time(error):
    outage = OutageFilter()
    for record in (make_record(error), make_record(error)):
        assert outage.filter(record)
        assert record.exc_info[1] is error
