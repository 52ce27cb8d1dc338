"""Which priority a case has where Support knows better than the table, and who changed the table."""

from cases.actions._common import (
    Action,
    find_duplicate,
    lock_case,
    refuse_closed,
    refuse_outdated,
    save_and_log,
    tell_both_sides,
)
from cases.models import Case, priority_by_table
from contacts import audit
from contacts.actions import action


@action
def prioritize(*, case, by, priority, reason="", newest=None, idempotency_key=None):
    """Overrule the table, with a reason that the district reads; without a priority the table decides again."""
    case = lock_case(case, by=by)
    reason = reason if priority else ""
    wanted = priority or priority_by_table(case)
    if (wanted, reason) == (case.priority, case.priority_reason):
        return None
    text = f"{_change(case.priority, wanted)}\n\n{reason or 'The answers about urgency and impact decide again.'}"
    if entry := find_duplicate(idempotency_key, Action.PRIORITIZED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    refuse_outdated(case, newest, by=by)
    former, case.priority, case.priority_reason = case.priority, wanted, reason
    entry = save_and_log(case, Action.PRIORITIZED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.prioritize", by=by, on=case, priority=wanted, former=former, overruled=bool(reason))
    tell_both_sides("prioritized", case, by=by)
    return entry


def _change(before, after):
    labels = [Case.Priority(each).label for each in dict.fromkeys([before, after])]
    return f"Priority: {' → '.join(labels)}"


@action
def change_priority_rules(rule, *, by):
    """An admin changed a row of the table. What it decided already stays as it is."""
    audit.record("support.change_priorities", by=by, on=rule)
