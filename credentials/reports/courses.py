"""The courses of a district: how many people might teach each, and which are at risk."""

from credentials.reports.qualification import STANDING

COUNTED = f"""{STANDING}, counted AS (
    SELECT rule, count(*) FILTER (WHERE state = 'qualified') AS qualified,
        count(*) FILTER (WHERE state = 'expiring') AS expiring,
        count(*) FILTER (WHERE state = 'expired') AS expired,
        range_agg(days) AS days
    FROM standing GROUP BY rule
)"""
COUNTS = f"""{COUNTED}
SELECT course_id, coalesce(qualified, 0) AS qualified, coalesce(expiring, 0) AS expiring,
    coalesce(expired, 0) AS expired,
    (SELECT upper(part) - 1 FROM unnest(days) AS part WHERE part @> %(day)s::date) AS until
FROM course_rule LEFT JOIN counted USING (rule)"""


def course_counts(question):
    """{course: its counts} of the courses with a rule; ``until`` is the day on which the last qualified person is gone.

    It is None where somebody is for good, or where nobody is now.
    """
    return {row["course_id"]: row for row in question.rows(COUNTS)}


AT_RISK = f"""{COUNTED}, gone AS (
    SELECT course_id, coalesce(qualified + expiring, 0) = 0 AS is_gone,
        (SELECT upper(part) - 1 FROM unnest(days) AS part WHERE part @> %(day)s::date) AS until
    FROM course_rule LEFT JOIN counted USING (rule)
)
SELECT school_id, CASE WHEN NOT is_gone THEN date_trunc('month', until)::date END AS month, count(*) AS courses
FROM gone JOIN credentials_course AS course ON course.id = course_id
WHERE is_gone OR until < %(end)s
GROUP BY school_id, month"""


def at_risk(question, end=None):
    """How many courses of each school nobody might teach any more, by the month in which that begins; None: already."""
    return question.rows(AT_RISK, end=end or question.day.replace(year=question.day.year + 1))
