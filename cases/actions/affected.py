"""Whom a notice affects: the districts that say so themselves, and the cases that are about it."""

from cases.actions._common import lock_cases
from cases.models import Notice, NoticeCase, NoticeDismissal, NoticeReport
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor, note_activity
from contacts.models import AUTHORIZED_CONTACTS


@action
def report_affected(notice, *, by, users_affected, note=""):
    """Add the district to an incident, once for good: whoever of it presses next is told who did."""
    lock_actor(by, AUTHORIZED_CONTACTS)
    said = {"users_affected": users_affected, "note": note}
    earlier = NoticeReport.objects.filter(notice=notice, district=by.district_id).select_related("reported_by").first()
    if earlier:
        if (earlier.reported_by, earlier.users_affected, earlier.note) == (by, users_affected, note):
            return earlier
        raise ActionRefused(f"{earlier.reported_by} already said that this affects your district. Nothing was changed.")
    if not notice.is_incident:
        raise ActionRefused("Only an incident is reported. Submit a case if the maintenance gives you trouble.")
    report = NoticeReport.objects.create(notice=notice, district_id=by.district_id, reported_by=by, **said)
    note_activity(by)
    audit.record("notice.report", by=by, on=report, users_affected=users_affected)
    return report


@action
def dismiss_notice(notice, *, by, newest):
    """Show it to the person on every page no more, until there is an update that they had not seen."""
    seen = NoticeDismissal(notice=notice, person=by, district_id=by.district_id, number=newest)
    fields = {"unique_fields": ["person", "notice"], "update_fields": ["number"]}
    NoticeDismissal.objects.bulk_create([seen], update_conflicts=True, **fields)


@action
def tie_cases(notice, cases, *, by):
    """The cases are about it; as long as they are tied, it affects their districts."""
    cases = lock_cases(*cases, by=by)
    notice = _lock_open(notice)
    for case in cases:
        _tie(notice, case, by=by)
    return notice


def _tie(notice, case, *, by):
    tie = NoticeCase.objects.filter(case=case).select_related("notice").first()
    if tie and tie.notice_id == notice.pk:
        return
    if tie:
        raise ActionRefused(f"Case {case.number} is tied to “{tie.notice.title}” already. Untie it there first.")
    NoticeCase.objects.create(notice=notice, case=case, district_id=case.district_id, tied_by=by)
    audit.record("notice.tie", by=by, on=case, notice=notice.title)


@action
def untie_case(case, *, by):
    (case,) = lock_cases(case, by=by)
    tie = NoticeCase.objects.filter(case=case).select_related("notice").first()
    if tie:
        tie.delete()
        audit.record("notice.untie", by=by, on=case, notice=tie.notice.title)
    return case


def _lock_open(notice):
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if not notice.is_open:
        raise ActionRefused(f"{notice} is closed. Post a new notice if it goes on.")
    return notice
