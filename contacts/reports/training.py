"""Who lacks which training."""

from django.db.models import Exists, OuterRef

from contacts.models import Designation, Level, User


def trainees(district, roles):
    """The district's people in the roles: with ``lacks_expected`` and ``lacks_anything``, whether they have not
    completed a training that is expected of them, or any that is for them.
    """
    held = Designation.objects.current().filter(user=OuterRef("pk"), district=district, role__in=roles)
    people = User.objects.filter(Exists(held), district=district)
    return people.annotate(lacks_expected=Exists(held.untrained()), lacks_anything=Exists(held.untrained(*Level)))
