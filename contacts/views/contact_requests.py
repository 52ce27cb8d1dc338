"""Support contacts beyond the number that a district has without approval: what waits, and what was decided."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from contacts import actions
from contacts.forms import DecisionForm
from contacts.models import ContactRequest, Role
from contacts.pagination import paginate
from contacts.views.shortcuts import refusals_on, render_form

LONGEST_WAITING_FIRST, LATEST_DECISION_FIRST = ["requested_at", "pk"], ["-decided_at", "-pk"]


@permission_required("contacts.view_contact_requests", raise_exception=True)
@require_safe
def contact_requests(request):
    """What waits, the longest first; or with ``?decided=1`` what was decided, the latest first."""
    seen = ContactRequest.objects.visible_to(request.user)
    decided = request.GET.get("decided") == "1"
    rows, order = (seen.decided(), LATEST_DECISION_FIRST) if decided else (seen.open(), LONGEST_WAITING_FIRST)
    rows = rows.with_held().select_related("district", "person", "requested_by", "decided_by")
    page = paginate(rows, order, request.GET.get("cursor", ""))
    return render(request, "contacts/contact_requests.html", {"page": page, "decided": decided})


@permission_required("contacts.view_contact_requests", raise_exception=True)
@require_safe
def contact_request(request, pk):
    return _request_page(request, _find(request, pk), DecisionForm())


@permission_required("contacts.decide_contact_requests", raise_exception=True)
@require_POST
def approve_contact(request, pk):
    return _decide(request, pk, actions.approve_contact, "is now a support contact and was told")


@permission_required("contacts.decide_contact_requests", raise_exception=True)
@require_POST
def deny_contact(request, pk):
    return _decide(request, pk, actions.deny_contact, "does not become a support contact; the district was told")


@permission_required("contacts.withdraw_contact_request", raise_exception=True)
@require_POST
def withdraw_contact_request(request, pk):
    found = _find(request, pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.withdraw_contact_request(found, by=request.user)
        messages.success(request, f"Support is no longer asked about {found.person}.")
        return redirect("contacts:contact_requests")
    return _request_page(request, _find(request, pk), form)


def _decide(request, pk, decide, done):
    found = _find(request, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            decide(found, by=request.user, **form.cleaned_data)
            messages.success(request, f"{found.person} {done}.")
            return redirect("contacts:contact_requests")
    # Someone else may have decided it in the meantime.
    return _request_page(request, _find(request, pk), form)


def _find(request, pk):
    seen = ContactRequest.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("district", "person", "requested_by", "decided_by"), pk=pk)


def _request_page(request, contact_request, form):
    actions.mark_read_about(request.user, contact_request.get_absolute_url())
    held = contact_request.district.designations.current().filter(role=Role.SUPPORT_CONTACT)
    context = {"contact_request": contact_request, "held": held.select_related("user").order_by("inactive_since", "pk")}
    return render_form(request, "contacts/contact_request.html", form, context)
