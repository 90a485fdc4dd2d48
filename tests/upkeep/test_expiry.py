"""Nothing is erased by a clock that is far ahead of everything that is stored."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from collab_site.core.pictures.models import PendingDeletion
from collab_site.management.commands import serve
from collab_site.portal.upkeep.expiry import ImplausibleClock, erase_expired
from collab_site.portal.upkeep.models import Installation
from naming_contest.models import Idea
from tests.make import make_idea

pytestmark = pytest.mark.django_db
LONG = timedelta(days=3 * 365)


@pytest.fixture
def idea():
    return make_idea(first_name="Samira")


def first_name():
    return Idea.objects.get().first_name


def in_future(gap):
    return time_machine.travel(timezone.now() + gap, tick=False)


def test_a_clock_that_is_years_ahead_erases_nothing(idea):
    erase_expired()
    with in_future(LONG), pytest.raises(ImplausibleClock, match="--trust-clock"):
        erase_expired()
    assert first_name() == "Samira"


@pytest.mark.parametrize("command", ["forget_expired", "empty_bin"])
def test_the_commands_refuse_such_a_clock_in_a_sentence(idea, command):
    with in_future(LONG), pytest.raises(CommandError, match="computer's clock says"):
        call_command(command)
    assert first_name() == "Samira"


def test_a_clock_that_is_said_to_be_right_erases(idea):
    with in_future(LONG):
        call_command("forget_expired", "--trust-clock")
        assert first_name() == ""
        erase_expired()


def test_a_start_with_such_a_clock_erases_nothing_and_says_so(
    idea, monkeypatch, caplog, settings, tmp_path
):
    monkeypatch.setattr(serve.static_files, "collect", lambda: None)
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    (tmp_path / "upload").touch()
    with in_future(LONG):
        serve.prepare()
    assert first_name() == "Samira"
    assert (tmp_path / "upload").exists()
    assert "nothing was erased" in caplog.text


def test_rows_that_were_saved_by_such_a_clock_do_not_make_it_plausible(idea):
    with in_future(LONG):
        with pytest.raises(ImplausibleClock):
            erase_expired()
        make_idea(name="Sent by a wrong clock")
        with pytest.raises(ImplausibleClock):
            erase_expired()
    assert Idea.objects.filter(first_name="Samira").exists()


def test_a_clock_that_is_right_again_erases_as_before(idea, settings):
    settings.IDEAS_LONGEST_DAYS = 30
    with in_future(LONG), pytest.raises(ImplausibleClock):
        erase_expired()
    with in_future(timedelta(days=40)):
        erase_expired()
    assert first_name() == ""


def test_a_row_that_a_running_portal_saved_after_its_clock_jumped_does_not_make_it_plausible(idea):
    erase_expired()
    with in_future(LONG):
        make_idea(name="Sent by a wrong clock")
        with pytest.raises(ImplausibleClock):
            erase_expired()
    assert Idea.objects.filter(first_name="Samira").exists()


def test_activity_without_a_long_gap_makes_a_clock_plausible_without_daily_clean_ups(idea):
    erase_expired()
    for days in (50, 100, 150):
        with in_future(timedelta(days=days)):
            make_idea(name=f"After {days} days")
    with in_future(timedelta(days=200)):
        erase_expired()


def test_a_clock_that_was_behind_for_a_start_changes_nothing(idea):
    with in_future(timedelta(days=50)):
        erase_expired()
    erase_expired()
    with in_future(timedelta(days=100)):
        erase_expired()


def test_a_deletion_that_failed_is_completed_whatever_the_clock_says(idea):
    PendingDeletion.objects.create(model="naming_contest.Idea", field="logo", name="ideas/a.webp")
    with in_future(LONG), pytest.raises(CommandError):
        call_command("forget_expired")
    assert not PendingDeletion.objects.exists()


def test_rows_of_the_future_do_not_make_a_wrong_clock_plausible(idea):
    with in_future(2 * LONG):
        make_idea(name="Sent by a wrong clock")
    with in_future(LONG), pytest.raises(ImplausibleClock):
        erase_expired()


def test_daily_clean_ups_keep_the_clock_plausible_without_any_other_row(idea, settings):
    settings.IDEAS_LONGEST_DAYS = 100
    for days in (40, 80, 120):
        with in_future(timedelta(days=days)):
            erase_expired()
    assert first_name() == ""


def test_a_new_portal_takes_its_clock_as_it_is():
    erase_expired()
    assert timezone.now() - Installation.load().last_plausible_at < timedelta(minutes=1)
