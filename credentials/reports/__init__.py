from credentials.reports.changes import effect_of
from credentials.reports.courses import MONTHS_AHEAD, at_risk, course_counts, courses_at_risk, lanes
from credentials.reports.effects import effects_of
from credentials.reports.expiry import coming_months, expire_from, forecast
from credentials.reports.months import months_from
from credentials.reports.qualification import MIGHT, Question, State
from credentials.reports.reasons import reasons
from credentials.reports.record_rows import header, lines, own_keys
from credentials.reports.standing import standing, usual_time
from credentials.reports.tree import opens_on, tree_of
from credentials.reports.validity import time_line

__all__ = [
    "MIGHT",
    "MONTHS_AHEAD",
    "Question",
    "State",
    "at_risk",
    "coming_months",
    "course_counts",
    "courses_at_risk",
    "effect_of",
    "effects_of",
    "expire_from",
    "forecast",
    "header",
    "lanes",
    "lines",
    "months_from",
    "opens_on",
    "own_keys",
    "reasons",
    "standing",
    "time_line",
    "tree_of",
    "usual_time",
]
