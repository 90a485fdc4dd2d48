"""The deploying guide's own commands, read from docs/deploy.md and run as they stand there.

Only what needs a server's root is replaced: sudo, systemctl and systemd-run, and where folders are.
"""

import os
import re
import subprocess

import psycopg
import pytest
from django.conf import settings
from django.core.management import get_commands

from tests.pictures.samples import drawing, saved
from tests.site.portal import Sender, running
from tests.site.test_sending_from_outside import is_stored, number_of_ideas

GUIDE = (settings.BASE_DIR / "docs/deploy.md").read_text()
PNG = saved(drawing(), "PNG")
CRON_LINE = re.compile(r"^[\d*]+ [\d*]+ [\d*]+ [\d*]+ [\d*-]+ root (.+)$", re.MULTILINE)
SUDO = """#!/bin/sh
[ "$1" = -u ] && shift 2
exec "$@"
"""
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


def code_blocks(heading):
    """Return the fenced blocks of a section of the guide."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r"^```\w*\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


@pytest.fixture
def server(tmp_path):
    """A server's folders and commands below `tmp_path`."""
    for name, script in {
        "sudo": SUDO,
        "systemctl": "#!/bin/sh\n",
        "systemd-run": SYSTEMD_RUN,
        "portal": code_blocks("Install")[-2],
    }.items():
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(on_server(script, tmp_path))
        command.chmod(0o755)
    (tmp_path / "srv/portal/data").mkdir(parents=True)
    # The guide's paths have no space, whereas the project's folder may have one.
    (tmp_path / "srv/portal/app").symlink_to(settings.BASE_DIR)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/portal.env").write_text(f"DATA_DIR={tmp_path}/srv/portal/data\n")
    return tmp_path


def on_server(text, root):
    """Return commands of the guide with the folders of the server below `root`."""
    text = text.replace("/srv/", f"{root}/srv/")
    text = text.replace("/etc/portal.env", f"{root}/etc/portal.env")
    return text.replace("/usr/local/bin/", f"{root}/bin/").replace("-o portal -g portal ", "")


def run(server, commands):
    """Run commands of the guide, each of which has to succeed; return what they print."""
    process = subprocess.run(
        ["sh", "-euc", on_server(commands, server)],
        env=os.environ | {"PATH": f"{server}/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


FOLDER, BACK_UP, _, RESTORE = code_blocks("Back up")


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
def test_what_was_backed_up_is_there_again_after_a_restore(server):
    data_dir = server / "srv/portal/data"
    run(server, FOLDER)
    with running(data_dir, SUGGESTION_MIN_SECONDS="0") as portal:
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        [picture] = portal.pictures()
        run(server, BACK_UP)
        assert is_stored(Sender(portal).send({"name": "Elms"}, PNG))
        portal.rows("DELETE FROM naming_contest_idea WHERE name = 'Oaks'")
        picture.unlink()

    run(server, RESTORE)
    with running(data_dir) as portal:
        assert portal.rows("SELECT name FROM naming_contest_idea") == [("Oaks",)]
        assert portal.pictures() == [picture]


@pytest.mark.backup
@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_first_back_up_of_a_new_portal_works(server):
    run(server, FOLDER)
    with running(server / "srv/portal/data"):
        run(server, BACK_UP)
    backup = server / "srv/backup"
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
        run(server, BACK_UP)
        [picture] = portal.pictures()
        [copy] = (server / "srv/backup").rglob(picture.name)
        picture.unlink()
        run(server, BACK_UP)
    assert not copy.exists()


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("line", CRON_LINE.findall(GUIDE))
def test_the_lines_for_cron_run(server, line):
    command = line.split()[1]
    assert get_commands()[command].startswith("collab_site")
    data_dir = server / "srv/portal/data"
    with running(data_dir) as portal:
        run(server, line)
        assert number_of_ideas(portal) == 0


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_wrapper_finds_the_portal_s_database(server):
    with running(server / "srv/portal/data"):
        assert "/accounts/welcome/" in run(server, "sudo portal invite")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_commands_for_postgresql_create_a_database_in_utf8(server):
    [createdb] = re.findall(r"^sudo -u postgres createdb .+$", GUIDE, re.MULTILINE)
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as postgresql:
        postgresql.execute("CREATE ROLE portal LOGIN")
        try:
            run(server, createdb)
            database = postgresql.execute(
                "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'portal'"
            )
            assert database.fetchone() == ("UTF8",)
        finally:
            postgresql.execute("DROP DATABASE IF EXISTS portal")
            postgresql.execute("DROP ROLE portal")
