import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# Immutable, so that a generated column may use it; ~d<id> and ~c<id> are the lexemes of the district and the contact.
SEARCH_VECTOR = """
CREATE FUNCTION case_search_vector(
    number bigint, subject text, description text, steps text, caller text, district bigint, contact bigint
)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', subject), 'A')
        || to_tsvector('pg_catalog.english', description || ' ' || steps)
        || to_tsvector('pg_catalog.english', caller)
        || array_to_tsvector(ARRAY['~d' || district, '~c' || coalesce(contact, 0), number::text])
$$
"""
BEFORE = """
CREATE FUNCTION case_search_vector(number bigint, subject text, description text, steps text, district bigint)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', subject), 'A')
        || to_tsvector('pg_catalog.english', description || ' ' || steps)
        || array_to_tsvector(ARRAY['~d' || district, number::text])
$$
"""
DROP = "DROP FUNCTION case_search_vector({})"
OLD_ARGUMENTS = "bigint, text, text, text, bigint"
NEW_ARGUMENTS = "bigint, text, text, text, text, bigint, bigint"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_what_the_pages_ask_for")]

    operations = [
        migrations.RemoveIndex("case", "cases_search"),
        migrations.RemoveField("case", "search"),
        migrations.RunSQL(DROP.format(OLD_ARGUMENTS), BEFORE),
        migrations.RunSQL(SEARCH_VECTOR, DROP.format(NEW_ARGUMENTS)),
        migrations.RemoveConstraint("case", "an_issue_has_steps_to_replicate"),
        migrations.RemoveConstraint("case", "a_case_in_work_has_an_assignee"),
        migrations.RemoveConstraint("case", "a_closed_case_says_when"),
        migrations.RenameField("case", "steps", "steps_to_replicate"),
        migrations.AlterField("case", "steps_to_replicate", models.TextField(blank=True)),
        migrations.AddField(
            "case",
            "search",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("number"),
                    models.F("subject"),
                    models.F("description"),
                    models.F("steps_to_replicate"),
                    models.F("caller_name"),
                    models.F("district_id"),
                    models.F("contact_id"),
                    function="case_search_vector",
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            "case", django.contrib.postgres.indexes.GinIndex(fields=["search"], name="cases_search")
        ),
        migrations.RemoveConstraint("timelineentry", "a_form_is_sent_once"),
        migrations.RemoveConstraint("timelineentry", "a_note_and_only_a_note_is_internal"),
        migrations.RemoveConstraint("timelineentry", "what_is_said_has_words"),
        migrations.RenameField("timelineentry", "step", "action"),
        migrations.RenameField("timelineentry", "submission", "idempotency_key"),
    ]
