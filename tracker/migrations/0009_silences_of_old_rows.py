"""Fill in when convoys under way are due to be heard, as their next entry would.

Without this a convoy that is on the road while the server is brought up to date would be watched
by nobody until its next word.
"""

from django.db import migrations

FILL = """
UPDATE tracker_convoy SET
    word_due_at = last_contact_at + contact_interval_min * interval '1 minute',
    silent_from = last_contact_at + (contact_interval_min + grace_min) * interval '1 minute'
WHERE state IN ('MOVING', 'HELD', 'TURNED_BACK')
  AND ended_at IS NULL AND last_contact_at IS NOT NULL;
UPDATE tracker_convoy SET silent_from = state_since WHERE state = 'OUT_OF_CONTACT';
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0008_silences")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
