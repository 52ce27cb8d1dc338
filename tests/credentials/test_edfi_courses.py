"""Courses of an Ed-Fi file: what is read, what stays, and that no other district's are reached."""

import pytest

from contacts.models import District
from credentials.models import Course, Requirement
from tests.credentials.interchanges import COMPLETE, ORGANIZATIONS, course, outcomes, refusals
from tests.factories import CourseFactory, DistrictFactory, RequirementFactory, SchoolFactory

pytestmark = pytest.mark.django_db
SUBJECT = "<AcademicSubject>uri://ed-fi.org/AcademicSubjectDescriptor#{}</AcademicSubject>".format
GRADE = "<OfferedGradeLevel>uri://ed-fi.org/GradeLevelDescriptor#{}</OfferedGradeLevel>".format


def test_a_course_is_read_with_its_school_subjects_and_grades(load):
    more = SUBJECT("Mathematics") + SUBJECT("Science") + GRADE("Eighth grade")
    summary = load(*COMPLETE, organizations=[*ORGANIZATIONS, course(more=more), course("PE", "Sport", "900")])
    assert outcomes(summary)["courses"] == {"created": 2}
    algebra, sport = Course.objects.order_by("code")
    assert (algebra.title, algebra.school.identifier) == ("Algebra I", "901")
    assert (algebra.subjects, algebra.grade_levels) == (["Mathematics", "Science"], ["Eighth grade"])
    assert sport.school is None


def test_a_course_read_again_changes_only_what_the_file_says_and_keeps_its_rule(load):
    load(*COMPLETE, organizations=[*ORGANIZATIONS, course(more=SUBJECT("Mathematics"))])
    RequirementFactory(course=Course.objects.get())
    summary = load(*COMPLETE, organizations=[*ORGANIZATIONS, course(title="Algebra 1")])
    assert outcomes(summary)["courses"] == {"updated": 1}
    stored = Course.objects.get()
    assert (stored.title, stored.subjects, Requirement.objects.count()) == ("Algebra 1", ["Mathematics"], 1)


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        ([course(organization="801")], "course ALG-1 is offered by 801, which is not known as a part of district 900."),
        ([course(organization="800")], "course ALG-1 is offered by 800, which is not known as a part of district 900."),
        ([course(), course()], "course ALG-1 of 901 is already listed in Organizations.xml, line 5."),
        ([course(title="")], "Course has no CourseTitle."),
        ([course(organization="")], "Course has no EducationOrganizationId."),
        ([course(title="x" * 201)], "title: Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_what_cannot_be_a_course_of_the_district_is_refused_and_reaches_no_other(load, elements, said):
    dale = DistrictFactory(identifier="800")
    CourseFactory(district=dale, school=SchoolFactory(district=dale, identifier="801"), code="ALG-1", title="Dale's")
    summary = load(*COMPLETE, organizations=[*ORGANIZATIONS, *elements])
    assert [refusal.partition(": ")[2] for refusal in refusals(summary)] == [said]
    assert Course.objects.get(district=dale).title == "Dale's"
    assert Course.objects.exclude(district=dale).count() == len(elements) - 1
    assert District.objects.count() == 2
