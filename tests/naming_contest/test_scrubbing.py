"""What is deleted is not legible in SQLite's files, whoever else has them open."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

from collab_site.environment import read_database
from naming_contest import scrubbing

pytestmark = pytest.mark.django_db
SECRET = "Samira Oak"


@pytest.fixture
def database(tmp_path, monkeypatch):
    """A new database with the production settings, in which there is a table of words."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings = {**connections["default"].settings_dict, **read_database(tmp_path)}
    wrapper = DatabaseWrapper(settings)
    monkeypatch.setattr(scrubbing, "connection", wrapper)
    say(wrapper, "CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT)")
    yield wrapper
    wrapper.close()


@pytest.fixture
def another(database):
    """Another process's or thread's connection, which is held and does nothing."""
    with closing(sqlite3.connect(database.settings_dict["NAME"], check_same_thread=False)) as other:
        other.execute("SELECT * FROM words").fetchall()
        yield other


def say(database, sql, *values):
    with database.cursor() as cursor:
        cursor.execute(sql, values)


def is_legible(database, text):
    folder = Path(database.settings_dict["NAME"]).parent
    return any(text.encode() in path.read_bytes() for path in folder.iterdir())


def write_and_delete(database):
    say(database, "INSERT INTO words (text) VALUES (%s)", SECRET)
    say(database, "DELETE FROM words WHERE text = %s", SECRET)


@pytest.mark.usefixtures("another")
def test_nothing_stays_in_the_log_while_others_hold_connections(database):
    write_and_delete(database)
    assert is_legible(database, SECRET)

    scrubbing.scrub()

    assert not is_legible(database, SECRET)


def test_nothing_stays_in_the_gaps_where_rows_have_been_moved(database):
    chance = random.Random(1)
    kept, deleted = [], []
    say(database, "CREATE INDEX texts ON words (text)")
    say(database, "BEGIN")
    for number in range(6000):
        if kept and chance.random() < 0.45:
            deleted.append(kept.pop(chance.randrange(len(kept))))
            say(database, "DELETE FROM words WHERE id = %s", deleted[-1])
            continue
        kept.append(number)
        text = f"secret-{number:06d}" + "." * chance.randrange(900)
        say(database, "INSERT INTO words VALUES (%s, %s)", number, text)
    say(database, "COMMIT")

    scrubbing.scrub()

    left = Path(database.settings_dict["NAME"]).read_bytes()
    assert [number for number in deleted if f"secret-{number:06d}".encode() in left] == []


def test_it_waits_a_moment_for_a_reader(database, another):
    another.execute("BEGIN")
    another.execute("SELECT * FROM words").fetchall()
    write_and_delete(database)
    leave = Timer(0.3, another.rollback)
    leave.start()

    scrubbing.scrub()

    leave.join()
    assert not is_legible(database, SECRET)


def test_what_a_long_reader_hinders_is_told_and_done_the_next_time(
    database, another, monkeypatch, caplog
):
    monkeypatch.setattr(scrubbing, "PATIENCE_SECONDS", 0)
    another.execute("BEGIN")
    another.execute("SELECT * FROM words").fetchall()
    write_and_delete(database)

    scrubbing.scrub()
    another.rollback()
    assert "could not be wiped at once" in caplog.text
    scrubbing.scrub()

    assert not is_legible(database, SECRET)


def test_many_deleted_at_once_are_wiped_once(database, monkeypatch):
    write_and_delete(database)
    scrubbing.scrub()
    monkeypatch.setattr(scrubbing, "_run", None)

    scrubbing.scrub()
