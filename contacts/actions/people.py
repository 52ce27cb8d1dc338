from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_district, lock_manager, lock_user
from contacts.actions.designations import refuse_last_administrator
from contacts.models import Role


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
    (stored,) = lock_manager(by, person)
    changed = _changed(person, stored, changed)
    if not changed:
        return changed
    if "district" in changed:
        refuse_to_move(stored)
    if "is_active" in changed and not person.is_active:
        _refuse_to_stop_last_administrator(stored)
    ends_sessions = not {"email", "is_active"}.isdisjoint(changed)
    if ends_sessions:
        person.sessions_ended_at = timezone.now()
    person.save(update_fields=[*changed, "sessions_ended_at"] if ends_sessions else changed)
    if "email" in changed:
        # What sign-in remembered of the old address must no longer open the account.
        EmailAddress.objects.filter(user=person).delete()
    audit.record("person.change", by=by, on=person, changed=changed)
    _tell_at_old_address(person, stored.email, by=by, changed=changed)
    return changed


def _tell_at_old_address(person, address, *, by, changed):
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
            link=reverse("contacts:help"),
            email_to=address,
            person=person,
            by=by,
            portal_name=settings.PORTAL_NAME,
        )


@action
def change_profile(person, *, changed):
    """As change_person, by the person themselves."""
    stored = lock_user(person)
    changed = _changed(person, stored, changed)
    if changed:
        person.save(update_fields=changed)
        audit.record("person.change_profile", by=person, on=person, changed=changed)
    return changed


def _changed(person, stored, names):
    return sorted(name for name in names if getattr(person, name) != getattr(stored, name))


def _refuse_to_stop_last_administrator(person):
    for designation in person.designations.current().filter(role=Role.DISTRICT_ADMINISTRATOR):
        lock_district(designation.district_id)
        refuse_last_administrator(designation)


def refuse_to_move(person):
    """A role belongs to its district or to Support, so nobody moves while holding one."""
    if held := [designation.get_role_display().lower() for designation in person.designations.current()]:
        raise ActionRefused(f"{person} holds a role: {', '.join(held)}. End it before moving them.")


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
        link=reverse("home"),
        district=person.district,
        by=by,
        portal_name=settings.PORTAL_NAME,
    )
