"""The portal's addresses, and the bare list that its pages are compared with."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from cases.models import Case
from portal.urls import urlpatterns as portal_urls

TEMPLATE = """<!doctype html><title>Cases</title><table>{% for case in cases %}<tr><td>{{ case.number }}</td>
<td><a href="/cases/{{ case.number }}/">{{ case.subject }}</a></td><td>{{ case.status }}</td>
<td>{{ case.updated_at|date }}</td></tr>{% endfor %}</table>{{ user.email }}"""


def bare(request):
    """A signed-in list of 25 cases as plain Django has it: one query, one template, no design."""
    cases = Case.objects.order_by("-updated_at", "-number").only("number", "subject", "status", "updated_at")
    if request.user.district_id:
        cases = cases.filter(district_id=request.user.district_id)
    template = engines["django"].from_string(TEMPLATE)
    return HttpResponse(template.render({"cases": cases[:25]}, request))


urlpatterns = [path("bare/", bare), *portal_urls]
