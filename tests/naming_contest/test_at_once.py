"""Forms sent at the same moment, to real processes and threads, as a double click does."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.naming_contest.family import FORM, HIDDEN, photo, receipt
from tests.pictures.samples import drawing, saved
from tests.site.portal import running

CLICKS = 4
PNG = saved(drawing(), "PNG")


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running(tmp_path_factory.mktemp("portal"), SUGGESTION_MIN_SECONDS="0") as portal:
        yield portal


def filled_in(portal):
    """Open the form and return the cookie and the answers with which it is sent."""
    page = portal.ask(FORM)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    school = re.search(r'name="school" value="(\d+)"', page.text)[1]
    answers = {"csrfmiddlewaretoken": token, "school": school, "adult_agreed": "on"}
    return page.headers["Set-Cookie"].partition(";")[0], answers | dict(HIDDEN.findall(page.text))


def click_at_once(portal, cookie, forms):
    """Send all `forms` at the same moment; return the answers."""
    start = Barrier(len(forms))
    headers = {"Cookie": cookie, "Content-Type": MULTIPART_CONTENT}

    def send(answers):
        body = encode_multipart(BOUNDARY, answers)
        start.wait()
        return portal.ask(FORM, "POST", headers, body)

    with ThreadPoolExecutor(len(forms)) as threads:
        return list(threads.map(send, forms))


def names(portal):
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM naming_contest_idea")]


@pytest.mark.parametrize("number", range(5))
def test_one_form_sent_many_times_at_once_is_one_idea(portal, number):
    cookie, answers = filled_in(portal)
    name = f"Oaks {number}"
    forms = [answers | {"name": name, "logo": photo(PNG)} for _ in range(CLICKS)]

    responses = click_at_once(portal, cookie, forms)

    assert [r.status for r in responses] == [302] * CLICKS
    assert len({receipt(r) for r in responses} - {None}) == 1
    assert names(portal).count(name) == 1
    assert len(list(portal.data_dir.glob("pictures/ideas/*"))) == number + 1
    assert list(portal.data_dir.glob("pictures/held/*")) == []


def test_two_ideas_sent_at_once_with_one_form_are_not_mixed_up(portal):
    cookie, answers = filled_in(portal)
    forms = [answers | {"name": f"Elms {place}"} for place in range(CLICKS)]

    responses = click_at_once(portal, cookie, forms)

    assert sorted(r.status for r in responses) == [200] * (CLICKS - 1) + [302]
    thanked = next(place for place, r in enumerate(responses) if r.status == 302)
    assert [name for name in names(portal) if name.startswith("Elms")] == [f"Elms {thanked}"]


def test_many_clicks_at_once_cost_one_turn(tmp_path):
    with running(tmp_path, SUGGESTION_MIN_SECONDS="0", SUGGESTIONS_PER_HOUR="2") as portal:
        for name in ("Oaks", "Elms"):
            cookie, answers = filled_in(portal)
            forms = [answers | {"name": name, "logo": photo(PNG)} for _ in range(CLICKS)]
            responses = click_at_once(portal, cookie, forms)
            assert [r.status for r in responses] == [302] * CLICKS

        assert names(portal) == ["Oaks", "Elms"]
        assert len(list(portal.data_dir.glob("pictures/ideas/*"))) == 2
        assert list(portal.data_dir.glob("pictures/held/*")) == []


def test_the_limit_counts_right_when_many_send_at_once(tmp_path):
    with running(tmp_path, SUGGESTION_MIN_SECONDS="0", SUGGESTIONS_PER_HOUR="5") as portal:
        cookie, answers = filled_in(portal)
        tickets = [filled_in(portal)[1]["ticket"] for _ in range(12)]
        forms = [answers | {"name": "Firs", "ticket": ticket} for ticket in tickets]

        responses = click_at_once(portal, cookie, forms)

        assert sorted(r.status for r in responses) == [302] * 5 + [429] * 7
        assert len(names(portal)) == 5
