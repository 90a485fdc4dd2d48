from django.apps import AppConfig


class AchievementsConfig(AppConfig):
    name = "achievements"
    verbose_name = "Achievements"

    def ready(self):
        from collab_site.core.editing.history import register

        register(self.get_model("Achievement"), parts=["pictures"], lasting=["added_at"])
