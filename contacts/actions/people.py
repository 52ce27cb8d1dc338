from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions.refusals import Refused, explained
from contacts.models import User


@transaction.atomic
def add_person(person, *, by):
    """Save a new person, who has no password until they choose one."""
    person.set_unusable_password()
    with explained(User):
        person.save()
    audit.record("person.add", by=by, on=person)
    return person


@transaction.atomic
def change_person(person, *, by, changed):
    """Save the fields named in ``changed``."""
    with explained(User):
        person.save(update_fields=changed)
    if "email" in changed:
        # What sign-in remembered of the old address must not open the account any more.
        EmailAddress.objects.filter(user=person).delete()
    audit.record("person.change", by=by, on=person, changed=sorted(changed))


@transaction.atomic
def invite(person, *, by):
    """Tell the person that the portal waits for them. Inviting again sends a fresh link."""
    person = User.objects.select_for_update(of=("self",), no_key=True).select_related("district").get(pk=person.pk)
    if not person.email:
        raise Refused(f"{person} has no e-mail address yet: add one first.")
    if not person.is_active:
        raise Refused(f"{person} may not sign in; an administrator of the portal can change that.")
    person.invited_at = timezone.now()
    person.save(update_fields=["invited_at"])
    audit.record("person.invite", by=by, on=person)
    message_center.send("contacts/messages/invited.txt", to=[person], link=reverse("home"), person=person, by=by)
