"""The Employment Credentials of a person: by type, newest first, endorsements under the credential they belong to."""

from datetime import date
from itertools import groupby

from credentials.models import CredentialRecord

Validity = CredentialRecord.Validity


def tree_of(records):
    """[(type, [(record, its endorsements)])]. Nothing is left out: what belongs to an endorsement stands by itself."""
    roots = {record.pk for record in records if not record.parent_id}
    newest = sorted(records, key=_start, reverse=True)
    under = {key: [record for record in newest if record.parent_id == key] for key in roots}
    tops = sorted((record for record in newest if record.parent_id not in roots), key=_order_of_type)
    grouped = groupby(tops, key=lambda record: record.type)
    return [(type, [(record, under.get(record.pk, [])) for record in group]) for type, group in grouped]


def opens_on(records, pending, day):
    """The record that matters most now: one that waits for a decision, then the next to expire, then the newest."""
    return min(records, key=lambda record: _urgency(record, pending, day), default=None)


def _urgency(record, pending, day):
    if record.pk in pending:
        return 0, pending[record.pk].submitted_at.timestamp()
    if record.validity(day) == Validity.EXPIRING:
        return 1, record.expires_on.toordinal(), bool(record.parent_id)
    return 2, -_start(record)[0].toordinal(), -record.pk


def _start(record):
    return record.starts_on or date.min, record.pk


def _order_of_type(record):
    return record.type.order, record.type.name
