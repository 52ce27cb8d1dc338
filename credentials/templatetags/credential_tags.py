"""How records, requests and their values look."""

from datetime import date

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from credentials.models import DATE_ELEMENTS, CredentialRecord, CredentialRequest, Element
from credentials.models.vocabularies import state_name

register = template.Library()
Status, Validity = CredentialRequest.Status, CredentialRecord.Validity

STATUS_TONES = {Status.PENDING: "waiting", Status.APPROVED: "good", Status.DENIED: "bad", Status.WITHDRAWN: "neutral"}
VALIDITY_LOOKS = {
    Validity.EXPIRED: ("Expired", "bad"),
    Validity.NOT_YET_VALID: ("Not valid yet", "info"),
    Validity.EXPIRING: ("Expires {}", "waiting"),
    Validity.VALID: ("Valid", "good"),
}


@register.filter
def status_tone(credential_request):
    return STATUS_TONES[credential_request.status]


@register.filter
def validity_label(record):
    today = timezone.localdate()
    label, _ = VALIDITY_LOOKS[record.validity(today)]
    return label.format(_in_days((record.expires_on - today).days)) if "{}" in label else label


@register.filter
def validity_tone(record):
    return VALIDITY_LOOKS[record.validity(timezone.localdate())][1]


def _in_days(days):
    return f"in {days} days" if days > 1 else ["today", "tomorrow"][days]


@register.filter
def details(record):
    """(label, text) of each value of the record, including those that its type no longer asks for."""
    return [
        (row["label"], row["old"])
        for row in _compare(record.type, {}, record.values, {}, record.district.state)
        if row["old"]
    ]


@register.filter
def comparison(credential_request):
    """Each field before and after, as requested; fields that stay empty are left out."""
    before, after = credential_request.original, credential_request.proposed
    rows = _compare(credential_request.type, credential_request.labels, before, after)
    return [row for row in rows if row["old"] or row["new"]]


@register.filter
def changes_since(credential_request):
    """What changed in the record after the request was submitted."""
    before, after = credential_request.original, credential_request.record.values
    rows = _compare(credential_request.type, credential_request.labels, before, after)
    return [row for row in rows if row["changed"]]


@register.filter
def old_heading(credential_request):
    if credential_request.is_new:
        return "Before"
    return "When requested" if credential_request.record_has_changed else "On record"


def _compare(type, labels, old, new, state=""):
    """Rows for ``_partials/old_new.html``: the fields of the type in their order, then others that have a value."""
    fields = type.known_fields(state)
    names = [*fields, *sorted({*old, *new} - fields.keys())]
    return [
        {
            "label": labels.get(name) or _label(name, fields.get(name)),
            "old": _text(name, old.get(name), fields.get(name)),
            "new": _text(name, new.get(name), fields.get(name)),
            "changed": old.get(name) != new.get(name),
            **_list_items(old.get(name), new.get(name)),
        }
        for name in names
    ]


def _list_items(old, new):
    """For lists: each item, and whether the other side lacks it."""
    if {type(old), type(new)} - {type(None)} != {list}:
        return {}
    old, new = old or [], new or []
    return {
        "old_items": [(item, item not in new) for item in old],
        "new_items": [(item, item not in old) for item in new],
    }


def _label(name, field):
    if field:
        return str(field)
    return Element(name).label if name in Element.values else name


def _text(name, value, field):
    if name == Element.ISSUING_STATE and value:
        return state_name(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value and (name in DATE_ELEMENTS or (field and field.holds_date)):
        return _date_text(value)
    return "" if value is None else str(value)


def _date_text(text):
    """A stored date as people write it. A text that is no date, from before the field became one, stays as it is."""
    try:
        return date_format(date.fromisoformat(text))
    except (TypeError, ValueError):
        return str(text)
