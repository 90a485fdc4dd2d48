from django.apps import AppConfig
from django.db.backends.signals import connection_created


class FreshnessConfig(AppConfig):
    name = "collab_site.freshness"
    verbose_name = "Freshness"

    def ready(self):
        from collab_site.freshness.watching import watch

        connection_created.connect(watch, dispatch_uid="freshness")
