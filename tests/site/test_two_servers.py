"""Two servers with one database: whatever is done at one is so at the other, and at once."""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from threading import Event
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.editing.test_at_once import PASSWORD, opened, person
from tests.naming_contest.family import receipt
from tests.pictures.samples import drawing, saved
from tests.site.portal import SUGGEST, Sender, Visitor, new_name, running_twice
from tests.site.test_sending_from_outside import is_stored, number_of_ideas, stored

PNG = saved(drawing(), "PNG")
LOGIN, SCHOOLS, QUEUE = "/accounts/login/", "/admin/schools/school/", "/admin/naming_contest/idea/"
WELCOME = re.compile(r"/accounts/welcome/[^\s\"]+")
PICTURE = re.compile(r'src="(/name-us/pictures/[^"]+)"')
HELD = re.compile(r'src="(/name-us/suggest/picture/[^"]+)"')
IDEAS_PER_HOUR = 4
TRIES = 5
BOTH_WAYS = pytest.mark.parametrize(
    ("here", "there"), [(0, 1), (1, 0)], ids=["there", "and back again"]
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Two servers. Each has one process, so that whoever asks again asks the one that kept."""
    with running_twice(
        tmp_path_factory.mktemp("two"),
        WEB_WORKERS="1",
        TRUSTED_PROXY_COUNT="1",
        SUGGESTION_MIN_SECONDS="0",
        SUGGESTIONS_PER_HOUR=str(IDEAS_PER_HOUR),
        FAILED_LOGINS_PER_ACCOUNT=str(TRIES),
    ) as servers:
        yield servers


@pytest.fixture(scope="module")
def ann(servers):
    """A headteacher, who has made the first account at the first server."""
    log = (servers[0].data_dir / "log.txt").read_text()
    visitor = Visitor(servers[0])
    visitor.fill_in(WELCOME.search(log)[0], PASSWORD | person("Ann", "Oak"))()
    return visitor


def is_signed_in(visitor):
    return visitor.ask("/admin/")[1] == f"{visitor.address}/admin/"


def kept(server, path):
    """Return the text of a page for everybody, which the server keeps from now on."""
    page = server.ask(path)
    assert page.headers["ETag"]
    return page.text


def on_both(servers, path):
    return [kept(server, path) for server in servers]


def test_signing_in_and_out_at_one_holds_at_the_other(servers, ann):
    visitor = Visitor(servers[1])
    password = PASSWORD["password1"]
    visitor.fill_in(LOGIN, {"login": "ann@school.example", "password": password})()
    elsewhere = visitor.at(servers[0])
    assert is_signed_in(visitor)
    assert is_signed_in(elsewhere)

    elsewhere.fill_in("/admin/", {"next": "/"})
    elsewhere.fill_in("/accounts/logout/", {})()
    assert not is_signed_in(visitor)
    assert is_signed_in(ann.at(servers[1]))


@BOTH_WAYS
def test_what_is_saved_at_one_is_on_the_next_page_of_the_other(servers, ann, here, there):
    head, name = ann.at(servers[here]), new_name()
    school = re.search(rf"{SCHOOLS}\d+/change/", head.ask(SCHOOLS)[2])[0]
    assert [name in page for page in on_both(servers, "/schools/")] == [False, False]

    data = opened(head, school).data() | {"name": [name], "_save": ""}
    assert head.ask(school, data)[0] == 200

    assert name in kept(servers[there], "/schools/")
    assert name in kept(servers[here], "/schools/")


@BOTH_WAYS
def test_a_link_that_works_once_works_at_one_of_them(servers, ann, here, there):
    fields = person(f"Ben{here}", "Elm") | {"role": "headteacher", "school": ""}
    page = ann.at(servers[here]).fill_in("/admin/accounts/user/add/", fields)()[2]
    link = WELCOME.search(page)[0]
    late = Visitor(servers[there]).fill_in(link, PASSWORD)

    assert Visitor(servers[here]).fill_in(link, PASSWORD)()[0] == 200

    assert late()[0] == 404
    assert [Visitor(server).ask(link)[0] for server in servers] == [404, 404]


@BOTH_WAYS
def test_an_idea_is_sent_at_one_approved_at_the_other_and_withdrawn_from_both(
    servers, ann, here, there
):
    family, name = Sender(servers[here]), new_name()
    before = on_both(servers, "/name-us/ideas/")
    address = receipt(family.send({"name": name}, PNG))
    assert on_both(servers, "/name-us/ideas/") == before

    decide(ann.at(servers[there]), name)
    pages = on_both(servers, "/name-us/ideas/")
    assert [name in page for page in pages] == [True, True]
    picture = picture_on_both(servers, pages)

    gone = Visitor(servers[here]).fill_in(f"{address}withdraw/", {})()[2]
    assert "Your idea is gone" in gone
    assert [server.ask(picture).status for server in servers] == [404, 404]
    assert [name in page for page in on_both(servers, "/name-us/ideas/")] == [False, False]
    assert [server.ask(address).status for server in servers] == [404, 404]


def picture_on_both(servers, galleries):
    """Return the address of the newest idea's picture, which both servers have to show alike."""
    [picture] = {PICTURE.search(page)[1] for page in galleries}
    seen = [server.ask(picture) for server in servers]
    assert [answer.status for answer in seen] == [200, 200]
    assert seen[0].body == seen[1].body
    return picture


def decide(head, name):
    """Approve the idea of this name by its page."""
    number = re.search(rf'id="idea-(\d+)"(?:(?!id="idea-).)*{name}', head.ask(QUEUE)[2], re.DOTALL)
    page = head.ask(f"{QUEUE}{number[1]}/change/")[2]
    names = "csrfmiddlewaretoken|revision|opened"
    fields = dict(re.findall(rf'name="({names})" value="(\w+)"', page))
    assert head.ask(f"{QUEUE}{number[1]}/decide/", fields | {"status": "approved"})[0] == 200


def test_a_form_opened_at_one_is_sent_once_to_either(servers):
    family, name = Sender(servers[0]), new_name()
    answers = [family.at(server).send({"name": name}) for server in reversed(servers)]

    assert all(map(is_stored, answers))
    assert receipt(answers[0]) == receipt(answers[1])
    assert stored(servers[0], "name").count((name,)) == 1


@BOTH_WAYS
def test_a_picture_in_a_refused_form_is_there_when_the_other_is_sent_it(servers, ann, here, there):
    family, name = Sender(servers[here]), new_name()
    refused = family.send({"name": name, "adult_agreed": ""}, PNG)
    [picture] = set(HELD.findall(refused.text))
    assert [server.ask(picture).status for server in servers] == [200, 200]

    assert is_stored(family.at(servers[there]).send({"adult_agreed": "on"}))

    assert [server.ask(picture).status for server in servers] == [404, 404]
    decide(ann.at(servers[here]), name)
    picture_on_both(servers, on_both(servers, "/name-us/ideas/"))


def test_ideas_from_one_address_are_counted_at_both_together(servers):
    before, turns = number_of_ideas(servers[0]), list(servers) * IDEAS_PER_HOUR
    answers = [Sender(server, "203.0.113.1").send({"name": new_name()}) for server in turns]

    assert [answer.status for answer in answers] == [302] * IDEAS_PER_HOUR + [429] * IDEAS_PER_HOUR
    assert number_of_ideas(servers[0]) == before + IDEAS_PER_HOUR


def test_wrong_passwords_are_counted_at_both_together(servers):
    fields = {"login": "nobody@school.example", "password": "wrong"}
    turns = (list(servers) * TRIES)[: TRIES + 2]
    answers = [Visitor(server).fill_in(LOGIN, fields)()[0] for server in turns]

    assert answers == [200] * TRIES + [429, 429]


# --- Nothing stale -----------------------------------------------------------------------------
SAVES = 1000
READERS = 2
# Slow enough to leave the two servers time to make the page anew as well.
PAUSE = 0.004
# The sign is in the schools' colours, and is made anew in less time than a page.
SIGN = "/favicon.svg"
SHOWN = re.compile(r'fill="#(\w{6})"')
SAVING = """
import sys
from django.db import transaction
from collab_site.core.schools.models import School
school = School.objects.first()
for number in sys.stdin:
    school.colour = f"#{int(number):06x}"
    with transaction.atomic():
        school.save()
    print(number, end="", flush=True)
"""


class Crowd:
    """Readers who ask for a page all the time; `saved` is what each of them must see at least."""

    def __init__(self, path):
        self.path, self.saved, self.stop = path, 0, Event()

    def read(self, server):
        """Read at `server` to the end; return how often, and by how much too old the oldest was."""
        times, behind = 0, 0
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            while not self.stop.wait(PAUSE):
                least = self.saved
                behind = max(behind, least - number_on(self._page(connection)))
                times += 1
        return times, behind

    def _page(self, connection):
        try:
            connection.request("GET", self.path)
            return connection.getresponse().read().decode()
        except ConnectionError:  # a server may close what it holds open between two requests
            connection.close()
            return self._page(connection)


def number_on(page):
    return int(SHOWN.search(page)[1], base=16)


def test_nothing_is_stale_in_a_thousand_saves_under_load(servers):
    with servers[0].begin_to_manage("shell", "-v0", "-c", SAVING) as writer:
        crowd = Crowd(SIGN)
        save(writer, crowd, 0)
        with ThreadPoolExecutor(READERS) as threads:
            readers = [threads.submit(crowd.read, servers[place % 2]) for place in range(READERS)]
            try:
                for number in range(1, SAVES + 1):
                    save(writer, crowd, number)
                    pages = [server.ask(crowd.path).text for server in servers]
                    assert list(map(number_on, pages)) == [number, number]
            finally:
                crowd.stop.set()
                writer.stdin.close()
        times, behind = zip(*(reader.result() for reader in readers), strict=True)
    assert sum(times) > SAVES
    assert max(behind) == 0


def save(writer, crowd, number):
    """Save a number, and tell the crowd once that is done."""
    print(number, file=writer.stdin, flush=True)
    assert writer.stdout.readline() == f"{number}\n"
    crowd.saved = number


# --- What changes by itself --------------------------------------------------------------------
SOON = 5
AHEAD = f"""
from datetime import timedelta
from django.utils import timezone
at = timezone.now() + timedelta(seconds={SOON})
print(at.timestamp())
"""
CLOSING = """
from naming_contest.models import Contest
contest = Contest.objects.current()
contest.closes_at = at
contest.save()
"""
PUBLISHING = """
from actionplan.models import Plan
plan = Plan.objects.order_by("-year").first()
plan.introduction = "A year of apples."
plan.save()
plan.publish(at=at)
"""
MOMENTS = {
    "a call closes": (CLOSING, "/name-us/", lambda page: SUGGEST not in page),
    "an edition appears": (PUBLISHING, "/plan/", lambda page: "A year of apples." in page),
}


@pytest.fixture
def call_again(servers):
    """Open the call again for whatever comes next."""
    yield
    servers[0].rows("UPDATE naming_contest_contest SET closes_at = NULL")


@pytest.mark.usefixtures("call_again")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_ends_what_both_have_kept(servers, moment):
    change, path, is_after = MOMENTS[moment]
    at = float(servers[0].manage("shell", "-v0", "-c", AHEAD + change))

    assert [is_after(page) for page in on_both(servers, path)] == [False, False]
    assert time.time() < at
    time.sleep(at - time.time())

    assert [is_after(page) for page in on_both(servers, path)] == [True, True]


# --- Without the database ----------------------------------------------------------------------
@contextmanager
def nobody_let_in(server):
    """Let the database turn everybody away, and end what it has with them."""
    name = urlsplit(server.environment["DATABASE_URL"]).path[1:]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            database.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [name],
            )
            yield
        finally:
            database.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.mark.postgresql
def test_without_the_database_kept_pages_are_shown_and_afterwards_new_ones(servers):
    before = on_both(servers, "/schools/")
    logs = [servers[0].data_dir / "log.txt", servers[1].data_dir / "second.txt"]
    logged = [log.read_text() for log in logs]
    with nobody_let_in(servers[0]):
        for _ in range(3):
            assert on_both(servers, "/schools/") == before
        answers = [server.ask("/privacy/from-nowhere/") for server in servers]
        answers += [server.ask(SUGGEST) for server in servers]
        assert [answer.status for answer in answers] == [503] * 4
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    for log, earlier in zip(logs, logged, strict=True):
        [line] = log.read_text().removeprefix(earlier).splitlines()
        assert "the database can't be used: " in line

    name = new_name()
    servers[0].rows(f"UPDATE schools_school SET name = '{name}' WHERE id = 1")

    assert [name in page for page in on_both(servers, "/schools/")] == [True, True]
