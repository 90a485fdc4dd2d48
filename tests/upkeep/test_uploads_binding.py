"""Uploads are bound to their database, so no other database can make them look like orphans."""

import os
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from collab_site.core.pictures import fields
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.management.commands import serve
from collab_site.portal.upkeep import uploads_binding
from collab_site.portal.upkeep.models import Installation
from collab_site.portal.upkeep.uploads_binding import (
    ID_FILE,
    STORAGE_ALIASES,
    UploadsMismatch,
    bind_uploads,
    check_uploads,
)
from naming_contest.models import Idea
from tests.make import make_idea
from tests.pictures.samples import drawing, saved, upload, webp_of
from tests.site.portal import Sender, new_database, running
from tests.site.test_sending_from_outside import is_stored

PNG = saved(drawing(), "PNG")


def stored_ids():
    return {storages[alias].open(ID_FILE).read().decode() for alias in STORAGE_ALIASES}


def make_logo():
    return clean_picture(upload(webp_of(9, 9)))


@pytest.mark.django_db
def test_new_uploads_are_bound_to_their_database():
    check_uploads()
    assert stored_ids() == {Installation.load().uploads_id}
    check_uploads()


@pytest.mark.django_db
def test_uploads_of_a_version_without_ids_are_bound_if_rows_name_them():
    make_idea(logo=make_logo())
    check_uploads()
    assert stored_ids() == {Installation.load().uploads_id}


@pytest.mark.django_db
def test_uploads_of_a_version_without_ids_are_bound_if_the_history_names_them(monkeypatch):
    make_idea(logo=make_logo())
    Idea.objects.update(logo="")
    monkeypatch.setattr(
        fields, "_retention_checks", [lambda model, name: name.startswith("ideas/")]
    )
    check_uploads()
    assert stored_ids() == {Installation.load().uploads_id}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "separate",
    [
        pytest.param(lambda: Idea.objects.update(logo=""), id="no row names the files"),
        pytest.param(lambda: Idea.objects.update(logo="ideas/0.webp"), id="rows name others"),
        pytest.param(
            lambda: storages["pictures"].delete(Idea.objects.get().logo.name), id="no files"
        ),
    ],
)
def test_uploads_without_an_id_that_do_not_match_the_rows_are_refused(separate):
    make_idea(logo=make_logo())
    separate()
    with pytest.raises(UploadsMismatch, match="bind_uploads"):
        check_uploads()
    assert not storages["pictures"].exists(ID_FILE)


@pytest.mark.django_db
@pytest.mark.parametrize("alias", STORAGE_ALIASES)
def test_uploads_with_another_id_are_refused_until_they_are_bound(alias):
    make_idea(logo=make_logo())
    check_uploads()
    uploads_binding._write_id(alias, "another")
    with pytest.raises(UploadsMismatch):
        check_uploads()
    with pytest.raises(CommandError, match="bind_uploads"):
        call_command("forget_expired")
    call_command("bind_uploads")
    check_uploads()


@pytest.mark.django_db
def test_uploads_without_any_file_are_bound_whatever_their_id():
    for alias in STORAGE_ALIASES:
        uploads_binding._write_id(alias, "another")
    check_uploads()
    assert stored_ids() == {Installation.load().uploads_id}


@pytest.mark.django_db
def test_uploads_that_have_no_file_in_common_with_the_rows_are_bound_by_force_alone():
    make_idea(logo=make_logo())
    check_uploads()
    Idea.objects.update(logo="")
    uploads_binding._write_id("pictures", "another")
    with pytest.raises(CommandError, match="no file in common"):
        call_command("bind_uploads")
    with pytest.raises(UploadsMismatch):
        check_uploads()
    call_command("bind_uploads", "--force")
    check_uploads()


@pytest.mark.django_db
def test_the_daily_clean_up_changes_the_id():
    check_uploads()
    before = Installation.load().uploads_id
    call_command("forget_expired")
    assert stored_ids() == {Installation.load().uploads_id} != {before}


@pytest.mark.django_db
@pytest.mark.parametrize("written", [0, 1])
def test_an_interrupted_change_of_the_id_leaves_a_valid_one(monkeypatch, written):
    def stop(alias, uploads_id):
        if alias == STORAGE_ALIASES[written]:
            raise KeyboardInterrupt
        write_id(alias, uploads_id)

    check_uploads()
    write_id = uploads_binding._write_id
    with monkeypatch.context() as patch:
        patch.setattr(uploads_binding, "_write_id", stop)
        with pytest.raises(KeyboardInterrupt):
            bind_uploads()
    check_uploads()
    bind_uploads()
    assert stored_ids() == {Installation.load().uploads_id}


@pytest.mark.django_db(transaction=True)
def test_servers_that_change_and_check_the_id_at_once_wait_for_each_other(monkeypatch):
    def write_slowly(alias, uploads_id):
        storages[alias].delete(ID_FILE)
        time.sleep(0.2)
        storages[alias].save(ID_FILE, ContentFile(uploads_id.encode()))

    def run_on_own_connection(function):
        with closing(connection):
            function()

    check_uploads()
    monkeypatch.setattr(uploads_binding, "_write_id", write_slowly)
    with ThreadPoolExecutor(4) as servers:
        list(servers.map(run_on_own_connection, [bind_uploads, check_uploads] * 4))
    assert stored_ids() == {Installation.load().uploads_id}
    for alias in STORAGE_ALIASES:
        assert storages[alias].listdir("")[1] == [ID_FILE]


@pytest.fixture
def portal_data(tmp_path):
    """The DATA_DIR of a portal that has stopped, with an old picture and its database's copy.

    The copy was made before the picture was sent.
    """
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    with running(data_dir, SUGGESTION_MIN_SECONDS="0") as portal:
        portal.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(data_dir / "portal.sqlite3", tmp_path / "older.sqlite3")
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        [picture] = portal.pictures()
    os.utime(picture, (0, 0))
    return data_dir


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def manage(command, data_dir, **environment):
    """Run a command that ends by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(data_dir), "PATH": os.environ["PATH"], "PORT": free_port()}
        | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def assert_refused_unchanged(data_dir, command, **environment):
    before = sorted(data_dir.glob("pictures/**/*"))
    assert any("ideas/" in str(path) for path in before)
    process = manage(command, data_dir, **environment)
    assert process.returncode == 1
    assert "don't belong to the database" in process.stderr
    assert "Traceback" not in process.stderr
    assert sorted(data_dir.glob("pictures/**/*")) == before


COMMANDS = pytest.mark.parametrize("command", ["serve", "forget_expired"])


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_start_with_an_empty_database_is_refused(portal_data):
    for file in portal_data.glob("portal.sqlite3*"):
        file.unlink()
    assert_refused_unchanged(portal_data, "serve")
    assert_refused_unchanged(portal_data, "forget_expired")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_start_with_a_new_postgresql_database_is_refused(portal_data):
    with new_database("TEMPLATE template1") as database:
        assert_refused_unchanged(portal_data, "serve", **database)
        assert_refused_unchanged(portal_data, "forget_expired", **database)


@pytest.mark.sqlite
@pytest.mark.django_db
@COMMANDS
def test_an_older_copy_of_the_database_is_refused_after_a_day(portal_data, command):
    assert manage("forget_expired", portal_data).returncode == 0
    older = f"sqlite:///{portal_data.parent / 'older.sqlite3'}"
    assert_refused_unchanged(portal_data, command, DATABASE_URL=older)


@pytest.mark.sqlite
@pytest.mark.django_db
@COMMANDS
def test_an_older_copy_of_the_database_is_refused_after_another_start(portal_data, command):
    with running(portal_data):
        pass
    older = f"sqlite:///{portal_data.parent / 'older.sqlite3'}"
    assert_refused_unchanged(portal_data, command, DATABASE_URL=older)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_uploads_that_cannot_be_read_stop_a_start_with_a_sentence(portal_data):
    id_file = portal_data / "pictures" / ID_FILE
    id_file.unlink()
    id_file.mkdir()
    process = manage("serve", portal_data)
    assert process.returncode == 1
    assert f"Files in {portal_data}/pictures can't be read or written" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_start_deletes_no_file_that_no_row_names(portal_data):
    older = f"sqlite:///{portal_data.parent / 'older.sqlite3'}"
    with running(portal_data, DATABASE_URL=older) as portal:
        assert len(portal.pictures()) == 1


@pytest.fixture
def bound_uploads(db):
    """Uploads that are bound already, so that a check of them needs to write nothing."""
    check_uploads()


@pytest.mark.usefixtures("bound_uploads", "read_only_database")
def test_a_start_with_a_database_that_can_only_be_read_is_refused(monkeypatch):
    monkeypatch.setattr(serve, "_require_free_port", lambda: None)
    with pytest.raises(CommandError, match=r"The database can't be used: .*read-?only"):
        call_command("serve")
