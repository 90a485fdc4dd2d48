"""What the console is told opens no page."""

import logging

import pytest

from collab_site.logs import NoSecrets


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
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["no_secrets"]
