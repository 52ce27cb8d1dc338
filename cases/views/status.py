"""The public status page, which is there when the database is not: with no session, and nobody signed in."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.actions import read_status

# The worker looks every minute.
LATE_AFTER = timedelta(minutes=10)


@login_not_required
@never_cache
@require_safe
def status(request):
    said, looked_at = read_status()
    is_late = looked_at is None or timezone.now() - looked_at > LATE_AFTER
    context = {"status": said, "looked_at": looked_at, "is_late": is_late, "portal_name": settings.PORTAL_NAME}
    # Nobody is known here, so the times are Support's.
    with timezone.override(ZoneInfo(settings.SUPPORT_TIME_ZONE)):
        page = render_to_string("cases/notices/status.html", context)
    return HttpResponse(page)


status.needs_no_session = True
