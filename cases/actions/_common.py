"""What the actions on a case share: lock it, log what happened, tell the people concerned.

Who is told: on the district's side every current contact, since each of them answers for all its cases; on Support's
side the agent who has the case, or everyone while nobody has it. The person who acted is not told.
"""

from django.utils import timezone

from cases.models import Case, TimelineEntry
from contacts import ActionRefused, DuplicateSubmission, message_center
from contacts.actions import lock_actor, note_activity
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, User

Action, Status = TimelineEntry.Action, Case.Status

SAVED_FIELDS = ["assignee", "closed_at", "contact", "handed_over_at", "status", "updated_at"]


def roles_to_act(by):
    return SUPPORT_SIDE if by.is_support else AUTHORIZED_CONTACTS


def lock_case(case, *, by):
    """The case as it is now, locked together with what lets the person act. Raises ActionRefused.

    Only the district, which never changes, is joined: after waiting for a lock, PostgreSQL re-reads the locked row but
    not the rows joined to it.
    """
    lock_actor(by, roles_to_act(by))
    return Case.objects.select_for_update(of=("self",)).select_related("district").get(pk=case.pk)


def find_duplicate(idempotency_key, action, *, by, case=None, text=""):
    """The entry that the same form already made, or None. Raises DuplicateSubmission where it said something else."""
    if not idempotency_key:
        return None
    entry = TimelineEntry.objects.filter(by=by, idempotency_key=idempotency_key).select_related("case").first()
    if (entry and (entry.action, entry.text) != (action, text)) or (entry and case and entry.case_id != case.pk):
        raise DuplicateSubmission
    return entry


def refuse_closed(case):
    if case.is_closed:
        raise ActionRefused(
            f"Case {case.number} is closed. A contact of the district can reopen it or submit a new case."
        )


def save_and_log(case, action, *, by, text="", idempotency_key=None):
    """Save what changed and add it to the timeline.

    An internal note leaves ``updated_at`` alone: the district sees that time, and must not learn of a note.
    """
    is_internal = action == Action.NOTED
    if not is_internal:
        case.updated_at = timezone.now()
        case.save(update_fields=SAVED_FIELDS)
    if not by.is_support:
        note_activity(by)
    return TimelineEntry.objects.create(
        case=case,
        district_id=case.district_id,
        action=action,
        by=by,
        text=text,
        status=case.status,
        is_internal=is_internal,
        idempotency_key=idempotency_key,
    )


def take_if_new(case, *, by):
    """Whoever of Support acts on a case that nobody has, takes it. Says whether that happened."""
    if case.status != Status.NEW or case.assignee_id:
        return False
    case.become(Status.ASSIGNED)
    case.assignee = by
    save_and_log(case, Action.TAKEN, by=by)
    return True


def support_of(case):
    """The agent who has the case; everyone of Support when nobody has it or that agent has left."""
    everyone = User.objects.active().holding(*SUPPORT_SIDE)
    agent = everyone.filter(pk=case.assignee_id) if case.assignee_id else everyone.none()
    return agent if agent.exists() else everyone


def tell(message, case, *, by, to, **context):
    message_center.send(
        f"cases/messages/{message}.txt",
        to={person for people in to for person in people} - {by},
        link=case.get_absolute_url(),
        district=case.district,
        case=case,
        by=by,
        **context,
    )


def tell_both_sides(message, case, *, by, **context):
    tell(message, case, by=by, to=[User.objects.contacts_of(case.district), support_of(case)], **context)
