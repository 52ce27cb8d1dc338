from importlib import import_module

from django.db import migrations, models

# Of a large district the newest 2,000 open cases and the 2,000 that were closed last: with words that every case has, an
# index of words would read them all while somebody types.
CASES_LIKE = """
CREATE OR REPLACE FUNCTION cases_like(words text, since timestamptz, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    district text := nullif(current_setting('portal.district', true), '');
    lexemes text[];
    fits tsquery;
    either tsquery;
BEGIN
    IF current_setting('portal.scope', true) IS DISTINCT FROM 'district' OR district IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(lexeme), string_agg(quote_literal(lexeme), ' | ')::tsquery INTO lexemes, either FROM (
        SELECT lexeme FROM unnest(to_tsvector('english', translate(words, '\\', ' ')))
        ORDER BY length(lexeme) DESC, lexeme LIMIT 8
    ) AS longest;
    SELECT string_agg(format('%L & %L', one, other), ' | ')::tsquery INTO fits
    FROM unnest(lexemes) AS one, unnest(lexemes) AS other
    WHERE CASE WHEN cardinality(lexemes) < 3 THEN one = other ELSE one < other END;
    IF fits IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT number FROM (
        (SELECT number, search FROM public.cases_case
            WHERE district_id = district::bigint AND closed_at IS NULL ORDER BY number DESC LIMIT 2000)
        UNION ALL
        (SELECT number, search FROM public.cases_case
            WHERE district_id = district::bigint AND closed_at >= since AND merged_into_id IS NULL
            ORDER BY closed_at DESC LIMIT 2000)
    ) AS current_cases
    WHERE search @@ fits ORDER BY ts_rank(search, either) DESC, number DESC LIMIT most;
END
$$
"""
BEFORE = import_module("cases.migrations.0032_similar_cases").CASES_LIKE.replace("CREATE", "CREATE OR REPLACE", 1)


class Migration(migrations.Migration):
    dependencies = [("cases", "0033_qualification")]

    operations = [
        migrations.AddIndex(
            "case", models.Index(fields=["district", "closed_at", "number"], name="cases_of_a_district_by_closing")
        ),
        migrations.RunSQL(CASES_LIKE, BEFORE),
    ]
