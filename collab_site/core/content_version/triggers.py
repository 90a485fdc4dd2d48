"""Triggers by which the database notes every change of content: saved rows, bulk, statements."""

from functools import cache
from itertools import product

from django.apps import apps
from django.conf import settings

from collab_site.core.content_version.models import ContentVersion

TABLE = ContentVersion._meta.db_table
NEW_TOKEN = {"sqlite": "hex(randomblob(16))", "postgresql": "gen_random_uuid()"}
# At the end of a transaction and once: whoever holds the row then waits for nobody any more, while
# two who wrote it earlier could each wait for what the other one holds. It names the schema: there
# is no search path while a back-up is put back.
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION freshness_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('freshness.noted', true)
            IS DISTINCT FROM pg_current_xact_id()::text
        THEN
            UPDATE {{schema}}."{TABLE}" SET token = {NEW_TOKEN["postgresql"]};
            PERFORM set_config('freshness.noted', pg_current_xact_id()::text, true);
        END IF;
        RETURN NULL;
    END $$
"""
OF_SQLITE = f"""
    CREATE TRIGGER "{{name}}" AFTER {{change}} ON "{{table}}"
    BEGIN UPDATE "{TABLE}" SET token = {NEW_TOKEN["sqlite"]}; END
"""
# For each vendor and each kind of change, the statement that creates a table's trigger.
CREATE = {
    "postgresql": {
        "any": """
            CREATE CONSTRAINT TRIGGER "{name}" AFTER INSERT OR UPDATE OR DELETE ON "{table}"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION freshness_note()
        """,
        "TRUNCATE": """
            CREATE TRIGGER "{name}" AFTER {change} ON "{table}"
            FOR EACH STATEMENT EXECUTE FUNCTION freshness_note()
        """,
    },
    "sqlite": dict.fromkeys(("INSERT", "UPDATE", "DELETE"), OF_SQLITE),
}
PRESENT = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE pg_table_is_visible(tgrelid)",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
}


def set_up(connection):
    """See to it that each table of content has its triggers: SQLite loses them with migrations.

    Where one was missing, what has changed meanwhile is noted.
    """
    present, vendor = connection.introspection.table_names(), connection.vendor
    if TABLE not in present:
        return
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute("SELECT quote_ident(current_schema())")
            cursor.execute(FUNCTION.format(schema=cursor.fetchone()[0]))
        missing = list(_missing(cursor, vendor, content_tables().intersection(present)))
        for statement in missing:
            cursor.execute(statement)
        _, is_new = ContentVersion.objects.using(connection.alias).get_or_create(pk=1)
        if missing or is_new:
            cursor.execute(f'UPDATE "{TABLE}" SET token = {NEW_TOKEN[vendor]}')


def _missing(cursor, vendor, tables):
    """Yield the statements that create what triggers are missing."""
    cursor.execute(PRESENT[vendor])
    present = {name for (name,) in cursor.fetchall()}
    for table, (change, statement) in product(sorted(tables), CREATE[vendor].items()):
        name = f"freshness_{table}_{change}"
        if name not in present:
            yield statement.format(name=name, table=table, change=change)


@cache
def content_tables():
    """Return the names of the tables of which anything may be on a page for everybody."""
    return {
        model._meta.db_table
        for label in settings.CONTENT_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.label not in settings.NOT_CONTENT
    }
