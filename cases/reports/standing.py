"""The cases that are open now: how old they are, and who is to do something about them."""

from django.db.models import Count, F, Min, Q, Value
from django.db.models.functions import Coalesce, Concat

from cases.models import Case
from cases.models.ages import AGES, of_age
from cases.models.querysets import overdue

Priority, Status = Case.Priority, Case.Status
NO_TEAM, NOBODY = "No team: all of Support", "Nobody yet"


def _count(condition):
    return Count("pk", filter=condition)


def _by_age(at):
    return {name: _count(of_age(name, at)) for name in AGES}


def by_age(cases, at):
    """Of the open ones among the cases, by the names of the ages."""
    return cases.open().order_by().aggregate(**_by_age(at))


def by_status(asked):
    """In the order of the statuses."""
    cases = Case.objects.filter(**asked.of).open().order_by().values(name=F("status"))
    found = {row["name"]: row for row in cases.annotate(open=Count("pk"), **_by_age(asked.at))}
    return [found[status] | {"name": status.label} for status in Status if status in found]


def by_area(asked):
    cases = Case.objects.filter(**asked.of).open().order_by().values("product_area", name=F("product_area__name"))
    return cases.annotate(open=Count("pk"), **_by_age(asked.at)).order_by("-open", "name", "product_area")


def _load(asked):
    theirs = Q(status__in=Case.WAITING_FOR_DISTRICT)
    return {
        "open": Count("pk"),
        "ours": _count(~theirs),
        "theirs": _count(theirs),
        "overdue": _count(overdue(asked.at, asked.today)),
        "critical": _count(Q(priority=Priority.CRITICAL)),
        "oldest": Min("created_at", filter=~theirs),
    }


def by_queue(asked):
    """A queue is the cases of a team, by their product area."""
    cases = Case.objects.filter(**asked.of).open().order_by()
    queues = cases.values("product_area__team", name=Coalesce("product_area__team__name", Value(NO_TEAM)))
    nobodys = _count(Q(status=Status.NEW, assignee__isnull=True))
    return queues.annotate(**_load(asked), unassigned=nobodys).order_by("-open", "name", "product_area__team")


def by_district(asked):
    cases = Case.objects.filter(**asked.of).open().order_by()
    districts = cases.values("district", name=F("district__name"))
    return districts.annotate(**_load(asked)).order_by("-open", "name", "district")


def by_agent(asked):
    name = Concat("assignee__first_name", Value(" "), "assignee__last_name")
    cases = Case.objects.filter(assignee__isnull=False, **asked.of).open().order_by()
    return cases.values("assignee", name=name).annotate(**_load(asked)).order_by("-open", "name", "assignee")


def load(asked):
    """Of all queues together."""
    found = (
        Case.objects.filter(**asked.of)
        .open()
        .aggregate(**_load(asked), unassigned=_count(Q(status=Status.NEW, assignee__isnull=True)))
    )
    return found
