"""Why a person might be qualified to teach a course or not, group by group, and what would change it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from credentials.models import CredentialRecord, Requirement
from credentials.reports.qualification import TABLES

# Each record that is enough for a group of a course.
ENOUGH = f"""{TABLES}
SELECT course_id, group_number, holder_id, held.id AS record_id, isempty(valid) AS is_never,
    lower(valid) AS starts_on, upper(valid) - 1 AS ends_on
FROM course_group CROSS JOIN LATERAL unnest(kinds) AS asked_kind
JOIN fit ON fit.kind = asked_kind JOIN held USING (profile)
WHERE holder_id = ANY (%(people)s)"""


@dataclass(frozen=True)
class Reason:
    """Of one group. ``verdict`` is valid, expiring, expired, later or missing; ``on`` the day that it is about."""

    asked: list
    verdict: str
    record: CredentialRecord | None = None
    on: date | None = None

    @property
    def asks(self):
        return "; or ".join(map(str, self.asked))


def reasons(question, courses, people):
    """{(course, person): the reason of each group} by their keys. Three queries, however many there are."""
    asked = _asked(courses)
    found = defaultdict(list)
    for row in question.rows(ENOUGH, people=people):
        found[row["course_id"], row["holder_id"], row["group_number"]].append(row)
    keys = {row["record_id"] for rows in found.values() for row in rows}
    records = CredentialRecord.objects.select_related("type").prefetch_related("type__fields").in_bulk(keys)
    return {
        (course, person): [
            _reason(question, groups[number], found[course, person, number], records) for number in sorted(groups)
        ]
        for course, groups in asked.items()
        for person in people
    }


def _asked(courses):
    asked = {course: defaultdict(list) for course in courses}
    for requirement in Requirement.objects.filter(course__in=courses).select_related("type"):
        asked[requirement.course_id][requirement.group_number].append(requirement)
    return asked


def _reason(question, asked, rows, records):
    """By the record that tells most: the one that is valid longest, else the next, else the one that was last."""
    rows = [row for row in rows if not row["is_never"]]
    valid = [row for row in rows if _begins(row) <= question.day <= _ends(row)]
    if valid:
        best = max(valid, key=_ends)
        verdict = "valid" if _ends(best) >= question.year_end else "expiring"
        return Reason(asked, verdict, records.get(best["record_id"]), best["ends_on"])
    if later := [row for row in rows if _begins(row) > question.day]:
        best = min(later, key=_begins)
        return Reason(asked, "later", records.get(best["record_id"]), best["starts_on"])
    if rows:
        best = max(rows, key=_ends)
        return Reason(asked, "expired", records.get(best["record_id"]), best["ends_on"])
    return Reason(asked, "missing")


def _begins(row):
    return row["starts_on"] or date.min


def _ends(row):
    return row["ends_on"] or date.max
