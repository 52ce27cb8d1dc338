"""A teacher reads what they might teach, and the administrator says what a course asks for and sees what is at risk."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_a_teacher_reads_what_they_might_teach_and_why(person, scripts):
    teacher = person("teacher@demo.example", scripts=scripts)
    page = teacher.page
    page.goto("/credentials/")
    page.get_by_label("Validity on").fill("2031-01-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The line is Jan 31, 2031.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Employment Credentials").get_by_text("Expired").first).to_be_visible()
    page.get_by_role("link", name="1 course", exact=True).click()
    expect(page.get_by_text("A renewal by then would keep it.")).to_be_visible()
    teacher.look("courses-own")
    page.get_by_role("link", name="Nearly").click()
    expect(page.get_by_role("table").get_by_text("A part is missing").first).to_be_visible()
    page.get_by_role("link", name="All courses").click()
    expect(page.get_by_text("Your district has not said what this course asks for.")).to_be_visible()
    teacher.look("courses-own-all")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_gives_a_course_a_rule_and_sees_what_is_at_risk(person, scripts):
    administrator = person("administrator@demo.example", scripts=scripts)
    page = administrator.page
    page.get_by_role("link", name="Courses", exact=True).click()
    administrator.look("courses-list")
    page.get_by_role("link", name="Spanish I").click()
    page.get_by_role("link", name="Change the rule").click()
    page.get_by_label("Credential Type").select_option("Licensure/Certification")
    page.get_by_role("button", name="Add the requirement").click()
    expect(page.get_by_text("The requirement is added.")).to_be_visible()
    administrator.look("courses-rule")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("Nobody might be qualified now")).to_be_visible()
    administrator.look("courses-course")
    page.goto("/credentials/courses/at-risk/")
    expect(page.get_by_role("img", name="courses at risk by month").first).to_be_visible()
    administrator.look("courses-at-risk")
