from django.db import migrations, models

# The test runner empties tables between tests; a database says so by the setting, and no other database has it.
REFUSE = """
CREATE FUNCTION refuse_to_truncate_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('portal.history_may_be_truncated', true), '') <> 'on' THEN
        RAISE EXCEPTION 'Audit events are only ever added.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_events_are_never_truncated BEFORE TRUNCATE ON contacts_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_truncate_history();
"""
ALLOW = """
DROP TRIGGER audit_events_are_never_truncated ON contacts_auditevent;
DROP FUNCTION refuse_to_truncate_history;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0005_positive_switches")]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor_key", "-happened_at", "-id"], name="audit_of_an_actor"),
        ),
    ]
