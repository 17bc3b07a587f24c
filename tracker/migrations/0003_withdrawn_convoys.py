from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0002_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="convoy",
            name="is_withdrawn",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="vehicle",
            name="state",
            field=models.CharField(
                choices=[
                    ("IN_COLUMN", "in the column"),
                    ("BROKEN_DOWN", "broken down"),
                    ("WITHDRAWN", "taken back"),
                ],
                default="IN_COLUMN",
                max_length=16,
            ),
        ),
    ]
