"""What a district's administrator sets for all its staff, and what does not move there."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.actions import mark_read_about
from contacts.models import AuditEvent
from contacts.models.keys import is_key
from contacts.pagination import paginate
from contacts.views.shortcuts import posted, refusals_on, render_form
from credentials import actions
from credentials.forms import GrantForm, WaysForm
from credentials.models import CredentialRequest, RequestGrant, TypeRule

OLDEST_FIRST = ["pending_since", "pk"]


@require_safe
@permission_required("credentials.manage_requests", raise_exception=True)
def standstill(request):
    """What nobody can decide, and what nobody decided for long."""
    found = CredentialRequest.objects.filter(district=request.user.district_id).at_a_standstill()
    found = found.select_related("requester__school", "type", "first_approved_by", "entered_by")
    key = request.GET.get("request", "")
    if is_key(key) and (current := found.filter(pk=key).first()):
        mark_read_about(request.user, current.standstill_url)
    page = paginate(found, OLDEST_FIRST, request.GET.get("cursor", ""))
    return render(request, "credentials/standstill.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.manage_requests", raise_exception=True)
def rights(request):
    """Who may request changes: a positive list, with who granted it when. Whom a right covers is shown before."""
    form = GrantForm(posted(request), district=request.user.district)
    if form.is_bound and form.is_accepted:
        with refusals_on(form):
            grant = actions.grant_right(by=request.user, **form.cleaned_data)
            messages.success(request, f"{grant} may request changes now.")
            return redirect("credentials:rights")
    return _rights_page(request, form)


@require_POST
@permission_required("credentials.manage_requests", raise_exception=True)
def end_right(request, pk):
    grant = get_object_or_404(RequestGrant.objects.filter(district=request.user.district_id), pk=pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.end_right(grant, by=request.user)
        messages.success(request, f"{grant} may no longer request changes.")
        return redirect("credentials:rights")
    messages.warning(request, form.non_field_errors()[0])
    return redirect("credentials:rights")


def _rights_page(request, form):
    district = request.user.district
    grants = RequestGrant.objects.current().filter(district=district)
    changes = AuditEvent.objects.filter(action="district.change_settings", district_key=str(district.pk))
    context = {
        "district": district,
        "grants": grants.select_related("school", "person", "granted_by"),
        "is_read": form.is_bound and form.is_valid(),
        "chosen": changes.filter(detail__has_key="staff_may_request_changes").order_by("-pk").first(),
    }
    return render_form(request, "credentials/rights.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.manage_requests", raise_exception=True)
def ways(request):
    """How requests of each type are decided."""
    mark_read_about(request.user, reverse("credentials:ways"))
    form = WaysForm(posted(request), district=request.user.district)
    if form.is_valid():
        with refusals_on(form):
            actions.choose_ways(form.chosen, by=request.user)
            messages.success(request, "Saved. It holds for what is submitted or approved from now on.")
            return redirect("credentials:ways")
    rules = TypeRule.objects.filter(district=request.user.district_id).select_related("type", "changed_by")
    return render_form(request, "credentials/ways.html", form, {"rules": rules})
