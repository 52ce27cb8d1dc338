"""How old a case is, in the few steps that the home page, lists and reports count by."""

from datetime import timedelta

from django.db.models import Q

# By name: how many days old a case is at least, and by which it is younger.
AGES = {"today": (0, 1), "week": (1, 7), "month": (7, 30), "older": (30, None)}
AGE_LABELS = {
    "today": "Less than 1 day",
    "week": "1 to 7 days",
    "month": "7 to 30 days",
    "older": "30 days and more",
}


def of_age(name, at):
    youngest, oldest = AGES[name]
    age = Q(created_at__lte=at - timedelta(days=youngest)) if youngest else Q()
    return age & Q(created_at__gt=at - timedelta(days=oldest)) if oldest else age
