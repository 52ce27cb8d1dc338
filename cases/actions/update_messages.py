"""Who is told of an update request: the district's contacts, the managed services, and whom the district named.

Times are the district's, in whose zone the messages are written.
"""

from django.utils import timezone

from cases.models import Team, UpdateRequest
from contacts import message_center
from contacts.models import Kind, User

Status = UpdateRequest.Status


def managed_services():
    """The agents who work the update requests: those of the team, or all of Support where none of it can act."""
    everyone = User.objects.of_support()
    team = everyone.filter(teams__in=Team.objects.filter(works_updates=True))
    return team if team.exists() else everyone


def tell_both_sides(update, *, by, reason):
    """Support reads what it is to decide, and who requested it is told of the decision in any case."""
    message_center.settle(update.get_absolute_url())
    kinds = {}
    if update.status == Status.REQUESTED:
        kinds = dict.fromkeys(managed_services(), Kind.TO_DECIDE)
    elif update.status in {Status.SCHEDULED, Status.DECLINED}:
        kinds = {update.requested_by: Kind.DECIDED}
    _tell("update_moved", update, kinds=kinds, by=by, reason=reason)


def tell_of_reminder(update):
    _tell("update_tomorrow", update, kinds={})


def _tell(message, update, *, kinds, by=None, **context):
    """Who may not open the request gets no link to it. ``kinds`` are those of the people for whom it is no news."""
    readers = {*User.objects.contacts_of(update.district), *managed_services()}
    named = {*User.objects.active().filter(pk__in=update.recipients.values("person"))} - readers
    for kind in dict.fromkeys([Kind.UPDATE, *kinds.values()]):
        of_kind = {person for person in readers - {by} if kinds.get(person, Kind.UPDATE) == kind}
        _send(message, update, to=of_kind, kind=kind, by=by, **context)
    _send(message, update, to=named - {by}, kind=Kind.UPDATE, link="", by=by, **context)


def _send(message, update, *, to, kind, link=None, **context):
    """Every message about an update request goes out here."""
    with timezone.override(update.district.zone):
        message_center.send(
            f"cases/messages/{message}.txt",
            to=to,
            kind=kind,
            about=update.get_absolute_url(),
            subject=f"{update.what} ({update.district})",
            link=link,
            district=update.district,
            update=update,
            **context,
        )
