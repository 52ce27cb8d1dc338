"""How the versions of a request differ, and from a record that moved meanwhile."""

from datetime import date

from django import template
from django.utils.formats import date_format

from credentials.models import Element
from credentials.templatetags.credential_tags import compare

register = template.Library()


@register.filter
def since_version(credential_request, version):
    """What the request says otherwise than a version of it said; at least one row where anything differs."""
    rows = compare(credential_request.type, credential_request.labels, version.proposed, credential_request.proposed)
    changed = [row for row in rows if row["changed"]]
    words = version.brief_description, credential_request.brief_description
    if words[0] != words[1]:
        changed.insert(0, {"label": "Brief Description", "old": words[0], "new": words[1], "changed": True})
    return changed


@register.filter
def three_way(credential_request):
    """Each field as it was when requested, as it is on record now, and as it is asked for."""
    now = credential_request.record.values
    about = credential_request.type, credential_request.labels, credential_request.original
    moved = {row["name"]: row for row in compare(*about, now)}
    asked = {row["name"]: row for row in compare(*about, credential_request.proposed)}
    rows = [_three(moved.get(name), asked.get(name)) for name in {**moved, **asked}]
    return [row for row in rows if row["moved"] or row["is_asked"]]


def _three(moved, asked):
    return {
        "label": (moved or asked)["label"],
        "was": (moved or asked)["old"],
        "now": moved["new"] if moved else "",
        "asked": asked["new"] if asked else "",
        "moved": bool(moved and moved["changed"]),
        "is_asked": bool(asked and asked["changed"]),
    }


@register.filter
def effect_on_dates(credential_request):
    """What an approval does to how long the credential is valid, in a sentence; empty where it does nothing."""
    new = _day(credential_request.approved_values)
    old = _day({} if credential_request.is_new else credential_request.record.values)
    if new == old:
        return ""
    if not new:
        return "It would be valid without an end."
    if not old:
        return f"It would be valid through {date_format(new)}."
    change = f"{_how_long(abs(new - old).days)} {'longer' if new > old else 'shorter'}"
    return f"It would be valid through {date_format(new)}, {change}."


def _day(values):
    text = values.get(Element.EXPIRES_ON.value)
    return date.fromisoformat(text) if text else None


def _how_long(days):
    years, months = round(days / 365.25), round(days / 30.44)
    count, unit = (years, "year") if days >= 700 else (months, "month") if days >= 60 else (days, "day")
    return f"{count} {unit}{'' if count == 1 else 's'}"
