from django.db import migrations

# As cases_found, it reads as the owner and keeps to the scope itself: it is for people of a district, and finds nothing
# of another one. Of several words two must fit, since one alone says too little; what fits best comes first.
CASES_LIKE = """
CREATE FUNCTION cases_like(words text, since timestamptz, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    district text := nullif(current_setting('portal.district', true), '');
    lexemes text[];
    fits tsquery;
BEGIN
    IF current_setting('portal.scope', true) IS DISTINCT FROM 'district' OR district IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(lexeme) INTO lexemes FROM (
        SELECT lexeme FROM unnest(to_tsvector('english', translate(words, '\\', ' ')))
        ORDER BY length(lexeme) DESC, lexeme LIMIT 8
    ) AS longest;
    SELECT string_agg(format('%L & %L', one, other), ' | ')::tsquery INTO fits
    FROM unnest(lexemes) AS one, unnest(lexemes) AS other
    WHERE CASE WHEN cardinality(lexemes) < 3 THEN one = other ELSE one < other END;
    IF fits IS NULL THEN
        RETURN;
    END IF;
    fits := fits && format('''~d%s''', district::bigint)::tsquery;
    RETURN QUERY EXECUTE 'SELECT number FROM public.cases_case
        WHERE search @@ $1 AND (closed_at IS NULL OR closed_at >= $2) AND merged_into_id IS NULL
        ORDER BY ts_rank(search, $1) DESC, number DESC LIMIT $3'
        USING fits, since, most;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_submissions_of_a_person")]

    operations = [migrations.RunSQL(CASES_LIKE, "DROP FUNCTION cases_like(text, timestamptz, integer)")]
