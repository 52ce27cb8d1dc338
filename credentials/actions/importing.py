"""Records that come from a file: all of its changes or none."""

from django.utils import timezone

from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor, lock_district
from contacts.models import AuditEvent, Role
from credentials.models import CredentialRecord, Element
from credentials.models.records import fingerprint

BATCH_SIZE = 500


@action
def import_records(*, by, rows):
    """Each of the rows is a record as it was compared, and what it shall say from now on."""
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    if any(row.holder.pk == by.pk for row in rows):
        raise ActionRefused("Your own records do not change by a file. Nothing was changed.")
    lock_district(by.district_id)
    for row in rows_that_stand(rows):
        raise ActionRefused(f"The record of line {row.line} was added in the meantime. Nothing was changed.")
    keys = [row.key for row in rows if row.key]
    mine = CredentialRecord.objects.filter(district=by.district)
    locked = mine.filter(pk__in=keys).select_for_update(of=("self",)).select_related("parent", "type").order_by("pk")
    current = {record.pk: record for record in locked}
    records = [_with_values(row, current, by.district) for row in rows]
    CredentialRecord.objects.bulk_create([each for each in records if not each.pk], batch_size=BATCH_SIZE)
    changed = [each for each in records if each.pk in current]
    CredentialRecord.objects.bulk_update(changed, [*Element.values, "extra", "updated_at"], batch_size=BATCH_SIZE)
    _set_parents(rows, records)
    added = len(records) - len(changed)
    _audit_each(rows, records, by=by)
    audit.record("credential_record.import", by=by, on=by.district, added=added, changed=len(changed))


def rows_that_stand(rows):
    """Those of new records that their holder has already, value by value: without a number, nothing else tells."""
    added = [row for row in rows if not row.key]
    held = CredentialRecord.objects.filter(holder__in={row.holder for row in added}).select_related("parent")
    stand = {(each.holder_id, each.type_id, _said(each.values), each.belongs_to) for each in held}
    return [row for row in added if (row.holder.pk, row.type.pk, _said(row.values), row.parent or "") in stand]


def _said(values):
    """A file names the record that another one belongs to by a column of its own."""
    return fingerprint({name: value for name, value in values.items() if name != Element.PARENT})


def _with_values(row, current, district):
    record = current.get(row.key) or CredentialRecord(district=district, holder=row.holder, type=row.type)
    if row.key and (row.key not in current or record.values != row.before):
        raise ActionRefused(f"The record of line {row.line} changed in the meantime. Nothing was changed.")
    record.values = row.values
    record.updated_at = timezone.now()
    return record


def _audit_each(rows, records, *, by):
    """With every value as it was and as it is: a record itself says only what it says now."""
    pairs = zip(rows, records, strict=True)
    events = [audit.event("credential_record.import_one", by=by, on=each, changes=row.changes) for row, each in pairs]
    AuditEvent.objects.bulk_create(events, batch_size=BATCH_SIZE)


def _set_parents(rows, records):
    """After all are saved: what a record belongs to may stand in the same file."""
    linked = [(row, record) for row, record in zip(rows, records, strict=True) if row.parent is not None]
    for row, record in linked:
        record.parent = _parent(row, record) if row.parent else None
    CredentialRecord.objects.bulk_update([record for _, record in linked], ["parent"], batch_size=BATCH_SIZE)


def _parent(row, record):
    held = CredentialRecord.objects.filter(holder=row.holder).exclude(pk=record.pk)
    named = held.filter(pk=row.parent[1:]) if row.parent.startswith("#") else held.filter(identifier=row.parent)
    if not (parent := named.order_by("pk").first()):
        raise ActionRefused(f"What the record of line {row.line} belongs to is gone. Nothing was changed.")
    return parent
