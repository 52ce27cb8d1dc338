from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import ActionRefused
from contacts.pagination import paginate
from credentials import actions, reports
from credentials.forms import ApprovalFilterForm, DecisionForm, DenialForm, NewRequestForm, UpdateRequestForm
from credentials.models import CredentialRecord, CredentialRequest, CredentialType, approvers_for

OLDEST_FIRST, NEWEST_FIRST = ["submitted_at", "pk"], ["-submitted_at", "-pk"]
SAVED = "Your request is saved. An approver of your district decides it; the record does not change until then."
SAVED_BUT_WAITS = (
    "Your request is saved, but your district has no approver yet who could decide it, so it waits. "
    "Ask your district administrator to designate a credential approver."
)
SAVED_ALREADY = "This request is saved already; it was not saved twice."
CHANGED_MEANWHILE = "Somebody changed the same thing at the same moment. Nothing was changed; look at it again."


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def records(request):
    held = CredentialRecord.objects.visible_to(request.user).select_related("type").prefetch_related("type__fields")
    held, today = list(held.with_pending_request()), timezone.localdate()
    for record in held:
        record.chip = record.validity(today)
    selected = _selected(held, request.GET.get("record"))
    context = {"records": held, "selected": selected, "details": reports.details(selected) if selected else []}
    return render(request, "credentials/records.html", context)


def _selected(held, key):
    if key is None:
        return None
    try:
        return next(record for record in held if str(record.pk) == key)
    except StopIteration:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_update(request, pk):
    own = (
        CredentialRecord.objects.visible_to(request.user)
        .select_related("type", "district")
        .prefetch_related("type__fields")
    )
    record = get_object_or_404(own, pk=pk)
    about = {"district": record.district, "type": record.type, "record": record}
    if request.method == "POST":
        form = UpdateRequestForm(request.POST, **about)
        if form.is_valid() and (saved := _save(request, actions.request_update, form, record=record)):
            return saved
    else:
        if pending := record.requests.pending().first():
            messages.info(request, "A change of this record is waiting for a decision already.")
            return redirect("credentials:request", pending.pk)
        form = UpdateRequestForm(initial={"token": uuid4(), "seen": record.updated_at.isoformat()}, **about)
    back_url = f"{reverse('credentials:records')}?record={record.pk}"
    return _editor(request, "credentials/request_update.html", form=form, record=record, back_url=back_url)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_change", raise_exception=True)
def request_new(request):
    if request.method != "POST":
        form = NewRequestForm(initial={"token": uuid4()}, district=request.user.district, type=None)
        return _editor(request, "credentials/request_new.html", form=form, type=None)
    type = _chosen_type(request.POST.get("type", ""))
    form = NewRequestForm(request.POST, district=request.user.district, type=type)
    # Someone who chose another type has not seen its fields yet, whichever button was pressed.
    if "show_fields" in request.POST or (type and request.POST.get("shown") != str(type.pk)):
        form = NewRequestForm(initial=form.typed(), district=request.user.district, type=type)
    elif form.is_valid() and (saved := _save(request, actions.request_new, form, type=type)):
        return saved
    return _editor(request, "credentials/request_new.html", form=form, type=type)


def _editor(request, template, **context):
    return render(request, template, {**context, "has_approver": approvers_for(request.user).exists()})


def _chosen_type(key):
    if not key.isdecimal() or len(key) > 18:
        return None
    return CredentialType.objects.filter(is_active=True, pk=key).first()


def _save(request, action, form, **about):
    """To My Requests, or None where the action refuses: the form then says why and keeps what was typed."""
    try:
        _, is_new = action(
            by=request.user,
            brief_description=form.cleaned_data["brief_description"],
            proposed=form.proposed,
            token=form.cleaned_data["token"],
            **about,
        )
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    if not is_new:
        messages.info(request, SAVED_ALREADY)
    elif approvers_for(request.user).exists():
        messages.success(request, SAVED)
    else:
        messages.warning(request, SAVED_BUT_WAITS)
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
    own = CredentialRequest.objects.visible_to(request.user).select_related("type", "record", "decided_by")
    wish = get_object_or_404(own, pk=pk)
    context = {"wish": wish, "rows": reports.comparison(wish), "old_heading": reports.old_heading(wish)}
    context["has_approver"] = wish.status != "pending" or approvers_for(request.user).exists()
    return render(request, "credentials/request.html", context)


@require_safe
@permission_required("credentials.decide_request", raise_exception=True)
def approvals(request):
    form = ApprovalFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    status = chosen.get("status") or "pending"
    found = CredentialRequest.objects.decidable_by(request.user).select_related("requester", "type")
    if status != "all":
        found = found.filter(status=status)
    if chosen.get("type"):
        found = found.filter(type=chosen["type"])
    # Who waits longest comes first; what is decided is history, newest first.
    order = OLDEST_FIRST if status == "pending" else NEWEST_FIRST
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
    return _decision_page(request, _decidable(request, pk), DecisionForm())


def _decidable(request, pk):
    theirs = CredentialRequest.objects.decidable_by(request.user)
    return get_object_or_404(theirs.select_related("requester", "type", "record", "decided_by"), pk=pk)


def _decision_page(request, wish, form):
    moved = wish.status == "pending" and wish.record_has_moved
    context = {
        "wish": wish,
        "form": form,
        "rows": reports.comparison(wish),
        "old_heading": reports.old_heading(wish),
        "is_own": wish.requester_id == request.user.pk,
        "moved": reports.movement(wish) if moved else [],
    }
    return render(request, "credentials/decide.html", context)


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def approve(request, pk):
    return _decide(request, pk, DecisionForm, actions.approve, "approved")


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def deny(request, pk):
    return _decide(request, pk, DenialForm, actions.deny, "denied")


def _in_words(wish, refusal):
    """Why the record may not say that; a fault of one value begins with its label."""
    faults = refusal.message_dict.items()
    said = [f"{wish.labels[name]}: {text}" if name in wish.labels else text for name, texts in faults for text in texts]
    return f"Nothing was changed. {' '.join(said)}"


def _decide(request, pk, form_class, action, done):
    wish = _decidable(request, pk)
    form = form_class(request.POST)
    if not form.is_valid():
        return _decision_page(request, wish, form)
    try:
        action(request=wish, by=request.user, comment=form.cleaned_data["comment"])
    except ActionRefused as refusal:
        messages.warning(request, str(refusal))
    except ValidationError as refusal:
        messages.warning(request, _in_words(wish, refusal))
    except IntegrityError:
        messages.warning(request, CHANGED_MEANWHILE)
    else:
        messages.success(request, f"The request of {wish.requester} is {done}, and they are told.")
        return redirect(reverse("credentials:approvals"))
    return redirect("credentials:decide", wish.pk)
