from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contacts.actions import mark_read_about
from contacts.pagination import paginate
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions, reports
from credentials.forms import ApprovalFilterForm, DecisionForm, DenialForm, ReturnForm
from credentials.models import CredentialRequest
from credentials.views.requests import versions_of

OLDEST_FIRST, NEWEST_FIRST = ["submitted_at", "pk"], ["-submitted_at", "-pk"]


@require_safe
@permission_required("credentials.decide_request", raise_exception=True)
def approvals(request):
    form = ApprovalFilterForm(request.GET, user=request.user)
    found = form.requests(request.user).with_is_decidable().select_related("requester__school", "type")
    # The longest-waiting request comes first; among decided ones, the newest.
    order = OLDEST_FIRST if form.is_waiting else NEWEST_FIRST
    page = paginate(found, order, request.GET.get("cursor", ""))
    waiting = CredentialRequest.objects.waiting_for(request.user).filter(pk__in=[each.pk for each in page.rows])
    context = {
        "form": form,
        "active": form.is_active,
        "is_waiting": form.is_waiting,
        "query": form.query,
        "page": page,
        "mine": {*waiting.values_list("pk", flat=True)} if form.is_waiting else set(),
        "usual": reports.usual_time(request.user.district_id),
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
            decided = action(
                credential_request, by=request.user, comment=said["comment"], version=said["version"], **seen
            )
            messages.success(request, _confirmation(decided, done))
            return _go_on(request, credential_request)
        # Someone else may have decided or changed it in the meantime.
        credential_request = _get_decidable(request, pk)
    return _decision_page(request, credential_request, form, form.cleaned_data.get("version"))


def _confirmation(credential_request, done):
    requester = credential_request.requester
    if credential_request.is_pending:
        return f"You approved the request of {requester}. It now needs a second approver."
    if requester.can_sign_in:
        return f"You {done} the request of {requester}, who was told."
    return f"You {done} the request of {requester}, who cannot sign in to read it. Please tell them."


def _go_on(request, credential_request):
    """To the next request of the list that the approver came from; without one, to the list."""
    form = ApprovalFilterForm(request.GET, user=request.user)
    waiting = form.requests(request.user).waiting_for(request.user) if form.is_waiting else None
    following = waiting is not None and _neighbor(waiting, credential_request, "next")
    if following:
        return redirect(_address(following, form))
    query = f"?{form.query}" if form.query else ""
    return redirect(f"{reverse('credentials:approvals')}{query}")


def _neighbor(requests, credential_request, which):
    """The request of the list before or after this one, whether or not this one is still among them."""
    at, pk = credential_request.submitted_at, credential_request.pk
    if which == "next":
        beyond = Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=pk)
        return requests.filter(beyond, submitted_at__gte=at).order_by(*OLDEST_FIRST).first()
    beyond = Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=pk)
    return requests.filter(beyond, submitted_at__lte=at).order_by(*NEWEST_FIRST).first()


def _address(credential_request, form):
    return f"{credential_request.decision_url}?{form.query}" if form.query else credential_request.decision_url


def _get_decidable(request, pk):
    found = CredentialRequest.objects.decidable_by(request.user)
    people = ["requester__school", "decided_by", "entered_by", "returned_by", "first_approved_by"]
    return get_object_or_404(
        found.select_related("type", "record", "district", *people).prefetch_related("type__fields"), pk=pk
    )


def _decision_page(request, credential_request, form, seen=None):
    """``seen`` is the version that the form was about."""
    versions = versions_of(credential_request)
    before = seen if seen and seen < credential_request.version else credential_request.version - 1
    filters = ApprovalFilterForm(request.GET, user=request.user)
    listed = filters.requests(request.user)
    beside = {which: _neighbor(listed, credential_request, which) for which in ("previous", "next")}
    beside = {which: found and _address(found, filters) for which, found in beside.items()}
    may_decide = CredentialRequest.objects.waiting_for(request.user).filter(pk=credential_request.pk).exists()
    context = {
        "beside": beside,
        "query": filters.query,
        "credential_request": credential_request,
        "standing": None if may_decide else reports.standing(credential_request),
        "is_outdated": credential_request.is_pending and credential_request.record_has_changed,
        "versions": versions,
        "version_before": next((version for version in versions if version.number == before), None),
        "may_decide": may_decide,
    }
    return render_form(request, "credentials/decide.html", form, context)
