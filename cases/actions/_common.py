"""What the actions on a case share: lock it, log what happened, tell the people concerned.

Who is told: on the district's side every current contact, since each of them answers for all its cases; on Support's
side the agent who has the case, or the team of its product area while nobody has it. The person who acted is not told.
"""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from cases.actions.answering import keep_answer
from cases.models import Case, Draft, TimelineEntry
from contacts import ActionRefused, DuplicateSubmission, Outdated, audit, message_center
from contacts.actions import lock_actor, note_activity
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Kind, User

Action, Status = TimelineEntry.Action, Case.Status

# After these a case may be critical that was not, or open that was closed.
MAY_ASK_FOR_CALL = {
    Action.SUBMITTED,
    Action.SPLIT,
    Action.CORRECTED,
    Action.PRIORITIZED,
    Action.REOPENED,
    Action.UNMERGED,
}

# What asks the district's contacts, or an agent, for something; the other side reads the same as news.
ASKS_DISTRICT = {
    *("asked", "resolved", "reminded", "exception_opened", "asked_to_accept", "handover_overdue", "call_awaited"),
}
ASKS_SUPPORT = {"assist_requested"}

# What the composer sends.
SENT = {Action.REPLIED, Action.ASKED, Action.RESOLVED, Action.NOTED, Action.CLOSED, Action.REOPENED}

SAVED_FIELDS = [
    *("answer_due_at", "answer_since", "answer_soon_at", "assignee", "assistant", "blocks_work", "closed_at"),
    *("contact", "defect_reference", "due_on", "escalation_level", "handed_over_at", "handover_reminded_at"),
    *(
        "handover_to",
        "has_workaround",
        "kind",
        "merged_into",
        "offered_at",
        "phone_due_at",
        "phone_reminded_at",
        "phoned_at",
    ),
    *("priority", "priority_reason", "product_area", "reminded_at", "reminders_sent", "resolved_at", "scheduled_on"),
    *("schools_affected", "settled_as", "status", "steps_to_replicate", "updated_at", "urgency", "users_affected"),
]


def roles_to_act(by):
    return SUPPORT_SIDE if by.is_support else AUTHORIZED_CONTACTS


def lock_case(case, *, by):
    """The case as it is now, locked together with what lets the person act. Raises ActionRefused."""
    lock_actor(by, roles_to_act(by))
    return lock_row(case)


def lock_row(case):
    """The case as it is now, locked alone.

    Only the district, which never changes, is joined: after waiting for a lock, PostgreSQL re-reads the locked row but
    not the rows joined to it.
    """
    return Case.objects.select_for_update(of=("self",)).select_related("district").get(pk=case.pk)


def find_duplicate(idempotency_key, action, *, by, case=None, text=""):
    """The entry that the same form already made, or None. Raises DuplicateSubmission where it said something else;
    ``text=None`` is not compared.
    """
    if not idempotency_key:
        return None
    entry = TimelineEntry.objects.filter(by=by, idempotency_key=idempotency_key).select_related("case").first()
    if (entry and (entry.action != action or text not in (None, entry.text))) or (
        entry and case and entry.case_id != case.pk
    ):
        raise DuplicateSubmission
    return entry


def lock_cases(*cases, by):
    """As ``lock_case`` for several, in the order given. They are locked by number, so that no two actions deadlock."""
    lock_actor(by, roles_to_act(by))
    rows = Case.objects.select_for_update(of=("self",)).select_related("district")
    stored = {case.pk: case for case in rows.filter(pk__in=[case.pk for case in cases]).order_by("pk")}
    return [stored[case.pk] for case in cases]


def refuse_merged(case):
    if case.merged_into_id:
        raise ActionRefused(f"Case {case.number} was merged into case {case.merged_into_id}. Go on there.")


def refuse_no_contact(person, is_contact, case):
    if not is_contact or person.district_id != case.district_id:
        raise ActionRefused(f"{person} is not a current authorized contact of {case.district}.")


def refuse_closed(case):
    refuse_merged(case)
    if case.is_closed:
        raise ActionRefused(
            f"Case {case.number} is closed. A contact of the district can reopen it or submit a new case."
        )


def refuse_outdated(case, newest, *, by):
    """Refuse what was written without knowing what somebody else did since the entry ``newest``; None is not asked."""
    if newest is None:
        return
    others = case.timeline.public().filter(pk__gt=newest).exclude(by=by)
    # The portal's reminders are no news: they ask for just such a reply.
    if news := list(others.exclude(action=Action.REMINDED).select_related("by")):
        raise Outdated(f"Case {case.number}", news)


def save_and_log(case, action, *, by, text="", idempotency_key=None):
    """Save what changed and add it to the timeline.

    An internal note leaves ``updated_at`` alone: the district sees that time, and must not learn of a note.
    """
    is_internal, now = action == Action.NOTED, timezone.now()
    if not is_internal:
        case.updated_at = now
        _keep_resolution(case, action)
        _keep_call(case, action)
        keep_answer(case, action, by=by)
        case.save(update_fields=SAVED_FIELDS)
        _settle(case)
    if by and not by.is_support:
        note_activity(by)
    if by and action in SENT:
        _end_draft(case, by, text, idempotency_key)
    return TimelineEntry.objects.create(
        case=case,
        district_id=case.district_id,
        action=action,
        by=by,
        text=text,
        status=case.status,
        is_internal=is_internal,
        created_at=now,
        idempotency_key=idempotency_key,
    )


def audit_sensitive(sensitive, case, *, by):
    """Somebody sent what looks sensitive although they were asked; ``sensitive`` says what and where, not the text."""
    if sensitive:
        audit.record("case.send_sensitive", by=by, on=case, what=sensitive)


def _settle(case):
    """Where nobody is asked for anything any more, what asked for it is settled."""
    asks = case.waits_for_district or case.awaits_handover or case.phone_due_at or case.status == Status.ASSIST_REQUEST
    if not asks or case.is_closed:
        message_center.settle(case.get_absolute_url())


def _end_draft(case, by, text, idempotency_key):
    """What was typed is sent. Other words, from another window, are not, and stay."""
    Draft.objects.filter(Q(form_key=idempotency_key) | Q(text=text), case=case, person=by).delete()


def _keep_resolution(case, action):
    """A resolution waits as long as the status says so. What ends that ends its reminders too; a new resolution, or a
    contact who accepts the case, starts them anew.
    """
    if case.status != Status.PENDING_VERIFICATION or action in {Action.RESOLVED, Action.ACCEPTED}:
        case.resolved_at, case.reminders_sent, case.reminded_at = None, 0, None
    if case.status == Status.PENDING_VERIFICATION and not case.resolved_at:
        case.resolved_at = case.updated_at


def _keep_call(case, action):
    """An open critical case that a contact submitted is followed up by phone, until the call is recorded."""
    critical = case.priority == Case.Priority.CRITICAL and not case.is_closed
    if not critical or case.phoned_at or case.is_exception:
        case.phone_due_at = None
    elif action in MAY_ASK_FOR_CALL and settings.SUPPORT_PHONE and not case.phone_due_at:
        case.phone_due_at = case.updated_at + settings.PHONE_FOLLOW_UP_WITHIN


def take_if_new(case, *, by):
    """Whoever of Support acts on a case that nobody has, takes it. Says whether that happened."""
    if case.status != Status.NEW or case.assignee_id:
        return False
    case.become(Status.ASSIGNED)
    case.assignee = by
    save_and_log(case, Action.TAKEN, by=by)
    return True


def team_of(case):
    """The agents of the team that works on the product area; everyone of Support where it has none who can act."""
    everyone = User.objects.of_support()
    team = everyone.filter(teams=case.product_area.team_id) if case.product_area.team_id else everyone.none()
    return team if team.exists() else everyone


def support_of(case):
    """The agent who has the case; its team when nobody has it or that agent has left."""
    agent = User.objects.of_support().filter(pk=case.assignee_id)
    return agent if case.assignee_id and agent.exists() else team_of(case)


def tell(message, case, *, by, to, **context):
    # No row of the district says that there is a note.
    district = None if message == "noted" else case.district
    people = {person for people in to for person in people} - {by}
    asked = {person for person in people if message in (ASKS_DISTRICT if person.district_id else ASKS_SUPPORT)}
    about = {
        "about": case.get_absolute_url(),
        "subject": f"Case {case.number} · {case.subject}",
        "district": district,
        "case": case,
        "by": by,
        **context,
    }
    template = f"cases/messages/{message}.txt"
    message_center.send(template, to=asked, kind=Kind.ANSWER, **about)
    message_center.send(template, to=people - asked, kind=Kind.CASE, **about)


def tell_both_sides(message, case, *, by, **context):
    tell(message, case, by=by, to=[User.objects.contacts_of(case.district), support_of(case)], **context)
