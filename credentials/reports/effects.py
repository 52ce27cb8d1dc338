"""What a change of a type's fields does to the values in use: how many records and undecided requests have them."""

from dataclasses import dataclass

from django.db.models import Q

from credentials.models import EDITABLE, LIST_DATA_TYPES, CredentialRecord, CredentialRequest, DataType, Element


@dataclass(frozen=True)
class Effect:
    change: str
    records: int
    requests: int


def effects_of(changes):
    """The effects of (field before, field after or None), without those that concern nobody."""
    for before, after in changes:
        for words, where in _concerned(before, after):
            effect = Effect(words, _count_records(before, *where), _count_requests(before, *where))
            if effect.records or effect.requests:
                yield effect


def _concerned(before, after):
    """(words, (names that have a value, the choices that are meant or all))"""
    if after is None or (after.is_retired and not before.is_retired):
        yield f"“{before}” is asked no more", (before.name, None)
        return
    if before.name != after.name:
        yield f"“{before}” is stored as “{after.name}” from now on", (before.name, None)
    elif before.asks_for != after.asks_for:
        was, now = DataType(before.asks_for).label, DataType(after.asks_for).label
        yield f"“{before}”: {now} instead of {was}", (before.name, None)
    elif before.choices and after.choices:
        for choice in before.choices:
            if choice not in after.choices:
                yield f"“{before}”: “{choice}” is no longer offered", (before.name, choice)
    elif after.choices:
        yield f"“{before}” offers a list of its own", (before.name, None)
    if (before.when_field, before.when_values) != (after.when_field, after.when_values) and after.when_field:
        yield f"“{before}” is shown on a condition", (before.name, None)
    if before.state != after.state and after.state:
        yield f"“{before}” is asked in {after.get_state_display()} only", (before.name, None)


def _count_records(field, name, choice):
    rows = CredentialRecord.objects.filter(type=field.type_id)
    if not field.element:
        return rows.filter(_in_json("extra", field, name, choice)).count()
    if choice is None:
        return rows.exclude(**_empty(field)).count()
    many = field.asks_for in LIST_DATA_TYPES
    return rows.filter(**({f"{name}__contains": [choice]} if many else {name: choice})).count()


def _empty(field):
    if field.holds_date or field.element == Element.PARENT:
        return {f"{field.name}__isnull": True}
    return {field.name: [] if field.asks_for in LIST_DATA_TYPES else ""}


def _count_requests(field, name, choice):
    rows = CredentialRequest.objects.filter(type=field.type_id, status__in=EDITABLE)
    return rows.filter(_in_json("proposed", field, name, choice)).count()


def _in_json(column, field, name, choice):
    if choice is None:
        return Q(**{f"{column}__has_key": name})
    return Q(**{f"{column}__contains": {name: [choice] if field.asks_for in LIST_DATA_TYPES else choice}})
