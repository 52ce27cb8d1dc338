"""Why a person might be qualified to teach a course or not, group by group, and what would change it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from credentials.models import CredentialRecord, Requirement
from credentials.reports.qualification import IS_CLOSE, TABLES

# Each record that is enough for a group of a course, or close to what it asks for.
FITTING = f"""{TABLES}
SELECT course_id, group_number, holder_id, held.id AS record_id, fit.kind IS NOT NULL AS is_enough,
    isempty(valid) AS is_never, lower(valid) AS starts_on, upper(valid) - 1 AS ends_on
FROM course_group CROSS JOIN LATERAL unnest(kinds) AS asked_kind JOIN kind ON kind.kind = asked_kind CROSS JOIN held
LEFT JOIN fit ON fit.kind = kind.kind AND fit.profile = held.profile
WHERE holder_id = ANY (%(people)s) AND (fit.kind IS NOT NULL OR {IS_CLOSE})"""


@dataclass(frozen=True)
class Reason:
    """Of one group. ``verdict`` is valid, expiring, expired, later, close or missing; ``on`` the day it is about."""

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
    for row in question.rows(FITTING, people=people):
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
    close = [row for row in rows if not row["is_enough"] and _is_valid(row, question.day)]
    rows = [row for row in rows if row["is_enough"] and not row["is_never"]]
    if valid := [row for row in rows if _is_valid(row, question.day)]:
        best = max(valid, key=_ends)
        verdict = "valid" if _ends(best) >= question.year_end else "expiring"
        return Reason(asked, verdict, records.get(best["record_id"]), best["ends_on"])
    if later := [row for row in rows if _begins(row) > question.day]:
        best = min(later, key=_begins)
        return Reason(asked, "later", records.get(best["record_id"]), best["starts_on"])
    if rows:
        best = max(rows, key=_ends)
        return Reason(asked, "expired", records.get(best["record_id"]), best["ends_on"])
    if close:
        return Reason(asked, "close", records.get(max(close, key=_ends)["record_id"]))
    return Reason(asked, "missing")


def _is_valid(row, day):
    return not row["is_never"] and _begins(row) <= day <= _ends(row)


def _begins(row):
    return row["starts_on"] or date.min


def _ends(row):
    return row["ends_on"] or date.max
