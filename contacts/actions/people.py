from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import (
    SAVED_ELSEWHERE,
    action,
    lock_designation,
    lock_manager,
    lock_users,
)
from contacts.actions.leaving import CANNOT_SIGN_IN, LEFT, end_roles, roles_of, tell_who_remain
from contacts.actions.recipients import administrators_of
from contacts.actions.seats import heirs
from contacts.actions.subjects import of_person, their_account
from contacts.actions.third_parties import refuse_change_of_organization
from contacts.models import ANSWER_STAFF, User


@action
def add_person(person, *, by):
    """Save a new person, who has no password until they choose one."""
    lock_manager(by)
    person.set_unusable_password()
    person.save()
    audit.record("person.add", by=by, on=person)
    return person


@action
def change_person(person, *, by, changed):
    """Save the fields named in ``changed`` whose value is new, and return their names."""
    stored, *_ = lock_manager(by, person, *heirs([person]))
    changed = _changed(person, stored, changed)
    if not changed:
        return changed
    held = []
    if "is_active" in changed and not person.is_active:
        held = end_roles(stored, by=by, reason=CANNOT_SIGN_IN)
    if "organization" in changed:
        refuse_change_of_organization(stored)
    ends_sessions = not {"email", "is_active"}.isdisjoint(changed)
    if ends_sessions:
        person.sessions_ended_at = timezone.now()
    # Before the row: a new address locks it against whoever tells the person something, and holds the audit meanwhile.
    audit.record("person.change", by=by, on=person, changed=changed)
    person.save(update_fields=[*changed, "sessions_ended_at"] if ends_sessions else changed)
    if "email" in changed:
        # What sign-in remembered of the old address must no longer open the account.
        EmailAddress.objects.filter(user=person).delete()
    _tell_at_old_address(person, stored.email, by=by, changed=changed, roles=roles_of(held))
    if held:
        tell_who_remain("roles_ended", person, held, by=by)
    return changed


def _tell_at_old_address(person, address, *, by, changed, roles):
    """Whoever reads the old address notices if someone else changed the account."""
    templates = []
    if "is_active" in changed and not person.is_active:
        templates.append("contacts/messages/sign_in_stopped.txt")
    if "email" in changed:
        templates.append("contacts/messages/address_changed.txt")
    for template in templates if address else []:
        message_center.send(
            template,
            to=[person],
            **their_account(),
            link=reverse("contacts:help"),
            email_to=address,
            person=person,
            roles=roles,
            by=by,
            portal_name=settings.PORTAL_NAME,
        )


@action
def change_profile(person, *, changed):
    """As change_person, by the person themselves."""
    stored, *cover = lock_users(*filter(None, [person, person.cover]))
    changed = _changed(person, stored, changed)
    if "cover" in changed and cover:
        _refuse_as_cover(*cover)
    if changed:
        person.save(update_fields=changed)
        audit.record("person.change_profile", by=person, on=person, changed=changed)
    return changed


def _refuse_as_cover(person):
    if not lock_designation(person, ANSWER_STAFF):
        raise ActionRefused(f"{person} is no longer a contact or coach of your district. Choose someone else.")


def _changed(person, stored, names):
    return sorted(name for name in names if getattr(person, name) != getattr(stored, name))


@action
def move_to_district(person, *, to, by, with_email=True):
    """Close the person's account, and give their name to a new person of the other district.

    The e-mail address goes along if that is wanted, and nothing else: what someone did for one district, and what they
    were told there, never reaches another.
    """
    left, *_ = lock_manager(by, person, *heirs([person]))
    _refuse_to_move(left, person, to, with_email)
    held = end_roles(left, by=by, reason=LEFT)
    address = left.email
    joined = User(first_name=left.first_name, last_name=left.last_name, organization=left.organization, district=to)
    joined.set_unusable_password()
    joined.save()
    # Each district learns the key of the other's person, and nothing else of the other district.
    audit.record("person.leave_district", by=by, on=left, joined=joined.pk)
    audit.record("person.join_district", by=by, on=joined, left=left.pk)
    _close_account(left, keep_address=not with_email)
    if with_email:
        joined.email = address
        joined.save(update_fields=["email"])
    tell_who_remain("left_district", left, held, by=by)
    _tell_of_move(left, joined, address, by=by)
    return joined


def _refuse_to_move(stored, person, to, with_email):
    if (stored.email, stored.is_active) != (person.email, person.is_active):
        raise ActionRefused(SAVED_ELSEWHERE)
    if stored.district_id == to.pk:
        raise ActionRefused(f"{stored} belongs to {to} already.")
    if stored.is_staff:
        raise ActionRefused(f"{stored} is a Django admin, and Django admins belong to no district. End that first.")
    if not stored.is_active and not (with_email and stored.email):
        raise ActionRefused(f"{stored} can no longer sign in, so nothing would move. Add a new person to {to} instead.")


def _close_account(person, *, keep_address):
    """End the sign-in, the sessions and the links to choose a password. The second factor stays with the account."""
    person.is_active, person.sessions_ended_at = False, timezone.now()
    if not keep_address:
        person.email = None
        # What sign-in remembered of the address must not lead to this account any more.
        EmailAddress.objects.filter(user=person).delete()
    person.save(update_fields=["email", "is_active", "sessions_ended_at"])


def _tell_of_move(left, joined, address, *, by):
    """The person at their old address, and the new district's administrators, who do not read which the old one is."""
    about = {"by": by, "portal_name": settings.PORTAL_NAME}
    if address:
        link = reverse("contacts:help")
        message_center.send(
            "contacts/messages/moved.txt",
            to=[left],
            **their_account(),
            link=link,
            district=left.district,
            email_to=address,
            **about,
        )
    if joined.district_id:
        message_center.send(
            "contacts/messages/joined_district.txt",
            to=administrators_of(joined.district),
            **of_person(joined),
            district=joined.district,
            person=joined,
            **about,
        )


@action
def invite(person, *, by):
    """Send the person a link to choose a password. Inviting again sends a new link."""
    (person,) = lock_manager(by, person)
    if not person.email:
        raise ActionRefused(f"{person} has no e-mail address yet. Add one first.")
    if not person.is_active:
        raise ActionRefused(f"{person} cannot sign in. Restore their sign-in first.")
    person.invited_at = timezone.now()
    person.save(update_fields=["invited_at"])
    audit.record("person.invite", by=by, on=person)
    message_center.send(
        "contacts/messages/invited.txt",
        to=[person],
        **their_account(),
        link=reverse("home"),
        district=person.district,
        by=by,
        portal_name=settings.PORTAL_NAME,
    )
