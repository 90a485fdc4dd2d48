from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("upkeep", "0001_installation")]

    operations = [
        migrations.RenameField("installation", "last_upkeep_at", "last_plausible_at"),
        migrations.CreateModel(
            "WriteProbe",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("written_at", models.DateTimeField()),
            ],
        ),
    ]
