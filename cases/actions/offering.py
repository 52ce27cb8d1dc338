"""Open cases whose contact is none any more: the district's other contacts are told, once, that they may take over."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from contacts import audit, message_center
from contacts.actions import action, administrators_of
from contacts.actions.sweeping import sweep
from contacts.models import Kind, User


def offer_cases():
    """One message about each former contact, in a transaction of its own; returns about how many people.

    Who became a contact again and leaves once more is told of once more.
    """
    told = Case.objects.filter(offered_at__isnull=False)
    told.exclude(pk__in=told.offered().values("pk")).update(offered_at=None)
    return sweep(User.objects.filter(Exists(_untold().filter(contact=OuterRef("pk")))), _offer)


def _untold():
    return Case.objects.offered().filter(offered_at__isnull=True)


@action
def _offer(person):
    """A case that somebody is changing right now waits for the next look."""
    cases = _untold().filter(contact=person).order_by("pk").select_for_update(of=("self",), skip_locked=True)
    keys = list(cases.values_list("pk", flat=True))
    if not keys:
        return False
    Case.objects.filter(pk__in=keys).update(offered_at=timezone.now())
    audit.record("case.offer", by=None, on=person, cases=keys)
    contacts = User.objects.contacts_of(person.district)
    if contacts.exists():
        _tell("offered", contacts, f"{reverse('cases:list')}?status=offered", person, len(keys))
    else:
        administrators = administrators_of(person.district)
        _tell("offered_to_nobody", administrators, reverse("contacts:choose_person"), person, len(keys))
    return True


def _tell(message, to, link, person, count):
    about = {"person": person, "count": count, "district": person.district}
    named = {"kind": Kind.CASE, "about": link, "subject": "Cases without a contact"}
    message_center.send(f"cases/messages/{message}.txt", to=to, **named, **about)
