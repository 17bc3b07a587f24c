"""Give the app its rights, and make the log append-only by grant and by trigger."""

from django.db import migrations

# The app's role gets all rights on ordinary tables, now and later, and none to change the log.
GRANTS = """
DO $$
DECLARE
    app_role text := 'tracker_app';
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = app_role) THEN
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app_role);
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app_role);
        EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app_role);
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES IN SCHEMA public '
            'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', app_role);
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I',
            app_role);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON tracker_logevent FROM %I', app_role);
    END IF;
END
$$;
"""

TRIGGERS = """
CREATE FUNCTION tracker_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: record a correction instead'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER logevent_no_update BEFORE UPDATE OR DELETE ON tracker_logevent
    FOR EACH ROW EXECUTE FUNCTION tracker_refuse_change();
CREATE TRIGGER logevent_no_truncate BEFORE TRUNCATE ON tracker_logevent
    FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse_change();
"""

UNDO_TRIGGERS = """
DROP TRIGGER logevent_no_truncate ON tracker_logevent;
DROP TRIGGER logevent_no_update ON tracker_logevent;
DROP FUNCTION tracker_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0001_rooms")]
    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, UNDO_TRIGGERS),
    ]
