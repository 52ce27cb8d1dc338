"""What leads people to their contacts outside the portal: a card to print, and a snippet for a login page."""

import qrcode
from django.conf import settings
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathFillImage

from contacts import scope
from contacts.forms import SchoolForm
from contacts.models import District
from contacts.views.directory import coaches_of, current, sections
from contacts.views.district_choice import address, choose_district, chosen_district


@permission_required("contacts.view_directory", raise_exception=True)
@require_safe
def card(request):
    """Whom to ask at a school, on half a page of paper."""
    district, user = chosen_district(request), request.user
    if district is None:
        return choose_district(request, heading="Which district's contacts?")
    schools = list(district.schools.all())
    own = next((each for each in schools if each.pk == user.school_id), None)
    form = SchoolForm(request.GET, schools=schools, empty=f"My school: {own}" if own else "All schools")
    school = form.chosen or own
    held = [designation for designation in current(district, school) if designation.user.can_sign_in]
    context = {
        "district": district,
        "form": form,
        "school": school,
        "coaches": coaches_of(held, school) if school else [],
        "sections": sections(held),
        "help_url": _help_url(district),
        "back_url": address("contacts:directory", district, user),
        "clear_url": address("contacts:card", district, user),
        "as_of": timezone.now(),
    }
    return render(request, "contacts/card.html", context)


@permission_required("contacts.change_district_settings", raise_exception=True)
@require_safe
def help_snippet(request):
    """Plain HTML to copy into the district's own login page."""
    district = get_object_or_404(District, pk=request.user.district_id)
    about = {"district": district, "help_url": _help_url(district)}
    snippet = render_to_string("contacts/_help_snippet.html", {**about, "base": settings.PORTAL_URL})
    return render(request, "contacts/help_snippet.html", {**about, "snippet": snippet.strip()})


@login_not_required
@cache_control(public=True, max_age=24 * 60 * 60)
@require_safe
def help_code(request, slug):
    """The QR code of the district's public help page."""
    with scope.using(scope.PUBLIC):
        district = get_object_or_404(District, slug=slug)
    code = qrcode.make(_help_url(district), image_factory=SvgPathFillImage)
    return HttpResponse(code.to_string(), content_type="image/svg+xml")


def _help_url(district):
    return f"{settings.PORTAL_URL}{reverse('contacts:district_help', args=[district.slug])}"
