"""The records of all staff of a district, and requests that an administrator enters for them."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.models import User
from contacts.pagination import paginate
from contacts.views.shortcuts import posted
from credentials import actions
from credentials.forms import NewRequestForm, StaffFilterForm, UpdateRequestForm
from credentials.models import CredentialRecord, CredentialRequest
from credentials.views.editors import offered_type, run_editor

NEWEST_FIRST = ["-updated_at", "-pk"]
SHOWN = 20


@require_safe
@permission_required("credentials.view_staff", raise_exception=True)
def staff(request):
    """All records, those that changed last first; a name also finds people without any."""
    form = StaffFilterForm(request.GET, user=request.user)
    found = form.records(CredentialRecord.objects.of_district(request.user))
    found = found.select_related("holder__school", "type").prefetch_related("type__fields")
    words = form.chosen.get("q")
    people = User.objects.filter(district=request.user.district_id).named(words)[:SHOWN] if words else []
    context = {
        "form": form,
        "active": form.is_active,
        "people": people,
        "page": paginate(found, NEWEST_FIRST, request.GET.get("cursor", "")),
    }
    return render(request, "credentials/staff.html", context)


@require_safe
@permission_required("credentials.view_staff", raise_exception=True)
def staff_member(request, pk):
    """Everything on record for one person, and what is asked for."""
    person = _person(request, pk)
    records = person.credential_records.select_related("type", "district").prefetch_related("type__fields")
    requests = CredentialRequest.objects.visible_to(person).filter(version__gt=0).select_related("type")
    context = {
        "person": person,
        "records": list(records.with_pending_request()),
        "requests": requests.order_by("-submitted_at", "-pk")[:SHOWN],
    }
    return render(request, "credentials/staff_member.html", context)


def _person(request, pk):
    people = User.objects.filter(district=request.user.district_id, district__isnull=False)
    return get_object_or_404(people.select_related("school", "district"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_for_others", raise_exception=True)
def request_new_for(request, pk):
    """A request for a new record of another person."""
    person = _person(request, pk)
    if person == request.user:
        return redirect("credentials:request_new")
    type = offered_type(request, request.POST.get("type", "")) if request.method == "POST" else None
    initial = {"idempotency_key": uuid4()}
    form = NewRequestForm(posted(request), initial=initial, holder=person, type=type)
    context = {"type": type, "person": person, "back_url": reverse("credentials:staff_member", args=[pk])}
    about = {"type": type, "requester": person}
    return run_editor(request, form, actions.request_new, about, "request_new", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.request_for_others", raise_exception=True)
def request_update_for(request, pk):
    """A request to change the record of another person."""
    records = CredentialRecord.objects.of_district(request.user).select_related("type", "district", "holder__district")
    record = get_object_or_404(records.prefetch_related("type__fields"), pk=pk)
    if record.holder == request.user:
        return redirect("credentials:request_update", pk)
    back_url = reverse("credentials:staff_member", args=[record.holder_id])
    if request.method != "POST" and record.requests.open().exists():
        messages.info(request, "A request to change this record is already waiting for a decision.")
        return redirect(back_url)
    initial = {"idempotency_key": uuid4(), "record_version": record.updated_at.isoformat()}
    form = UpdateRequestForm(posted(request), initial=initial, holder=record.holder, type=record.type, record=record)
    context = {"record": record, "person": record.holder, "back_url": back_url}
    return run_editor(request, form, actions.request_update, {"record": record}, "request_update", context)
