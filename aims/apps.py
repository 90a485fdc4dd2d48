from django.apps import AppConfig


class AimsConfig(AppConfig):
    name = "aims"
    verbose_name = "Aims and purposes"

    def ready(self):
        from collab_site.core.editing.history import register

        register(self.get_model("Aim"), parts=["purpose", "purpose__points"])
