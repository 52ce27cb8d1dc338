"""The seat of technical contact: who is nominated, and how they answer."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.forms import ActingEndForm, DeclineForm, NominationForm
from contacts.models import AUTHORIZED_CONTACTS, Designation, Nomination, Role, TrainingNeed, User
from contacts.views.district_choice import address
from contacts.views.shortcuts import posted, refusals_on, render_form


@permission_required("contacts.designate", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def nominate(request, pk):
    staff = User.objects.visible_to(request.user).filter(district__isnull=False)
    person = get_object_or_404(staff.select_related("district"), pk=pk)
    form = NominationForm(posted(request), district=person.district)
    if form.is_valid():
        with refusals_on(form):
            nomination = actions.nominate(person, by=request.user, **form.cleaned_data)
            messages.success(request, f"{person} is nominated. Nothing changes until they accept.")
            return redirect(nomination)
    context = {
        "person": person,
        **_seat(person.district, person),
        "nomination": Nomination.objects.open().filter(district=person.district).select_related("nominee").first(),
        "back_url": address("contacts:directory", person.district, request.user),
    }
    return render_form(request, "contacts/nominate.html", form, context)


@permission_required("contacts.view_nominations", raise_exception=True)
@require_safe
def nomination(request, pk):
    return _nomination_page(request, _find(request, pk), DeclineForm())


@permission_required("contacts.answer_nominations", raise_exception=True)
@require_POST
def accept_nomination(request, pk):
    found = _find(request, pk, nominee=request.user)
    form = forms.Form(request.POST)
    with refusals_on(form):
        accepted = actions.accept(found, by=request.user)
        messages.success(request, f"You are the {accepted.role_name.lower()} of {accepted.district} now.")
        return redirect("contacts:directory")
    return _nomination_page(request, _find(request, pk), DeclineForm(), refused=form)


@permission_required("contacts.answer_nominations", raise_exception=True)
@require_POST
def decline_nomination(request, pk):
    found = _find(request, pk, nominee=request.user)
    form = DeclineForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.decline(found, by=request.user, **form.cleaned_data)
            messages.success(request, "You declined. The district's administrators were told.")
            return redirect("home")
    return _nomination_page(request, _find(request, pk), form, refused=form)


@permission_required("contacts.designate", raise_exception=True)
@require_POST
def withdraw_nomination(request, pk):
    found = _find(request, pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.withdraw_nomination(found, by=request.user)
        messages.success(request, f"The nomination of {found.nominee} is withdrawn.")
        return redirect(address("contacts:directory", found.district, request.user))
    return _nomination_page(request, _find(request, pk), DeclineForm(), refused=form)


@permission_required("contacts.designate", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_acting_end(request, pk):
    designations = Designation.objects.visible_to(request.user).filter(district__isnull=False)
    designation = get_object_or_404(designations.select_related("user", "district", "reverts_to"), pk=pk)
    back_url = address("contacts:directory", designation.district, request.user)
    last_day = {"until": designation.acting_until}
    form = ActingEndForm(posted(request), initial=last_day, district=designation.district)
    if form.is_valid():
        with refusals_on(form):
            changed = actions.change_acting_end(designation, by=request.user, **form.cleaned_data)
            messages.success(request, f"{changed.user} is the acting technical contact until the day you chose.")
            return redirect(back_url)
    if not form.is_bound and (designation.ended_at or not designation.is_acting):
        messages.info(request, f"{designation.user} is not an acting technical contact now.")
        return redirect(back_url)
    return render_form(request, "contacts/acting_end.html", form, {"designation": designation, "back_url": back_url})


def _find(request, pk, **which):
    seen = Nomination.objects.visible_to(request.user).filter(**which)
    return get_object_or_404(seen.select_related("district", "nominee", "nominated_by", "decided_by"), pk=pk)


def _seat(district, successor):
    """Who sits in it, and whether cases are left without a contact when the successor, if any, takes it."""
    held = Designation.objects.current().filter(district=district, role=Role.TECHNICAL_CONTACT)
    seat = held.select_related("user", "district", "reverts_to").first()
    leaves = bool(seat and successor and seat.user != successor)
    stays = leaves and Designation.objects.current().filter(user=seat.user, role=Role.SUPPORT_CONTACT).exists()
    return {"seat": seat, "leaves_cases": leaves and not stays}


def _nomination_page(request, nomination, form, *, refused=None):
    actions.mark_read_about(request.user, nomination.get_absolute_url())
    context = {
        "nomination": nomination,
        **_seat(nomination.district, nomination.nominee if nomination.is_open else None),
        "modules": TrainingNeed.objects.names_expected(nomination.nominee, Role.TECHNICAL_CONTACT),
        # What the one does is what the other does, and more.
        "roles": AUTHORIZED_CONTACTS,
        "is_mine": nomination.nominee_id == request.user.pk,
        "decline_form": form,
        "refused": refused,
        "back_url": address("contacts:directory", nomination.district, request.user),
    }
    return render_form(request, "contacts/nomination.html", refused or form, context)
