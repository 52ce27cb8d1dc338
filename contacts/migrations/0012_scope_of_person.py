from django.db import migrations

# Asked before anything is known about who asks, so it runs as its owner; it tells no more than what a scope needs.
SCOPE_OF_PERSON = """
CREATE FUNCTION scope_of_person(key bigint, address text)
RETURNS TABLE (kind text, district_id bigint, person_id bigint, is_admin boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT
        CASE
            WHEN NOT person.is_active THEN 'person'
            WHEN person.district_id IS NOT NULL THEN 'district'
            WHEN EXISTS (
                SELECT FROM public.contacts_designation held
                WHERE held.user_id = person.id
                  AND held.ended_at IS NULL
                  AND held.role IN ('support_agent', 'support_lead')
            ) THEN 'support'
            ELSE 'person'
        END,
        CASE WHEN person.is_active THEN person.district_id END,
        person.id,
        person.is_active AND person.is_staff
    FROM public.contacts_user person
    WHERE person.id = key OR person.email = lower(address)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0011_audit_chains")]

    operations = [migrations.RunSQL(SCOPE_OF_PERSON, "DROP FUNCTION scope_of_person(bigint, text)")]
