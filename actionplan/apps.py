from django.apps import AppConfig


class ActionPlanConfig(AppConfig):
    name = "actionplan"
    verbose_name = "The action plan"

    def ready(self):
        from collab_site.core.editing.history import register

        register(self.get_model("Plan"), parts=["possibilities", "let_go"])
        register(self.get_model("Strand"), parts=["steps"], within="plan")
        register(self.get_model("Update"), parts=["evidence"], within="plan")
