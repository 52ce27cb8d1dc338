import sys

import kombu.exceptions
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg import errors

from contacts.models import AuditCheck
from contacts.reports import inactivity_watch
from portal.celery import app

DATABASE_IS_AWAY = (InterfaceError, OperationalError)
TOOK_TOO_LONG = (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected)


@login_not_required
@require_safe
def favicon(request):
    return redirect(static("favicon.svg"), permanent=True)


@login_not_required
@never_cache
@require_safe
def livez(request):
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """200 when the database answers. The broker is reported, but every page works without it.

    The audit and the look for inactive contacts are reported too: what is wrong with them is for people to look into,
    and taking the portal down would help nobody.
    """
    database = _database_answers()
    parts = {"database": "ok" if database else "away", "broker": "ok" if _broker_answers() else "away"}
    return JsonResponse(parts | (_audit() | _inactivity() if database else {}), status=200 if database else 503)


def _audit():
    """What the last check of the audit found, and when it held last."""
    last, held = AuditCheck.objects.first(), AuditCheck.objects.held().first()
    state = "not checked yet" if last is None else "broken" if last.faults else "ok"
    return {"audit": state, "audit_last_held": held and held.checked_at}


def _inactivity():
    """Whether the task that warns and flags inactive contacts does its work, and when it last did."""
    watch = inactivity_watch(timezone.now())
    state = "not run yet" if watch.last is None else "late" if watch.is_late else "ok"
    return {"inactivity": state, "inactivity_last_run": watch.last}


def _database_answers():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DATABASE_IS_AWAY:
        return False
    return True


def _broker_answers():
    # A Redis that hangs must not keep one of the few threads that serve pages.
    one_second = {"socket_timeout": 1, "socket_connect_timeout": 1}
    try:
        with app.connection_for_write(connect_timeout=1, transport_options=one_second) as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except (OSError, kombu.exceptions.OperationalError):
        return False
    return True


def server_error(request):
    """The page for what nobody caught, with no query: 503 when the database is away or took too long, else 500."""
    error = sys.exception()
    if not isinstance(error, DATABASE_IS_AWAY):
        return defaults.server_error(request)
    took_too_long = isinstance(error.__cause__, TOOK_TOO_LONG)
    page = render_to_string("503.html", {"took_too_long": took_too_long})
    return HttpResponse(page, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
