from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from contacts.actions import mark_read_about
from contacts.models.keys import is_key
from contacts.pagination import cursor_from, paginate
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions, reports
from credentials.models import CredentialRequest

NEWEST_FIRST = ["-submitted_at", "-pk"]


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def requests(request):
    """One's own requests; with ``?request=``, the first page with that request, or the one that it begins."""
    own = CredentialRequest.objects.visible_to(request.user).select_related("type")
    page = paginate(own, NEWEST_FIRST, request.GET.get("cursor", ""))
    key = request.GET.get("request", "")
    current = own.filter(pk=key).first() if is_key(key) else None
    if current and "cursor" not in request.GET:
        mark_read_about(request.user, current.my_requests_url)
        if current not in page.rows:
            page = paginate(own, NEWEST_FIRST, cursor_from(current, NEWEST_FIRST))
    return render(request, "credentials/requests.html", {"page": page, "current": current})


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def request_detail(request, pk):
    credential_request = _get_kept(request, pk)
    mark_read_about(request.user, credential_request.my_requests_url)
    return _request_page(request, credential_request, forms.Form())


@require_POST
@permission_required("credentials.withdraw_request", raise_exception=True)
def withdraw(request, pk):
    credential_request = _get_kept(request, pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        if not actions.withdraw(credential_request, by=request.user).version:
            messages.success(request, "Your draft is discarded.")
            return redirect("credentials:requests")
        messages.success(request, "You withdrew your request. It stays on My Requests, and nobody will decide it.")
        return redirect("credentials:request", pk)
    # An approver may have decided it in the meantime.
    return _request_page(request, _get_kept(request, pk), form)


def _get_kept(request, pk):
    kept = CredentialRequest.objects.kept_by(request.user)
    people = ["requester__school", "decided_by", "entered_by", "returned_by", "first_approved_by"]
    return get_object_or_404(kept.select_related("type", "record", *people).prefetch_related("type__fields"), pk=pk)


def _request_page(request, credential_request, form):
    context = {
        "credential_request": credential_request,
        "standing": reports.standing(credential_request),
        "versions": versions_of(credential_request),
    }
    return render_form(request, "credentials/request.html", form, context)


def versions_of(credential_request):
    """The earlier ones too, newest first; none where there is only one."""
    if credential_request.version < 2:
        return []
    versions = list(credential_request.versions.select_related("submitted_by", "asked_by").order_by("-number"))
    for version in versions:
        version.request = credential_request
    return versions
