from collections import defaultdict

from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts import reports
from contacts.models import DISTRICT_SIDE, Role, covers_at
from contacts.views.district_choice import address, choose_district, chosen_district

WHO = "Who are my district's authorized contacts?"
LEAD = (
    "Only authorized contacts bring questions, issues and requests to Support. Start with your building coach, or ask "
    "one of them."
)


@permission_required("contacts.view_directory", raise_exception=True)
@require_safe
def directory(request):
    """Who are my district's authorized contacts?"""
    district = chosen_district(request)
    if district is None:
        return choose_district(request, heading="Which district's contacts?")
    manages = request.user.has_perm("contacts.designate")
    held = district.designations.current().select_related("user", "school", "started_by")
    held = held.prefetch_related(covers_at("user__cover"))
    # Whom people turn to first is someone who answers.
    held = list(held.order_by("role", F("flagged_at").asc(nulls_first=True), "user__last_name", "user__first_name"))
    seen = [designation for designation in held if designation.user.is_active]
    filled = [designation for designation in held if designation.user.can_sign_in]
    context = {
        "district": district,
        "heading": WHO if request.user.district_id else f"Authorized contacts of {district}",
        "lead": LEAD,
        "back_url": "" if request.user.district_id else reverse("contacts:directory"),
        "coverage": reports.coverage(district),
        "sections": _sections(seen),
        "as_of": timezone.now(),
        "coaches_by_school": _coaches_by_school(seen, district, request.user),
        "held": held if manages else [],
        "vacant": _vacant_roles(filled) if manages else [],
        "unfilled": [designation for designation in held if designation not in filled] if manages else [],
        "designate_url": address("contacts:choose_person", district, request.user) if manages else "",
    }
    return render(request, "contacts/directory.html", context)


def _sections(held):
    """The designations by role, for the authorized contacts."""
    roles = {"support": Role.SUPPORT_CONTACT, "technical": Role.TECHNICAL_CONTACT, "coaches": Role.BUILDING_COACH}
    return {
        name: {"role": role, "held": [designation for designation in held if designation.role == role]}
        for name, role in roles.items()
    }


def _coaches_by_school(held, district, reader):
    """(school, its coaches) for every school, the reader's first; None stands for every school."""
    coaches = defaultdict(list)
    for designation in held:
        if designation.role == Role.BUILDING_COACH:
            coaches[designation.school].append(designation)
    schools = sorted(district.schools.all(), key=lambda school: (school.pk != reader.school_id, school.name))
    everywhere = [(None, coaches[None])] if None in coaches else []
    return [*((school, coaches[school]) for school in schools), *everywhere]


def _vacant_roles(filled):
    """The roles of a district that nobody able to act holds."""
    taken = {designation.role for designation in filled}
    return [role for role in DISTRICT_SIDE if role not in taken]
