"""What it costs to tell of a whole district who might be qualified to teach what, beside the plain nested loops.

Prints milliseconds. Both tell the same of a part of the district, from which the time of the loops for all of it is
reckoned. ``make bench ARGS="tests/bench/test_teaching.py --staff 20000"``.
"""

import random
import time
from datetime import timedelta
from statistics import median

import pytest
from django.db import connection

from contacts import scope
from contacts.models import District, User
from credentials.models import Course, CredentialRecord, CredentialType, Requirement, school_year_end
from credentials.models.vocabularies import CREDENTIAL_FIELDS, GRADE_LEVELS, SUBJECTS
from credentials.reports import Question, at_risk, course_counts
from credentials.reports.qualification import STANDING
from portal.management.commands.migrate import as_owner
from tests.credentials import nested_loops

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
PART = (60, 40)
SPANS = [GRADE_LEVELS[first : last + 1] for first, last in [(6, 12), (12, 15), (15, 19), (13, 19), (6, 9)]]
LEVELS = ["Professional", "Regular/Standard", "Provisional", "Emergency", "Substitute"]
DEGREES = ["Bachelor's Degree", "Master's Degree", "Doctorate"]
# Every pair of which anything is met; of the others nothing is.
BY_STATE = f"{STANDING} SELECT state, count(*) FROM standing JOIN course_rule USING (rule) GROUP BY state"


def records(pick, person, types, day):
    """A license, a degree, and for every other person one thing more."""

    def record(code, **values):
        begins = day - timedelta(days=pick.randrange(2000))
        ends = day + timedelta(days=pick.randrange(-400, 1800))
        dates = {"effective_on": begins, "expires_on": max(begins, ends)}
        return CredentialRecord(district_id=person.district_id, holder=person, type=types[code], **dates, **values)

    subjects, grades = pick.sample(SUBJECTS, pick.choice([1, 1, 2])), pick.choice(SPANS)
    level = {"teaching_credential": pick.choice(LEVELS), "credential_type": "Licensure"}
    yield record("LC", field=pick.choice(CREDENTIAL_FIELDS), subjects=subjects, grade_levels=grades, extra=level)
    yield record("ED", field=pick.choice(CREDENTIAL_FIELDS), extra={"education_level": pick.choice(DEGREES)})
    if pick.random() < 0.5:
        yield record("HQ", subjects=subjects[:1], grade_levels=grades)


def requirements(pick, course, types, *, all_different):
    """In most a license in the subject; in some beside it a degree."""

    def requirement(group, code, **values):
        return Requirement(
            district_id=course.district_id, course=course, group_number=group, type=types[code], **values
        )

    for subject in course.subjects + pick.sample(SUBJECTS, pick.choice([0, 1, 2])):
        grades = pick.sample(GRADE_LEVELS[6:19], 5) if all_different else course.grade_levels
        yield requirement(1, "LC", subjects=[subject], grade_levels=grades)
    if pick.random() < 0.3:
        yield requirement(1, "LC", field=pick.choice(CREDENTIAL_FIELDS), grade_levels=course.grade_levels)
    if pick.random() < 0.3:
        degrees = DEGREES[pick.randrange(3) :]
        yield requirement(2, "ED", level_key="education_level", levels=degrees)


def load(staff, courses, *, all_different):
    pick, types = random.Random(7), {type.code: type for type in CredentialType.objects.all()}
    district = District.objects.create(name="Bench", slug=f"bench-{all_different}")
    people = User.objects.bulk_create(
        User(district=district, first_name="Sam", last_name=f"Person {number}") for number in range(staff)
    )
    CredentialRecord.objects.bulk_create(
        [record for person in people for record in records(pick, person, types, district.today)], batch_size=2000
    )
    taught = Course.objects.bulk_create(
        Course(
            district=district,
            code=str(number),
            title=f"Course {number}",
            subjects=[pick.choice(SUBJECTS)],
            grade_levels=pick.choice(SPANS),
        )
        for number in range(courses)
    )
    asked = [
        requirement
        for course in taught[: courses * 19 // 20]
        for requirement in requirements(pick, course, types, all_different=all_different)
    ]
    Requirement.objects.bulk_create(asked, ignore_conflicts=True)
    # Without a scope, so that the statement is no transaction: VACUUM refuses that.
    with as_owner(), scope.using(scope.NONE), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return district


def taken(run):
    """The median of some runs in milliseconds, and what the last one gave."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        given = run()
        found.append((time.perf_counter() - start) * 1000)
    return median(found), given


def loops(people, courses, day):
    asked = {course.pk: list(course.requirements.all()) for course in courses}
    held = {person.pk: list(person.credential_records.all()) for person in people}
    first, end = day - timedelta(days=1), school_year_end(day)
    start = time.perf_counter()
    said = {
        (course, person): nested_loops.state(asked[course], held[person], day, end, first)[0]
        for course in asked
        for person in held
    }
    return said, (time.perf_counter() - start) * 1000


@pytest.mark.parametrize("all_different", [False, True], ids=["courses that share rules", "every rule different"])
def test_the_whole_district(all_different, request):
    staff, courses = request.config.getoption("staff"), request.config.getoption("courses")
    district = load(staff, courses, all_different=all_different)
    with scope.of_district(district):
        question = Question(district, district.today)
        whole, said = taken(lambda: question.rows(BY_STATE))
        counts = dict(row.values() for row in said)
        some_people, some_courses = (
            district.people.order_by("pk")[: PART[0]],
            district.courses.order_by("pk")[: PART[1]],
        )
        expected, looped = loops(some_people, some_courses, district.today)
        pairs, found = taken(question.pairs)
        rows = {
            "every person and course, counted by state": whole,
            "the same as rows, but those who meet nothing": pairs,
            "every course with its counts": taken(lambda: course_counts(question))[0],
            "courses at risk by school and month": taken(lambda: at_risk(question))[0],
            f"nested loops, reckoned from {len(expected):,} pairs": looped * staff * courses / len(expected),
        }
    told = {(row["course_id"], row["holder_id"]): row["state"] for row in found}
    might = ("qualified", "expiring")
    assert {pair for pair, state in expected.items() if state in might} == {
        pair for pair in expected if told.get(pair) in might
    }
    print(f"\n{staff:,} people, {courses:,} courses: {counts}")
    for name, each in rows.items():
        print(f"{name:60}{each:12,.0f} ms")
