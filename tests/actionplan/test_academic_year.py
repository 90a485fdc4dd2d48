from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.academic_year import academic_year, parse_year, year_label, year_slug


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 8, 31), 2025),
        (date(2026, 9, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 8, 31), 2026),
    ],
)
def test_the_year_runs_from_september_to_august(day, year):
    assert academic_year(day) == year


def test_the_year_turns_at_midnight_in_england(time_machine):
    time_machine.move_to("2026-08-31T22:59:59+00:00")
    assert academic_year() == 2025
    time_machine.move_to("2026-08-31T23:00:00+00:00")
    assert academic_year() == 2026


def test_it_is_written_as_schools_write_it():
    assert (year_label(2026), year_slug(2026)) == ("2026–27", "2026-27")
    assert year_label(2099 - 1) == "2098–99"


@given(st.integers(2000, 2098))
def test_what_is_written_is_read_back(year):
    assert parse_year(year_slug(year)) == parse_year(year_label(year)) == year


@pytest.mark.parametrize("text", ["2026-28", "2026", "1999-00", "2026-2027", "abcd-ef", ""])
def test_anything_else_is_no_year(text):
    with pytest.raises(ValueError, match=r"year|int"):
        parse_year(text)
