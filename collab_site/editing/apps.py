from django.apps import AppConfig


class EditingConfig(AppConfig):
    name = "collab_site.editing"
    verbose_name = "Editing"
