"""People whose e-mail address another district has: an import refuses them, or moves them here if it is told to."""

from contacts import ActionRefused, actions
from contacts.models import User
from credentials.edfi.interchange import email_of
from credentials.edfi.parser import InterchangeError


def bring_over(interchange, district, moved, summary):
    """Move the people here whose addresses are in ``moved``. Returns {address that stays elsewhere: why}."""
    elements = {email_of(element): element for element in reversed(interchange.staff)}
    if unknown := moved - elements.keys():
        raise InterchangeError(f"These files have nobody with the address {min(unknown)}, which --moved names.")
    known = set(district.people.exclude(staff_identifier="").values_list("staff_identifier", flat=True))
    elsewhere = {}
    for person in User.objects.exclude(district=district).filter(email__in=elements).order_by("pk"):
        email, element = person.email, elements[person.email]
        if email not in moved:
            elsewhere[email] = f"if they moved here, say so: --moved {email}"
        elif element.get("StaffUniqueId") in known:
            elsewhere[email] = "they cannot move here, because the district has this staff member already"
        elif refusal := _move(person, district):
            elsewhere[email] = refusal
        else:
            summary.note(element, f"{person} moved here from another district and is to be invited again.")
    return elsewhere


def _move(person, district):
    """Why the person cannot move, if so."""
    try:
        actions.move_to_district(person, to=district, by=None)
    except ActionRefused as refusal:
        return str(refusal).rstrip(".")
    return ""
