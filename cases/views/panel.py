"""The panel beside the thread: what the case says of itself, each value changed in place by those who may."""

from cases.forms import CorrectForm

ROWS = ["status", "take", "agent", "priority", "contact", *CorrectForm.PARTS, "correct"]


def panel_of(verbs, case, user, timeline, sent):
    """For each row the verbs that change it; ``open`` names the row whose change was refused."""
    rows = {row: [] for row in ROWS}
    for verb, form, address in verbs.values():
        if verb.row and verb.row != "facts":
            rows[verb.row].append((verb, form, address))
    if "correct" in verbs:
        rows |= _corrections(*verbs["correct"], case, user, timeline, sent)
    return {**rows, "open": _open_row(verbs, sent)}


def _corrections(verb, form, address, case, user, timeline, sent):
    """One small form for each part; one that was refused takes the place of its own."""
    forms = {part: CorrectForm(case=case, user=user, only=part) for part in CorrectForm.PARTS}
    for each in forms.values():
        each.opened_with(timeline)
    if sent is verb:
        forms[form.only or "correct"] = form
    return {part: [(verb, each, address)] for part, each in forms.items()}


def _open_row(verbs, sent):
    if not sent or not sent.row:
        return ""
    return sent.row if sent.row != "facts" else verbs[sent.name][1].only or "correct"
