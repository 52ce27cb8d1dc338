"""How records, requests and their values look."""

import json
from datetime import date

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from credentials.forms.fields import as_asked
from credentials.forms.requests import PREFIX
from credentials.forms.widgets import controls
from credentials.models import DATE_ELEMENTS, CredentialRecord, CredentialRequest, DataType, Element
from credentials.models.records import label_key
from credentials.models.vocabularies import state_name
from credentials.reports.record_rows import BELONGS_TO

register = template.Library()
Status, Validity = CredentialRequest.Status, CredentialRecord.Validity

STATUS_TONES = {
    Status.DRAFT: "neutral",
    Status.PENDING: "waiting",
    Status.RETURNED: "waiting",
    Status.APPROVED: "good",
    Status.DENIED: "bad",
    Status.WITHDRAWN: "neutral",
}
VALIDITY_TONES = {
    Validity.EXPIRED: "bad",
    Validity.NOT_YET_VALID: "info",
    Validity.EXPIRING: "waiting",
    Validity.VALID: "good",
}
# From here on, how many days are left says less than how many months or years.
MOST_DAYS, MOST_MONTHS = 180, 24


@register.filter
def status_tone(credential_request):
    return STATUS_TONES[credential_request.status]


@register.filter
def validity_label(record, day=None):
    """How it stands on the day, in words; today if none is given."""
    day = day or timezone.localdate()
    match record.validity(day):
        case Validity.EXPIRED:
            return f"Expired {date_format(record.expires_on)}"
        case Validity.NOT_YET_VALID:
            return f"Starts {_when(record.effective_on, day)}"
        case Validity.EXPIRING:
            return f"Expires {_in_days((record.expires_on - day).days)}"
        case _:
            return _left((record.expires_on - day).days) if record.expires_on else "Valid"


@register.filter
def validity_tone(record, day=None):
    return VALIDITY_TONES[record.validity(day or timezone.localdate())]


@register.filter
def span(record):
    """From when until when it is valid, as far as the record says."""
    start, end = (day and date_format(day) for day in (record.starts_on, record.expires_on))
    if start and end:
        return f"{start} to {end}"
    return f"Since {start}" if start else f"Until {end}" if end else "No dates on record"


@register.filter
def bar_of(time_line, record):
    return time_line.bars[record.pk]


@register.filter
def month_name(key):
    """``March 2027``, of 2027-03 as it stands in an address."""
    return date_format(date.fromisoformat(f"{key}-01"), "F Y")


def _when(start, day):
    days = (start - day).days
    return _in_days(days) if days <= MOST_DAYS else date_format(start)


def _in_days(days):
    return f"in {days} days" if days > 1 else ["today", "tomorrow"][days]


def _left(days):
    months = int(days / 30.44)
    if days <= MOST_DAYS:
        return f"{days} days left"
    return f"{months} months left" if months <= MOST_MONTHS else f"{months // 12} years left"


@register.filter
def details(record):
    """(label, text) of each value of the record, including those that its type no longer asks for.

    The page says itself what the record belongs to.
    """
    return [
        (row["label"], row["old"])
        for row in compare(record.type, {}, record.values, {}, record.district.state)
        if row["old"] and row["name"] != Element.PARENT
    ]


@register.filter
def comparison(credential_request):
    """Each field before and after, as requested; fields that stay empty are left out."""
    before, after = credential_request.original, credential_request.proposed
    rows = compare(credential_request.type, credential_request.labels, before, after)
    return [row for row in rows if row["old"] or row["new"]]


@register.filter
def line_changes(row):
    """(label, old, new) of each value that a line of a file changes, and of what the record belongs to."""
    names = [name for name in {**row.before, **row.values} if row.before.get(name) != row.values.get(name)]
    old, new = ({name: values.get(name) for name in names} for values in (row.before, row.values))
    rows = compare(row.type, {}, old, new, row.holder.district.state)
    changes = [(each["label"], each["old"], each["new"]) for each in rows if each["changed"]]
    return changes + [change for change in row.changes if change[0] == BELONGS_TO]


@register.filter
def on_record(bound):
    """Of a field of the update editor: what the record says, whether the form differs, and how to put it back."""
    form, name = bound.form, bound.name.removeprefix(PREFIX)
    if not form.record or name not in form.value_fields:
        return None
    field, held = form.asked[name], form.original.get(name)
    return {
        "text": _text(name, held, field),
        "is_changed": form.differs(name),
        "controls": json.dumps(controls(bound.field, as_asked(field, held))),
    }


@register.filter
def wanted_changes(credential_request):
    """What a pending request would change, or what its new record would say."""
    return [row for row in comparison(credential_request) if row["changed"]]


@register.filter
def old_heading(credential_request):
    if credential_request.is_new:
        return "Before"
    return "When requested" if credential_request.record_has_changed else "On record"


def compare(type, labels, old, new, state=""):
    """Rows for ``_partials/old_new.html``: the fields of the type in their order, then others that have a value."""
    fields = type.known_fields(state)
    names = [*fields, *sorted({*old, *new} - fields.keys())]
    return [
        {
            "name": name,
            "label": labels.get(name) or _label(name, fields.get(name)),
            "old": _text(name, old.get(name), fields.get(name), labels),
            "new": _text(name, new.get(name), fields.get(name), labels),
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


def _text(name, value, field, labels=None):
    if name == Element.PARENT and value:
        return (labels or {}).get(label_key(value)) or _name_of_record(value)
    if isinstance(value, str) and (name == Element.ISSUING_STATE or (field and field.asks_for == DataType.STATE)):
        return state_name(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value and (name in DATE_ELEMENTS or (field and field.holds_date)):
        return _date_text(value)
    return "" if value is None else str(value)


def _name_of_record(key):
    found = CredentialRecord.objects.filter(pk=key).first()
    return found.name if found else "A record that is gone"


def _date_text(text):
    """A stored date as people write it. A text that is no date, from before the field became one, stays as it is."""
    try:
        return date_format(date.fromisoformat(text))
    except (TypeError, ValueError):
        return str(text)
