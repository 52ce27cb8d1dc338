from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts import reports
from contacts.forms import CoverageForm
from contacts.models import Designation, District, covers_at, with_coverage
from contacts.pagination import paginate
from contacts.views.district_choice import address, chosen_district


@permission_required("contacts.review_coverage", raise_exception=True)
@require_safe
def coverage(request):
    """What districts lack; ``?on=`` shows how it was at the end of that day."""
    district = chosen_district(request)
    return _of_district(request, district) if district else _of_all(request)


def _of_all(request):
    """Support's page: every district, the worst first."""
    form = CoverageForm(request.GET)
    districts = District.objects.visible_to(request.user)
    if form.moment:
        counted = reports.with_recorded_gaps(districts, form.moment)
    else:
        counted = reports.with_seat(with_coverage(districts, timezone.now()))
    found = form.search(counted)
    if form.gap_chosen:
        found = reports.with_gap(found, form.gap_chosen)
    numbers = reports.districts_by_gap(counted)
    context = {
        "form": form,
        "page": paginate(found, ["-severity", "name", "pk"], request.GET.get("cursor", "")),
        "numbers": numbers,
        "most": max(1, *(number for _, number in numbers)),
        "clear_url": reverse("contacts:coverage"),
    }
    return render(request, "contacts/coverage_of_all.html", context)


def _of_district(request, district):
    form, now = CoverageForm(request.GET, district=district), timezone.now()
    districts = District.objects.filter(pk=district.pk)
    recorded = district.gaps.since(now - reports.HISTORY)
    context = {
        "form": form,
        "district": reports.with_seat(with_coverage(districts, now)).get(),
        "held": _contacts(district),
        "coming": district.designations.coming_up(now).select_related("user", "reverts_to"),
        "lanes": reports.lanes(recorded, now),
        "first_day": now - reports.HISTORY,
        "recorded": recorded[:100],
        "back_url": "" if request.user.district_id else reverse("contacts:coverage"),
        "clear_url": address("contacts:coverage", district, request.user),
        "training_url": address("contacts:training", district, request.user),
        "designate_url": address("contacts:choose_person", district, request.user),
    }
    if form.moment:
        context |= {
            "held_then": reports.contacts_at(district, form.moment),
            "severity_then": reports.with_recorded_gaps(districts, form.moment).get().severity,
        }
    return render(request, "contacts/coverage.html", context)


def _contacts(district):
    held = district.designations.authorized_contacts().select_related("user__school")
    held = held.annotate(is_untrained=Exists(Designation.objects.filter(pk=OuterRef("pk")).untrained()))
    return held.prefetch_related(covers_at("user__cover")).order_by("role", "user__last_name", "user__first_name", "pk")
