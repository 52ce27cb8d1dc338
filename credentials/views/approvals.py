from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from contacts.actions import mark_read_about
from contacts.pagination import paginate
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions
from credentials.forms import ApprovalFilterForm, DecisionForm, DenialForm, ReturnForm
from credentials.models import CredentialRequest
from credentials.views.requests import versions_of

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


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def return_for_changes(request, pk):
    return _decide(request, pk, ReturnForm, actions.return_for_changes, "returned")


def _decide(request, pk, form_class, action, done):
    credential_request = _get_decidable(request, pk)
    form = form_class(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        seen = {"record_state": said["record_state"]} if form_class is DecisionForm else {}
        with refusals_on(form):
            action(credential_request, by=request.user, comment=said["comment"], version=said["version"], **seen)
            messages.success(request, _confirmation(credential_request.requester, done))
            return redirect("credentials:approvals")
        # Someone else may have decided or changed it in the meantime.
        credential_request = _get_decidable(request, pk)
    return _decision_page(request, credential_request, form, form.cleaned_data.get("version"))


def _confirmation(requester, done):
    if requester.can_sign_in:
        return f"You {done} the request of {requester}, who was told."
    return f"You {done} the request of {requester}, who cannot sign in to read it. Please tell them."


def _get_decidable(request, pk):
    found = CredentialRequest.objects.decidable_by(request.user)
    people = ["requester__school", "decided_by", "entered_by", "returned_by", "first_approved_by"]
    return get_object_or_404(found.select_related("type", "record", "district", *people), pk=pk)


def _decision_page(request, credential_request, form, seen=None):
    """``seen`` is the version that the form was about."""
    versions = versions_of(credential_request)
    before = seen if seen and seen < credential_request.version else credential_request.version - 1
    context = {
        "credential_request": credential_request,
        "is_own": credential_request.requester_id == request.user.pk,
        "is_entered": credential_request.entered_by_id == request.user.pk,
        "is_outdated": credential_request.is_pending and credential_request.record_has_changed,
        "versions": versions,
        "version_before": next((version for version in versions if version.number == before), None),
        "may_decide": request.user.pk not in credential_request.involved,
    }
    return render_form(request, "credentials/decide.html", form, context)
