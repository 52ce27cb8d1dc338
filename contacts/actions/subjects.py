"""What messages about people are about: as ``message_center.send`` asks for it.

The person reads of their account or role, which is always sent; the others read of the person.
"""

from django.urls import reverse

from contacts import message_center
from contacts.models import Designation, Kind


def their_account():
    return {"kind": Kind.ACCOUNT, "about": reverse("contacts:profile"), "subject": "Your account"}


def their_role(designation):
    about = f"{reverse('contacts:profile')}?role={designation.role}"
    return {"kind": Kind.ACCOUNT, "about": about, "subject": f"Your role: {designation.role_name.lower()}"}


def of_person(person):
    return {
        "kind": Kind.CONTACTS,
        "about": reverse("contacts:person", args=[person.pk]),
        "subject": person.display_name,
    }


def settle_flags(*districts):
    """Nobody is asked to decide any more about inactive contacts of a district, or of all, where none is left."""
    flagged, inactive = Designation.objects.flagged(), reverse("contacts:inactive")
    left = set(flagged.filter(district__in=districts).values_list("district", flat=True))
    settled = [f"{inactive}?district={district}" for district in districts if district not in left]
    if not left and not flagged.exists():
        settled.append(inactive)
    message_center.settle(*settled)
