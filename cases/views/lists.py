"""The list of cases: tabs, filters in the address, and one click to sort by any column."""

from urllib.parse import quote, urlencode

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.forms import CaseFilterForm
from cases.models import Case, sorting, tabs
from cases.models.hits import mark_hits
from contacts.pagination import Page, capped, capped_counts, paginate

# A tab with more cases than this says so instead of counting on.
MOST_COUNTED = 1000


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def case_list(request):
    user, now = request.user, timezone.now()
    form = CaseFilterForm(request.GET, user=user)
    tab = tabs.chosen(form.chosen("view"), user)
    order = sorting.chosen(form.chosen("sort"), user, tab.sort)
    page = Page([]) if form.is_refused else _page(form, tab, order, request.GET.get("cursor", ""), now)
    context = {
        "form": form,
        "tab": tab,
        "tabs": _tabs(tab, user, now),
        "columns": [_column(name, order, request) for name in sorting.columns(user)],
        "sorts": [_column(name, order, request) for name in sorting.menu(user)],
        "order": order,
        "chips": form.chips(),
        "page": page,
        # Where the case's page leads back to: here, once with everything quoted for an address.
        "here": request.get_full_path(),
        "back": quote(request.get_full_path(), safe=""),
        "clear_url": _address(view=tab.name),
    }
    return render(request, "cases/list.html", context)


def _page(form, tab, order, cursor, now):
    user = form.user
    cases = order.applied_to(form.cases(tab.rows(Case.objects.visible_to(user), user, now)), user).rows()
    page = paginate(cases.select_related("district", "assignee"), order.names, cursor)
    if form.chosen("q"):
        mark_hits(page.rows, form.chosen("q"), user)
    return page


def _tabs(current, user, now):
    """(tab, its address, how many cases it has, whether it is the one on the page), counted in one query."""
    offered, seen = tabs.of(user), Case.objects.visible_to(user)
    counts = capped_counts([tab.rows(seen, user, now) for tab in offered], MOST_COUNTED)
    return [
        {"tab": tab, "url": _address(view=tab.name), "count": capped(count, MOST_COUNTED), "is_current": tab == current}
        for tab, count in zip(offered, counts, strict=True)
    ]


def _column(name, order, request):
    """How a column is called, where a click on it leads, and how the list is sorted by it now."""
    sort = sorting.SORTS[name]
    is_current = order.name == name
    query = request.GET.copy()
    query.pop("cursor", None)
    query["sort"] = ("" if order.is_descending else "-") + name if is_current else sort.first + name
    direction = "descending" if order.is_descending else "ascending"
    return {
        "name": name,
        "label": sort.label,
        "url": f"{reverse('cases:list')}?{query.urlencode()}",
        "is_current": is_current,
        "direction": direction if is_current else "",
    }


def _address(**query):
    query = {name: value for name, value in query.items() if value}
    return reverse("cases:list") + (f"?{urlencode(query)}" if query else "")
