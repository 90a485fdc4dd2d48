from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "collab_site.portal.upkeep"
    verbose_name = "Upkeep"
