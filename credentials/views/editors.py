"""The editors: a request for an update, one for a new record, and another version of a request that stands already."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.models.keys import is_key
from contacts.views.shortcuts import posted, refusals_on, render_form
from credentials import actions
from credentials.forms import ChangeDraftForm, ChangeNewForm, ChangeUpdateForm, NewRequestForm, UpdateRequestForm
from credentials.models import CredentialRecord, CredentialRequest, CredentialType, approvers_for, renewal_of

Status = CredentialRequest.Status
SAVED = "Your request is saved. The record does not change until an approver of your district approves it."
SAVED_WITHOUT_APPROVER = (
    "Your request is saved, but your district has no approver who can decide it. "
    "Your district administrator was told, and designates a credential approver."
)
SAVED_AUTOMATICALLY = "Your district approves such requests automatically. The record has changed."
SAVED_DRAFT = "Your draft is saved. Nobody else sees it until you submit it."


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_update(request, pk):
    """``?again=`` begins with what an earlier request said, ``?renew=`` with the next period of the record."""
    own = CredentialRecord.objects.visible_to(request.user).select_related("type", "district")
    record = get_object_or_404(own.prefetch_related("type__fields"), pk=pk)
    if request.method != "POST" and (standing := _standing(request, record)):
        return standing
    initial = {"idempotency_key": uuid4(), "record_version": record.updated_at.isoformat()}
    if earlier := _earlier_request(request, record=record):
        initial |= UpdateRequestForm.values_of(earlier)
    if is_renewal := "renew" in request.GET:
        initial |= _renewal(record)
    form = UpdateRequestForm(
        posted(request),
        initial=initial,
        holder=request.user,
        type=record.type,
        record=record,
        is_draft="save_draft" in request.POST,
    )
    back_url = f"{reverse('credentials:records')}?record={record.pk}"
    context = {"record": record, "back_url": back_url, "is_renewal": is_renewal, "offers_draft": True}
    return run_editor(request, form, actions.request_update, {"record": record}, "request_update", context)


def _standing(request, record):
    """Where a request about the record stands already, the way to it."""
    if found := record.requests.open().first():
        messages.info(request, "A request to change this record is already waiting for a decision.")
        return redirect("credentials:request", found.pk)
    drafts = CredentialRequest.objects.visible_to(request.user).filter(record=record, status=Status.DRAFT)
    if "again" not in request.GET and (draft := drafts.first()):
        messages.info(request, "This is your draft. Submit it when it is complete.")
        return redirect("credentials:edit", draft.pk)
    return None


def _renewal(record):
    values = {f"value_{name}": value for name, value in renewal_of(record).items()}
    return values | {"brief_description": f"Renewal of {record.name}"[:300]}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_new(request):
    initial, type = {"idempotency_key": uuid4()}, None
    if request.method == "POST":
        type = offered_type(request, request.POST.get("type", ""))
    elif earlier := _earlier_request(request, is_new=True):
        type = offered_type(request, str(earlier.type_id))
        initial |= NewRequestForm.values_of(earlier) | {"type": type}
    is_draft = "save_draft" in request.POST
    form = NewRequestForm(posted(request), initial=initial, holder=request.user, type=type, is_draft=is_draft)
    context = {"type": type, "offers_draft": True}
    return run_editor(request, form, actions.request_new, {"type": type}, "request_new", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.withdraw_request", raise_exception=True)
def edit(request, pk):
    """Change a draft, or make another version of what is not decided yet."""
    kept = CredentialRequest.objects.kept_by(request.user)
    credential_request = get_object_or_404(kept.select_related("type", "record", "requester__district"), pk=pk)
    if credential_request.requester_id == request.user.pk and not request.user.has_perm("credentials.request_change"):
        raise PermissionDenied
    if request.method != "POST" and not credential_request.is_editable:
        messages.info(request, f"This request was already {credential_request.get_status_display().lower()}.")
        return redirect("credentials:request", pk)
    form, about = _form_of(request, credential_request)
    about |= {"credential_request": credential_request}
    is_draft = credential_request.status == Status.DRAFT
    context = {
        "record": credential_request.record,
        "type": form.type,
        "credential_request": credential_request,
        "back_url": reverse("credentials:request", args=[pk]),
        "offers_draft": is_draft,
    }
    template = "request_new" if credential_request.is_new else "request_update"
    return run_editor(request, form, actions.change_request, about, template, context)


def _form_of(request, credential_request):
    """(the form with what the request says, what the action needs besides)."""
    initial = {"idempotency_key": uuid4(), "seen": credential_request.version}
    about = {"holder": credential_request.requester, "is_draft": "save_draft" in request.POST}
    if not credential_request.is_new:
        record = credential_request.record
        initial |= ChangeUpdateForm.values_of(credential_request)
        initial |= {"record_version": record.updated_at.isoformat()}
        type = credential_request.type
        return ChangeUpdateForm(posted(request), initial=initial, record=record, type=type, **about), {}
    initial |= ChangeNewForm.values_of(credential_request)
    if credential_request.status != Status.DRAFT:
        return ChangeNewForm(posted(request), initial=initial, type=credential_request.type, **about), {}
    chosen = request.POST.get("type", "") if request.method == "POST" else str(credential_request.type_id)
    type = offered_type(request, chosen)
    form = ChangeDraftForm(posted(request), initial=initial | {"type": type}, type=type, **about)
    return form, {"type": type}


def offered_type(request, key):
    offered = CredentialType.objects.offered_in(request.user.district).prefetch_related("fields")
    return offered.filter(pk=key).first() if is_key(key) else None


def _earlier_request(request, **about):
    """The denied or withdrawn request that the person makes again, or None."""
    key = request.GET.get("again")
    if key is None or request.method == "POST":
        return None
    if not is_key(key):
        raise Http404
    own = CredentialRequest.objects.visible_to(request.user).unsuccessful()
    return get_object_or_404(own.filter(**about), pk=key)


def run_editor(request, form, action, about, template, context):
    if "show_fields" in request.POST or form.has_unseen_fields:
        form = form.with_fields_shown()
    elif form.is_valid():
        with refusals_on(form):
            return _saved(request, action(by=request.user, is_draft=form.is_draft, **_entered(form, action), **about))
    person = context.get("person") or request.user
    context |= {
        "has_approver": approvers_for(person, but=[request.user.pk]).exists(),
        "has_new_fields": form.is_reshown and "show_fields" not in request.POST,
    }
    return render_form(request, f"credentials/{template}.html", form, context)


def _entered(form, action):
    """What the action takes of the form; a change is known by its version and needs no key."""
    names = ["brief_description", "seen" if action is actions.change_request else "idempotency_key"]
    return {"proposed": form.proposed, **{name: form.cleaned_data[name] for name in names}}


def _saved(request, credential_request):
    if credential_request.status == Status.DRAFT:
        messages.success(request, SAVED_DRAFT)
        return redirect("credentials:request", credential_request.pk)
    if credential_request.is_automatic:
        messages.success(request, SAVED_AUTOMATICALLY)
    elif approvers_for(credential_request.requester, but=[credential_request.entered_by_id]).exists():
        messages.success(request, SAVED)
    else:
        messages.warning(request, SAVED_WITHOUT_APPROVER)
    if credential_request.requester_id != request.user.pk:
        return redirect("credentials:staff_member", credential_request.requester_id)
    return redirect("credentials:requests")
