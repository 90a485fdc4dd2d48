from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class FreshnessConfig(AppConfig):
    name = "collab_site.core.freshness"
    verbose_name = "Freshness"

    def ready(self):
        post_migrate.connect(_set_up_triggers, sender=self)


def _set_up_triggers(using, **kwargs):
    from collab_site.core.freshness.triggers import set_up

    set_up(connections[using])
