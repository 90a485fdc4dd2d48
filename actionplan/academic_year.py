"""The English academic year: 1 September to 31 August, written 2026–27."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

FIRST, LAST = 2000, 2098


class HalfTerm(models.TextChoices):
    AUTUMN_1 = "autumn-1", "Autumn 1"
    AUTUMN_2 = "autumn-2", "Autumn 2"
    SPRING_1 = "spring-1", "Spring 1"
    SPRING_2 = "spring-2", "Spring 2"
    SUMMER_1 = "summer-1", "Summer 1"
    SUMMER_2 = "summer-2", "Summer 2"

    def last_day(self, year):
        """Return the day after which this half-term of the academic year from `year` is over.

        Holidays differ from council to council, so it is the latest that is usual in England: the
        end of the holiday that follows.
        """
        later, month, day = _AFTER[self.value]
        return date(year + later, month, day) - timedelta(days=1)


# The first day of what follows each half-term and its holiday: years later, month, day.
_AFTER = {
    "autumn-1": (0, 11, 7),
    "autumn-2": (1, 1, 6),
    "spring-1": (1, 3, 1),
    "spring-2": (1, 4, 22),
    "summer-1": (1, 6, 7),
    "summer-2": (1, 9, 1),
}


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


def first_day(start):
    """Return 1 September of the year in which the academic year begins."""
    return date(start, 9, 1)


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
