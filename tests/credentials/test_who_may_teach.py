"""The portal's answers beside those of nested loops, on random rules, records and days: not one may differ."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from credentials.models import Course, CredentialRecord, CredentialType, Requirement
from credentials.reports import Question, State
from tests.credentials import nested_loops
from tests.factories import DistrictFactory, UserFactory
from tests.services import in_ci

pytestmark = pytest.mark.django_db
ROUNDS, RULES, PEOPLE = 50, 20, 6
YEAR_END = date(2027, 6, 30)
DAY = YEAR_END - timedelta(days=6)
FIRST, LAST = DAY - timedelta(days=4), YEAR_END + timedelta(days=3)
FIELDS, SUBJECTS = ["Mathematics", "Art"], ["Mathematics", "Science", "Reading"]
GRADES = ["Fifth grade", "Sixth grade", "Seventh grade"]
LEVELS = ["Professional", "Emergency", "Master"]
KEYS = ["teaching_credential", "kinds"]


def often_empty(values):
    return some.sampled_from(["", "", *values])


def few(values):
    return some.sampled_from([[], [], *([value] for value in values), values[:2]])


@some.composite
def requirements(draw):
    """Of one or two things, so that many are met."""
    about = {"type": [0, 1], "field": FIELDS, "subjects": SUBJECTS, "grade_levels": GRADES, "levels": LEVELS}
    asked = {"type": None, "field": "", "subjects": [], "grade_levels": [], "levels": []}
    for name in draw(some.sets(some.sampled_from(sorted(about)), min_size=1, max_size=2)):
        value = draw(some.sampled_from(about[name]))
        asked[name] = value if name in ("type", "field") else about[name][about[name].index(value) :]
    return asked | {"level_key": draw(some.sampled_from(KEYS)) if asked["levels"] else ""}


@some.composite
def records(draw):
    days = some.none() | some.dates(FIRST, LAST)
    begins, ends = draw(days), draw(days)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    level = some.sampled_from([*LEVELS, LEVELS[:2], []])
    return {
        "type": draw(some.sampled_from([0, 1])),
        "field": draw(often_empty(FIELDS)),
        "subjects": draw(few(SUBJECTS)),
        "grade_levels": draw(few(GRADES)),
        "extra": draw(some.dictionaries(some.sampled_from(KEYS), level, max_size=2)),
        "effective_on": begins,
        "expires_on": ends,
    }


GROUP = some.lists(requirements(), min_size=1, max_size=3)
# One in six asks for nothing.
RULE = some.integers(0, 5).flatmap(lambda number: some.lists(GROUP, min_size=bool(number), max_size=min(number, 3)))
WORLDS = some.tuples(
    some.lists(RULE, min_size=RULES, max_size=RULES),
    some.lists(some.lists(records(), min_size=1, max_size=5), min_size=PEOPLE, max_size=PEOPLE),
)


def store(rules, held):
    types = CredentialType.objects.order_by("pk")[:2]
    district, elsewhere = DistrictFactory(), UserFactory(district=DistrictFactory())
    courses = Course.objects.bulk_create(
        Course(district=district, code=str(number), title=str(number)) for number in range(len(rules))
    )
    asked = {}
    for course, groups in zip(courses, rules, strict=True):
        for group, each in enumerate(groups, start=1):
            for said in each:
                type = None if said["type"] is None else types[said["type"]]
                row = Requirement(district=district, course=course, group_number=group, **{**said, "type": type})
                asked[course.pk, group, str(sorted(said.items(), key=str))] = row
    Requirement.objects.bulk_create(asked.values())
    people = [UserFactory(district=district) for _ in held]
    for person, each in [*zip(people, held, strict=True), (elsewhere, held[0])]:
        CredentialRecord.objects.bulk_create(
            CredentialRecord(district=person.district, holder=person, **{**said, "type": types[said["type"]]})
            for said in each
        )
    return district, courses, people


def answers(district, courses, people, *, nearly):
    """What the portal says of each pair; of a pair that it leaves out, that nothing is met."""
    ruled = set(Requirement.objects.values_list("course", flat=True))
    said = {
        (course.pk, person.pk): ("not_qualified" if course.pk in ruled else "no_rule", None)
        for course in courses
        for person in people
    }
    for row in Question(district, DAY, nearly=nearly).pairs():
        until = row["until"] if row["state"] == "expiring" else None
        said[row["course_id"], row["holder_id"]] = (row["state"], until)
    return said


def said_to_be_close(district):
    pairs = Question(district, DAY, nearly=True).pairs()
    return {(row["course_id"], row["holder_id"]) for row in pairs if row["missing"] is None}


def expected_close(courses, people):
    return {
        (course.pk, person.pk)
        for course in courses
        for person in people
        if nested_loops.is_close([*course.requirements.all()], [*person.credential_records.all()], DAY)
    }


def expected(courses, people):
    asked = {course.pk: list(course.requirements.all()) for course in courses}
    held = {person.pk: list(person.credential_records.all()) for person in people}
    return {
        (course, person): nested_loops.state(asked[course], held[person], DAY, YEAR_END, FIRST)
        for course in asked
        for person in held
    }


def test_the_portal_says_what_nested_loops_say_of_a_thousand_rules(record_property):
    told = Counter()

    @settings(
        max_examples=ROUNDS,
        deadline=None,
        database=None,
        derandomize=in_ci(),
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(WORLDS)
    def tell(world):
        with transaction.atomic():
            district, courses, people = store(*world)
            said = answers(district, courses, people, nearly=False)
            assert said == expected(courses, people)
            assert said == answers(district, courses, people, nearly=True)
            close = expected_close(courses, people)
            assert said_to_be_close(district) == close
            told.update(state for state, _ in said.values())
            told["close"] += len(close)
            told["rules"] += len(courses)
            transaction.set_rollback(True)

    tell()
    record_property("Who may teach what, beside nested loops", f"{dict(told)} and no difference")
    assert told["rules"] >= 1000
    # How often chance makes each differs widely from run to run.
    assert all(told[state] >= 10 for state in State), told
    assert told["close"] >= 10
