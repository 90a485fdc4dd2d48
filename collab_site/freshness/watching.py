"""Notices whatever changes content, by any way: saved rows, updates of many, statements."""

import re
from contextlib import nullcontext
from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import transaction

from collab_site.freshness.models import ContentChange

WRITE = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
TABLE = ContentChange._meta.db_table
NOTE = f'INSERT INTO "{TABLE}" DEFAULT VALUES'

_ready = set()


def watch(connection, **kwargs):
    """Let a database connection note every change of content, in the same transaction as it."""
    if _noting not in connection.execute_wrappers:
        connection.execute_wrappers.append(_noting)


def _noting(execute, sql, params, many, context):
    connection = context["connection"]
    if not _is_of_content(sql) or not _is_ready(connection):
        return execute(sql, params, many, context)
    begun = connection.in_atomic_block
    with nullcontext() if begun else transaction.atomic(using=connection.alias):
        result = execute(sql, params, many, context)
        with connection.cursor() as cursor:
            cursor.execute(NOTE)
    return result


def _is_of_content(sql):
    found = WRITE.match(sql)
    return bool(found) and found[1] in content_tables()


def _is_ready(connection):
    """Return whether there is a table for it: not while the first migrations run."""
    alias = connection.alias
    if alias not in _ready and TABLE in connection.introspection.table_names():
        _ready.add(alias)
    return alias in _ready


@cache
def content_tables():
    """Return the names of the tables of which anything may be on a page for everybody."""
    return {
        model._meta.db_table
        for label in settings.CONTENT_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.label not in settings.NOT_CONTENT
    }
