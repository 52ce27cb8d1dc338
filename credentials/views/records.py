from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credentials import reports
from credentials.forms import DayForm
from credentials.models import CredentialRecord, CredentialRequest


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def records(request):
    """One's own records; ``?record=`` opens one of them, ``?on=`` shows how they stand on that day."""
    own = CredentialRecord.objects.visible_to(request.user).select_related("type", "district")
    own = list(own.prefetch_related("type__fields"))
    waiting = CredentialRequest.objects.visible_to(request.user).pending().select_related("type")
    waiting = list(waiting.prefetch_related("type__fields"))
    pending = {each.record_id: each for each in waiting if each.record_id}
    today = timezone.localdate()
    form = DayForm(request.GET if "on" in request.GET else None)
    day = form.day(today)
    selected = _chosen(request, own) or reports.opens_on(own, pending, today)
    context = {
        "tree": reports.tree_of(own),
        "time_line": reports.time_line(own, day),
        "form": form,
        "day": day,
        "is_today": day == today,
        "pending": pending,
        "new_requests": [each for each in waiting if each.is_new],
        "selected": selected,
        "selected_request": selected and pending.get(selected.pk),
        "is_chosen": "record" in request.GET,
    }
    return render(request, "credentials/records.html", context)


def _chosen(request, own):
    key = request.GET.get("record")
    if key is None:
        return None
    if not (found := [record for record in own if str(record.pk) == key]):
        raise Http404
    return found[0]
