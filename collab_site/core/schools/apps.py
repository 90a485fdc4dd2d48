from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "collab_site.core.schools"
    verbose_name = "Our collaboration"

    def ready(self):
        from collab_site.core.editing.history import register

        for name in ("Collaboration", "HomePicture", "OldAddress", "Term"):
            register(self.get_model(name))
        register(self.get_model("School"), lasting=["former_slugs"])
