"""The portal's system checks (https://docs.djangoproject.com/en/5.2/topics/checks/)."""

from django.core.checks import Error, Tags, register
from django.db import DatabaseError, OperationalError, connections

DATABASE_ENCODING = "UTF8"
CREATE_DATABASE_HINT = (
    "Create one with “createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0 NAME” and set "
    "DATABASE_URL to it (docs/deploy.md, PostgreSQL)."
)

RESTORE_HINT = "Restore it from a back-up (docs/deploy.md, Back up)."


@register(Tags.database)
def check_database_encoding(databases=None, **kwargs):
    """Return an Error for each PostgreSQL database of the aliases `databases` that isn't in UTF-8.

    PostgreSQL refuses characters that the encoding lacks, and in SQL_ASCII every escaped one in
    JSON (https://www.postgresql.org/docs/current/datatype-json.html).
    """
    aliases = [alias for alias in databases or () if connections[alias].vendor == "postgresql"]
    return [error for alias in aliases for error in _encoding_errors(connections[alias])]


@register(Tags.database)
def check_database_file(databases=None, **kwargs):
    """Return an Error for each SQLite database of the aliases `databases` that is damaged."""
    aliases = [alias for alias in databases or () if connections[alias].vendor == "sqlite"]
    return [error for alias in aliases for error in _file_errors(connections[alias])]


def _file_errors(connection):
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            [result] = cursor.fetchone()
    except OperationalError:
        raise  # it can't be opened, which doesn't mean that it is damaged
    except DatabaseError as error:
        result = str(error)
    if result == "ok":
        return []
    message = f"The database {connection.settings_dict['NAME']} is damaged: {result}."
    return [Error(message, hint=RESTORE_HINT, id="collab_site.E002")]


def _encoding_errors(connection):
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        [encoding] = cursor.fetchone()
    if encoding == DATABASE_ENCODING:
        return []
    name = connection.settings_dict["NAME"]
    message = f"The database “{name}” is in {encoding}, but the portal needs one in UTF-8."
    return [Error(message, hint=CREATE_DATABASE_HINT, id="collab_site.E001")]
