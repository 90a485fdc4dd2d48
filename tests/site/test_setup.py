"""The portal as a technician meets it: settings, the first start and the next, and the commands."""

import contextlib
import io
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from collab_site.core.accounts.models import Invitation, User
from collab_site.environment import read_secret_key
from collab_site.management.commands import serve
from naming_contest.models import TokenBucket
from tests.site.portal import new_database, running

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"^http://\S+$", re.MULTILINE)


def manage(*command, **environment):
    """Start `manage.py command` with no other settings than `environment`."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://localhost/portal"),
        ("DATA_DIR", "/dev/null/portal"),
        ("DATA_DIR", "/proc/portal"),
        ("DEBUG", "maybe"),
        ("EMAIL_URL", "nonsense"),
        ("INVITATION_DAYS", "0"),
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PUBLIC_URL", "ftp://portal.example.org"),
        ("PUBLIC_URL", "https://portal.example.org/schools"),
        ("SECRET_KEY", "short"),
        ("EMAIL_URL", "smtp://u:p@host:abc"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("UPLOADS", "/nowhere/at/all"),
        ("UPLOADS", "uploads"),
        ("UPLOADS", "s3://bucket"),
        ("UPLOADS", "s3://key:secret@host/Bucket"),
        ("UPLOADS", "s3://key:secret@host/bucket?tls=no"),
        ("UPLOADS", "https://key:secret@host/bucket"),
        ("WEB_WORKERS", "-1"),
    ],
)
def test_a_bad_setting_is_refused_by_name(tmp_path, name, value):
    process = manage("check", **{"DATA_DIR": str(tmp_path), name: value})
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.startswith(f"The portal can't start: {name} ")
    assert output.count("\n") == 1


def test_https_without_a_trusted_proxy_is_refused(tmp_path):
    url = "https://portal.example.org"
    process = manage("check", DATA_DIR=str(tmp_path), PUBLIC_URL=url)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.startswith("The portal can't start: TRUSTED_PROXY_COUNT must be 1 or more ")
    assert output.count("\n") == 1


def test_every_setting_is_explained():
    source = (ROOT / "collab_site/settings.py").read_text()
    source += (ROOT / "collab_site/environment.py").read_text()
    read = set(re.findall(r'(?:read\w*|environ\.get)\(\s*"([A-Z_]+)"', source))
    numbers = re.findall(r'read_natural\("([A-Z_]+)", (\d+)', source)
    table = (ROOT / "docs/settings.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", table, re.MULTILINE))
    assert read == told.keys()
    assert {name: f"`{default}`" for name, default in numbers}.items() <= told.items()


def test_makefile_accepts_the_pythons_that_pyproject_requires():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lowest, below = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups()
    makefile = (ROOT / "Makefile").read_text()
    assert f"IS_SUPPORTED := (3, {lowest}) <= sys.version_info < (3, {below})" in makefile


def test_no_test_is_passed_over():
    tests = ROOT / "tests"
    for file in tests.rglob("*.py"):
        assert (file.parent / "__init__.py").exists(), f"{file.parent} lacks __init__.py"
        holds_tests = re.search(
            r"^(class Test|\s*(async )?def test_)", file.read_text(), re.MULTILINE
        )
        assert file.name.startswith("test_") == bool(holds_tests), (
            f"pytest doesn't look into {file}"
        )


def rows(data_dir):
    with contextlib.closing(sqlite3.connect(data_dir / "portal.sqlite3")) as database:
        # Each start notes when it was.
        return [line for line in database.iterdump() if "upkeep_installation" not in line]


def test_a_start_sets_up_once(tmp_path):
    with running(tmp_path, is_set_up=False) as portal:
        [link] = LINK.findall((tmp_path / "log.txt").read_text())
        assert link.startswith(f"http://{portal.host}/")
        style_sheet = re.search(r'href="(/static/[^"]+css)"', portal.ask().text)[1]
        assert re.search(r"\.[0-9a-f]{12}\.css$", style_sheet)
        assert portal.ask(style_sheet).status == 200
    before = rows(tmp_path)
    collected_at = (tmp_path / "static/stamp.txt").stat().st_mtime_ns

    with running(tmp_path, is_set_up=False) as portal:
        log = (tmp_path / "log.txt").read_text()
        assert not LINK.findall(log)
        assert "make invite" in log
        path = urlsplit(link).path
        assert portal.ask(path).status == 200
        assert portal.ask(path.replace("/welcome/", "/welcome/x")).status == 404
    assert rows(tmp_path) == before
    assert (tmp_path / "static/stamp.txt").stat().st_mtime_ns == collected_at


def test_a_taken_port_is_told_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = manage("serve", DATA_DIR=str(tmp_path), PORT=str(port))
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert re.fullmatch(rf".*PORT {port}: Address already in use\..*\n", output)
    assert not (tmp_path / "portal.sqlite3").exists()


@pytest.mark.parametrize("command", ["serve", "invite"])
def test_a_database_that_is_away_is_told_in_a_sentence(tmp_path, command):
    settings = {"DATABASE_URL": "postgres://portal@127.0.0.1:1/portal", "SECRET_KEY": "k" * 40}
    process = manage(command, DATA_DIR=str(tmp_path), **settings)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.startswith("CommandError: The database ")
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "content",
    [b"no database at all, but some text\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["text", "header only"],
)
def test_a_damaged_database_file_is_told_in_a_sentence(tmp_path, content):
    (tmp_path / "portal.sqlite3").write_bytes(content)
    process = manage("serve", DATA_DIR=str(tmp_path))
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert re.fullmatch(r"CommandError: The database .+ is damaged: .+ back-up .+\n", output)
    assert (tmp_path / "portal.sqlite3").read_bytes() == content


def test_what_a_start_makes_is_for_its_own_user_alone(tmp_path):
    with running(tmp_path, is_set_up=False):
        # Static files are public anyway, and Django sets their permissions.
        others = {"log.txt", *(path.name for path in tmp_path.glob("static/**/*"))}
        made = [path for path in tmp_path.rglob("*") if path.name not in others]
        assert {"portal.sqlite3", "secret-key"} <= {path.name for path in made}
        assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_make_takes_a_setting_as_it_is():
    uploads = "s3://key:se$(info expanded)cret@s3.example.org/bucket"
    process = subprocess.run(
        ["make", "--dry-run", "--always-make", "run"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "UPLOADS": uploads},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0
    assert "expanded" not in process.stdout
    assert "requirements-s3.txt" in process.stdout


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_is_not_in_utf8_is_refused(tmp_path, encoding, command):
    options = f"ENCODING {encoding} LOCALE 'C' TEMPLATE template0"
    with new_database(options) as database:
        process = manage(command, DATA_DIR=str(tmp_path), **database)
        output, _ = process.communicate(timeout=30)
        with psycopg.connect(database["DATABASE_URL"]) as refused:
            tables = refused.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
            assert tables.fetchall() == []
    assert process.returncode == 1
    assert f"is in {encoding}, but the portal needs one in UTF-8" in output
    assert "createdb --encoding=UTF8" in output
    assert "Traceback" not in output


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command",
    [
        "bind_uploads",
        "clear_limits",
        "empty_bin",
        "export_content",
        "forget_expired",
        "invite",
        "load_content",
        "remind_moderators",
    ],
)
def test_a_command_before_the_first_start_says_so_in_a_sentence(tmp_path, command):
    file = (
        []
        if command != "load_content"
        else [str(next(ROOT.glob("collab_site/portal/content/*.yaml")))]
    )
    with new_database("TEMPLATE template1") as database:
        process = manage(command, *file, DATA_DIR=str(tmp_path), **database)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output.startswith("CommandError: The database can't be used: ")
    assert output.endswith("If it is new, start the portal first.\n")
    assert output.count("\n") == 1


def answer_of(command, *arguments):
    output = io.StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def invitation_in(output):
    return Invitation.objects.by_token(output.splitlines()[0].rstrip("/").rpartition("/")[2])


@pytest.mark.django_db
def test_invite_makes_a_link_to_a_new_account():
    first, second = answer_of("invite"), answer_of("invite")
    assert invitation_in(first) is None
    assert invitation_in(second).user is None


@pytest.mark.django_db
def test_invite_makes_a_link_for_a_person():
    person = User.objects.create_user("head@school.example")
    assert invitation_in(answer_of("invite", "Head@School.example")).user == person
    with pytest.raises(CommandError, match=r"nobody@school\.example"):
        answer_of("invite", "nobody@school.example")


@pytest.mark.django_db
def test_clear_limits_clears_them():
    cache.set("limit", 1)
    TokenBucket.objects.take("an address", per_hour=10)
    answer_of("clear_limits")
    assert cache.get("limit") is None
    assert not TokenBucket.objects.exists()


def test_a_start_deletes_what_was_left_of_an_upload_long_ago(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    for name in ("old", "new"):
        (tmp_path / name).touch()
    os.utime(tmp_path / "old", (0, 0))
    serve._delete_left_uploads()
    assert [left.name for left in tmp_path.iterdir()] == ["new"]


def test_two_that_start_first_at_the_same_moment_keep_one_secret_key(tmp_path, monkeypatch):
    def slowly(size):
        time.sleep(0.3)
        return f"{threading.get_ident():0{size}d}"

    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr("secrets.token_urlsafe", slowly)
    database = {"ENGINE": "django.db.backends.sqlite3"}
    with ThreadPoolExecutor(2) as both:
        keys = list(both.map(read_secret_key, [tmp_path] * 2, [database] * 2))
    assert keys[0] == keys[1] == (tmp_path / "secret-key").read_text()
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
