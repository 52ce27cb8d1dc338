"""Who is told of a change among the contacts."""

from django.db.models import Q

from contacts.models import Role, User, covers_at


def others_concerned(designation):
    """The district's other contacts and its administrators."""
    district = designation.district
    concerned = User.objects.contacts_of(district) | administrators_of(district)
    return concerned.exclude(pk=designation.user_id)


def administrators_of(district):
    return User.objects.active().holding(Role.DISTRICT_ADMINISTRATOR, district=district)


def support_leads():
    return User.objects.active().holding(Role.SUPPORT_LEAD)


def coaches_of(school_id, *, district):
    """The coaches of the school who can act and be reached, and those of every school."""
    return (
        User.objects.active()
        .filter(
            Q(designations__school=school_id) | Q(designations__school__isnull=True),
            designations__role=Role.BUILDING_COACH,
            designations__ended_at__isnull=True,
            designations__district=district,
        )
        .distinct()
    )


def with_covers(people):
    """The people, and who covers for those who are away."""
    people = list(people.prefetch_related(covers_at("cover")))
    return {*people, *(person.cover for person in people if person.is_away and person.cover)}


def support_contacts_of(district):
    """The district's support contacts; where it has none, its technical contact."""
    contacts = User.objects.active().holding(Role.SUPPORT_CONTACT, district=district)
    return contacts if contacts.exists() else User.objects.contacts_of(district)
