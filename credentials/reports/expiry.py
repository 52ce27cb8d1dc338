"""How many records expire: by month, type, subject and school, counted by the database."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, F, Func, Q
from django.db.models.functions import TruncMonth

from credentials.models import CredentialRequest
from credentials.reports.months import months_from

MOST_ROWS = 12


class Unnest(Func):
    function = "unnest"
    set_returning = True


@dataclass(frozen=True)
class Month:
    first: date
    records: int
    requested: int

    @property
    def rest(self):
        """Those for which nobody has requested anything yet."""
        return self.records - self.requested


@dataclass(frozen=True)
class Forecast:
    months: list
    types: list
    subjects: list
    schools: list

    @property
    def total(self):
        return sum(month.records for month in self.months)

    @property
    def highest(self):
        return max(1, *(month.records for month in self.months))


def coming_months(today):
    """The first days of this month and of those that follow it."""
    return months_from(today, settings.CREDENTIAL_FORECAST_MONTHS)


def expire_from(records, today):
    """Those of the records that expire from today on, as far as one looks ahead."""
    end = months_from(today, settings.CREDENTIAL_FORECAST_MONTHS + 1)[-1]
    return records.filter(expires_on__gte=today, expires_on__lt=end)


def forecast(records, today):
    """Of the records that one oversees, narrowed as one likes."""
    coming = expire_from(records, today)
    return Forecast(
        _by_month(coming, today),
        _counted(coming, key=F("type"), name=F("type__name")),
        _counted(coming, key=Unnest(F("subjects")), name=Unnest(F("subjects"))),
        _counted(coming, key=F("holder__school"), name=F("holder__school__name")),
    )


def _by_month(records, today):
    requested = Count("pk", filter=Q(requests__status=CredentialRequest.Status.PENDING))
    rows = records.annotate(month=TruncMonth("expires_on")).values("month").order_by("month")
    found = {row["month"]: row for row in rows.annotate(records=Count("pk"), requested=requested)}
    nothing = {"records": 0, "requested": 0}
    rows = [(first, found.get(first, nothing)) for first in coming_months(today)]
    return [Month(first, row["records"], row["requested"]) for first, row in rows]


def _counted(records, **by):
    """The most frequent first; a record of two subjects counts for both."""
    rows = records.annotate(**{f"{name}_of": what for name, what in by.items()}).values("key_of", "name_of")
    rows = rows.annotate(number=Count("pk", distinct=True)).order_by("-number", "name_of")
    return [{"key": row["key_of"], "name": row["name_of"], "number": row["number"]} for row in rows[:MOST_ROWS]]
