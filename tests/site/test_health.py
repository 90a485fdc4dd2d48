"""/healthz and /readyz say whether the portal can be read and written, within seconds."""

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from unittest import mock

import psycopg
import pytest
from django.core.management import CommandError

from collab_site.management.commands import serve
from collab_site.portal import health
from collab_site.portal.upkeep.uploads_binding import _locked_installation
from tests.site.portal import running_on_tested_engine

BOTH = pytest.mark.parametrize("path", ["/healthz", "/readyz"])
MAX_SECONDS = 8


@BOTH
def test_the_portal_says_whether_it_works(live_portal, path):
    answer = live_portal.ask(path)
    assert (answer.status, answer.text) == (200, "ok")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@BOTH
def test_health_checks_on_the_server_itself_need_no_public_host(live_portal_behind_tls, path):
    answer = live_portal_behind_tls.ask(path)
    assert (answer.status, answer.text) == (200, "ok")
    assert live_portal_behind_tls.ask("/").status == 400


@pytest.fixture
def portal(tmp_path):
    """A portal on a database of its own, of the kind that the tests use."""
    with running_on_tested_engine(tmp_path, WEB_WORKERS="1") as portal:
        yield portal


def ask_both(portal):
    """Return the status and text of /healthz and of /readyz, each of which comes in time."""
    answers = []
    for path in ("/healthz", "/readyz"):
        begun = time.monotonic()
        answers.append(portal.ask(path))
        assert time.monotonic() - begun < MAX_SECONDS
    return [(answer.status, answer.text) for answer in answers]


def wait_until_ready(portal):
    """Ask /readyz until it says "ok": a result holds for some seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if portal.ask("/readyz").status == 200:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.5)
    pytest.fail("The portal doesn't become ready.")


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_locked_sqlite_is_healthy_and_not_ready(portal):
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        log = (portal.data_dir / "log.txt").read_text()
        assert ask_both(portal) == [(200, "ok"), (503, "The database can't be written.")]
        assert (portal.data_dir / "log.txt").read_text() == log
    wait_until_ready(portal)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_postgresql_that_can_only_be_read_is_healthy_and_not_ready(portal):
    address = portal.environment["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as postgresql:
        name = postgresql.info.dbname
        postgresql.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert ask_both(portal) == [(200, "ok"), (503, "The database can't be written.")]


@contextmanager
def frozen_postgresql(address):
    """Stop PostgreSQL's main process and those of the database, which keep their connections."""
    with psycopg.connect(address) as postgresql:
        [[file]] = postgresql.execute("SELECT pg_read_file('postmaster.pid')")
        own = postgresql.info.backend_pid
        rows = postgresql.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid != %s",
            [own],
        )
        pids = [int(file.split()[0]), *(pid for [pid] in rows)]
    if not all(Path(f"/proc/{pid}/comm").read_text().startswith("postgres") for pid in pids):
        pytest.skip("PostgreSQL runs on another machine.")
    # It lets them go on even if this process is killed meanwhile.
    watchdog = subprocess.Popen(
        ["sh", "-c", f"sleep 30; kill -CONT {' '.join(map(str, pids))}"], start_new_session=True
    )
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        os.killpg(watchdog.pid, signal.SIGKILL)
        watchdog.wait()


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_postgresql_that_hangs_is_said_to_be_away_within_seconds(portal):
    with frozen_postgresql(portal.environment["DATABASE_URL"]):
        assert ask_both(portal) == [(503, "The database doesn't answer.")] * 2
    wait_until_ready(portal)


def test_a_folder_that_cannot_be_written_is_not_ready_and_stops_a_start(settings, monkeypatch):
    settings.DATA_DIR = "/proc"
    assert health.find_unwritable_folder() == "/proc"
    monkeypatch.setattr(health, "_is_database_readable", lambda: True)
    monkeypatch.setattr(health, "_write_to_database", lambda: None)
    assert health.ReadinessCheck().find_problem() == "A folder of the portal can't be written."
    with pytest.raises(CommandError, match="The folder /proc can't be written"):
        serve._require_writable_folders()


def test_uploads_that_cannot_be_written_are_not_ready(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    location = str(tmp_path / "missing")
    options = settings.STORAGES["pictures"] | {"OPTIONS": {"location": location}}
    settings.STORAGES = settings.STORAGES | {"pictures": options}
    assert health.find_unwritable_folder() == location


def test_readiness_is_tried_once_a_second_however_often_it_is_requested(monkeypatch):
    now, find = [1000.0], mock.Mock(return_value=None)
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(health, "_find_problem", find)
    readiness = health.ReadinessCheck()
    assert [readiness.find_problem() for _ in range(9)] == [None] * 9
    assert find.call_count == 1
    now[0] += health.READINESS_CACHE_SECONDS
    readiness.find_problem()
    assert find.call_count == 2


def test_a_check_that_hangs_holds_no_thread_but_its_own(monkeypatch):
    hanging = Event()
    monkeypatch.setattr(health, "MAX_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(health, "_find_problem", hanging.wait)
    readiness = health.ReadinessCheck()
    thread = Thread(target=readiness.find_problem)
    thread.start()
    try:
        assert readiness.find_problem() == "The database or the disk doesn't answer."
    finally:
        hanging.set()
        thread.join()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_another_server_that_changes_the_uploads_id_keeps_none_from_being_ready():
    with _locked_installation():
        health._write_to_database()
