from datetime import date

import pytest

from credentials.models import school_year_end
from credentials.models.vocabularies import said_as_span
from tests.factories import CourseFactory, RequirementFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 11, 29), date(2027, 6, 30)),
        (date(2027, 6, 30), date(2027, 6, 30)),
        (date(2027, 7, 1), date(2028, 6, 30)),
    ],
)
def test_a_school_year_ends_on_the_last_of_june(day, end):
    assert school_year_end(day) == end


def test_the_day_on_which_it_ends_is_a_setting(settings):
    settings.SCHOOL_YEAR_ENDS = date(2001, 5, 31)
    assert school_year_end(date(2026, 6, 1)) == date(2027, 5, 31)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([], ""),
        (["Eighth grade", "Seventh grade", "Ninth grade"], "Seventh grade to Ninth grade"),
        (["Seventh grade", "Eighth grade"], "Seventh grade, Eighth grade"),
        (
            ["Kindergarten", "First grade", "Second grade", "Twelfth grade"],
            "Kindergarten to Second grade, Twelfth grade",
        ),
        (["Form 3"], "Form 3"),
    ],
)
def test_grade_levels_are_said_as_a_span(levels, said):
    assert said_as_span(levels) == said


def test_a_requirement_says_all_that_it_asks_for():
    course = CourseFactory(title="Algebra I", code="ALG-1")
    requirement = RequirementFactory(
        course=course, field="", subjects=["Mathematics", "Science"], level_key="teaching_credential", levels=["Master"]
    )
    assert str(requirement) == "Mathematics or Science, Master"
    assert str(course) == "Algebra I (ALG-1)"
