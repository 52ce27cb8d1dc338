from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts import reports
from contacts.models import Role
from contacts.views.district_choice import address, choose_district, chosen_district

WHO = "Who are my district's authorized contacts?"


@permission_required("contacts.view_directory", raise_exception=True)
@require_safe
def directory(request):
    """Who are my district's authorized contacts?"""
    district = chosen_district(request)
    if district is None:
        return choose_district(request, heading="Which district's contacts?")
    manages = request.user.has_perm("contacts.designate")
    held = district.designations.current().select_related("user", "school", "started_by")
    # Whom people turn to first is someone who answers.
    names = ["school__name", "user__last_name", "user__first_name"]
    held = list(held.order_by("role", F("flagged_at").asc(nulls_first=True), *names))
    seen = [designation for designation in held if designation.user.is_active]
    context = {
        "district": district,
        "heading": WHO if request.user.district_id else f"Authorized contacts of {district}",
        "back_url": "" if request.user.district_id else reverse("contacts:directory"),
        "coverage": reports.coverage(district),
        "sections": _sections(seen),
        "held": held if manages else [],
        "vacant": reports.vacant_roles(seen) if manages else [],
        "designate_url": address("contacts:choose_person", district, request.user),
    }
    return render(request, "contacts/directory.html", context)


def _sections(held):
    """The designations by role, for the roles that staff may turn to."""
    roles = {"support": Role.SUPPORT_CONTACT, "technical": Role.TECHNICAL_CONTACT, "coaches": Role.BUILDING_COACH}
    return {
        name: {"role": role, "held": [designation for designation in held if designation.role == role]}
        for name, role in roles.items()
    }
