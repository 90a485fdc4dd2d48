from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "collab_site.core.pictures"
    verbose_name = "Pictures"

    def ready(self):
        from collab_site.core.pictures import converters  # noqa: F401 - registers what it defines
