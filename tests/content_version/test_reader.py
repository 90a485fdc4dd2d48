import time
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from achievements.models import Achievement
from collab_site.core.content_version import reader
from collab_site.core.content_version.models import ContentVersion
from collab_site.core.content_version.reader import ContentVersionReader
from collab_site.core.content_version.triggers import content_tables, set_up
from collab_site.core.schools.models import Collaboration, School
from naming_contest.models import Moderator, TokenBucket
from tests.make import make_achievement, make_aim, make_collaboration, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def achievement():
    make_collaboration()
    return make_achievement()


def version():
    return ContentVersion.objects.get().token


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


CHANGES = {
    "a row is saved": lambda row: row.save(),
    "a row is new": lambda row: make_achievement(),
    "a row goes": lambda row: row.delete(),
    "many are changed at once": lambda row: Achievement.objects.update(details="New"),
    "many are made at once": lambda row: Achievement.objects.bulk_create([Achievement(order=9)]),
    "what is there is left": lambda row: Achievement.objects.bulk_create(
        [row, Achievement(order=9)], ignore_conflicts=True
    ),
    "many go at once": lambda row: Achievement.objects.all()._raw_delete("default"),
    "rows are linked": lambda row: row.aims.add(make_aim()),
    "a statement changes rows": lambda row: run("UPDATE schools_collaboration SET name = 'Other'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_content_makes_another_version(achievement, change):
    before = version()
    CHANGES[change](achievement)
    assert version() != before


OF_POSTGRESQL = {
    "a table is emptied": "TRUNCATE achievements_achievement CASCADE",
    "a back-up is put back": (
        "SELECT set_config('search_path', '', true); "
        "UPDATE public.schools_collaboration SET name = 'Other'; "
        "SET LOCAL search_path = DEFAULT"
    ),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("change", OF_POSTGRESQL)
def test_what_nobody_does_but_a_technician_makes_another_version(achievement, change):
    before = version()
    with transaction.atomic():
        run(OF_POSTGRESQL[change])
    assert version() != before


def test_versions_never_return(achievement):
    versions = {version()}
    for _ in range(20):
        achievement.save()
        versions.add(version())
    assert len(versions) == 21


def test_reading_and_what_no_page_tells_leave_the_version_as_it_is(achievement):
    person = make_user()
    before = version()
    list(School.objects.all())
    Moderator.objects.create(user=person)
    TokenBucket.objects.create(key="x", full_at=timezone.now())
    person.save()
    assert version() == before


def test_a_change_that_is_rolled_back_leaves_the_version_as_it_was(achievement):
    before = version()
    with transaction.atomic():
        Collaboration.objects.update(name="Other")
        transaction.set_rollback(True)
    assert version() == before


def test_what_follows_a_part_that_is_rolled_back_is_noted(achievement):
    before = version()
    with transaction.atomic():
        with transaction.atomic():
            Collaboration.objects.update(name="Other")
            transaction.set_rollback(True)
        achievement.save()
    assert version() != before


def test_a_table_that_was_built_anew_is_watched_again_after_the_migrations(achievement):
    if connection.vendor == "sqlite":
        run('DROP TRIGGER "freshness_achievements_achievement_UPDATE"')
    else:
        run("DROP TRIGGER freshness_achievements_achievement_any ON achievements_achievement")
    before = version()
    call_command("migrate", verbosity=0)
    after = version()
    achievement.save()
    assert len({before, after, version()}) == 3


def test_a_set_up_that_finds_all_as_it_should_be_changes_nothing():
    before = version()
    set_up(connection)
    assert version() == before


def test_the_exceptions_are_models_that_there_are():
    before = content_tables()
    assert len(before) > 25
    for label in settings.NOT_CONTENT:
        app, _, model = label.partition(".")
        assert f"{app}_{model.lower()}" not in before
    assert LogEntry._meta.db_table not in before


def read_anew():
    held = ContentVersionReader()
    try:
        return held.read()
    finally:
        held.close()


def test_without_its_row_nothing_is_told_and_a_set_up_brings_it_back():
    ContentVersion.objects.all().delete()
    assert read_anew() is None
    set_up(connection)
    assert read_anew() == version()


def test_a_database_that_is_back_is_found_again(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def wait_in_vain(connection):
        now[0] += 5
        raise OperationalError

    held = ContentVersionReader()
    assert held.read() == version()
    with mock.patch.object(BaseDatabaseWrapper, "connect", autospec=True) as looked:
        looked.side_effect = wait_in_vain
        held._connection.connection.close()
        assert [held.read() for _ in range(3)] == [None] * 3
        now[0] += 4.9
        assert held.read() is None
        assert looked.call_count == 1
    now[0] += 0.1
    assert held.read() == version()
    held.close()


@pytest.mark.postgresql
def test_a_database_that_does_not_answer_is_away_until_it_does(monkeypatch):
    monkeypatch.setattr(reader, "MAX_WAIT_SECONDS", 0.6)
    held, other = ContentVersionReader(), connections.create_connection(DEFAULT_DB_ALIAS)
    assert held.read() == version()
    with transaction.atomic(), other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute(f'LOCK TABLE "{ContentVersion._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
        began = time.monotonic()
        assert held.read() is None
        assert time.monotonic() < began + 1
    other.close()
    time.sleep(1)
    assert held.read() == version()
    held.close()


def test_a_connection_that_is_gone_is_opened_again_at_once():
    held = ContentVersionReader()
    held.read()
    held._connection.connection.close()
    assert held.read() == version()
    held.close()
