from dataclasses import dataclass

from django.db import connection, transaction

from contacts.models import AuditEvent, District


def record(action, *, by, on, **detail):
    """Add an audit event. ``by=None`` is the portal itself; ``on`` is the model instance acted on."""
    recorded = event(action, by=by, on=on, **detail)
    recorded.save(force_insert=True)
    return recorded


# In the order of their chains, so that no two of these wait for each other.
RECORD_ROWS = """
INSERT INTO contacts_auditevent
    (action, actor_key, actor_label, object_type, object_key, object_label, district_key, detail)
SELECT %(new_action)s, '', 'The portal', %(new_type)s, row.id::text, left(row.label, 320),
    coalesce(row.district_id::text, ''), '{{}}'
FROM ({rows}) AS row
ORDER BY coalesce(row.district_id::text, ''), row.id
"""


def record_rows(action, rows, values, *, model):
    """What the portal itself did to any number of rows of the model, in one statement.

    ``rows`` is a query and ``values`` what goes into it; it gives the id, the label and the district_id of each.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECORD_ROWS.format(rows=rows), {**values, "new_action": action, "new_type": model._meta.label})


def event(action, *, by, on, **detail):
    """The audit event of ``record``, not yet saved."""
    district_id = on.pk if isinstance(on, District) else getattr(on, "district_id", None)
    return AuditEvent(
        action=action,
        actor_key=str(by.pk) if by else "",
        actor_label=str(by) if by else "The portal",
        object_type=on._meta.label,
        object_key=str(on.pk),
        object_label=str(on)[:320],
        district_key=str(district_id or ""),
        detail=detail,
    )


@dataclass(frozen=True)
class Chain:
    """A chain of audit events as it was found. ``fault`` says where it breaks first, and is empty where it holds."""

    key: str
    events: int
    fault: str

    def __str__(self):
        return f"{f'District {self.key}' if self.key else 'The portal'}: {self.fault or 'holds'}"


# One statement, so that what is added meanwhile is seen with its head or not at all.
CHAINS = """
WITH link AS (
    SELECT event.district_key, event.position, event.id,
        CASE
            WHEN event.position <> lag(event.position, 1, 0::bigint) OVER chain + 1
            THEN format(
                'events are missing before event %%s: %%s of them',
                event.id, event.position - lag(event.position, 1, 0::bigint) OVER chain - 1
            )
            WHEN event.previous_hash <> lag(event.hash, 1, '') OVER chain
            THEN format('event %%s does not follow the one before it: one of the two was moved or changed', event.id)
            WHEN event.hash <> contacts_audit_hash(event)
            THEN format('event %%s was changed', event.id)
        END AS fault
    FROM contacts_auditevent AS event
    WHERE %(chain)s::text IS NULL OR event.district_key = %(chain)s
    WINDOW chain AS (PARTITION BY event.district_key ORDER BY event.position, event.id)
), first_fault AS (
    SELECT DISTINCT ON (district_key) district_key, fault
    FROM link WHERE fault IS NOT NULL ORDER BY district_key, position, id
), counted AS (
    SELECT event.district_key, count(*) AS events, max(event.position) AS newest
    FROM contacts_auditevent AS event
    WHERE %(chain)s::text IS NULL OR event.district_key = %(chain)s
    GROUP BY event.district_key
), head AS (
    SELECT * FROM contacts_auditchain WHERE %(chain)s::text IS NULL OR key = %(chain)s
)
SELECT coalesce(counted.district_key, head.key), coalesce(events, 0), coalesce(
    fault,
    CASE
        WHEN head.key IS NULL THEN 'it has events but no head'
        WHEN head.position > coalesce(newest, 0)
        THEN format('the newest events were cut off: %%s of them', head.position - coalesce(newest, 0))
        WHEN (head.position, head.hash) IS DISTINCT FROM (event.position, event.hash)
        THEN format('event %%s is not the one that the head names', event.id)
    END,
    ''
)
FROM counted
FULL JOIN head ON head.key = counted.district_key
LEFT JOIN first_fault ON first_fault.district_key = counted.district_key
LEFT JOIN contacts_auditevent AS event
    ON event.district_key = counted.district_key AND event.position = counted.newest
ORDER BY 1
"""


@transaction.atomic
def chains(key=None):
    """Walk along every chain, or the one with the key, and give each as it was found."""
    with connection.cursor() as cursor:
        # The whole audit takes longer than anything else may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(CHAINS, {"chain": key})
        return [Chain(*row) for row in cursor]
