"""The English academic year: 1 September to 31 August, written 2026–27."""

from django.core.exceptions import ValidationError
from django.utils import timezone

FIRST, LAST = 2000, 2098


def academic_year(day=None):
    """Return the year, such as 2026, in which the academic year of `day` (today) began."""
    day = day or timezone.localdate()
    return day.year if day.month >= 9 else day.year - 1


def year_label(start):
    """Return "2026–27" for 2026."""
    return f"{start}–{(start + 1) % 100:02d}"


def year_slug(start):
    """Return "2026-27" for 2026."""
    return year_label(start).replace("–", "-")


def parse_year(text):
    """Return 2026 for "2026-27" or "2026–27". Raises ValueError for anything else."""
    start = int(text[:4])
    if not FIRST <= start <= LAST or text.replace("–", "-") != year_slug(start):
        raise ValueError(f"“{text}” is no academic year, such as 2026-27.")
    return start


def validate_year(start):
    """Raise ValidationError unless `start` is a year such as 2026."""
    if not FIRST <= start <= LAST:
        raise ValidationError(f"Write the year in which it begins, from {FIRST} to {LAST}.")


class AcademicYearConverter:
    """A year in an address: /plan/2026-27/."""

    regex = r"\d{4}-\d{2}"
    to_python = staticmethod(parse_year)
    to_url = staticmethod(year_slug)
