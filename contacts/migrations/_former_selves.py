"""For data from before a person belonged to one district for good.

What someone was or did in a district that they left stays there, with a person of the same name who cannot sign in.
"""

from django.contrib.auth.hashers import make_password

STRAYS = """
SELECT DISTINCT row.{column}, {district} FROM {table} row JOIN contacts_user person ON person.id = row.{column}
WHERE person.district_id IS DISTINCT FROM {district} AND ({condition})
"""
GIVE = """
UPDATE {table} row SET {column} = %s
WHERE row.{column} = %s AND {district} IS NOT DISTINCT FROM %s AND ({condition})
"""
# Where people of Support may be named beside those of the district.
NOT_OF_SUPPORT = "person.district_id IS NOT NULL"


def leave_to_former_self(apps, schema_editor, label, field, *, of_support=False, or_support=False, condition="true"):
    """Where ``field`` names a person of another district than the row, let it name their former self."""
    model = apps.get_model(label)
    names = {
        "table": schema_editor.quote_name(model._meta.db_table),
        "column": schema_editor.quote_name(model._meta.get_field(field).column),
        "district": "NULL::bigint" if of_support else "row.district_id",
    }
    found = f"{condition} AND {NOT_OF_SUPPORT}" if or_support else condition
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(STRAYS.format(condition=found, **names))
        for person, district in cursor.fetchall():
            former = _former_self(apps.get_model("contacts.User").objects, person, district)
            cursor.execute(GIVE.format(condition=condition, **names), [former.pk, person, district])
        # The tables can be altered only when nothing is left to check.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _former_self(people, key, district):
    """The same for each table; that they joined at the same microsecond tells namesakes apart."""
    person = people.get(pk=key)
    same = {name: getattr(person, name) for name in ("first_name", "last_name", "date_joined")}
    former, _ = people.get_or_create(
        district_id=district,
        email=None,
        is_active=False,
        **same,
        defaults={"title": person.title, "password": make_password(None)},
    )
    return former
