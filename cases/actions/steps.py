"""What every verb of a case shares: hold the case, write the step, tell those concerned.

Who is told: on the district's side every current contact, since each of them answers for all its cases; on Support's
side the agent who has the case, or everyone of Support while nobody has it. The person who acted is not told.
"""

from django.utils import timezone

from cases.models import Case, Status, Step, TimelineEntry
from contacts import ActionRefused, message_center
from contacts.actions import note_activity
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Designation, User

CHANGING = ["assignee", "closed_at", "contact", "handed_over_at", "status", "updated_at"]


class SentAlready(Exception):
    """The same form came a second time (double press, back button); ``entry`` is the step that the first one made."""

    def __init__(self, entry):
        super().__init__(f"{entry.case}: this form was sent already.")
        self.entry = entry

    @property
    def case(self):
        return self.entry.case


def locked(case, *, by, submission=None):
    """The case as it stands, held until the verb is over. Raises SentAlready.

    Only the district, which never changes, is joined: whoever waited for the lock reads the new row of the case, but
    still the old row of a joined table, so an assignee joined here would be the one from before the wait.
    """
    if submission:
        hold_person(by)
    case = Case.objects.select_for_update(of=("self",)).select_related("district").get(pk=case.pk)
    refuse_second(submission, by=by)
    return case


def hold_person(by):
    """Two presses of one person's button wait for each other, also where they are about two cases or a new one."""
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)


def hold_actor(by):
    """What lets the person act cannot end before the verb is over. Raises ActionRefused where it just did.

    No verb holds two designations: two agents who give each other a case would wait for one another for ever.
    """
    if not holds(by, SUPPORT_SIDE if by.is_support else AUTHORIZED_CONTACTS, by.district_id):
        raise ActionRefused("Your designation has ended, so you cannot work on cases any more. Nothing was sent.")


def holds(user, roles, district_id=None):
    """Whether the person has one of the roles now; if so, that designation is locked until the verb is over."""
    held = Designation.objects.current().filter(user=user, role__in=roles, district_id=district_id)
    return held.select_for_update(of=("self",)).exists()


def refuse_second(submission, *, by):
    first = submission and TimelineEntry.objects.filter(by=by, submission=submission).select_related("case").first()
    if first:
        raise SentAlready(first)


def refuse_closed(case):
    if case.is_closed:
        raise ActionRefused(
            f"Case {case.number} is closed. A contact of the district can reopen it, or open a new case."
        )


def write(case, step, *, by, text="", submission=None):
    """Save what the verb changed and add its step to the timeline.

    An internal note leaves the case's moment of change alone: the district sees that moment, and never that a note
    was written.
    """
    is_internal = step == Step.NOTED
    if not is_internal:
        case.updated_at = timezone.now()
        case.save(update_fields=CHANGING)
    if not by.is_support:
        note_activity(by)
    return TimelineEntry.objects.create(
        case=case,
        district_id=case.district_id,
        step=step,
        by=by,
        text=text,
        status=case.status,
        is_internal=is_internal,
        submission=submission,
    )


def take_if_new(case, *, by):
    """Whoever of Support does something with a case that nobody has, takes it. Says whether that happened."""
    if case.status != Status.NEW or case.assignee_id:
        return False
    case.become(Status.ASSIGNED)
    case.assignee = by
    write(case, Step.TAKEN, by=by)
    return True


def contacts_of(case):
    return User.objects.active().holding(*AUTHORIZED_CONTACTS, district=case.district)


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
    tell(message, case, by=by, to=[contacts_of(case), support_of(case)], **context)
