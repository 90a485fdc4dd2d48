from django.db import migrations

from collab_site.core.accounts.roles import EDITING, grant


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_identity"), ("accounts", "0002_roles")]

    operations = [
        grant("schools", ["school", "term", "homepicture"], EDITING),
        grant("schools", ["collaboration"], EDITING, ["view", "change"]),
    ]
