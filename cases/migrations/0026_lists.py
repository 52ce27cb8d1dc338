import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

SPOKEN = ["replied", "asked", "resolved", "moved", "escalated", "called", "closed", "reopened"]

# The words of an entry, with its district as a lexeme of its own, as in case_search_vector.
SEARCH_VECTOR = """
CREATE FUNCTION timeline_search_vector(text text, district bigint)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.english', text) || array_to_tsvector(ARRAY['~d' || district])
$$
"""
# As cases_found: each reads as the owner, past the policies, and keeps to the scope itself. What everyone reads and
# what Support alone reads have an index each, so that nothing of a note ever moves what a district finds.
REPLIES_FOUND = f"""
CREATE FUNCTION replies_found(words tsquery, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    scope text := current_setting('portal.scope', true);
    district text := nullif(current_setting('portal.district', true), '');
BEGIN
    IF numnode(words) = 0 THEN
        RETURN;
    ELSIF scope IN ('support', 'admin', 'system') THEN
        NULL;
    ELSIF scope = 'district' AND district IS NOT NULL THEN
        words := words && format('''~d%s''', district::bigint)::tsquery;
    ELSE
        RETURN;
    END IF;
    RETURN QUERY EXECUTE 'SELECT case_id FROM public.cases_timelineentry
        WHERE public.timeline_search_vector(text, district_id) @@ $1 AND NOT is_internal AND action IN ({', '.join(f"''{each}''" for each in SPOKEN)}) LIMIT $2'
        USING words, most;
END
$$
"""
NOTES_FOUND = """
CREATE FUNCTION notes_found(words tsquery, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF numnode(words) = 0 OR current_setting('portal.scope', true) NOT IN ('support', 'admin', 'system') THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE 'SELECT case_id FROM public.cases_timelineentry
        WHERE public.timeline_search_vector(text, district_id) @@ $1 AND is_internal LIMIT $2'
        USING words, most;
END
$$
"""
VECTOR = models.Func(
    models.F("text"),
    models.F("district_id"),
    function="timeline_search_vector",
    output_field=django.contrib.postgres.search.SearchVectorField(),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_cases_without_a_contact")]

    operations = [
        migrations.RunSQL(SEARCH_VECTOR, "DROP FUNCTION timeline_search_vector(text, bigint)"),
        migrations.RunSQL(REPLIES_FOUND, "DROP FUNCTION replies_found(tsquery, integer)"),
        migrations.RunSQL(NOTES_FOUND, "DROP FUNCTION notes_found(tsquery, integer)"),
        migrations.AddIndex(
            "timelineentry",
            django.contrib.postgres.indexes.GinIndex(
                VECTOR, condition=models.Q(is_internal=False, action__in=SPOKEN), name="timeline_search"
            ),
        ),
        migrations.AddIndex(
            "timelineentry",
            django.contrib.postgres.indexes.GinIndex(
                VECTOR, condition=models.Q(is_internal=True), name="timeline_search_of_notes"
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(fields=["status", "district"], condition=~models.Q(status="closed"), name="cases_open"),
        ),
    ]
