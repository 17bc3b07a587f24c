"""Keep on a convoy's row when its next word is due and from when it is dark."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0007_devices_and_positions")]

    operations = [
        migrations.AddField(
            model_name="convoy", name="word_due_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="convoy", name="silent_from", field=models.DateTimeField(null=True)
        ),
    ]
