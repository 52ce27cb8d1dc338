"""Who is told of a change among the contacts."""

from contacts.models import Role, User


def others_concerned(designation):
    """The district's other contacts and its administrators."""
    district = designation.district
    concerned = User.objects.contacts_of(district) | administrators_of(district)
    return concerned.exclude(pk=designation.user_id)


def administrators_of(district):
    return User.objects.active().holding(Role.DISTRICT_ADMINISTRATOR, district=district)


def support_leads():
    return User.objects.active().holding(Role.SUPPORT_LEAD)
