from importlib import import_module

from django.db import migrations

# As before, and a district of which a case is tied may say so, too. A district asks for itself alone.
NOTICE_IS_OPEN_TO = """
CREATE OR REPLACE FUNCTION notice_is_open_to(asked bigint, district bigint) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.cases_notice AS notice
        WHERE notice.id = asked AND notice.resolved_at IS NULL AND notice.announced_at IS NOT NULL
            AND (current_setting('portal.scope', true) IS DISTINCT FROM 'district'
                OR current_setting('portal.district', true) = district::text)
            AND (notice.everyone OR notice.is_public OR EXISTS (
                SELECT FROM public.cases_noticedistrict AS named
                WHERE named.notice_id = asked AND named.district_id = district
            ) OR EXISTS (
                SELECT FROM public.cases_noticecase AS tie
                WHERE tie.notice_id = asked AND tie.district_id = district
            ))
        FOR SHARE OF notice
    )
$$
"""
BEFORE = import_module("cases.migrations.0036_notices").NOTICE_IS_OPEN_TO.replace("CREATE", "CREATE OR REPLACE", 1)


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0037_this_century"),
    ]

    operations = [migrations.RunSQL(NOTICE_IS_OPEN_TO, BEFORE)]
