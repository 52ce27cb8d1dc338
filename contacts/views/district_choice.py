"""Which district a page is about: one's own, or for Support the one in the address."""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from contacts.forms import SearchForm
from contacts.models import District
from contacts.models.keys import is_key

SHOWN = 50


def chosen_district(request):
    """The district, or None where Support has not chosen yet; another district than one's own is not found."""
    asked = request.GET.get("district", "")
    if not asked:
        return request.user.district
    if not is_key(asked):
        raise Http404
    return get_object_or_404(District.objects.visible_to(request.user), pk=asked)


def choose_district(request, *, heading):
    """Support's page before a page of a district: search it, then open the same address with it."""
    form = SearchForm(request.GET, label="Name of the district")
    found = list(form.search(District.objects.visible_to(request.user))[: SHOWN + 1])
    context = {"heading": heading, "form": form, "districts": found[:SHOWN], "more": len(found) > SHOWN}
    return render(request, "contacts/choose_district.html", context)


def address(name, district, user):
    """The page of the district: with the district in the address for people who see several."""
    query = "" if user.district_id or district is None else f"?{urlencode({'district': district.pk})}"
    return f"{reverse(name)}{query}"
