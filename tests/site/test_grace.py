"""Kept pages while nobody can say whether they are still the newest, and when threads overtake."""

from datetime import timedelta

import pytest
from django.http import HttpResponse

from collab_site.portal import page_cache
from collab_site.portal.page_cache import GRACE_SECONDS, PageCache

AWAY = None
ASKED = {"REQUEST_METHOD": "GET", "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http"}


class Answer(HttpResponse):
    """An answer after which Django has no connection to look after."""

    def close(self):
        pass


class Database:
    """What tells the content version, or that it is away."""

    version = "first"

    def read(self):
        return self.version


class Clock:
    """Time, for a PageCache; at each look at it, `meanwhile` happens."""

    now, meanwhile = 1000.0, None

    def monotonic(self):
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
            self.meanwhile = meanwhile
        return self.now

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(page_cache, "time", clock)
    monkeypatch.setattr(page_cache, "next_expiry", lambda began: began + timedelta(days=1))
    return clock


@pytest.fixture
def database(monkeypatch):
    database = Database()
    monkeypatch.setattr(page_cache, "ContentVersionReader", lambda: database)
    return database


@pytest.fixture
def ask(clock, database):
    """Ask a portal for a page: it tells the version that the database has."""

    def application(environ, start_response):
        away = database.version is AWAY
        response = Answer(database.version or "We are too busy.", status=503 if away else 200)
        start_response(f"{response.status_code} As it is", list(response.items()))
        return response

    portal = PageCache(application)

    def ask(path="/"):
        environ = {"PATH_INFO": path} | ASKED
        told = []
        body = b"".join(portal(environ, lambda *start: told.extend(start)))
        return int(told[0][:3]), body.decode()

    return ask


def test_without_the_database_kept_pages_are_shown_for_a_minute_and_no_longer(ask, clock, database):
    assert ask() == (200, "first")
    database.version = AWAY
    clock.now += GRACE_SECONDS - 1
    assert ask() == (200, "first")
    assert ask("/never-asked-for/")[0] == 503
    clock.now += 1
    assert ask()[0] == 503
    assert GRACE_SECONDS == 60


def test_the_minute_begins_with_the_last_answer_of_the_database(ask, clock, database):
    ask()
    clock.now += GRACE_SECONDS
    ask()
    database.version = AWAY
    clock.now += GRACE_SECONDS - 1
    assert ask() == (200, "first")


def test_when_the_database_is_back_what_is_new_is_shown(ask, clock, database):
    ask()
    database.version = AWAY
    ask()
    database.version = "second"
    assert ask() == (200, "second")


def test_what_was_replaced_is_not_shown_again_when_the_database_goes_away(ask, clock, database):
    ask("/aims/")
    database.version = "second"
    ask()
    database.version = AWAY
    assert ask() == (200, "second")
    assert ask("/aims/")[0] == 503


def test_no_reader_is_shown_what_a_slower_one_has_asked_for_before(ask, clock, database):
    assert ask("/aims/") == (200, "first")

    def slower():
        database.version = "first"
        ask()
        database.version = "second"

    database.version, clock.meanwhile = "second", slower
    assert ask("/aims/") == (200, "second")
