from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from contacts.actions import mark_read_about
from contacts.pagination import paginate
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions
from credentials.forms import ApprovalFilterForm, DecisionForm, DenialForm
from credentials.models import CredentialRequest

OLDEST_FIRST, NEWEST_FIRST = ["submitted_at", "pk"], ["-submitted_at", "-pk"]


@require_safe
@permission_required("credentials.decide_request", raise_exception=True)
def approvals(request):
    form = ApprovalFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    status = chosen.get("status") or "pending"
    found = CredentialRequest.objects.decidable_by(request.user).select_related("requester", "type")
    if status == "decide":
        found = found.waiting_for(request.user)
    elif status != "all":
        found = found.filter(status=status)
    if chosen.get("type"):
        found = found.filter(type=chosen["type"])
    # The longest-waiting request comes first; among decided ones, the newest.
    order = OLDEST_FIRST if status in ("pending", "decide") else NEWEST_FIRST
    context = {
        "form": form,
        "active": any(request.GET.get(name) for name in ("status", "type")),
        "status": status,
        "page": paginate(found, order, request.GET.get("cursor", "")),
    }
    return render(request, "credentials/approvals.html", context)


@require_safe
@permission_required("credentials.decide_request", raise_exception=True)
def decide(request, pk):
    credential_request = _get_decidable(request, pk)
    mark_read_about(request.user, credential_request.decision_url)
    return _decision_page(request, credential_request, DecisionForm())


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def approve(request, pk):
    return _decide(request, pk, DecisionForm, actions.approve, "approved")


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def deny(request, pk):
    return _decide(request, pk, DenialForm, actions.deny, "denied")


def _decide(request, pk, form_class, action, done):
    credential_request = _get_decidable(request, pk)
    form = form_class(request.POST)
    if form.is_valid():
        with refusals_on(form):
            action(credential_request, by=request.user, comment=form.cleaned_data["comment"])
            messages.success(request, _confirmation(credential_request.requester, done))
            return redirect("credentials:approvals")
        # Someone else may have decided it in the meantime.
        credential_request = _get_decidable(request, pk)
    return _decision_page(request, credential_request, form)


def _confirmation(requester, done):
    if requester.can_sign_in:
        return f"You {done} the request of {requester}, who was told."
    return f"You {done} the request of {requester}, who cannot sign in to read it. Please tell them."


def _get_decidable(request, pk):
    found = CredentialRequest.objects.decidable_by(request.user)
    return get_object_or_404(found.select_related("requester__school", "type", "record", "decided_by"), pk=pk)


def _decision_page(request, credential_request, form):
    context = {
        "credential_request": credential_request,
        "is_own": credential_request.requester_id == request.user.pk,
        "is_outdated": credential_request.is_pending and credential_request.record_has_changed,
    }
    return render_form(request, "credentials/decide.html", form, context)
