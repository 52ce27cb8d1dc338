"""What the approval of a request would change: the courses that its requester might then teach, or no longer."""

from copy import copy
from dataclasses import dataclass, field

from credentials.models import Course, CredentialRecord
from credentials.reports.qualification import MIGHT, Question


@dataclass
class CourseChanges:
    """``gained`` and ``lost`` are courses; ``longer`` and ``shorter`` have (course, until before, until then)."""

    gained: list = field(default_factory=list)
    lost: list = field(default_factory=list)
    longer: list = field(default_factory=list)
    shorter: list = field(default_factory=list)

    def __bool__(self):
        return any((self.gained, self.lost, self.longer, self.shorter))


def effect_of(credential_request):
    """Counted on the day of the district. A course gained later counts, with ``starts_on``."""
    person, district = credential_request.requester, credential_request.district
    then = _record_then(credential_request)
    without = [] if credential_request.is_new else [then.pk]
    before = _by_course(Question(district, district.today, person=person))
    after = _by_course(Question(district, district.today, person=person, without=without, instead=[then]))
    courses = Course.objects.in_bulk(before.keys() | after.keys())
    changes = CourseChanges()
    for course in sorted(courses.values(), key=lambda course: (course.title, course.pk)):
        _note(changes, course, before.get(course.pk), after.get(course.pk))
    return changes


def _record_then(credential_request):
    """The record as an approval would leave it, in memory."""
    if credential_request.is_new:
        about = {"district": credential_request.district, "type": credential_request.type}
        record = CredentialRecord(holder=credential_request.requester, **about)
    else:
        record = copy(credential_request.record)
    record.values = credential_request.approved_values
    return record


def _by_course(question):
    """Those that the person might teach, now or from a later day."""
    return {row["course_id"]: row for row in question.pairs() if row["state"] in MIGHT or row["starts_on"]}


def _note(changes, course, before, after):
    if before is None:
        course.starts_on = None if after["state"] in MIGHT else after["starts_on"]
        changes.gained.append(course)
    elif after is None:
        changes.lost.append(course)
    elif (was := _last_day(before)) != (then := _last_day(after)):
        longer = then is None or (was is not None and then > was)
        (changes.longer if longer else changes.shorter).append((course, was, then))


def _last_day(row):
    return row["until"]
