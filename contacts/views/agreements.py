"""Agreements with other organizations, under which their people are contacts of a district."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.forms import AgreementForm, ReasonForm, RenewForm
from contacts.models import Agreement, User
from contacts.models.keys import is_key
from contacts.pagination import paginate
from contacts.views.district_choice import choose_district, chosen_district
from contacts.views.shortcuts import posted, refusals_on, render_form


@permission_required("contacts.manage_agreements", raise_exception=True)
@require_safe
def agreements(request):
    """Those in force and to come, the next to expire first; ``?over=1`` shows those that are over, the latest first."""
    now, is_over = timezone.now(), bool(request.GET.get("over"))
    found = Agreement.objects.visible_to(request.user)
    found = found.over(now) if is_over else found.not_over(now)
    order = ["-expires_on", "-pk"] if is_over else ["expires_on", "pk"]
    page = paginate(found.select_related("district").with_people(), order, request.GET.get("cursor", ""))
    return render(request, "contacts/agreements.html", {"page": page, "is_over": is_over, "now": now})


@permission_required("contacts.manage_agreements", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def record_agreement(request):
    district = chosen_district(request)
    if district is None:
        return choose_district(request, heading="For which district?")
    start = {"organization": request.GET.get("organization", "")[:200]}
    form = AgreementForm(posted(request), instance=Agreement(district=district), initial=start)
    if form.is_valid():
        with refusals_on(form):
            agreement = actions.record_agreement(form.save(commit=False), by=request.user)
            messages.success(request, f"The agreement with {agreement.organization} is recorded.")
            person = _about(request, district)
            return redirect(f"{agreement.get_absolute_url()}?person={person.pk}" if person else agreement)
    return render_form(request, "contacts/record_agreement.html", form, {"district": district})


@permission_required("contacts.manage_agreements", raise_exception=True)
@require_safe
def agreement(request, pk):
    return _page(request, _found(request, pk))


def _page(request, agreement, sent=None):
    now = timezone.now()
    form = sent or RenewForm(agreement=agreement)
    held = agreement.designations.select_related("user", "district", "school", "ended_by").order_by("ended_at", "pk")
    context = {
        "agreement": agreement,
        "is_over": agreement.is_over(now),
        "begins_later": agreement.begins_at > now,
        "held": [each for each in held if not each.ended_at],
        "former": [each for each in held if each.ended_at],
        "person": _about(request, agreement.district),
    }
    return render_form(request, "contacts/agreement.html", form, context)


@permission_required("contacts.manage_agreements", raise_exception=True)
@require_POST
def renew(request, pk):
    agreement = _found(request, pk)
    form = RenewForm(request.POST, agreement=agreement)
    if form.is_valid():
        with refusals_on(form):
            moved = actions.renew(agreement, by=request.user, **form.cleaned_data)
            messages.success(
                request, f"{len(moved)} role{' now runs' if len(moved) == 1 else 's now run'} under this agreement."
            )
            return redirect(agreement)
    return _page(request, agreement, sent=form)


@permission_required("contacts.manage_agreements", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_agreement(request, pk):
    agreement = _found(request, pk)
    form = ReasonForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            actions.end_agreement(agreement, by=request.user, **form.cleaned_data)
            messages.success(request, f"The agreement with {agreement.organization} has ended, and the roles under it.")
            return redirect(agreement)
    if agreement.is_over(timezone.now()) and not form.is_bound:
        messages.info(request, f"The agreement with {agreement.organization} is over already.")
        return redirect(agreement)
    held = agreement.designations.current().select_related("user", "school")
    return render_form(request, "contacts/end_agreement.html", form, {"agreement": agreement, "held": held})


def _about(request, district):
    """Whoever is to be designated under the agreement, if the address names one of the district."""
    asked = request.GET.get("person", "")
    return User.objects.filter(district=district, pk=asked).first() if is_key(asked) else None


def _found(request, pk):
    visible = Agreement.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("district", "recorded_by", "ended_by"), pk=pk)
