"""The courses of a district: how many people might teach each, and which are at risk."""

from dataclasses import dataclass

from contacts.models import School
from credentials.reports.months import months_from
from credentials.reports.qualification import STANDING

# This one and the next twelve.
MONTHS_AHEAD = 13

COUNTED = f"""{STANDING}, counted AS (
    SELECT rule, count(*) FILTER (WHERE state = 'qualified') AS qualified,
        count(*) FILTER (WHERE state = 'expiring') AS expiring,
        count(*) FILTER (WHERE state = 'expired') AS expired,
        range_agg(days) AS days
    FROM standing GROUP BY rule
)"""
COUNTS = f"""{COUNTED}
SELECT course_id, coalesce(qualified + expiring, 0) AS might, coalesce(expiring, 0) AS expiring,
    coalesce(expired, 0) AS expired,
    (SELECT upper(part) - 1 FROM unnest(days) AS part WHERE part @> %(day)s::date) AS until
FROM course_rule LEFT JOIN counted USING (rule)"""


def course_counts(question):
    """{course: its counts} of the courses with a rule; ``until`` is the day on which the last qualified person is gone.

    It is None where somebody is for good, or where nobody is now.
    """
    return {row["course_id"]: row for row in question.rows(COUNTS)}


GONE = f"""{COUNTED}, gone AS (
    SELECT course_id, coalesce(qualified + expiring, 0) = 0 AS is_gone, coalesce(qualified + expiring, 0) AS people,
        (SELECT upper(part) - 1 FROM unnest(days) AS part WHERE part @> %(day)s::date) AS until
    FROM course_rule LEFT JOIN counted USING (rule)
), at_risk AS (
    SELECT gone.*, school_id, CASE WHEN NOT is_gone THEN date_trunc('month', until)::date END AS month
    FROM gone JOIN credentials_course AS course ON course.id = course_id
    WHERE is_gone OR until < %(end)s
)"""
AT_RISK = f"{GONE} SELECT school_id, month, count(*) AS courses FROM at_risk GROUP BY school_id, month"
WHICH = f"{GONE} SELECT course_id, until, people FROM at_risk ORDER BY until NULLS FIRST, course_id LIMIT %(most)s"


def at_risk(question):
    """How many courses of each school nobody might teach any more, by the month in which the last qualified person is
    gone; None: already. Twelve months ahead.
    """
    return question.rows(AT_RISK, end=months_from(question.day, MONTHS_AHEAD + 1)[-1])


def courses_at_risk(question, most):
    """The courses themselves, those first that nobody might teach, then the next ones."""
    return question.rows(WHICH, end=months_from(question.day, MONTHS_AHEAD + 1)[-1], most=most)


@dataclass(frozen=True)
class Lane:
    """The months of a school: (month or None for now, courses), and all of its courses at risk."""

    school: School | None
    months: list
    total: int


def lanes(counts, schools, day):
    """Drawn and told from the same counts; the schools with most at risk first. ``schools`` are by key."""
    months = [None, *months_from(day, MONTHS_AHEAD)]
    by_school = {}
    for row in counts:
        by_school.setdefault(row["school_id"], {})[row["month"]] = row["courses"]
    found = [
        Lane(schools.get(key), [(month, cells.get(month, 0)) for month in months], sum(cells.values()))
        for key, cells in by_school.items()
    ]
    return sorted(found, key=lambda lane: (-lane.total, str(lane.school or "")))
