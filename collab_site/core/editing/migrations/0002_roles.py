from django.db import migrations

from collab_site.core.accounts.roles import Role, grant


class Migration(migrations.Migration):
    dependencies = [("editing", "0001_bin"), ("accounts", "0002_roles")]

    operations = [
        grant("editing", ["removal"], [Role.HEADTEACHER], actions=["delete"]),
    ]
