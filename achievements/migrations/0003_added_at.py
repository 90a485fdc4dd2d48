from datetime import datetime, time

from django.db import migrations, models
from django.utils import timezone


def date_back(apps, schema_editor):
    """Let nothing that was here already look new: what has a day counts from its noon."""
    now = timezone.now()
    for row in apps.get_model("achievements", "Achievement").objects.exclude(achieved_on=None):
        noon = timezone.make_aware(datetime.combine(row.achieved_on, time(12)))
        row.added_at = min(noon, now)
        row.save(update_fields=["added_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("achievements", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="achievement",
            name="added_at",
            field=models.DateTimeField(default=timezone.now, editable=False),
        ),
        migrations.RunPython(date_back, migrations.RunPython.noop),
    ]
