"""Databases of earlier versions migrate, and readers find in them what they found before."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(__file__).parent / "versions"
READ_PAGES = """
import json
import time_machine
from django.core.management import call_command
from tests.site.versions.make_fixture import NOW, read_pages
with time_machine.travel(NOW, tick=False):
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    print(json.dumps(read_pages()))
"""


@pytest.mark.sqlite
@pytest.mark.parametrize("commit", ["2db5bf9"])
def test_a_database_of_an_earlier_version_is_migrated_and_shows_the_same(tmp_path, commit):
    dump = gzip.decompress((FOLDER / f"{commit}.sql.gz").read_bytes()).decode()
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as database:
        database.executescript(dump)
    expected = json.loads((FOLDER / f"{commit}.json").read_text())
    process = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", READ_PAGES],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    pages = json.loads(process.stdout)
    assert len(expected) > 20
    missing = {
        address: sorted(set(texts) - set(pages.get(address, ())))
        for address, texts in expected.items()
    }
    assert {address: texts for address, texts in missing.items() if texts} == {}
