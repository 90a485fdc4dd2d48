from datetime import datetime, time

from django.db import migrations, models
from django.utils import timezone


def date_back(apps, schema_editor):
    """Let nothing that was here already look new.

    What has a day counts from its noon, the rest from when the portal's first plan was published.
    """
    editions = apps.get_model("actionplan", "Edition").objects
    began = editions.aggregate(models.Min("published_at"))["published_at__min"]
    for row in apps.get_model("achievements", "Achievement").objects.all():
        since = _noon(row.achieved_on) if row.achieved_on else began
        row.added_at = min(since or row.added_at, row.added_at)
        row.save(update_fields=["added_at"])


def _noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


class Migration(migrations.Migration):
    dependencies = [
        ("achievements", "0002_roles"),
        ("actionplan", "0006_pdf_goes_with_its_logo"),
    ]

    operations = [
        migrations.AddField(
            model_name="achievement",
            name="added_at",
            field=models.DateTimeField(default=timezone.now, editable=False),
        ),
        migrations.RunPython(date_back, migrations.RunPython.noop),
    ]
