"""Which districts stand out: by how many cases they submit, and by how many of these are exceptions, reopened or how-to
questions, against what is usual in the same period.
"""

from django.db.models import Case as When_
from django.db.models import Count, Exists, F, FloatField, IntegerField, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Cast

from cases.models import Case, TimelineEntry
from cases.reports.exceptions import Median

# What stands out is at least so many times what is usual, and at least so many cases.
TIMES_THE_USUAL = 2
LEAST_CASES, LEAST_OF_A_KIND = 5, 3
KINDS = {"exceptions": "Exception cases", "reopened": "Reopened", "how_to": "How-to"}
FLAGS = {"many_cases": "Cases"} | {f"many_{kind}": label for kind, label in KINDS.items()}


class MedianNumber(Median):
    output_field = FloatField()


def usual(asked):
    """The median number of cases of a district that has any, and of all cases the shares of each kind."""
    counted = _counted(asked)
    sums = {f"all_{each}": Sum(each) for each in ("cases", *KINDS)}
    found = counted.aggregate(median=MedianNumber("cases"), districts=Count("district"), **sums)
    total = found["all_cases"] or 0
    shares = {kind: (found[f"all_{kind}"] or 0) / total if total else 0 for kind in KINDS}
    return {"cases": found["median"] or 0, "all": total, "districts": found["districts"], **shares}


def by_what_stands_out(asked, usual):
    """Every district with a case, those first of which the most stands out."""
    many = Q(cases__gte=max(LEAST_CASES, TIMES_THE_USUAL * usual["cases"]))
    flags = {"many_cases": many} | {
        f"many_{kind}": Q(**{f"{kind}__gte": LEAST_OF_A_KIND, f"{kind}_share__gte": TIMES_THE_USUAL * usual[kind]})
        for kind in KINDS
    }
    shares = {f"{kind}_share": Cast(kind, FloatField()) / F("cases") for kind in KINDS}
    rows = _counted(asked).annotate(**shares)
    rows = rows.annotate(**{name: _one_if(condition) for name, condition in flags.items()})
    rows = rows.annotate(flags=sum((F(name) for name in flags), Value(0)))
    return rows.order_by("-flags", "-cases", "name", "district")


def _one_if(condition):
    return When_(When(condition, then=1), default=0, output_field=IntegerField())


def _counted(asked):
    cases = Case.objects.filter(
        created_at__gte=asked.period.start, created_at__lt=asked.period.end, **asked.of
    ).order_by()
    reopened = TimelineEntry.objects.filter(case=OuterRef("pk"), action=TimelineEntry.Action.REOPENED)
    cases = cases.annotate(was_reopened=Exists(reopened)).values("district", name=F("district__name"))
    return cases.annotate(
        cases=Count("pk"),
        exceptions=Count("pk", filter=Q(is_exception=True)),
        reopened=Count("pk", filter=Q(was_reopened=True)),
        how_to=Count("pk", filter=Q(settled_as=Case.Settlement.HOW_TO)),
    )
