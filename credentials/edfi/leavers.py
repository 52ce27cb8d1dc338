from contacts import actions
from contacts.models import Designation, User
from credentials.edfi.interchange import RowError, workplace


def end_roles_of_leavers(interchange, loaded, summary, today):
    """Whoever holds a role, and whose every assignment and employment in the files has ended, has left.

    ``loaded`` is the result of load_staff(). Of someone without any the files say nothing.
    """
    gone = {person.pk: element for element, person in loaded if person and _has_left(interchange, element, today)}
    for person in (
        User.objects.filter(pk__in=gone, designations__in=Designation.objects.current()).distinct().order_by("pk")
    ):
        if actions.leave(person):
            summary.note(gone[person.pk], f"{person} left, so their roles and their sign-in have ended.")


def _has_left(interchange, element, today):
    associations = interchange.associations.get(element.get("StaffUniqueId"), [])
    return bool(associations) and not any(_may_be_current(each, today) for each in associations)


def _may_be_current(association, today):
    """One whose dates cannot be read ends nothing."""
    try:
        return workplace(association, today).rank[0]
    except RowError:
        return True
