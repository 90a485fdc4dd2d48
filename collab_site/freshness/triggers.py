"""Triggers by which the database notes every change of content: saved rows, bulk, statements."""

from functools import cache

from django.apps import apps
from django.conf import settings

from collab_site.freshness.models import ContentVersion

TABLE = ContentVersion._meta.db_table
NEW_TOKEN = {
    "sqlite": f'UPDATE "{TABLE}" SET token = hex(randomblob(16))',
    "postgresql": f'UPDATE "{TABLE}" SET token = gen_random_uuid()',
}
# At the end of a transaction and once: whoever holds the row then waits for nobody any more, while
# two who wrote it earlier could each wait for what the other one holds.
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION freshness_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('freshness.noted', true)
            IS DISTINCT FROM pg_current_xact_id()::text
        THEN
            {NEW_TOKEN["postgresql"]};
            PERFORM set_config('freshness.noted', pg_current_xact_id()::text, true);
        END IF;
        RETURN NULL;
    END $$
"""
ON_POSTGRESQL = """
    DROP TRIGGER IF EXISTS freshness ON "{table}";
    CREATE CONSTRAINT TRIGGER freshness AFTER INSERT OR UPDATE OR DELETE ON "{table}"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION freshness_note()
"""
ON_SQLITE = """
    CREATE TRIGGER IF NOT EXISTS "freshness_{table}_{change}" AFTER {change} ON "{table}"
    BEGIN {note}; END
"""


def set_up(connection):
    """See to it that each table of content has its triggers: SQLite loses them with migrations.

    What has changed meanwhile is noted, too.
    """
    tables = content_tables().intersection(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, sorted(tables)):
            cursor.execute(statement)
        ContentVersion.objects.using(connection.alias).get_or_create(pk=1)
        cursor.execute(NEW_TOKEN[connection.vendor])


def _statements(vendor, tables):
    if vendor == "postgresql":
        yield FUNCTION
        for table in tables:
            yield ON_POSTGRESQL.format(table=table)
        return
    for table in tables:
        for change in ("INSERT", "UPDATE", "DELETE"):
            yield ON_SQLITE.format(table=table, change=change, note=NEW_TOKEN[vendor])


@cache
def content_tables():
    """Return the names of the tables of which anything may be on a page for everybody."""
    return {
        model._meta.db_table
        for label in settings.CONTENT_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.label not in settings.NOT_CONTENT
    }
