from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class ContentVersionConfig(AppConfig):
    name = "collab_site.core.content_version"
    # Tables and triggers of databases are named after it.
    label = "freshness"
    verbose_name = "Content version"

    def ready(self):
        post_migrate.connect(_set_up_triggers, sender=self)


def _set_up_triggers(using, **kwargs):
    from collab_site.core.content_version.triggers import set_up

    set_up(connections[using])
