"""The roles. Each app's migrations say what its own models allow them."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


class Role(models.TextChoices):
    HEADTEACHER = "headteacher", "Headteacher"
    EDITOR = "editor", "Editor"
    JUDGE = "judge", "Judge"

    def group(self):
        """Return the role's group."""
        from django.contrib.auth.models import Group

        return Group.objects.get(name=self.label)

    def lock(self):
        """Hold the role's group until the transaction ends."""
        from django.contrib.auth.models import Group

        Group.objects.select_for_update().get(name=self.label)


# Those who change what the pages say.
EDITING = [Role.HEADTEACHER, Role.EDITOR]


def grant(app_label, models, roles, actions=("add", "change", "delete", "view")):
    """Return a migration operation that lets `roles` do `actions` with an app's `models`.

    `models` are model names in lower case; an action may also be a permission of the app's own.
    """

    def forwards(apps, schema_editor):
        _make_permissions(app_label, apps)
        permission = apps.get_model("auth", "Permission")
        for role in roles:
            group = apps.get_model("auth", "Group").objects.get(name=role.label)
            names = [f"{action}_{model}" for action in actions for model in models]
            found = permission.objects.filter(content_type__app_label=app_label, codename__in=names)
            assert found.count() == len(names), f"{app_label} lacks one of {names}"
            group.permissions.add(*found)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def _make_permissions(app_label, apps):
    # Django makes permissions only after all migrations, which is too late to give them here.
    config = installed.get_app_config(app_label)
    create_permissions(config, apps=apps, verbosity=0)
