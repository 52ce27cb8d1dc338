from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.actions import mark_read_about
from contacts.pagination import cursor_from, paginate
from contacts.views.shortcuts import posted, refusals_on, render_form
from credentials import actions
from credentials.forms import NewRequestForm, UpdateRequestForm
from credentials.models import CredentialRecord, CredentialRequest, CredentialType, approvers_for

NEWEST_FIRST = ["-submitted_at", "-pk"]
MOST_DIGITS = 18  # of a key; PostgreSQL refuses larger numbers
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
    if request.method != "POST" and (pending := record.requests.pending().first()):
        messages.info(request, "A request to change this record is already waiting for a decision.")
        return redirect("credentials:request", pending.pk)
    initial = {"idempotency_key": uuid4(), "record_version": record.updated_at.isoformat()}
    if earlier := _earlier_request(request, record=record):
        initial |= UpdateRequestForm.values_of(earlier)
    form = UpdateRequestForm(
        posted(request), initial=initial, district=record.district, type=record.type, record=record
    )
    back_url = f"{reverse('credentials:records')}?record={record.pk}"
    context = {"record": record, "back_url": back_url}
    return _editor(request, form, actions.request_update, {"record": record}, "request_update", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_new(request):
    initial, type = {"idempotency_key": uuid4()}, None
    if request.method == "POST":
        type = _offered_types(request, request.POST.get("type", "")).first()
    elif earlier := _earlier_request(request, is_new=True):
        type = _offered_types(request, str(earlier.type_id)).first()
        initial |= NewRequestForm.values_of(earlier) | {"type": type}
    form = NewRequestForm(posted(request), initial=initial, district=request.user.district, type=type)
    return _editor(request, form, actions.request_new, {"type": type}, "request_new", {"type": type})


def _offered_types(request, key):
    offered = CredentialType.objects.offered_in(request.user.district).prefetch_related("fields")
    return offered.filter(pk=key) if _is_key(key) else offered.none()


def _is_key(text):
    return text.isdecimal() and len(text) <= MOST_DIGITS


def _earlier_request(request, **about):
    """The denied or withdrawn request that the person makes again, or None."""
    key = request.GET.get("again")
    if key is None or request.method == "POST":
        return None
    if not _is_key(key):
        raise Http404
    own = CredentialRequest.objects.visible_to(request.user).unsuccessful()
    return get_object_or_404(own.filter(**about), pk=key)


def _editor(request, form, action, about, template, context):
    if "show_fields" in request.POST or form.has_unseen_fields:
        form = form.with_fields_shown()
    elif form.is_valid():
        with refusals_on(form):
            entered = {name: form.cleaned_data[name] for name in ("brief_description", "idempotency_key")}
            action(by=request.user, proposed=form.proposed, **entered, **about)
            return _saved(request)
    context |= {
        "has_approver": approvers_for(request.user).exists(),
        "has_new_fields": form.is_reshown and "show_fields" not in request.POST,
    }
    return render_form(request, f"credentials/{template}.html", form, context)


def _saved(request):
    if approvers_for(request.user).exists():
        messages.success(request, SAVED)
    else:
        messages.warning(request, SAVED_WITHOUT_APPROVER)
    return redirect("credentials:requests")


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def requests(request):
    """One's own requests; with ``?request=``, the first page with that request, or the one that it begins."""
    own = CredentialRequest.objects.visible_to(request.user).select_related("type")
    page = paginate(own, NEWEST_FIRST, request.GET.get("cursor", ""))
    key = request.GET.get("request", "")
    current = own.filter(pk=key).first() if _is_key(key) else None
    if current and "cursor" not in request.GET:
        mark_read_about(request.user, current.my_requests_url)
        if current not in page.rows:
            page = paginate(own, NEWEST_FIRST, cursor_from(current, NEWEST_FIRST))
    return render(request, "credentials/requests.html", {"page": page, "current": current})


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def request_detail(request, pk):
    credential_request = _get_own(request, pk)
    mark_read_about(request.user, credential_request.my_requests_url)
    return _request_page(request, credential_request, forms.Form())


@require_POST
@permission_required("credentials.withdraw_request", raise_exception=True)
def withdraw(request, pk):
    credential_request = _get_own(request, pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.withdraw(credential_request, by=request.user)
        messages.success(request, "You withdrew your request. It stays on My Requests, and nobody will decide it.")
        return redirect("credentials:request", pk)
    # An approver may have decided it in the meantime.
    return _request_page(request, _get_own(request, pk), form)


def _get_own(request, pk):
    own = CredentialRequest.objects.visible_to(request.user)
    return get_object_or_404(own.select_related("type", "requester__school", "record", "decided_by"), pk=pk)


def _request_page(request, credential_request, form):
    context = {
        "credential_request": credential_request,
        "has_approver": not credential_request.is_pending or approvers_for(request.user).exists(),
    }
    return render_form(request, "credentials/request.html", form, context)
