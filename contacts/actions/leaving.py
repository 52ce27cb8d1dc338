"""Who leaves loses every role at once; those who go on are told in one message. What the person did stays."""

from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions._common import action, lock_district, lock_manager
from contacts.actions.designations import refuse_last_administrator
from contacts.actions.recipients import administrators_of, support_leads
from contacts.actions.seats import close, give_back, heirs, withdraw_what_is_asked
from contacts.actions.subjects import of_person
from contacts.models import AUTHORIZED_CONTACTS, Role, User

LEFT = "Left the district."
CANNOT_SIGN_IN = "Can no longer sign in."


@action
def leave(person, *, by=None):
    """End the sign-in and the roles of someone of whom an import says that they left. Says whether they had any.

    Nobody can be asked whether the last district administrator may go: Support is told instead.
    """
    person, *_ = lock_manager(by, person, *heirs([person]))
    held = end_roles(person, by=by, reason=LEFT, even_last=True)
    if not held and not person.is_active:
        return False
    person.is_active, person.sessions_ended_at = False, timezone.now()
    person.save(update_fields=["is_active", "sessions_ended_at"])
    audit.record("person.leave", by=by, on=person)
    tell_who_remain("left", person, held, by=by)
    return True


def end_roles(person, *, by, reason, even_last=False):
    """End all that the person holds, and what is open about them, in the caller's transaction, which has locked the
    person; returns what they held.

    ``even_last``: even if the district then has no administrator.
    """
    if person.district_id:
        # Two administrators who stop each other at once must not both succeed.
        lock_district(person.district_id)
    held = person.designations.current().order_by("pk").select_for_update(of=("self",))
    held = list(held.select_related("user", "district", "school", "reverts_to"))
    for designation in held:
        if not even_last and designation.role == Role.DISTRICT_ADMINISTRATOR:
            refuse_last_administrator(designation)
        close(designation, by=by, reason=reason)
        audit.record("contact.end_designation", by=by, on=designation, role=designation.role)
        if designation.is_acting:
            give_back(designation, by=by, reason=reason)
    withdraw_what_is_asked(person, by=by)
    return held


def tell_who_remain(message, person, held, *, by):
    """The administrators, the other contacts where one leaves, and Support where no administrator remains."""
    if not person.district_id:
        return
    administrators = administrators_of(person.district).exclude(pk=person.pk)
    to = {*administrators}
    if any(designation.role in AUTHORIZED_CONTACTS for designation in held):
        to |= {*User.objects.contacts_of(person.district).exclude(pk=person.pk)}
    about = {
        **of_person(person),
        "link": reverse("contacts:directory"),
        "district": person.district,
        "person": person,
        "roles": roles_of(held),
        "by": by,
    }
    message_center.send(f"contacts/messages/{message}.txt", to=to - {by}, **about)
    if not administrators.exists() and any(each.role == Role.DISTRICT_ADMINISTRATOR for each in held):
        link = f"{about['link']}?district={person.district_id}"
        message_center.send("contacts/messages/no_administrator.txt", to=support_leads(), **about | {"link": link})


def roles_of(held):
    return ", ".join(
        f"{each.get_role_display().lower()} ({each.school})" if each.school else each.get_role_display().lower()
        for each in held
    )
