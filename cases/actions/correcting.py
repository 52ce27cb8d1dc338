"""What a case is about, put right by Support: each value that changes stays readable in the timeline."""

from types import SimpleNamespace

from django.utils.formats import date_format

from cases.actions._common import (
    Action,
    find_duplicate,
    lock_case,
    refuse_closed,
    refuse_outdated,
    save_and_log,
    support_of,
    team_of,
    tell,
)
from cases.models import Case, priority_by_table
from cases.models.priorities import ASKED
from contacts import audit
from contacts.actions import action
from contacts.models import User

# A change of these matters to the district; the others say where in Support the case is.
OF_THE_DISTRICT = {"kind", "urgency", "priority", "due_on"}
LABELS = {
    "kind": "Kind",
    "product_area": "Product area",
    "urgency": "Urgency",
    "blocks_work": "Keeps people from their work",
    "has_workaround": "There is a workaround",
    "users_affected": "People",
    "schools_affected": "Schools",
    "priority": "Priority",
    "due_on": "Due date",
    "steps_to_replicate": "Steps to replicate",
}


@action
def correct(*, case, by, newest=None, idempotency_key=None, **fields):
    """``fields`` are those of LABELS but the priority, which follows; where none differs, nothing happens.

    Another area may mean another team.
    """
    case = lock_case(case, by=by)
    fields |= _recounted(case, fields)
    before = {name: getattr(case, name) for name in fields}
    changed = {name: value for name, value in fields.items() if value != before[name]}
    if not changed:
        return None
    text = "\n".join(f"{LABELS[name]}: {_said(name, before[name])} → {_said(name, changed[name])}" for name in changed)
    if entry := find_duplicate(idempotency_key, Action.CORRECTED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    refuse_outdated(case, newest, by=by)
    to = list(_concerned(case, changed))
    for name, value in changed.items():
        setattr(case, name, value)
    entry = save_and_log(case, Action.CORRECTED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.correct", by=by, on=case, changed=sorted(changed))
    tell("corrected", case, by=by, to=[*to, support_of(case)])
    return entry


def _recounted(case, fields):
    """The priority, where other answers change what the table says; what Support overruled stays."""
    asked = {name: fields.get(name, getattr(case, name)) for name in ASKED}
    if case.priority_reason or all(value == getattr(case, name) for name, value in asked.items()):
        return {}
    return {"priority": priority_by_table(SimpleNamespace(**asked))}


def _said(name, value):
    if name == "due_on":
        return date_format(value) if value else "none"
    if name == "steps_to_replicate":
        return "added" if value else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.name if name == "product_area" else dict(Case._meta.get_field(name).choices)[value]


def _concerned(case, changed):
    """The contacts where it matters to them, and the team that the case moves to."""
    if not OF_THE_DISTRICT.isdisjoint(changed):
        yield User.objects.contacts_of(case.district)
    area = changed.get("product_area")
    if area and area.team_id and area.team_id != case.product_area.team_id:
        yield team_of(Case(product_area=area))
