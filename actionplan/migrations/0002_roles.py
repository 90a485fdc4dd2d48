from django.db import migrations

from collab_site.core.accounts.roles import EDITING, grant


class Migration(migrations.Migration):
    dependencies = [("actionplan", "0001_plan"), ("accounts", "0002_roles")]

    operations = [
        grant("actionplan", ["plan", "strand", "step", "possibility"], EDITING),
    ]
