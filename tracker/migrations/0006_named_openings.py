"""Let sources bring their own opening phrase, and statements the day that they name.

An adjective such as "Russian" is no phrase in any language, so the old column is not carried over:
sentences name the kind of the source until somebody writes its phrases.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0005_wanted_publication")]

    operations = [
        migrations.AddField(
            model_name="statement", name="opens_on", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="statement",
            name="opens_part",
            field=models.CharField(
                blank=True,
                choices=[
                    ("MORNING", "in the morning"),
                    ("AFTERNOON", "in the afternoon"),
                    ("EVENING", "in the evening"),
                ],
                default="",
                max_length=12,
            ),
        ),
        # PostgreSQL cannot read the old texts as JSON.
        migrations.RemoveField(model_name="source", name="attribution"),
        migrations.AddField(
            model_name="source",
            name="attribution",
            field=models.JSONField(blank=True, default=dict, verbose_name="attribution"),
        ),
    ]
