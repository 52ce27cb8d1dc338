from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from credentials.models import CredentialRecord


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def records(request):
    own = CredentialRecord.objects.visible_to(request.user).select_related("type").prefetch_related("type__fields")
    own = list(own.with_pending_request())
    context = {"records": own, "selected": _selected(own, request.GET.get("record"))}
    return render(request, "credentials/records.html", context)


def _selected(records, key):
    if key is None:
        return None
    try:
        return next(record for record in records if str(record.pk) == key)
    except StopIteration:
        raise Http404 from None
