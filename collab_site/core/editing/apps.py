from django.apps import AppConfig


class EditingConfig(AppConfig):
    name = "collab_site.core.editing"
    verbose_name = "Editing"

    def ready(self):
        from collab_site.core.editing import history
        from collab_site.core.pictures import fields

        fields.register_retention_check(history.names_file)
