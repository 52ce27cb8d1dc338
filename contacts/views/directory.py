from collections import defaultdict

from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts import reports
from contacts.forms import SchoolForm
from contacts.models import DISTRICT_SIDE, Role, covers_at
from contacts.views.district_choice import address, choose_district, chosen_district

WHO = "Who are my district's authorized contacts?"
LEAD = (
    "Only authorized contacts bring questions, issues and requests to Support. Start with your building coach, or ask "
    "one of them."
)

ORDER = list(Role)
# Requests for additional support contacts that the directory shows.
LATEST = 6


@permission_required("contacts.view_directory", raise_exception=True)
@require_safe
def directory(request):
    """Who are my district's authorized contacts? Whoever chooses them sees each person once instead."""
    district, user = chosen_district(request), request.user
    if district is None:
        return choose_district(request, heading="Which district's contacts?")
    schools = list(district.schools.all())
    form = SchoolForm(request.GET, schools=schools)
    school = form.chosen or next((each for each in schools if each.pk == user.school_id), None)
    held = current(district, school)
    context = {
        "district": district,
        "heading": WHO if user.district_id else f"Authorized contacts of {district}",
        "lead": LEAD,
        "back_url": "" if user.district_id else reverse("contacts:directory"),
        "card_url": address("contacts:card", district, user),
        "clear_url": address("contacts:directory", district, user),
        "coverage": reports.coverage(district),
        "as_of": timezone.now(),
        "form": form,
    }
    if user.has_perm("contacts.designate"):
        context |= _for_managers(held, schools, form, district, user)
    else:
        context |= _for_everyone(held, schools, school, form)
    return render(request, "contacts/directory.html", context)


def current(district, school=None):
    """The district's current designations: whom people turn to first is someone who answers, at their school."""
    shown = ["user__school", "school", "started_by", "reverts_to", "agreement__district"]
    held = district.designations.current().select_related(*shown)
    held = held.prefetch_related(covers_at("user__cover"))
    held = held.order_by("user__last_name", "user__first_name", "pk")
    here = school.pk if school else None
    return sorted(held, key=lambda each: (ORDER.index(each.role), bool(each.flagged_at), each.user.school_id != here))


def _for_everyone(held, schools, school, form):
    """The contacts, after the coaches of the school that was chosen, or else one's own."""
    others = [] if form.chosen else [each for each in schools if each != school]
    return {
        "sections": sections(held),
        "school": school,
        "coaches": coaches_of(held, school) if school else [],
        "coaches_by_school": _coaches_by_school(held, others),
    }


def sections(held):
    """The designations by role, for the authorized contacts."""
    roles = {"support": Role.SUPPORT_CONTACT, "technical": Role.TECHNICAL_CONTACT, "coaches": Role.BUILDING_COACH}
    return {
        name: {"role": role, "held": [designation for designation in held if designation.role == role]}
        for name, role in roles.items()
    }


def coaches_of(held, school):
    """Those of the school, then those of every school."""
    coaches = [each for each in held if each.role == Role.BUILDING_COACH and each.school_id in (school.pk, None)]
    return sorted(coaches, key=lambda each: each.school_id is None)


def _coaches_by_school(held, schools):
    """(school, its coaches) for each school; None stands for every school."""
    coaches = defaultdict(list)
    for designation in held:
        if designation.role == Role.BUILDING_COACH:
            coaches[designation.school].append(designation)
    everywhere = [(None, coaches[None])] if None in coaches and schools else []
    return [*((school, coaches[school]) for school in schools), *everywhere]


def _for_managers(held, schools, form, district, user):
    """Each person once, with all their roles; and what nobody does yet."""
    filled = [designation for designation in held if designation.user.can_sign_in]
    taken = {designation.role for designation in filled}
    people = defaultdict(list)
    for designation in held:
        people[designation.user].append(designation)
    return {
        "manages": True,
        "lead": "Everyone who holds a role, once, with what you can do about it.",
        "people": [(person, roles) for person, roles in people.items() if form.fits(person, roles)],
        "vacant": [role for role in DISTRICT_SIDE if role not in taken],
        "unfilled": [designation for designation in held if designation not in filled],
        "uncoached": [] if form.chosen else _uncoached(filled, schools),
        "nomination": district.nominations.open().select_related("nominee", "nominated_by").first(),
        "contact_requests": _latest_requests(district),
        "designate_url": address("contacts:choose_person", district, user),
    }


def _latest_requests(district):
    """For additional support contacts: what waits, and what was decided last."""
    found = district.contact_requests.select_related("person", "decided_by")
    return found.order_by(F("decided_at").desc(nulls_first=True), "requested_at", "pk")[:LATEST]


def _uncoached(filled, schools):
    return [school for school in schools if not coaches_of(filled, school)]
