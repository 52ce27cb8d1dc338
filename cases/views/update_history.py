"""What became of the requests: the history, as a file too, and the calendar."""

from calendar import Calendar
from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib.auth.decorators import login_not_required, permission_required
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cases import actions
from cases.forms import HistoryForm, parse_month
from cases.models import CalendarFeed, UpdateRequest, UpdateStep
from cases.views.ics import CalendarResponse
from contacts import audit, scope
from contacts.models.keys import is_key
from contacts.pagination import paginate
from contacts.views.district_choice import chosen_district
from contacts.views.exports import CsvResponse
from contacts.views.shortcuts import refusals_on

LATEST_FIRST = ["-ended_at", "-pk"]
# What a calendar elsewhere reads.
FEED_BACK, FEED_AHEAD = timedelta(days=365), timedelta(days=365)
MOST_EVENTS = 2000
SUNDAY_FIRST = Calendar(firstweekday=6)


@permission_required("cases.view_updates", raise_exception=True)
@require_safe
def history(request):
    """What is over, the latest first."""
    form, rows, district = _history(request)
    page = paginate(rows, LATEST_FIRST, request.GET.get("cursor", ""))
    return render(request, "cases/updates/history.html", {"page": page, "filters": form, "district": district})


def _history(request):
    district, form = chosen_district(request), HistoryForm(request.GET)
    rows = UpdateRequest.objects.visible_to(request.user).ended().rows()
    return form, form.narrow(rows.filter(district=district) if district else rows), district


HEADER = [
    *("Request", "District", "Site", "Kind", "Version", "Reason", "Requested", "Requested by"),
    *("Preferred window", "Scheduled", "Status", "Ended", "Ended by", "Why it ended"),
]


@permission_required("cases.view_updates", raise_exception=True)
@require_safe
def history_csv(request):
    _, rows, district = _history(request)
    about = district or request.user
    audit.record("update.export", by=request.user, on=about)
    last = UpdateStep.objects.filter(request=OuterRef("pk")).order_by("-at", "-pk")
    rows = rows.order_by(*LATEST_FIRST).annotate(
        ended_by=Subquery(last.values("by__last_name")[:1]),
        ended_by_first=Subquery(last.values("by__first_name")[:1]),
        why=Subquery(last.values("reason")[:1]),
    )
    lines = (_line(each, request.user.zone) for each in rows.iterator(chunk_size=500))
    return CsvResponse(slugify(f"{district or 'support'} update requests"), HEADER, lines)


def _line(update, zone):
    def at(moment):
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""

    return [
        *(update.pk, str(update.district), update.get_site_kind_display(), update.get_kind_display()),
        *(str(update.target or ""), update.reason, at(update.requested_at), str(update.requested_by)),
        *(at(update.window_start), at(update.scheduled_start), update.get_status_display(), at(update.ended_at)),
        *(" ".join(f"{update.ended_by_first} {update.ended_by}".split()), update.why),
    ]


@permission_required("cases.view_updates", raise_exception=True)
@require_safe
def calendar(request):
    """A month, in the reader's time zone."""
    return _calendar_page(request)


@permission_required("cases.view_updates", raise_exception=True)
@never_cache
@require_POST
def reset_feed(request):
    """The address is shown in the answer to the form, and never again."""
    form, address = forms.Form(request.POST), ""
    if form.is_valid():
        with refusals_on(form):
            feed, secret = actions.reset_calendar_feed(by=request.user)
            path = reverse("updates:feed", args=[f"{feed.person_id}-{secret}"])
            address = request.build_absolute_uri(path)
    return _calendar_page(request, form=form, address=address)


def _calendar_page(request, **context):
    district, today = chosen_district(request), timezone.localdate()
    first = parse_month(request.GET.get("month", ""), today)
    following = (first + timedelta(days=31)).replace(day=1)
    rows = UpdateRequest.objects.visible_to(request.user).rows()
    rows = rows.filter(district=district) if district else rows
    begin, end = (timezone.make_aware(datetime.combine(each, time.min)) for each in (first, following))
    found = rows.in_windows(begin, end).order_by("scheduled_start", "pk")[:MOST_EVENTS]
    context |= {
        "weeks": _weeks(first, found),
        "has_entries": bool(found),
        "month": first,
        "previous": (first - timedelta(days=1)).replace(day=1) if first > date(2000, 1, 1) else None,
        "next": following if following < date(2100, 1, 1) else None,
        "today": today,
        "district": district,
        "feed": CalendarFeed.objects.filter(person=request.user).first(),
    }
    status = 409 if getattr(context.get("form"), "is_refused", False) else 200
    return render(request, "cases/updates/calendar.html", context, status=status)


def _weeks(first, updates):
    """Each week as (day, its updates); the days of the months beside it are None."""
    by_day = {}
    for update in updates:
        by_day.setdefault(timezone.localdate(update.scheduled_start), []).append(update)
    return [
        [(day if day.month == first.month else None, by_day.get(day, [])) for day in week]
        for week in SUNDAY_FIRST.monthdatescalendar(first.year, first.month)
    ]


@login_not_required
@require_safe
def feed(request, address):
    """For calendars elsewhere, without a sign-in: the person's secret opens what they may see, and nothing else."""
    key, _, secret = address.partition("-")
    if not is_key(key):
        raise Http404
    with scope.using(scope.of_person(key=int(key))), transaction.atomic():
        found = CalendarFeed.objects.select_related("person__district").filter(person=int(key)).first()
        if not found or not found.opens_with(secret):
            raise Http404
        return CalendarResponse(_events(found.person))


def _events(person):
    now = timezone.now()
    last = UpdateStep.objects.filter(request=OuterRef("pk")).order_by("-at", "-pk").values("at")[:1]
    rows = UpdateRequest.objects.visible_to(person).in_windows(now - FEED_BACK, now + FEED_AHEAD).rows()
    return rows.annotate(changed_at=Subquery(last)).order_by("-scheduled_start", "-pk")[:MOST_EVENTS]
