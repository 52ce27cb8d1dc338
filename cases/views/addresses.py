"""Where a case's page is, for somebody who came from a list."""

import re
from urllib.parse import urlencode

# Nothing that leads elsewhere: the list, with filters and a row of it.
LIST = re.compile(r"/cases/(\?[^#\s\\]*)?(#[\w-]*)?")


def case_address(case, request, **query):
    """The page of the case, which still knows the list that the person came from."""
    return with_list(case.get_absolute_url(), request, **query)


def with_list(address, request, **query):
    query = {"back": back} | query if (back := list_before(request)) else query
    return f"{address}?{urlencode(query)}" if query else address


def list_before(request):
    """The relative address, with its filters, of the list of cases that the person came from; else empty."""
    back = request.GET.get("back", "")
    return back if LIST.fullmatch(back) else ""
