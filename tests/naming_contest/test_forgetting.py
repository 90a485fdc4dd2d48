"""What is personal in ideas is erased when its time is over: from rows, files and disk."""

import contextlib
import io
import logging
import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from collab_site.core.pictures.storage import picture_storage
from naming_contest import forgetting
from naming_contest.forgetting import forget_expired
from naming_contest.models import Idea, NameSpelling, Winner
from tests.make import make_contest, make_idea, make_picture, make_school
from tests.naming_contest.family import photo
from tests.naming_contest.test_at_once import PNG, click_at_once, filled_in
from tests.site.portal import running

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SENDER = {"first_name": "Samira", "year_group": "year-3", "shows_first_name": True}


@pytest.fixture
def over():
    """A contest whose result was announced just long enough ago."""
    now = timezone.now()
    return make_contest(closes_at=now - 99 * DAY, announces_at=now - 90 * DAY, settled_at=now)


def stored_files():
    return {path.name for path in Path(picture_storage().location).rglob("*.*")}


def again(idea):
    return Idea.objects.get(pk=idea.pk)


def test_who_sent_it_is_forgotten_and_the_idea_stays(over):
    school = make_school()
    words = {"name": "Three Oaks", "strap_line": "Together", "meaning": "Roots", "answer": "Thanks"}
    idea = make_idea(
        contest=over, school=school, status="approved", link_hash="h" * 64, **SENDER, **words
    )

    counts = forget_expired()

    left = again(idea)
    assert (left.first_name, left.year_group, left.shows_first_name) == ("", "", False)
    assert (left.form_token, left.form_digest) == (None, "")
    assert {name: getattr(left, name) for name in words} == words
    assert (left.school, left.status, left.code) == (school, "approved", idea.code)
    assert Idea.objects.filter(link_hash="h" * 64).exists()
    assert left.forgotten_at
    assert counts == {"first names": 1, "year groups": 1}


@pytest.mark.parametrize("days", ["89 days since the result", "no result"])
def test_nothing_is_forgotten_too_early(days):
    closes_at = timezone.now() - 200 * DAY
    announces_at = closes_at + 111 * DAY if days.startswith("89") else None
    contest = make_contest(closes_at=closes_at, announces_at=announces_at)
    idea = make_idea(
        contest=contest, logo=make_picture(), sent_at=timezone.now() - 729 * DAY, **SENDER
    )

    assert forget_expired() == {}

    assert again(idea).first_name == "Samira"
    assert again(idea).forgotten_at is None


def test_whatever_becomes_of_a_contest_old_ideas_are_forgotten(settings):
    settings.IDEAS_LONGEST_DAYS = 10
    old, young = (make_idea(sent_at=timezone.now() - days * DAY, **SENDER) for days in (10, 9))

    forget_expired()

    assert (again(old).first_name, again(young).first_name) == ("", "Samira")


def test_the_days_are_those_of_the_settings(settings, over):
    idea = make_idea(contest=over, **SENDER)
    settings.IDEAS_KEPT_DAYS = 91
    forget_expired()
    assert again(idea).first_name == "Samira"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("meaning", "Ask me: sam@home.example"),
        ("strap_line", "Ring 01623 555 0199"),
        ("logo_alt", "My name is Samira Jones and this is an oak"),
        ("name", "Write to sam@home.example"),
    ],
)
def test_a_text_that_may_tell_who_somebody_is_goes_as_a_whole(over, field, text):
    words = {"name": "Three Oaks", "strap_line": "Together"} | {field: text}
    idea = make_idea(contest=over, status="approved", logo=make_picture(), **words)

    assert forget_expired() == {"texts that may tell who somebody is": 1}

    left = again(idea)
    assert getattr(left, field) == ""
    assert left.logo
    assert {name: getattr(left, name) for name in words} == words | {field: ""}


def test_of_an_erased_name_nothing_stays(over):
    make_idea(contest=over, name="sam@home.example", strap_line="Together", status="approved")
    forget_expired()
    assert not NameSpelling.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", ["waiting", "declined"])
def test_a_picture_that_nobody_approved_goes_with_its_words(over, status):
    idea = make_idea(contest=over, status=status, logo=make_picture(), logo_alt="Me at home")
    kept = make_idea(contest=over, status="approved", logo=make_picture(), logo_alt="An oak")

    assert forget_expired() == {"pictures that nobody approved": 1}

    left = again(idea)
    assert (left.logo.name, left.logo_alt, left.logo_width, left.logo_height) == (
        "",
        "",
        None,
        None,
    )
    assert (left.name, again(kept).logo_alt) == ("Three Oaks", "An oak")
    assert stored_files() == {Path(kept.logo.name).name}


@pytest.mark.django_db(transaction=True)
def test_an_idea_of_which_nothing_is_left_goes(over):
    make_idea(contest=over, name="", logo=make_picture(), meaning="Mine", status="declined")
    assert forget_expired()["ideas of which nothing is left"] == 1
    assert not Idea.objects.exists()
    assert stored_files() == set()


@pytest.mark.django_db(transaction=True)
def test_a_draft_goes_altogether(over):
    make_idea(contest=over, logo=make_picture(), status="draft", decided_at=None, **SENDER)
    forget_expired()
    assert not Idea.objects.exists()
    assert stored_files() == set()


def test_winners_keep_what_won_and_how_they_are_named(over):
    idea = make_idea(
        contest=over,
        name="three@oaks.ashfield",
        meaning="Ask sam@home.example",
        status="approved",
        **SENDER,
    )
    Winner.objects.create(
        contest=over, part="name", idea=idea, credit="Sam, Year 3", credit_agreed=True
    )

    forget_expired()

    left = again(idea)
    assert (left.name, left.meaning, left.first_name) == ("three@oaks.ashfield", "", "")
    assert Winner.objects.get().credit == "Sam, Year 3"


@pytest.mark.django_db(transaction=True)
def test_what_is_declined_after_all_else_was_forgotten_loses_its_picture_too(over):
    idea = make_idea(contest=over, status="approved", logo=make_picture())
    forget_expired()
    again(idea).decide(Idea.Status.DECLINED, None)

    assert forget_expired() == {"pictures that nobody approved": 1}

    assert not again(idea).logo
    assert stored_files() == set()


def test_a_second_time_there_is_nothing_left_to_do(over):
    make_idea(contest=over, **SENDER)
    forget_expired()
    revision = Idea.objects.get().revision
    assert forget_expired() == {}
    assert Idea.objects.get().revision == revision


def test_who_was_about_to_decide_looks_again(over):
    idea = make_idea(contest=over, logo=make_picture())
    forget_expired()
    assert again(idea).revision > idea.revision


@pytest.mark.django_db(transaction=True)
def test_when_it_is_stopped_what_was_done_stays_done(over, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 2)
    for number in range(5):
        make_idea(contest=over, name=f"Name {number}", **SENDER)
    calls, forget = [], forgetting._forget

    def stop(*args):
        calls.append(args)
        counts = forget(*args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return counts

    monkeypatch.setattr(forgetting, "_forget", stop)
    with pytest.raises(KeyboardInterrupt):
        forget_expired()

    assert [idea.first_name for idea in Idea.objects.order_by("pk")] == ["", "", *["Samira"] * 3]
    assert forget_expired()["first names"] == 3


def answer_of(*arguments):
    output = io.StringIO()
    call_command("forget_expired", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_command_tells_how_much_and_never_whose(over, caplog):
    caplog.set_level(logging.INFO)
    make_idea(contest=over, name="Oaks by 01623 555 0199", logo=make_picture(), **SENDER)
    told = (
        "first names: 1, ideas of which nothing is left: 1, pictures that nobody approved: 1, "
        "texts that may tell who somebody is: 1, year groups: 1."
    )

    assert answer_of("--dry-run") == f"It would erase: {told}\n"
    assert Idea.objects.get().first_name == "Samira"
    assert caplog.messages == []
    assert answer_of() == f"Erased: {told}\n"
    assert caplog.messages == [f"Erased from ideas whose time is over: {told}"]
    assert answer_of() == "There is nothing to erase.\n"


@pytest.mark.parametrize("number", [1, 30])
def test_more_ideas_are_forgotten_in_the_same_queries(over, number, django_assert_num_queries):
    for _ in range(number):
        make_idea(contest=over, **SENDER)
    # Two batches, the second of them empty.
    with django_assert_num_queries(9):
        forget_expired()


def test_the_privacy_page_tells_the_days_that_are_set(client, settings):
    settings.IDEAS_KEPT_DAYS, settings.IDEAS_LONGEST_DAYS = 61, 402
    html = client.get("/privacy/").content.decode()
    assert "61 days after the day on which we announce the result, we erase" in html
    assert "we do the same 402 days after an idea came" in html
    overwritten = "What is erased is also overwritten in our database" in html
    assert overwritten == (connection.vendor == "sqlite")


# On the disk


def stored_bytes(data_dir):
    return b"".join(path.read_bytes() for path in sorted(data_dir.glob("portal.sqlite3*")))


SECRETS = [b"Samirabella", b"sam@home.example"]


def grow_old(data_dir):
    """Let the portal's ideas be old ones, with what is personal in them."""
    with contextlib.closing(sqlite3.connect(data_dir / "portal.sqlite3")) as database:
        database.execute("PRAGMA secure_delete=ON")
        database.execute(
            "UPDATE naming_contest_idea SET sent_at = '2020-01-01 12:00:00', "
            "first_name = 'Samirabella', meaning = 'Ask sam@home.example'"
        )
        database.commit()
    assert secrets_in(stored_bytes(data_dir)) == SECRETS


def secrets_in(data):
    return [secret for secret in SECRETS if secret in data]


@pytest.mark.sqlite
def test_what_is_erased_is_in_no_file_of_the_database_nor_any_picture(tmp_path):
    with running(tmp_path, SUGGESTION_MIN_SECONDS="0") as portal:
        cookie, answers = filled_in(portal)
        answers |= {"name": "Three Oaks", "logo": photo(PNG)}
        [response] = click_at_once(portal, cookie, [answers])
        assert response.status == 302
        assert len(list(tmp_path.glob("pictures/ideas/*"))) == 1
        grow_old(tmp_path)

        command = [sys.executable, "manage.py", "forget_expired"]
        environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)

        # The portal holds the database open, so that its log isn't emptied by closing it.
        on_disk = stored_bytes(tmp_path)
        assert b"Three Oaks" in on_disk
        assert secrets_in(on_disk) == []
        assert list(tmp_path.glob("pictures/ideas/*")) == []

    grow_old(tmp_path)
    with running(tmp_path):
        assert secrets_in(stored_bytes(tmp_path)) == []
    log = (tmp_path / "log.txt").read_bytes()
    assert b"first names: 1" in log
    assert secrets_in(log) == []
