"""Districts and people are chosen by typing: what is typed is completed, or searched on a page of its own."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.forms import ChooseForm
from cases.views.addresses import list_before
from contacts.models import AUTHORIZED_CONTACTS, District, User

# Nobody reads a longer list; who does not find a name types more of it.
SHOWN = 20


@permission_required("cases.work_case", raise_exception=True)
@require_safe
def choose_district(request):
    districts = District.objects.visible_to(request.user)
    return _choose(request, districts, "district", "Choose a district", "Name of the district")


@permission_required("cases.work_case", raise_exception=True)
@require_safe
def choose_agent(request):
    agents = User.objects.of_support()
    return _choose(request, agents, "assignee", "Choose a support agent", "Name of the agent")


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def choose_contact(request):
    contacts = User.objects.visible_to(request.user).holding(*AUTHORIZED_CONTACTS).select_related("district")
    return _choose(request, contacts, "contact", "Choose a contact", "Name of the contact")


def _choose(request, rows, field, heading, label):
    """The first rows that are called as typed: as options for the field, or as links to the list narrowed to each."""
    if request.htmx:
        # In a form the field has its own name.
        typed = next((value for name, value in request.GET.items() if name != "back"), "")
        form = ChooseForm({"q": typed}, label=label)
        return render(request, "cases/_options.html", {"found": form.search(rows)[:SHOWN] if form.words else []})
    form = ChooseForm(request.GET, label=label)
    found = list(form.search(rows)[: SHOWN + 1])
    back = list_before(request) or reverse("cases:list")
    context = {
        "heading": heading,
        "form": form,
        "found": [(row, _narrowed(back, field, row)) for row in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "back": back,
        "clear_url": f"{request.path}?{urlencode({'back': back})}",
    }
    return render(request, "cases/choose.html", context)


def _narrowed(back, field, row):
    """The list that the person came from, narrowed to the row; its first page."""
    query = {name: value for name, value in parse_qsl(urlsplit(back).query) if name != "cursor"}
    return f"{reverse('cases:list')}?{urlencode(query | {field: str(row)})}"
