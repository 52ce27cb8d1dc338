from credentials.edfi.interchange import RowError, code_value
from credentials.edfi.parser import ORGANIZATION_ID
from credentials.edfi.upsert import BulkUpsert, DuplicateCheck, refuse_on_error, required
from credentials.models import Course


def load_courses(interchange, district, workplaces, summary):
    """Import the courses that the district and its schools offer; ``workplaces`` is the result of load_schools().

    What a course asks for is the district's own and stays as it is.
    """
    upsert, check_duplicate = BulkUpsert(Course, "courses", summary), DuplicateCheck()
    codes = [element.get("CourseCode") for element in interchange.courses]
    stored = Course.objects.filter(district=district, code__in=codes).select_for_update(of=("self",)).order_by("pk")
    existing = {(course.code, course.school_id): course for course in stored}
    for element in interchange.courses:
        with refuse_on_error(summary, "courses", element):
            code, organization = required(element, "CourseCode"), required(element, ORGANIZATION_ID)
            if organization not in workplaces:
                reason = f"offered by {organization}, which is not known as a part of district {district.identifier}"
                raise RowError(f"course {code} is {reason}")
            check_duplicate(element, (code, organization), f"course {code} of {organization}")
            school = workplaces[organization]
            key = (code, school.pk if school else None)
            course = existing.get(key) or Course(district=district)
            upsert.add(course, **_values(element, key, course))
    upsert.save()


def _values(element, key, course):
    """The course's new values. A list that the file leaves out stays as it is."""
    code, school_id = key
    return {
        "code": code,
        "school_id": school_id,
        "title": required(element, "CourseTitle"),
        "subjects": _terms(element, "AcademicSubject") or course.subjects,
        "grade_levels": _terms(element, "OfferedGradeLevel") or course.grade_levels,
    }


def _terms(element, path):
    return list(dict.fromkeys(map(code_value, element.all(path))))
