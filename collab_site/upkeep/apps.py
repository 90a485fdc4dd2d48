from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "collab_site.upkeep"
    verbose_name = "Upkeep"
