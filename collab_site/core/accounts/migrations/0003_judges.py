from django.db import migrations

from collab_site.core.accounts.roles import Role


def make_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name=Role.JUDGE.label)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles")]

    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
