from django.db import migrations, models
from django.db.models.functions import Now
from django.utils import timezone

# The moment goes in as a number: as text it would depend on the session's TimeZone and DateStyle.
HASH = """
CREATE FUNCTION contacts_audit_hash(event contacts_auditevent) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        event.previous_hash, event.district_key, event.position, event.id, extract(epoch FROM event.happened_at),
        event.action, event.actor_key, event.actor_label, event.object_type, event.object_key, event.object_label,
        event.detail
    )::text, 'UTF8')), 'hex')
$$;
"""
NO_HASH = "DROP FUNCTION contacts_audit_hash"

# Each hash needs the one before it, so this goes along the chains one by one.
CHAIN_EXISTING = """
ALTER TABLE contacts_auditevent DISABLE TRIGGER audit_events_are_only_added;
DO $$
DECLARE
    event contacts_auditevent;
    head contacts_auditchain;
BEGIN
    FOR event IN SELECT * FROM contacts_auditevent ORDER BY district_key, id LOOP
        IF event.district_key IS DISTINCT FROM head.key THEN
            IF head.key IS NOT NULL THEN
                INSERT INTO contacts_auditchain VALUES (head.*);
            END IF;
            head := ROW(event.district_key, 0, '');
        END IF;
        event.position := head.position + 1;
        event.previous_hash := head.hash;
        event.hash := contacts_audit_hash(event);
        UPDATE contacts_auditevent
            SET position = event.position, previous_hash = event.previous_hash, hash = event.hash
            WHERE id = event.id;
        head.position := event.position;
        head.hash := event.hash;
    END LOOP;
    IF head.key IS NOT NULL THEN
        INSERT INTO contacts_auditchain VALUES (head.*);
    END IF;
END $$;
ALTER TABLE contacts_auditevent ENABLE TRIGGER audit_events_are_only_added;
"""

# The head moves once per statement: a row that is updated ten thousand times in a transaction becomes slow to find. In
# between, the newest event of the statement is further than the head. An event that is missing is never passed over:
# what comes next follows the head, and the gap shows.
#
# The clock is read after the lock, so it moves on along the chain; where it was set back, it stands still.
CHAIN_NEW = """
CREATE FUNCTION chain_audit_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head public.contacts_auditchain;
    newest public.contacts_auditevent;
BEGIN
    SELECT * INTO head FROM public.contacts_auditchain WHERE key = NEW.district_key FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO public.contacts_auditchain (key, position, hash) VALUES (NEW.district_key, 0, '')
            ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT head FROM public.contacts_auditchain WHERE key = NEW.district_key FOR UPDATE;
    END IF;
    SELECT * INTO newest FROM public.contacts_auditevent
        WHERE district_key = NEW.district_key ORDER BY position DESC LIMIT 1;
    IF newest.position > head.position THEN
        head.position := newest.position;
        head.hash := newest.hash;
    END IF;
    NEW.happened_at := greatest(clock_timestamp(), newest.happened_at);
    NEW.position := head.position + 1;
    NEW.previous_hash := head.hash;
    NEW.hash := public.contacts_audit_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_events_are_chained BEFORE INSERT ON contacts_auditevent
    FOR EACH ROW EXECUTE FUNCTION chain_audit_event();

CREATE FUNCTION move_audit_heads() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.contacts_auditchain AS head SET position = newest.position, hash = newest.hash
    FROM (
        SELECT DISTINCT ON (added.district_key) added.district_key, added.position, added.hash
        FROM added ORDER BY added.district_key, added.position DESC
    ) AS newest
    WHERE head.key = newest.district_key;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_heads_move AFTER INSERT ON contacts_auditevent
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION move_audit_heads();
"""
UNCHAIN = """
DROP TRIGGER audit_heads_move ON contacts_auditevent;
DROP TRIGGER audit_events_are_chained ON contacts_auditevent;
DROP FUNCTION move_audit_heads;
DROP FUNCTION chain_audit_event;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_keys_that_cannot_cross_districts")]

    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                (
                    "key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        help_text="The district's; empty: the portal's.",
                    ),
                ),
                ("position", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("checked_at", models.DateTimeField(default=timezone.now)),
                ("chains", models.PositiveIntegerField()),
                ("events", models.PositiveBigIntegerField()),
                (
                    "faults",
                    models.TextField(help_text="A sentence for each broken chain; empty: the audit holds."),
                ),
            ],
            options={"ordering": ["-checked_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="auditevent",
            options={"base_manager_name": "objects", "ordering": ["-happened_at", "-pk"]},
        ),
        migrations.AlterField(
            model_name="auditevent", name="happened_at", field=models.DateTimeField(db_default=Now())
        ),
        migrations.AddField(
            model_name="auditevent",
            name="position",
            field=models.PositiveBigIntegerField(db_default=0, editable=False, help_text="In its chain, from 1."),
        ),
        migrations.AddField(
            model_name="auditevent",
            name="previous_hash",
            field=models.CharField(db_default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="auditevent",
            name="hash",
            field=models.CharField(db_default="", editable=False, max_length=64),
        ),
        migrations.RunSQL(HASH, NO_HASH),
        migrations.RunSQL(CHAIN_EXISTING, migrations.RunSQL.noop),
        migrations.RunSQL(CHAIN_NEW, UNCHAIN),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.UniqueConstraint(
                fields=["district_key", "position"],
                name="each_event_has_its_own_place_in_the_chain",
                violation_error_message="Another audit event has this place in the chain.",
            ),
        ),
    ]
