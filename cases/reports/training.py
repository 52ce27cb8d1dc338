"""What training districts need: what comes up again and again, and which of that was a matter of how to do it."""

from datetime import datetime, time, timedelta

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce, Concat

from cases.models import Case
from cases.reports.events import NO_SCHOOL, NOBODY

# A single case is no pattern.
LEAST = 2
# So long before and after a training, or for as long as it is over.
AROUND_TRAINING = 90
HOW_TO = Q(settled_as=Case.Settlement.HOW_TO)


def days_around(trained_on, today):
    """How many days before and after the training are compared; none where there is nothing after it yet."""
    return max(0, min(AROUND_TRAINING, (today - trained_on).days))


def recurring(asked):
    """By product area and kind: how many cases of the period, how many were settled as how-to, at how many schools; and
    how many there were before and after a training.
    """
    during, before, after = _windows(asked)
    cases = _cases(asked, during | before | after).values(
        "product_area",
        "kind",
        name=F("product_area__name"),
        training=F("product_area__training"),
        training_url=F("product_area__training_url"),
    )
    counted = cases.annotate(
        **_figures(during),
        **_figures_around(before, after),
        schools=Count("contact__school", distinct=True, filter=during),
    )
    again = Q(cases__gte=LEAST) | Q(before__gte=LEAST) | Q(after__gte=LEAST)
    return counted.filter(again).order_by("-how_to", "-cases", "name", "product_area", "kind")


def around_training(asked):
    """How many cases there were before and after the training, and how many of them were settled as how-to."""
    _, before, after = _windows(asked)
    return _cases(asked, before | after).aggregate(**_figures_around(before, after))


def by_school(asked):
    return _where(asked, "contact__school", Coalesce("contact__school__name", Value(NO_SCHOOL)))


def by_contact(asked):
    name = Concat("contact__first_name", Value(" "), "contact__last_name")
    return _where(asked, "contact", Coalesce(name, Value(NOBODY)))


def by_district(asked):
    return _where(asked, "district", F("district__name"))


def _where(asked, key, name):
    during, *_ = _windows(asked)
    cases = _cases(asked, during).values(key, "product_area", name=name, area=F("product_area__name"))
    counted = cases.annotate(**_figures(during)).filter(cases__gte=LEAST)
    return counted.order_by("-how_to", "-cases", "name", "area", key, "product_area")


def _cases(asked, when):
    return Case.objects.filter(when, **asked.of).order_by()


def _figures(during):
    return {"cases": Count("pk", filter=during), "how_to": Count("pk", filter=during & HOW_TO)}


def _figures_around(before, after):
    return {
        "before": Count("pk", filter=before),
        "how_to_before": Count("pk", filter=before & HOW_TO),
        "after": Count("pk", filter=after),
        "how_to_after": Count("pk", filter=after & HOW_TO),
    }


def _windows(asked):
    """The period, and the time before and after the training; without a training nothing is in these two."""
    nothing = Q(pk__in=[])
    during = _within(asked.period.start, asked.period.end)
    if not (asked.trained_on and asked.days_around):
        return during, nothing, nothing
    trained = datetime.combine(asked.trained_on, time.min, asked.period.zone)
    around = timedelta(days=asked.days_around)
    # The day of the training itself is neither.
    following = datetime.combine(asked.trained_on + timedelta(days=1), time.min, asked.period.zone)
    return during, _within(trained - around, trained), _within(following, following + around)


def _within(start, end):
    return Q(created_at__gte=start, created_at__lt=end)
