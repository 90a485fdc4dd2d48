from django.db import migrations

from collab_site.core.accounts.roles import EDITING, Role, grant
from naming_contest.name_key import NameKey


def put_alike_together(apps, schema_editor):
    spellings = apps.get_model("naming_contest", "NameSpelling").objects
    for idea in apps.get_model("naming_contest", "Idea").objects.exclude(name=""):
        name_key = NameKey(idea.name)
        known = spellings.filter(contest=idea.contest_id, spelling__in=name_key.spellings)
        idea.name_group = known.values_list("group", flat=True).first() or name_key.spelling
        idea.save()
        if not known.exists():
            for spelling in name_key.spellings:
                spellings.create(
                    contest_id=idea.contest_id, spelling=spelling, group=idea.name_group
                )


class Migration(migrations.Migration):
    dependencies = [
        ("naming_contest", "0003_from_brief_to_result"),
        ("accounts", "0003_judges"),
    ]

    operations = [
        migrations.RunPython(put_alike_together, migrations.RunPython.noop),
        grant("naming_contest", ["contest"], [Role.HEADTEACHER], ["add", "settle"]),
        grant("naming_contest", ["contest"], [Role.HEADTEACHER, Role.JUDGE], ["judge"]),
        grant("naming_contest", ["idea"], EDITING, ["enter"]),
    ]
