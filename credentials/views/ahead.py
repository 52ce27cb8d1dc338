from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_POST, require_safe

from contacts.pagination import paginate
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions, reports
from credentials.forms import ExpiryFilterForm
from credentials.models import CredentialRecord

NEXT_FIRST = ["expires_on", "pk"]


@require_safe
@permission_required("credentials.look_ahead", raise_exception=True)
def ahead(request):
    """What expires in the months to come, and whose renewal is due."""
    return _page(request, forms.Form())


@require_POST
@permission_required("credentials.look_ahead", raise_exception=True)
def remind(request):
    """Remind the holders of all that the list shows, with the same filters in the address."""
    form = forms.Form(request.POST)
    filters, due, _ = _asked_for(request)
    if filters.is_refused:
        form.add_error(None, "One of the filters is not on its list. Choose again whom you remind.")
        return _page(request, form)
    with refusals_on(form):
        people = actions.remind_all(by=request.user, records=due)
        if people:
            messages.success(request, f"You reminded {people:,} {'person' if people == 1 else 'people'}.")
        else:
            messages.info(request, "Everyone here was reminded today, waits for a decision, or cannot sign in.")
        query = request.GET.urlencode()
        return redirect(f"{reverse('credentials:ahead')}{'?' if query else ''}{query}#due")
    return _page(request, form)


def _asked_for(request):
    """(the filters, the renewals that are due, all records that expire)"""
    user = request.user
    filters = ExpiryFilterForm(request.GET, user=user)
    expire = reports.expire_from(filters.narrow(CredentialRecord.objects.overseen_by(user)), filters.today)
    return filters, filters.due(expire), expire


def _page(request, form):
    filters, due, expire = _asked_for(request)
    rows = due.with_pending_request().select_related("holder__school", "type").prefetch_related("type__fields")
    context = {
        "filters": filters,
        "active": filters.is_active,
        "chosen": filters.chosen,
        "query": request.GET.urlencode(),
        "forecast": reports.forecast(expire, request.user.district.today),
        "today": request.user.district.today,
        "days_before": get_text_list([*map(str, settings.CREDENTIAL_REMIND_DAYS_BEFORE)], "and"),
        "soon": settings.CREDENTIAL_EXPIRES_SOON,
        "page": paginate(rows, NEXT_FIRST, request.GET.get("cursor", "")),
    }
    return render_form(request, "credentials/ahead.html", form, context)
