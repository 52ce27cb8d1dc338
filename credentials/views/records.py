from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from credentials.models import CredentialRecord


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def records(request):
    own = (
        CredentialRecord.objects.visible_to(request.user)
        .select_related("type", "district")
        .prefetch_related("type__fields")
    )
    own = list(own.with_pending_request())
    key = request.GET.get("record")
    found = own if key is None else [record for record in own if str(record.pk) == key]
    if key is not None and not found:
        raise Http404
    context = {"records": own, "selected": found[0] if found else None, "is_chosen": key is not None}
    return render(request, "credentials/records.html", context)
