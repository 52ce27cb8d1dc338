from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts import actions
from contacts.forms import DesignationForm, ReasonForm, SearchForm
from contacts.models import AUTHORIZED_CONTACTS, Designation, User
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
    decides = request.user.has_perm("contacts.decide_contact_requests")
    form = DesignationForm(posted(request), person=person, decides=decides)
    if form.is_valid():
        with refusals_on(form):
            return _designate(request, person, form)
        form.ask_why()
    context = {
        "person": person,
        "technical_contact": form.technical_contact,
        "lacks_agreement": form.lacks_agreement,
        "record_url": _record_url(person, request.user) if form.lacks_agreement else "",
        "held": person.designations.current().select_related("school"),
        "back_url": address("contacts:choose_person", person.district, request.user),
    }
    return render_form(request, "contacts/designate.html", form, context)


def _designate(request, person, form):
    """At once; or by asking Support, or the person, where that is the way."""
    chosen, directory = form.cleaned_data, address("contacts:directory", person.district, request.user)
    if form.is_taken:
        messages.info(
            request, f"{form.technical_contact.user} is the technical contact now. Nominate {person} instead."
        )
        return redirect("contacts:nominate", person.pk)
    if not form.is_beyond:
        held = {name: chosen.get(name) for name in ("role", "school", "agreement")}
        actions.designate(person, by=request.user, **held)
    elif form.decides:
        chosen_agreement = chosen.get("agreement")
        actions.designate_beyond(person, reason=chosen["reason"], by=request.user, agreement=chosen_agreement)
    else:
        asked = actions.request_contact(person, reason=chosen["reason"], by=request.user)
        messages.success(request, f"Support was asked about {person}. You are told when a support lead has decided.")
        return redirect(asked)
    messages.success(request, f"{person} is now a {chosen['role'].label.lower()} and was told.")
    return redirect(directory)


def _record_url(person, user):
    """Where to record an agreement with the person's organization, and to come back from."""
    about = {"organization": person.organization, "person": person.pk}
    if not user.district_id:
        about["district"] = person.district_id
    return f"{reverse('contacts:record_agreement')}?{urlencode(about)}"


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
    context = {
        "designation": designation,
        "back_url": back_url,
        "is_last_contact": _is_last_contact(designation),
        "choose_url": address("contacts:choose_person", designation.district, request.user),
    }
    return render_form(request, "contacts/end_designation.html", form, context)


def _is_last_contact(designation):
    """Whether nobody can bring anything to Support once it has ended."""
    if designation.role not in AUTHORIZED_CONTACTS or designation.reverts_to_id:
        return False
    held = Designation.objects.authorized_contacts().active().filter(district=designation.district)
    return not held.exclude(pk=designation.pk).exists()
