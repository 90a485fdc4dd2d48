from django.apps import AppConfig


class NamingContestConfig(AppConfig):
    name = "naming_contest"
    verbose_name = "The suggestion box"

    def ready(self):
        from collab_site.core.editing.history import register

        # Ideas are not kept: what a family sent is gone when it is removed.
        register(self.get_model("Contest"), lasting=["is_current", "settled_at"])
