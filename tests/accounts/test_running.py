"""Signing in at a portal as it runs: several processes, one database."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from collab_site import settings as real
from tests.site.portal import Visitor, running

PASSWORD = "three dull words"
ACCOUNT = {
    "first_name": "Zoë",
    "last_name": "O’Brien",
    "email": "zoe@school.example",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running(tmp_path_factory.mktemp("accounts")) as portal:
        yield portal


def at_once(*actions):
    """Do all and return their statuses."""
    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result()[0] for future in [pool.submit(action) for action in actions]]


def sign_in(portal, email, password):
    fields = {"login": email, "password": password}
    return Visitor(portal).fill_in("/accounts/login/", fields)()


def test_of_several_at_once_one_makes_the_account(portal):
    link = re.search(r"/accounts/welcome/\S+", (portal.data_dir / "log.txt").read_text())[0]
    forms = [
        Visitor(portal).fill_in(link, ACCOUNT | {"email": f"{n}@school.example"}) for n in range(4)
    ]
    statuses = at_once(*forms)
    assert sorted(statuses) == [200, 404, 404, 404]
    answer = sign_in(portal, f"{statuses.index(200)}@school.example", PASSWORD)
    assert answer[1] == f"http://{portal.host}/admin/"


def test_a_lock_holds_in_every_process(portal):
    tries = [
        Visitor(portal).fill_in(
            "/accounts/login/", {"login": "nobody@school.example", "password": "wrong"}
        )
        for _ in range(2 * real.FAILED_LOGINS_PER_ACCOUNT)
    ]
    few = real.FAILED_LOGINS_PER_ACCOUNT
    assert sorted(at_once(*tries)) == [200] * few + [429] * few
    assert sign_in(portal, "other@school.example", "wrong")[0] == 200


def test_a_whole_class_may_sign_in_at_the_same_moment(portal):
    tries = [
        Visitor(portal).fill_in(
            "/accounts/login/", {"login": f"{n}@school.example", "password": "wrong"}
        )
        for n in range(30)
    ]
    assert at_once(*tries) == [200] * 30
