"""The deploying guide's own commands, read from docs/deploy.md and run as they stand there.

Only what needs a server's root is replaced: sudo, systemctl and systemd-run, and where folders are.
"""

import json
import os
import re
import subprocess
import time
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from tests.pictures.samples import drawing, saved
from tests.site.portal import Sender, running
from tests.site.test_sending_from_outside import is_stored

GUIDE = (settings.BASE_DIR / "docs/deploy.md").read_text()
PNG = saved(drawing(), "PNG")
CRON_LINE = re.compile(r"^[\d*]+ [\d*]+ [\d*]+ [\d*]+ [\d*-]+ root (.+)$", re.MULTILINE)
SUDO = """#!/bin/sh
[ "$1" = -u ] && shift 2
exec "$@"
"""
RUNNING = {"is_set_up": False, "SUGGESTION_MIN_SECONDS": "0"}
# Like the real one, it needs the command's whole path, and reads the settings from a file.
SYSTEMD_RUN = """#!/bin/sh
set -eu
for option in "$@"; do
    case $option in
        --working-directory=*) cd "${option#*=}" ;;
        --property=EnvironmentFile=*) settings=${option#*=*=} ;;
        --*) ;;
        /*) break ;;
        *) echo "systemd-run: $option is not an absolute path" >&2; exit 1 ;;
    esac
    shift
done
exec env -i PATH="$PATH" $(cat "$settings") "$@"
"""


def code_blocks(heading, level=2):
    """Return the fenced blocks of a section of the guide."""
    start = rf"^#{{{level}}} {heading}\n"
    section = re.search(rf"{start}(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r"^```\w*\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


PORTAL = code_blocks("Install")[-2]
FOLDER, BACKUP, _, _, RESTORE, POSTGRESQL_RESTORE = code_blocks("Back up")
WRITE_FILE, READ_FILE = code_blocks("From SQLite to PostgreSQL", level=3)
UPGRADE, _ = code_blocks("Update")
[CREATE_DATABASE] = re.findall(
    r"^sudo -u postgres createdb .+$", "".join(code_blocks("PostgreSQL")), re.MULTILINE
)


@pytest.fixture
def server(tmp_path):
    """A server's folders and commands below `tmp_path`."""
    make_command(tmp_path, "sudo", SUDO)
    make_command(tmp_path, "systemctl", '#!/bin/sh\necho "$@" >>/srv/systemctl.txt\n')
    make_command(tmp_path, "systemd-run", SYSTEMD_RUN)
    make_command(tmp_path, "portal", PORTAL)
    make_command(tmp_path, "portal-backup", BACKUP)
    (tmp_path / "srv/portal/data").mkdir(parents=True)
    # The guide's paths have no space, whereas the project's folder may have one.
    (tmp_path / "srv/portal/app").symlink_to(settings.BASE_DIR)
    (tmp_path / "etc").mkdir()
    write_settings(tmp_path)
    return tmp_path


def make_command(server, name, script):
    """Make a command of the server."""
    command = server / "bin" / name
    command.parent.mkdir(exist_ok=True)
    command.write_text(on_server(script, server))
    command.chmod(0o755)


def write_settings(server, **environment):
    """Write the server's /etc/portal.env."""
    environment = {"DATA_DIR": f"{server}/srv/portal/data"} | environment
    lines = [f"{name}={value}\n" for name, value in environment.items()]
    (server / "etc/portal.env").write_text("".join(lines))


def on_server(text, root):
    """Return commands of the guide with the folders of the server below `root`."""
    text = text.replace("/srv/", f"{root}/srv/")
    text = text.replace("/etc/portal.env", f"{root}/etc/portal.env")
    return text.replace("/usr/local/bin/", f"{root}/bin/").replace("-o portal -g portal ", "")


def attempt(server, commands):
    """Run commands of the guide up to the first that fails; return the ended process."""
    # What `make test` says to its own commands isn't for theirs.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["sh", "-euc", on_server(commands, server)],
        env=environment | {"PATH": f"{server}/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )


def run(server, commands):
    """Run commands of the guide, each of which has to succeed; return what they print."""
    process = attempt(server, commands)
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.fixture
def postgresql():
    """A superuser's connection to PostgreSQL, where there is a role "portal" as in the guide."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as postgresql:
        postgresql.execute("CREATE ROLE portal LOGIN PASSWORD 'portal'")
        yield postgresql
        for name in ("portal", "portal_before"):
            postgresql.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        postgresql.execute("DROP ROLE portal")


def postgresql_settings():
    """Return the settings that name the guide's database on PostgreSQL."""
    server = urlsplit(os.environ["DATABASE_URL"])
    address = f"postgres://portal:portal@{server.hostname}:{server.port}/portal"
    return {"DATABASE_URL": address, "SECRET_KEY": settings.SECRET_KEY}


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
def test_what_was_backed_up_is_there_again_after_a_restore(server):
    data_dir = server / "srv/portal/data"
    run(server, FOLDER)
    with running(data_dir, SUGGESTION_MIN_SECONDS="0") as portal:
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        [picture] = portal.pictures()
        run(server, "portal-backup")
        assert is_stored(Sender(portal).send({"name": "Elms"}, PNG))
        portal.rows("DELETE FROM naming_contest_idea WHERE name = 'Oaks'")
        picture.unlink()

    run(server, RESTORE)
    with running(data_dir) as portal:
        assert portal.rows("SELECT name FROM naming_contest_idea") == [("Oaks",)]
        assert portal.pictures() == [picture]


@pytest.mark.backup
@pytest.mark.postgresql
@pytest.mark.django_db
def test_what_was_backed_up_of_postgresql_is_there_again_after_a_restore(server, postgresql):
    data_dir = server / "srv/portal/data"
    write_settings(server, **postgresql_settings())
    run(server, FOLDER + CREATE_DATABASE)
    with running(data_dir, **RUNNING, **postgresql_settings()) as portal:
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        [picture] = portal.pictures()
        run(server, "portal-backup")
        assert is_stored(Sender(portal).send({"name": "Elms"}, PNG))
        portal.rows("DELETE FROM naming_contest_idea WHERE name = 'Oaks'")
        picture.unlink()

    *lines, start = RESTORE.splitlines(keepends=True)
    run(server, "".join([*lines, POSTGRESQL_RESTORE, start]))
    with running(data_dir, **RUNNING, **postgresql_settings()) as portal:
        assert portal.rows("SELECT name FROM naming_contest_idea") == [("Oaks",)]
        assert portal.pictures() == [picture]
        assert is_stored(Sender(portal).send({"name": "Elms"}, PNG))


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda file: file.write_text("This is no database. " * 99), id="damaged"),
        pytest.param(lambda file: file.unlink(), id="missing"),
    ],
)
def test_a_back_up_that_fails_leaves_the_one_before(server, damage):
    run(server, FOLDER)
    data_dir, backup = server / "srv/portal/data", server / "srv/backup/daily/portal.sqlite3"
    with running(data_dir):
        run(server, "portal-backup")
    before = backup.read_bytes()
    damage(data_dir / "portal.sqlite3")
    assert attempt(server, "portal-backup").returncode != 0
    assert backup.read_bytes() == before


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_back_up_works_after_one_that_was_interrupted(server):
    run(server, FOLDER)
    (server / "srv/backup/daily").mkdir()
    (server / "srv/backup/daily/portal.sqlite3.new").write_bytes(bytes(9999))
    with running(server / "srv/portal/data"):
        run(server, "portal-backup")


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_kept"), [(6, True), (9, False)])
def test_the_copy_from_before_an_upgrade_goes_after_a_week(server, days, is_kept):
    run(server, FOLDER)
    folder = server / "srv/backup/before-upgrade-2026-12-01-120000"
    folder.mkdir()
    then = time.time() - days * 24 * 3600
    os.utime(folder, (then, then))
    with running(server / "srv/portal/data"):
        run(server, "portal-backup")
    assert folder.exists() == is_kept


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_first_back_up_of_a_new_portal_works(server):
    run(server, FOLDER)
    with running(server / "srv/portal/data"):
        run(server, "portal-backup")
    backup = server / "srv/backup/daily"
    assert backup.stat().st_mode & 0o077 == 0
    assert {path.name for path in backup.iterdir()} == {
        "documents",
        "pictures",
        "portal.sqlite3",
        "secret-key",
    }


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_withdrawn_picture_leaves_the_back_up_with_the_next_one(server):
    run(server, FOLDER)
    with running(server / "srv/portal/data", SUGGESTION_MIN_SECONDS="0") as portal:
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        run(server, "portal-backup")
        [picture] = portal.pictures()
        [copy] = (server / "srv/backup").rglob(picture.name)
        picture.unlink()
        run(server, "portal-backup")
    assert not copy.exists()


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=pytest.mark.backup if "backup" in line else ())
        for line in CRON_LINE.findall(GUIDE)
    ],
)
def test_the_lines_for_cron_run(server, line):
    run(server, FOLDER)
    with running(server / "srv/portal/data"):
        run(server, line)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_wrapper_finds_the_portal_s_database(server):
    with running(server / "srv/portal/data"):
        assert "/accounts/welcome/" in run(server, "sudo portal invite")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_commands_for_postgresql_create_a_database_in_utf8(server, postgresql):
    run(server, CREATE_DATABASE)
    database = postgresql.execute(
        "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'portal'"
    )
    assert database.fetchone() == ("UTF8",)


# --- From SQLite to PostgreSQL ---------------------------------------------------------------

EDITING = """
import reversion
from aims.models import Aim
from collab_site.core.accounts.models import User
with reversion.create_revision():
    reversion.set_user(User.objects.create_user("ann@school.example"))
    Aim.objects.first().save()
"""


def read_pages(portal):
    """Return the text of some pages, without the server's own address."""
    paths = ("/aims/", "/plan/", "/schools/")
    return [portal.ask(path).text.replace(portal.host, "") for path in paths]


def dumped(server):
    """Return what `dumpdata` writes of the server's database, but for its own versions and ids."""
    [command] = re.findall(r"(sudo portal dumpdata (?:.|\\\n)+?) --output", WRITE_FILE)
    rows = json.loads(run(server, command))
    return [row for row in rows if row["model"] != "freshness.contentversion"]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_portal_moves_from_sqlite_to_postgresql_with_everything(server, postgresql):
    data_dir = server / "srv/portal/data"
    with running(data_dir, SUGGESTION_MIN_SECONDS="0") as portal:
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        portal.manage("shell", "-v0", "-c", EDITING)
        pages = read_pages(portal)
    before = dumped(server)
    assert {"naming_contest.idea", "reversion.version"} <= {row["model"] for row in before}

    run(server, CREATE_DATABASE + "\n" + WRITE_FILE)
    write_settings(server, **postgresql_settings())
    run(server, READ_FILE)

    assert dumped(server) == before
    assert not (data_dir / "move.json.gz").exists()
    for file in data_dir.glob("portal.sqlite3*"):
        file.unlink()
    with running(data_dir, **RUNNING, **postgresql_settings()) as portal:
        run(server, FOLDER + "portal back_up_database /srv/backup/daily")
        assert (server / "srv/backup/daily/portal.dump").stat().st_size > 0
        assert read_pages(portal) == pages
        assert len(portal.pictures()) == 1
        assert is_stored(Sender(portal).send({"name": "Elms"}, PNG))


# --- Update ----------------------------------------------------------------------------------

UPGRADE_LINE = UPGRADE.splitlines()[-1]


@pytest.mark.sqlite
@pytest.mark.django_db
def test_an_upgrade_copies_the_database_and_only_then_restarts(server):
    run(server, FOLDER)
    with running(server / "srv/portal/data"):
        write_settings(server, BACKUP_DIR=f"{server}/srv/backup")
        run(server, UPGRADE_LINE)
    [copy] = (server / "srv/backup").glob("before-upgrade-*/portal.sqlite3")
    assert copy.stat().st_size > 0
    assert (server / "srv/systemctl.txt").read_text() == "restart portal\n"


def test_an_upgrade_installs_backs_up_migrates_and_checks_in_this_order():
    process = subprocess.run(
        ["make", "--dry-run", "--always-make", "upgrade"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    steps = ["pip", "back_up_database", "migrate", "check --deploy"]
    places = [process.stdout.index(step) for step in steps]
    assert places == sorted(places)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_an_upgrade_that_fails_does_not_restart(server):
    # There is no database yet, so none can be copied.
    process = attempt(server, UPGRADE_LINE)
    assert process.returncode != 0
    assert "The database can't be copied" in process.stderr
    assert not (server / "srv/systemctl.txt").exists()
