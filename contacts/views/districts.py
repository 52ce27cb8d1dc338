from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts import actions, scope
from contacts.forms import DistrictSettingsForm, SearchForm
from contacts.models import District
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
    return render_form(request, "contacts/settings.html", form, {"district": district})
