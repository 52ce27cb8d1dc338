from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts import actions
from contacts.forms import DesignationForm, ReasonForm, SearchForm
from contacts.models import Designation, User
from contacts.views.district_choice import SHOWN, address, choose_district, chosen_district
from contacts.views.shortcuts import posted, refusals_on, render_form


@permission_required("contacts.designate", raise_exception=True)
@require_safe
def choose_person(request):
    """The first step of designating: find the person among all staff of the district."""
    district = chosen_district(request)
    if district is None:
        return choose_district(request, heading="In which district?")
    form = SearchForm(request.GET, label="Name, e-mail or position")
    staff = form.search(User.objects.filter(district=district)).select_related("school")
    found = list(staff[: SHOWN + 1])
    context = {
        "district": district,
        "form": form,
        "people": found[:SHOWN],
        "more": len(found) > SHOWN,
        "back_url": address("contacts:directory", district, request.user),
        "clear_url": address("contacts:choose_person", district, request.user),
    }
    return render(request, "contacts/choose_person.html", context)


@permission_required("contacts.designate", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def designate(request, pk):
    staff = User.objects.visible_to(request.user).filter(district__isnull=False)
    person = get_object_or_404(staff.select_related("district", "school"), pk=pk)
    form = DesignationForm(posted(request), person=person)
    if form.is_valid():
        with refusals_on(form):
            designation = actions.designate(person, by=request.user, **form.cleaned_data)
            messages.success(request, f"{person} is now a {designation.get_role_display().lower()} and was told.")
            return redirect(address("contacts:directory", person.district, request.user))
    context = {
        "person": person,
        "technical_contact": form.technical_contact,
        "held": person.designations.current().select_related("school"),
        "back_url": address("contacts:choose_person", person.district, request.user),
    }
    return render_form(request, "contacts/designate.html", form, context)


@permission_required("contacts.designate", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_designation(request, pk):
    designations = Designation.objects.visible_to(request.user).filter(district__isnull=False)
    designation = get_object_or_404(designations.select_related("user", "district", "school", "started_by"), pk=pk)
    back_url = address("contacts:directory", designation.district, request.user)
    form = ReasonForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            actions.end_designation(designation, by=request.user, **form.cleaned_data)
            messages.success(request, f"The designation of {designation.user} has ended.")
            return redirect(back_url)
    if designation.ended_at and not form.is_bound:
        messages.info(request, f"This designation of {designation.user} has already ended.")
        return redirect(back_url)
    context = {"designation": designation, "back_url": back_url}
    return render_form(request, "contacts/end_designation.html", form, context)
