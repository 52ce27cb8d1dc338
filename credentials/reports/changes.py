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
    """Counted on the day of the district. A course gained later, or again, has ``starts_on``."""
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
    is_now, would_be = (bool(row) and row["state"] in MIGHT for row in (before, after))
    if is_now and would_be:
        _note_days(changes, course, before["until"], after["until"])
    elif is_now or after is None:
        course.starts_on = after and after["starts_on"]
        changes.lost.append(course)
    elif would_be or before is None:
        course.starts_on = None if would_be else after["starts_on"]
        changes.gained.append(course)


def _note_days(changes, course, was, then):
    if was != then:
        longer = then is None or (was is not None and then > was)
        (changes.longer if longer else changes.shorter).append((course, was, then))
