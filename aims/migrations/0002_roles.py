from django.db import migrations

from collab_site.core.accounts.roles import EDITING, grant


class Migration(migrations.Migration):
    dependencies = [("aims", "0001_aims"), ("accounts", "0002_roles")]

    operations = [
        grant("aims", ["aim", "purpose", "point"], EDITING),
    ]
