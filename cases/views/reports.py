from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.reports import MOST_ROWS, PERIODS, exception_report


@permission_required("cases.view_reports", raise_exception=True)
@require_safe
def reports(request):
    """The period is in the address; one that is none of the periods is the usual one."""
    asked = request.GET.get("days")
    days = next((days for days in PERIODS if str(days) == asked), PERIODS[0])
    now = timezone.now()
    report = exception_report(now - timedelta(days=days), now)
    context = {"report": report, "days": days, "periods": PERIODS, "most_rows": MOST_ROWS}
    return render(request, "cases/reports.html", context)
