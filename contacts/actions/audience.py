"""Whom a change among the contacts concerns."""

from contacts.models import AUTHORIZED_CONTACTS, Role, User


def other_contacts(designation):
    """The district's current authorized contacts beside the designated person."""
    contacts = User.objects.active().holding(*AUTHORIZED_CONTACTS, district=designation.district)
    return contacts.exclude(pk=designation.user_id)


def support_leads():
    return User.objects.active().holding(Role.SUPPORT_LEAD)
