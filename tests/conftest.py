"""What every test has: folders and a cache of its own, and static files without collecting."""

import os

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.serializers import deserialize, serialize
from django.db import connection
from django.template.base import Template
from django.test.utils import _TestState

from actionplan.models import HeldDocument
from collab_site.core.accounts.roles import Role
from collab_site.core.pictures.fields import OwnFileMixin
from collab_site.core.pictures.models import HeldPicture
from collab_site.environment import read_uploads
from tests.admin.pages import Editing
from tests.bucket import running_bucket
from tests.make import make_user

DATABASE = {"db", "transactional_db", "sending_portal", "servers"}


@pytest.fixture(autouse=True)
def _own_surroundings(settings, tmp_path, monkeypatch):
    pictures, documents = tmp_path / "pictures", tmp_path / "documents"
    settings.STORAGES = {
        "pictures": settings.STORAGES["pictures"] | {"OPTIONS": {"location": pictures}},
        "documents": settings.STORAGES["documents"] | {"OPTIONS": {"location": documents}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # The models' fields took hold of the storage before the settings above.
    for field, folder in ((HeldPicture.image, pictures), (HeldDocument.document, documents)):
        monkeypatch.setattr(field.field.storage, "location", str(folder))
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": str(tmp_path),
        }
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """Keep SQLite's test database in a file, so that each thread has a connection of its own.

    Django's threads share the connection to a database in memory, and with Python 3.13 and newer
    two threads that execute one statement at once get each other's rows, or an InterfaceError.
    """
    if connection.vendor == "sqlite":
        database = connection.settings_dict
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        options = database["OPTIONS"]
        # The database is thrown away, so it need not survive a power cut.
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")


@pytest.fixture(scope="session", autouse=True)
def _templates_as_they_are(django_test_environment):
    """Make pages as the portal does: to note each template's context takes a fifth of the time."""
    Template._render = _TestState.saved_data.template_render


@pytest.fixture
def bucket(settings, monkeypatch):
    """A bucket in which all uploads are kept."""
    with running_bucket() as bucket:
        monkeypatch.setenv("UPLOADS", bucket.url())
        settings.STORAGES |= read_uploads(None)
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, OwnFileMixin):
                    monkeypatch.setattr(field, "storage", field.own_storage())
        yield bucket


# Before any test with real transactions has emptied the database.
@pytest.fixture(scope="session", autouse=True)
def _roles(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        # Where no test asks for a database, none has been made.
        if Group._meta.db_table not in connection.introspection.table_names():
            return "[]"
        return serialize("json", Group.objects.all(), use_natural_foreign_keys=True)


@pytest.fixture
def roles_again(_roles, transactional_db):
    """Put back the roles, which a test with real transactions has lost to the one before."""
    for row in deserialize("json", _roles):
        row.save()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Run these tests late: each leaves the database empty, even of what migrations have made.

    What touches no database is the same with each of them, and is tried with SQLite's.
    """
    config.hook.pytest_deselected(items=[item for item in items if not _is_for_engine(item)])
    items[:] = filter(_is_for_engine, items)
    items.sort(key=_lateness)


def _is_for_engine(item):
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    if item.get_closest_marker(other):
        return False
    if connection.vendor == "sqlite":
        return True
    return item.get_closest_marker("django_db") or not DATABASE.isdisjoint(item.fixturenames)


def _lateness(item):
    if "live_server" in item.fixturenames:
        return 1
    mark = item.get_closest_marker("django_db")
    return 2 if mark and mark.kwargs.get("transaction") else 0


@pytest.fixture
def head(db):
    """A headteacher."""
    return Editing(make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head"))


@pytest.fixture
def editor(db):
    """An editor."""
    return Editing(make_user(Role.EDITOR, first_name="Ed", last_name="Itor"))


def pytest_configure():
    # WhiteNoise warns where there is no such folder.
    settings.STATIC_ROOT.mkdir(exist_ok=True)


def pytest_sessionfinish(session):
    if _skipped_in_ci(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(config, terminalreporter):
    if _skipped_in_ci(config):
        terminalreporter.write_line("CI is set, so a skipped test is a failure.", red=True)


def _skipped_in_ci(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return os.environ.get("CI") and reporter.stats.get("skipped")


@pytest.fixture
def read_only_database(db):
    """A database that can only be read, until the test ends."""
    # Past Django, which refuses queries once one has failed in the test's transaction.
    if connection.vendor == "sqlite":
        connection.connection.execute("PRAGMA query_only=ON")
        yield
        connection.connection.execute("PRAGMA query_only=OFF")
    else:
        connection.connection.execute("SET transaction_read_only = on")
        yield
