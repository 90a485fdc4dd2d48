"""A full disk, a locked database and killed processes, as those who send and read meet them."""

import os
import random
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPException
from threading import Event

import pytest

from tests.pictures.samples import drawing, saved
from tests.site.portal import SUGGEST, Sender, new_name, running
from tests.site.test_sending_from_outside import is_stored, number_of_ideas

PNG = saved(drawing(), "PNG")
LOCK_SECONDS = 10
BACK_SECONDS = 5
SENDERS = 6
KILLS = 3


@contextmanager
def nowhere_to_write(portal):
    """Let there be no folder for pictures, nor any way to make one."""
    folder = portal.data_dir / "pictures"
    folder.mkdir(exist_ok=True)
    folder.rename(portal.data_dir / "away")
    folder.write_bytes(b"")
    try:
        yield
    finally:
        folder.unlink()
        (portal.data_dir / "away").rename(folder)


def test_without_a_place_for_pictures_ideas_without_one_still_work(sender):
    portal, number = sender.portal, number_of_ideas(sender.portal)
    with nowhere_to_write(portal):
        refused = sender.send({"name": "Oaks"}, PNG)
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert "it was not kept" in refused.text
        assert number_of_ideas(portal) == number
        assert is_stored(sender.send({"name": "Oaks"}))
        assert portal.ask("/").status == 200

    assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("on-sqlite")
    with running(folder, SUGGESTION_MIN_SECONDS="0", WEB_WORKERS="2") as portal:
        yield portal


def test_a_lock_of_ten_seconds_delays_what_is_sent_and_no_reader(on_sqlite):
    sender, name = Sender(on_sqlite), new_name()
    with closing(sqlite3.connect(on_sqlite.data_dir / "portal.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(sender.send, {"name": name}, PNG)
            while time.monotonic() - begun < LOCK_SECONDS:
                asked = time.monotonic()
                assert on_sqlite.ask(random.choice(["/", "/name-us/", SUGGEST])).status == 200
                assert time.monotonic() - asked < 3
                time.sleep(0.5)
            assert not answer.done()
            other.rollback()
            assert is_stored(answer.result())
    assert on_sqlite.rows("SELECT name FROM naming_contest_idea").count((name,)) == 1


def test_the_database_is_set_to_lose_nothing(on_sqlite):
    assert on_sqlite.rows("PRAGMA journal_mode") == [("wal",)]


class Crowd:
    """Families that send one idea with a picture after the other, and note what they were told."""

    def __init__(self, portal):
        self.portal, self.stop, self.acknowledged = portal, Event(), []

    def send(self):
        while not self.stop.is_set():
            name = new_name()
            try:
                answer = Sender(self.portal).send({"name": name}, PNG)
            except (OSError, TypeError, ValueError, HTTPException):
                time.sleep(0.05)  # its process has been killed
            else:
                assert answer.status in (302, 503)
                if answer.status == 302:
                    self.acknowledged.append(name)


def wait_until_it_answers(portal):
    """Return the seconds until the portal answers."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        try:
            if portal.ask("/healthz").status == 200:
                break
        except (OSError, ValueError, HTTPException):
            time.sleep(0.05)
    return time.monotonic() - begun


def test_killing_every_process_in_the_middle_of_sending_loses_nothing(sending_portal):
    crowd = Crowd(sending_portal)
    with ThreadPoolExecutor(SENDERS) as threads:
        futures = [threads.submit(crowd.send) for _ in range(SENDERS)]
        for _ in range(KILLS):
            time.sleep(0.7)
            for pid in sending_portal.workers():
                os.kill(pid, signal.SIGKILL)
            assert wait_until_it_answers(sending_portal) < BACK_SECONDS
        crowd.stop.set()
        for future in futures:
            future.result()

    rows = sending_portal.rows("SELECT name, logo FROM naming_contest_idea")
    names = [name for name, _ in rows]
    logos = {logo for _, logo in rows if logo}
    files = {f"ideas/{path.name}" for path in sending_portal.pictures()}
    assert len(crowd.acknowledged) > KILLS
    assert all(names.count(name) == 1 for name in crowd.acknowledged)
    assert logos <= files
    assert all((sending_portal.data_dir / "pictures" / logo).stat().st_size for logo in logos)
    for stray in files - logos:
        assert sending_portal.ask(f"/name-us/{stray.replace('ideas', 'pictures')}").status == 404
