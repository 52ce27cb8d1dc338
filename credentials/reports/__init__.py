from credentials.reports.effects import effects_of
from credentials.reports.expiry import coming_months, expire_from, forecast
from credentials.reports.standing import standing, usual_time
from credentials.reports.tree import opens_on, tree_of
from credentials.reports.validity import time_line

__all__ = [
    "coming_months",
    "effects_of",
    "expire_from",
    "forecast",
    "opens_on",
    "standing",
    "time_line",
    "tree_of",
    "usual_time",
]
