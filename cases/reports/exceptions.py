"""How often cases begin as exception cases, by district and by agent, and how long those wait for their contact."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Concat

from cases.models import Case, TimelineEntry

UNTIL_ACCEPTED = ExpressionWrapper(F("handed_over_at") - F("created_at"), output_field=DurationField())


class Median(Aggregate):
    """Of what is known; here durations, unless a subclass says otherwise."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Row:
    """``late`` are the exception cases that were accepted too late, or are overdue."""

    name: str
    opened: int
    exceptions: int
    median: timedelta | None
    late: int

    @property
    def rate(self):
        """In percent."""
        return 100 * self.exceptions / self.opened


@dataclass(frozen=True)
class Report:
    """Of the cases opened in the period; ``overdue`` ones wait for a contact now."""

    total: Row
    overdue: int


def exception_report(since, until, at):
    """One query, however many cases."""
    opened = _opened(since, until)
    figures = opened.aggregate(**_figures(at), overdue=Count("pk", filter=_overdue(at)))
    overdue = figures.pop("overdue")
    return Report(Row("All", **figures), overdue)


def _opened(since, until):
    return Case.objects.filter(created_at__gte=since, created_at__lt=until)


def _overdue(at):
    return Q(contact__isnull=True, handover_due_at__lt=at)


def _figures(at):
    return {
        "opened": Count("pk"),
        "exceptions": Count("pk", filter=Q(is_exception=True)),
        "median": Median(UNTIL_ACCEPTED),
        "late": Count("pk", filter=_overdue(at) | Q(handed_over_at__gt=F("handover_due_at"))),
    }


def by_district(since, until, at):
    """Those with at least one exception case, the most first."""
    rows = _opened(since, until).order_by().values("district", name=F("district__name")).annotate(**_figures(at))
    rows = rows.filter(exceptions__gt=0).order_by("-exceptions", "name", "district")
    return (_row(each) for each in rows)


def by_agent(since, until, at):
    """Each agent's cases are the exception cases that they opened and the other cases that they have."""
    opened = _opened(since, until).order_by()
    others = opened.filter(is_exception=False, assignee__isnull=False).values_list("assignee").annotate(Count("pk"))
    cases_of = dict(others)
    # There are few exception cases, so that PostgreSQL looks at their timelines alone.
    rows = (
        opened.filter(is_exception=True, timeline__action=TimelineEntry.Action.OPENED_EXCEPTION)
        .values("timeline__by", name=_name_of("timeline__by"))
        .annotate(**_figures(at))
        .order_by("-exceptions", "name", "timeline__by")
    )
    return (_row(each, others=cases_of.get(each["timeline__by"], 0)) for each in rows)


def _name_of(person):
    return Concat(f"{person}__first_name", Value(" "), f"{person}__last_name")


def _row(values, others=0):
    figures = {name: values[name] for name in ("name", "exceptions", "median", "late")}
    return Row(opened=values["opened"] + others, **figures)
