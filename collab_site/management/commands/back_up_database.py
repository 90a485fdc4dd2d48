import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from collab_site.management.base import PortalCommand


class Command(PortalCommand):
    help = (
        "Copy the database into a folder while the portal runs: portal.sqlite3, or portal.dump "
        "for pg_restore. A copy that fails leaves the one before as it was."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="made where it doesn't exist yet")

    def handle(self, *, folder, **options):
        is_sqlite = connection.vendor == "sqlite"
        copy = folder / ("portal.sqlite3" if is_sqlite else "portal.dump")
        unfinished = copy.with_name(f"{copy.name}.new")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.unlink(missing_ok=True)
            (_copy_sqlite if is_sqlite else _dump_postgresql)(unfinished)
            unfinished.chmod(0o600)
            unfinished.replace(copy)
        except OSError as error:
            raise CommandError(f"The database can't be copied to {folder}: {error}") from error
        self.stdout.write(f"The database has been copied to {copy}.")


def _copy_sqlite(path):
    # An existing file only: to open one that is missing would make an empty database.
    source = f"{Path(connection.settings_dict['NAME']).resolve().as_uri()}?mode=rw"
    try:
        with (
            closing(sqlite3.connect(source, uri=True)) as database,
            closing(sqlite3.connect(path)) as copy,
        ):
            database.backup(copy)
            [result] = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise CommandError(f"The database can't be copied: {error}.") from error
    if result != "ok":
        raise CommandError(f"The database is damaged: {result}.")


def _dump_postgresql(path):
    # As Django calls psql, so that the password is in no list of processes.
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    try:
        subprocess.run(
            ["pg_dump", "--format=custom", f"--file={path}", *arguments[1:]],
            env=os.environ | (environment or {}),
            check=True,
        )
    except FileNotFoundError as error:
        raise CommandError("pg_dump is missing: install postgresql-client.") from error
    except subprocess.CalledProcessError as error:
        raise CommandError(f"pg_dump ended with {error.returncode}.") from error
