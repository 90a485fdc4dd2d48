from django.db import migrations

from collab_site.core.accounts.roles import EDITING, Role, grant


def make_groups(apps, schema_editor):
    for role in EDITING:
        apps.get_model("auth", "Group").objects.get_or_create(name=role.label)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        grant("accounts", ["user"], [Role.HEADTEACHER]),
    ]
