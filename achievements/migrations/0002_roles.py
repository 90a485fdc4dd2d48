from django.db import migrations

from collab_site.core.accounts.roles import EDITING, grant


class Migration(migrations.Migration):
    dependencies = [("achievements", "0001_achievements"), ("accounts", "0002_roles")]

    operations = [
        grant("achievements", ["achievement", "achievementpicture"], EDITING),
    ]
