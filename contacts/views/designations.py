from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts import actions
from contacts.forms import DesignationForm, ReasonForm, SearchForm
from contacts.models import Designation, User
from contacts.views.choice import SHOWN, address, choose_district, chosen_district, posted


@permission_required("contacts.designate", raise_exception=True)
@require_safe
def choose_person(request):
    """The first step of designating: find the person among all staff of the district."""
    district = chosen_district(request)
    if district is None:
        return choose_district(request, heading="In which district?")
    form = SearchForm(request.GET, label="Name, e-mail or position")
    staff = User.objects.active().filter(district=district).named(form.words).select_related("school")
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
    staff = User.objects.visible_to(request.user).active().filter(district__isnull=False)
    person = get_object_or_404(staff.select_related("district", "school"), pk=pk)
    form = DesignationForm(posted(request), person=person)
    if form.is_valid():
        try:
            designation = actions.designate(person, by=request.user, **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person} is {designation.get_role_display().lower()} now and was told.")
            return redirect(address("contacts:directory", person.district, request.user))
    context = {
        "person": person,
        "form": form,
        "technical_contact": form.technical_contact,
        "held": person.designations.current().select_related("school"),
        "back_url": address("contacts:choose_person", person.district, request.user),
    }
    return render(request, "contacts/designate.html", context)


@permission_required("contacts.designate", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_designation(request, pk):
    designations = Designation.objects.visible_to(request.user).filter(district__isnull=False)
    designation = get_object_or_404(designations.select_related("user", "district", "school", "started_by"), pk=pk)
    back_url = address("contacts:directory", designation.district, request.user)
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            actions.end_designation(designation, by=request.user, **form.cleaned_data)
            messages.success(request, f"The designation of {designation.user} has ended, and they were told.")
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(back_url)
    if designation.ended_at:
        messages.info(request, f"This designation of {designation.user} has ended already.")
        return redirect(back_url)
    context = {"designation": designation, "form": form, "back_url": back_url}
    return render(request, "contacts/end_designation.html", context)
