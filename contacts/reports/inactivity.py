"""Who becomes inactive when, and whether the portal looks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, Greatest, RowNumber, TruncWeek

from contacts.models import Designation, InactivityRun


@dataclass(frozen=True)
class InactivityWatch:
    """When the portal last looked for inactive contacts and got to the end, and whether that is too long ago."""

    last: datetime | None
    is_late: bool


def inactivity_watch(at):
    last = InactivityRun.objects.succeeded().values_list("finished_at", flat=True).first()
    return InactivityWatch(last, is_late=last is None or at - last > InactivityRun.LATE_AFTER)


@dataclass(frozen=True)
class Week:
    """How many contacts are flagged in the week if nothing happens, and how many districts are then short of contacts
    who had enough of them until then.
    """

    monday: date
    contacts: int = 0
    districts: int = 0


@dataclass(frozen=True)
class Forecast:
    weeks: list[Week]

    @property
    def highest(self):
        return max(week.contacts for week in self.weeks)

    @property
    def contacts(self):
        return sum(week.contacts for week in self.weeks)

    def week(self, monday):
        return next((week for week in self.weeks if week.monday.isoformat() == monday), None)


# A district is short of a kind of contact as soon as the last one who is needed is flagged.
FORECAST = """
SELECT week::date, count(*), count(DISTINCT district_id) FILTER (WHERE can_act AND place = needed)
FROM ({contacts}) AS contact GROUP BY week
"""


def inactivity_forecast(user, at):
    """By week of the reader's calendar, until everyone would be flagged; one query, however many contacts."""
    zone = user.zone
    contacts = upcoming(user).values(
        "needed",
        "can_act",
        "district_id",
        place=Window(RowNumber(), partition_by=["district_id", "role", "can_act"], order_by=["-inactive_since", "-pk"]),
        # Who is due and not yet flagged is flagged with the next run.
        week=TruncWeek(Greatest("due_at", Value(at)), tzinfo=zone),
    )
    query, params = contacts.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(FORECAST.format(contacts=query), params)
        found = {monday: Week(monday, *counts) for monday, *counts in cursor}
    return Forecast([found.get(monday, Week(monday)) for monday in _mondays(at, zone)])


def _mondays(at, zone):
    today, last = (moment.astimezone(zone).date() for moment in (at, at + settings.CONTACT_INACTIVE_AFTER))
    monday = today - timedelta(days=today.weekday())
    return [monday + timedelta(weeks=week) for week in range((last - monday).days // 7 + 1)]


def upcoming(user):
    """The contacts whom the person answers for and who are not flagged: with ``due_at``, when they would be, and
    ``needed``, how many of their kind a district needs.
    """
    contacts = Designation.objects.not_flagged().visible_to(user).with_needed().order_by()
    return contacts.annotate(
        due_at=ExpressionWrapper(F("inactive_since") + settings.CONTACT_INACTIVE_AFTER, DateTimeField()),
        can_act=ExpressionWrapper(Q(user__is_active=True, user__email__isnull=False), BooleanField()),
    )


def with_left(contacts):
    """With ``left``, how many of their kind the district has once they and all before them are flagged."""
    later = Q(inactive_since__gt=OuterRef("inactive_since"))
    later |= Q(inactive_since=OuterRef("inactive_since"), pk__gt=OuterRef("pk"))
    same = {"district": OuterRef("district"), "role": OuterRef("role")}
    others = Designation.objects.not_flagged().active().filter(later, **same).order_by()
    count = others.values("role").annotate(count=Count("pk")).values("count")
    return contacts.annotate(left=Coalesce(Subquery(count), 0))


def flagged_in(contacts, monday, zone, at):
    """Those of ``upcoming`` who are due in the week; in the current one also those who are overdue."""
    start, end = (datetime.combine(day, time.min, zone) for day in (monday, monday + timedelta(days=7)))
    contacts = contacts.filter(inactive_since__lt=end - settings.CONTACT_INACTIVE_AFTER)
    return contacts if start <= at else contacts.filter(inactive_since__gte=start - settings.CONTACT_INACTIVE_AFTER)
