"""The portal's system checks (https://docs.djangoproject.com/en/5.2/topics/checks/)."""

from django.core.checks import Error, Tags, register
from django.db import connections

DATABASE_ENCODING = "UTF8"
CREATE_DATABASE_HINT = (
    "Create one with “createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0 NAME” and set "
    "DATABASE_URL to it (docs/deploy.md, PostgreSQL)."
)


@register(Tags.database)
def check_database_encoding(databases=None, **kwargs):
    """Return an Error for each PostgreSQL database of the aliases `databases` that isn't in UTF-8.

    PostgreSQL refuses characters that the encoding lacks, and in SQL_ASCII every escaped one in
    JSON (https://www.postgresql.org/docs/current/datatype-json.html).
    """
    aliases = [alias for alias in databases or () if connections[alias].vendor == "postgresql"]
    return [error for alias in aliases for error in _encoding_errors(connections[alias])]


def _encoding_errors(connection):
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        [encoding] = cursor.fetchone()
    if encoding == DATABASE_ENCODING:
        return []
    name = connection.settings_dict["NAME"]
    message = f"The database “{name}” is in {encoding}, but the portal needs one in UTF-8."
    return [Error(message, hint=CREATE_DATABASE_HINT, id="collab_site.E001")]
