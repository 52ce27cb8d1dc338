from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions, scope
from contacts.forms import DistrictSettingsForm, HolidayForm, SearchForm
from contacts.models import District, DistrictHoliday
from contacts.views.district_choice import SHOWN
from contacts.views.shortcuts import posted, refusals_on, render_form


@login_not_required
@require_safe
def help_page(request):
    """Public: whom to ask, and each district's help page. No names or addresses of contacts."""
    form = SearchForm(request.GET, label="Name of your district")
    with scope.using(scope.PUBLIC):
        found = list(form.search(District.objects.only("name", "slug"))[: SHOWN + 1])
    context = {"form": form, "districts": found[:SHOWN], "more": len(found) > SHOWN}
    return render(request, "contacts/help.html", context)


@login_not_required
@require_safe
def district_help(request, slug):
    with scope.using(scope.PUBLIC):
        district = get_object_or_404(District, slug=slug)
    return render(request, "contacts/district_help.html", {"district": district})


@permission_required("contacts.change_district_settings", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def district_settings(request):
    district = get_object_or_404(District, pk=request.user.district_id)
    form = DistrictSettingsForm(posted(request), instance=district)
    if form.is_valid():
        with refusals_on(form):
            actions.change_district_settings(district, by=request.user, changed=form.changed_data)
            messages.success(request, "Your district's settings are saved.")
            return redirect("contacts:settings")
    return _settings_page(request, district, form, refused=form)


def _settings_page(request, district, form, *, refused):
    """``refused`` is the form of what was sent, which may be a button beside the settings."""
    today = timezone.localdate(timezone=district.calendar.zone)
    context = {"district": district, "holidays": district.holidays.filter(last_on__gte=today)}
    return render_form(request, "contacts/settings.html", refused, {**context, "form": form, "refused": refused})


@permission_required("contacts.change_district_settings", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_holiday(request):
    form = HolidayForm(posted(request), instance=DistrictHoliday(district=request.user.district))
    if form.is_valid():
        with refusals_on(form):
            actions.add_holiday(form.save(commit=False), by=request.user)
            messages.success(request, f"{form.instance} is among your holidays and breaks.")
            return redirect("contacts:settings")
    return render_form(request, "contacts/add_holiday.html", form, {})


@permission_required("contacts.change_district_settings", raise_exception=True)
@require_POST
def remove_holiday(request, pk):
    holiday = get_object_or_404(DistrictHoliday, pk=pk, district=request.user.district_id)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.remove_holiday(holiday, by=request.user)
        messages.success(request, f"{holiday} is no longer among your holidays and breaks.")
        return redirect("contacts:settings")
    district = get_object_or_404(District, pk=request.user.district_id)
    return _settings_page(request, district, DistrictSettingsForm(instance=district), refused=form)
