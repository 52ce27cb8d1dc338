from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import AuditEvent, Designation, Role
from credentials.models import Course, CredentialType, Requirement, staff_overseen_by
from credentials.reports import Question, effect_of
from tests.factories import (
    CourseFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DistrictFactory,
    RequirementFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
OWN, COURSES, AT_RISK = "/credentials/courses/", "/credentials/courses/district/", "/credentials/courses/at-risk/"
YEAR = timedelta(days=365)


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def teacher(district):
    return UserFactory(district=district, first_name="Ann", last_name="Lee")


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def license():
    return CredentialType.objects.get(code="LC")


def holds(person, **values):
    type = values.pop("type", None) or CredentialType.objects.get(code="LC")
    return CredentialRecordFactory(holder=person, type=type, **{"field": "Mathematics", **values})


@pytest.fixture
def algebra(district):
    """A license for mathematics is enough."""
    course = CourseFactory(district=district, title="Algebra I", code="ALG-1", subjects=["Mathematics"])
    RequirementFactory(course=course, type=CredentialType.objects.get(code="LC"))
    return course


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# --- a person's own courses -----------------------------------------------------------------------------------------


def test_my_credentials_says_how_many_courses_i_might_teach(sign_in, teacher, algebra):
    holds(teacher)
    assert (
        'You might be qualified to teach: <a href="/credentials/courses/">1 course</a>'
        in sign_in(teacher).get("/credentials/").text
    )


def test_my_courses_say_by_which_record_and_until_when(sign_in, teacher, algebra):
    record = holds(teacher, expires_on=teacher.district.today + 3 * YEAR)
    page = sign_in(teacher).get(OWN)
    assert [(course, row["state"]) for course, row, _ in page.context["rows"]] == [(algebra, "qualified")]
    assert f"{record.name} (Licensure/Certification) is valid through" in page.text
    assert "certifies nothing" in page.text


def test_a_license_that_expires_today_is_valid_today_and_expired_tomorrow(sign_in, teacher, algebra):
    today = teacher.district.today
    holds(teacher, expires_on=today)
    (row,) = Question(teacher.district, today).pairs()
    assert (row["state"], row["until"]) == ("expiring" if (today.month, today.day) != (6, 30) else "qualified", today)
    (row,) = Question(teacher.district, today + timedelta(days=1)).pairs()
    assert (row["state"], row["ended_on"]) == ("expired", today)


def test_a_license_renewed_in_time_by_another_record_goes_on(teacher, algebra):
    holds(teacher, expires_on=date(2027, 3, 1))
    holds(teacher, effective_on=date(2027, 3, 2), expires_on=date(2031, 3, 1))
    (row,) = Question(teacher.district, date(2026, 12, 1)).pairs()
    assert (row["state"], row["until"]) == ("qualified", date(2031, 3, 1))


def test_an_expired_license_says_since_when_and_that_a_renewal_would_change_it(sign_in, teacher, algebra):
    holds(teacher, expires_on=teacher.district.today - timedelta(days=9))
    page = sign_in(teacher).get(OWN, {"show": "expired"})
    assert [course for course, _, _ in page.context["rows"]] == [algebra]
    assert "A renewal would change it." in page.text


def test_who_meets_one_of_two_groups_is_nearly_there_and_reads_what_is_missing(sign_in, teacher, algebra):
    degree = CredentialType.objects.get(code="ED")
    levels = {"level_key": "education_level", "levels": ["Master's Degree", "Doctorate"]}
    RequirementFactory(course=algebra, group_number=2, type=degree, field="", **levels)
    holds(teacher)
    client = sign_in(teacher)
    page = client.get(OWN, {"show": "nearly"})
    assert "Education, Master&#x27;s Degree or Doctorate" in page.text
    holds(teacher, type=degree, field="", extra={"education_level": "Doctorate"})
    assert [row["state"] for _, row, _ in client.get(OWN).context["rows"]] == ["qualified"]


def test_the_right_subject_for_other_grades_is_nearly_there(sign_in, administrator, teacher, district):
    course = CourseFactory(district=district)
    RequirementFactory(course=course, field="", subjects=["Mathematics"], grade_levels=["Ninth grade", "Tenth grade"])
    elementary = holds(teacher, field="", subjects=["Mathematics"], grade_levels=["Fifth grade"], identifier="M-5")
    for other in [{"subjects": ["Art"]}, {"subjects": ["Mathematics"], "expires_on": district.today - YEAR}]:
        holds(UserFactory(district=district), field="", grade_levels=["Fifth grade"], **other)
    page = sign_in(administrator).get(course.get_absolute_url(), {"show": "nearly"})
    assert [person for person, _, _ in page.context["rows"]] == [teacher]
    assert f"{elementary.name} (Licensure/Certification) is for the same subject, but not for the same" in page.text
    assert "Other grades or level" in page.text


def test_any_requirement_of_a_group_is_enough(teacher, algebra):
    RequirementFactory(course=algebra, field="", subjects=["Science", "Physics"])
    holds(teacher, field="", subjects=["Physics", "Art"])
    assert [row["state"] for row in Question(teacher.district, teacher.district.today).pairs()] == ["qualified"]


def test_a_course_without_a_rule_says_so_of_nobody(sign_in, teacher, district):
    course = CourseFactory(district=district)
    holds(teacher)
    page = sign_in(teacher).get(OWN, {"show": "all"})
    assert [(found, row) for found, row, _ in page.context["rows"]] == [(course, None)]
    assert "No rule" in page.text


def test_my_courses_ask_as_many_questions_of_many_as_of_few(sign_in, teacher, district, algebra):
    holds(teacher)
    client = sign_in(teacher)
    client.get(OWN)
    few = queries(client, OWN)
    for number in range(20):
        RequirementFactory(course__district=district, group_number=1)
        holds(teacher, identifier=f"M-{number}")
    assert queries(client, OWN) == few


# --- the district's courses -----------------------------------------------------------------------------------------


def test_the_list_counts_who_might_teach_each_course(sign_in, district, administrator, algebra):
    for days in (900, 800):
        holds(UserFactory(district=district), expires_on=district.today + timedelta(days=days))
    holds(UserFactory(district=district, is_active=False))
    holds(UserFactory())
    CourseFactory(district=district, title="Band")
    page = sign_in(administrator).get(COURSES)
    assert [(str(course), counts and counts["might"]) for course, counts in page.context["rows"]] == [
        ("Algebra I (ALG-1)", 2),
        (str(Course.objects.get(title="Band")), None),
    ]
    assert page.context["rows"][0][1]["until"] == district.today + timedelta(days=900)


def test_the_list_is_narrowed_by_words_school_and_rule(sign_in, district, administrator, algebra):
    school = SchoolFactory(district=district)
    band = CourseFactory(district=district, title="Band", school=school)
    client = sign_in(administrator)
    for query, expected in (
        ({"q": "alg"}, [algebra]),
        ({"school": school.pk}, [band]),
        ({"rule": "no"}, [band]),
        ({"rule": "yes"}, [algebra]),
    ):
        assert [course for course, _ in client.get(COURSES, query).context["rows"]] == expected


def test_a_course_shows_who_might_teach_it_and_when_the_last_one_is_gone(sign_in, administrator, teacher, algebra):
    until = teacher.district.today + timedelta(days=40)
    holds(teacher, expires_on=until)
    page = sign_in(administrator).get(algebra.get_absolute_url())
    assert [person for person, _, _ in page.context["rows"]] == [teacher]
    assert page.context["counts"]["until"] == until
    assert "The last qualified person is gone after" in page.text


def test_an_approver_of_a_school_sees_the_people_of_that_school_alone(district):
    school = SchoolFactory(district=district)
    here, elsewhere = UserFactory(district=district, school=school), UserFactory(district=district)
    approver = UserFactory(district=district)
    held = Designation(user=approver, district=district, role=Role.CREDENTIAL_APPROVER)
    approver.current_designations = [held]
    assert {*staff_overseen_by(approver)} == {here, elsewhere, approver}
    held.school = school
    assert {*staff_overseen_by(approver)} == {here}


def test_courses_at_risk_are_told_by_school_and_month(sign_in, administrator, teacher, algebra):
    until = teacher.district.today + timedelta(days=40)
    holds(teacher, expires_on=until)
    RequirementFactory(course__district=teacher.district, field="Music")
    page = sign_in(administrator).get(AT_RISK)
    (lane,) = page.context["lanes"]
    assert {month: count for month, count in lane.months if count} == {None: 1, until.replace(day=1): 1}
    assert [row["until"] for _, row in page.context["rows"]] == [None, until]
    assert f"{until:%B %Y}: 1" in page.text


def test_the_pages_of_the_district_ask_as_many_questions_of_many_as_of_few(sign_in, district, administrator, algebra):
    holds(UserFactory(district=district), expires_on=district.today)
    client = sign_in(administrator)
    pages = [COURSES, AT_RISK, algebra.get_absolute_url()]
    for address in pages:
        client.get(address)
    few = [queries(client, address) for address in pages]
    for number in range(15):
        RequirementFactory(course__district=district)
        holds(UserFactory(district=district), identifier=f"M-{number}", expires_on=district.today)
    assert [queries(client, address) for address in pages] == few
    assert max(few) <= 18, few


# --- the rules ------------------------------------------------------------------------------------------------------


def test_an_administrator_says_what_a_course_asks_for(sign_in, administrator, algebra, license):
    asked = {"group_number": "2", "type": license.pk, "subjects": ["Mathematics"], "levels": ["Professional"]}
    range_of_grades = {"from_grade_levels": "Seventh grade", "to_grade_levels": "Ninth grade"}
    address = f"{algebra.get_absolute_url()}rule/"
    client = sign_in(administrator)
    for _ in range(2):  # The same form sent twice counts once.
        response = client.post(address, asked | range_of_grades, follow=True)
    assert "Licensure/Certification, Mathematics, Seventh grade to Ninth grade, Professional" in response.text
    assert algebra.requirements.get(group_number=2).level_key == "teaching_credential"
    assert AuditEvent.objects.filter(action="course.add_requirement").count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Say at least one thing that the credential must have."),
        ({"levels": ["Professional", "Doctorate"]}, "Choose levels of one field only."),
        ({"field": "Mathematics", "group_number": "5"}, "Select a valid choice."),
    ],
)
def test_a_requirement_that_says_nothing_sensible_is_refused(sign_in, administrator, algebra, asked, said):
    response = sign_in(administrator).post(f"{algebra.get_absolute_url()}rule/", {"group_number": "1", **asked})
    assert said in response.text
    assert algebra.requirements.count() == 1


def test_a_removed_requirement_leaves_the_groups_numbered_from_one(sign_in, administrator, algebra):
    (first,) = algebra.requirements.all()
    RequirementFactory(course=algebra, group_number=2, field="Art")
    client = sign_in(administrator)
    address = f"/credentials/courses/requirements/{first.pk}/remove/"
    assert "The requirement is removed." in client.post(address, follow=True).text
    assert [(each.group_number, each.field) for each in algebra.requirements.all()] == [(1, "Art")]
    assert client.post(address).status_code == 404


def test_one_press_gives_each_course_without_a_rule_one_for_its_subject_and_grades(
    sign_in, administrator, district, algebra
):
    art = CourseFactory(district=district, subjects=["Fine and Performing Arts"], grade_levels=["First grade"])
    without_subject, elsewhere = CourseFactory(district=district), CourseFactory(subjects=["Science"])
    page = sign_in(administrator).post("/credentials/courses/first-rules/", follow=True)
    assert "1 course now asks for subject and grades." in page.text
    assert [str(each) for each in art.requirements.all()] == [
        "Fine and Performing Arts, First grade",
        "field Art, First grade",
        "field Music, First grade",
    ]
    assert algebra.requirements.count() == 1
    assert not Requirement.objects.filter(course__in=[without_subject, elsewhere]).exists()


# --- before a decision ----------------------------------------------------------------------------------------------


def proposed(record, **changes):
    return {**record.values, **changes}


def test_a_new_record_tells_which_courses_it_gains(teacher, algebra, license):
    request = CredentialRequestFactory(requester=teacher, type=license, proposed={"field": "Mathematics"})
    changes = effect_of(request)
    assert (changes.gained, changes.lost, changes.longer) == ([algebra], [], [])


def test_an_update_tells_what_it_loses_and_what_it_prolongs(teacher, district, algebra, license):
    ends, later = district.today + timedelta(days=30), district.today + YEAR
    record = holds(teacher, expires_on=ends)
    about = {"requester": teacher, "type": license, "record": record, "is_new": False, "original": record.values}
    prolonged = CredentialRequestFactory(**about, proposed=proposed(record, expires_on=later.isoformat()))
    assert effect_of(prolonged).longer == [(algebra, ends, later)]
    prolonged.proposed = proposed(record, field="Art")
    assert effect_of(prolonged).lost == [algebra]
    prolonged.proposed = proposed(record, identifier="Other")
    assert not effect_of(prolonged)
    record.refresh_from_db()
    assert record.expires_on == ends


def test_a_record_that_would_start_later_loses_the_course_until_then(sign_in, teacher, district, algebra, license):
    ends, later = district.today + timedelta(days=30), district.today + YEAR
    record = holds(teacher, expires_on=ends)
    about = {"requester": teacher, "type": license, "record": record, "is_new": False, "original": record.values}
    starts = ends + timedelta(days=1)
    dates = {"effective_on": starts.isoformat(), "expires_on": later.isoformat()}
    changes = effect_of(request := CredentialRequestFactory(**about, proposed=proposed(record, **dates)))
    assert (changes.lost, changes.longer, changes.lost[0].starts_on) == ([algebra], [], starts)
    approver = UserFactory(district=district, roles=[Role.CREDENTIAL_APPROVER])
    assert "again from" in sign_in(approver).get(f"/credentials/approvals/{request.pk}/").text


def test_what_changed_on_the_record_since_it_was_requested_is_no_effect(teacher, algebra, license):
    record = holds(teacher)
    before = record.values
    record.field = "Art"
    record.save()
    about = {"requester": teacher, "type": license, "record": record, "is_new": False, "original": before}
    assert not effect_of(CredentialRequestFactory(**about, proposed={**before, "identifier": "Other"}))


def test_the_approver_reads_it_where_they_decide(sign_in, district, teacher, algebra, license):
    request = CredentialRequestFactory(requester=teacher, type=license, proposed={"field": "Mathematics"})
    approver = UserFactory(district=district, roles=[Role.CREDENTIAL_APPROVER])
    page = sign_in(approver).get(f"/credentials/approvals/{request.pk}/")
    assert "What an approval would change" in page.text
    assert "Algebra I (ALG-1)" in page.text
