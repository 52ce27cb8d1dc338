from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.pagination import paginate
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions
from credentials.forms import NewRequestForm, UpdateRequestForm
from credentials.models import CredentialRecord, CredentialRequest, CredentialType, approvers_for

NEWEST_FIRST = ["-submitted_at", "-pk"]
SAVED = "Your request is saved. The record does not change until an approver of your district approves it."
SAVED_WITHOUT_APPROVER = (
    "Your request is saved, but your district has no approver who can decide it. "
    "Ask your district administrator to designate a credential approver."
)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_update(request, pk):
    own = CredentialRecord.objects.visible_to(request.user).select_related("type", "district")
    record = get_object_or_404(own.prefetch_related("type__fields"), pk=pk)
    about = {"district": record.district, "type": record.type, "record": record}
    if request.method == "POST":
        form = UpdateRequestForm(request.POST, **about)
        if form.is_valid():
            with refusals_on(form):
                actions.request_update(by=request.user, record=record, **_content(form))
                return _saved(request)
    else:
        if pending := record.requests.pending().first():
            messages.info(request, "A request to change this record is already waiting for a decision.")
            return redirect("credentials:request", pending.pk)
        initial = {"idempotency_key": uuid4(), "record_version": record.updated_at.isoformat()}
        form = UpdateRequestForm(initial=initial, **about)
    back_url = f"{reverse('credentials:records')}?record={record.pk}"
    return _editor(request, "credentials/request_update.html", form, record=record, back_url=back_url)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_new(request):
    if request.method != "POST":
        form = NewRequestForm(initial={"idempotency_key": uuid4()}, district=request.user.district, type=None)
        return _editor(request, "credentials/request_new.html", form, type=None)
    type = _chosen_type(request.POST.get("type", ""))
    form = NewRequestForm(request.POST, district=request.user.district, type=type)
    # A person who chose another type has not seen its fields yet, whichever button they pressed.
    if "show_fields" in request.POST or (type and request.POST.get("shown_type") != str(type.pk)):
        form = NewRequestForm(initial=form.entered(), district=request.user.district, type=type)
    elif form.is_valid():
        with refusals_on(form):
            actions.request_new(by=request.user, type=type, **_content(form))
            return _saved(request)
    return _editor(request, "credentials/request_new.html", form, type=type)


def _editor(request, template, form, **context):
    return render_form(request, template, form, {**context, "has_approver": approvers_for(request.user).exists()})


def _chosen_type(key):
    if not key.isdecimal() or len(key) > 18:
        return None
    return CredentialType.objects.filter(is_active=True, pk=key).first()


def _content(form):
    entered = {name: form.cleaned_data[name] for name in ("brief_description", "idempotency_key")}
    return {"proposed": form.proposed, **entered}


def _saved(request):
    if approvers_for(request.user).exists():
        messages.success(request, SAVED)
    else:
        messages.warning(request, SAVED_WITHOUT_APPROVER)
    return redirect("credentials:requests")


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def requests(request):
    own = CredentialRequest.objects.visible_to(request.user).select_related("type")
    page = paginate(own, NEWEST_FIRST, request.GET.get("cursor", ""))
    return render(request, "credentials/requests.html", {"page": page})


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def request_detail(request, pk):
    own = CredentialRequest.objects.visible_to(request.user)
    credential_request = get_object_or_404(
        own.select_related("type", "requester__school", "record", "decided_by"), pk=pk
    )
    context = {
        "credential_request": credential_request,
        "has_approver": not credential_request.is_pending or approvers_for(request.user).exists(),
    }
    return render(request, "credentials/request.html", context)
