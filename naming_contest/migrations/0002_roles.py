from django.db import migrations

from collab_site.core.accounts.roles import EDITING, Role, grant


class Migration(migrations.Migration):
    dependencies = [("naming_contest", "0001_call_and_ideas"), ("accounts", "0002_roles")]

    operations = [
        grant("naming_contest", ["contest"], EDITING, ["view", "change"]),
        grant("naming_contest", ["idea"], [Role.HEADTEACHER], ["view", "delete", "decide"]),
    ]
