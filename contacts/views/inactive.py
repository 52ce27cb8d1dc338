from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contacts import actions
from contacts.forms import ReasonForm
from contacts.models import Designation
from contacts.pagination import paginate
from contacts.reports import flagged_in, inactivity_forecast, inactivity_watch, upcoming, with_left
from contacts.views.shortcuts import posted, refusals_on, render_form


@permission_required("contacts.review_inactive", raise_exception=True)
@require_safe
def inactive(request):
    """Flagged contacts that wait for a decision, those who wait longest first."""
    flagged = Designation.objects.flagged().visible_to(request.user).select_related("user", "district")
    page = paginate(flagged, ["flagged_at", "pk"], request.GET.get("cursor", ""))
    days = str(settings.CONTACT_INACTIVE_AFTER.days)
    context = {"page": page, "days": days, "watch": inactivity_watch(timezone.now())}
    return render(request, "contacts/inactive.html", context)


@permission_required("contacts.review_inactive", raise_exception=True)
@require_safe
def forecast(request):
    """Who is flagged in which coming week if nothing happens; ``?week=`` is the Monday of one of them."""
    now, zone = timezone.now(), request.user.zone
    coming = inactivity_forecast(request.user, now)
    contacts, week = upcoming(request.user), coming.week(request.GET.get("week", ""))
    if week:
        contacts = flagged_in(contacts, week.monday, zone, now)
    contacts = with_left(contacts).select_related("user", "district")
    context = {
        "forecast": coming,
        "week": week,
        "page": paginate(contacts, ["inactive_since", "pk"], request.GET.get("cursor", "")),
        "days": settings.CONTACT_INACTIVE_AFTER.days,
        "watch": inactivity_watch(now),
    }
    return render(request, "contacts/forecast.html", context)


@permission_required("contacts.review_inactive", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request, pk):
    return _decide(request, pk, decide=actions.keep, template="contacts/keep.html", done="stays a contact")


@permission_required("contacts.review_inactive", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request, pk):
    done = "is no longer a contact"
    return _decide(request, pk, decide=actions.deactivate, template="contacts/deactivate.html", done=done)


def _decide(request, pk, *, decide, template, done):
    designations = Designation.objects.visible_to(request.user).filter(district__isnull=False)
    designation = get_object_or_404(designations.select_related("user", "district"), pk=pk)
    form = ReasonForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            decide(designation, by=request.user, **form.cleaned_data)
            messages.success(request, f"{designation.user} {done}.")
            return redirect("contacts:inactive")
    if not form.is_bound and (designation.ended_at or not designation.flagged_at):
        messages.info(request, f"{designation.user} is no longer flagged. There is nothing to decide.")
        return redirect("contacts:inactive")
    return render_form(request, template, form, {"designation": designation})
