from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "collab_site.schools"
    verbose_name = "Our collaboration"
