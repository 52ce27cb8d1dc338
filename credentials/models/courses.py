from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from contacts.constraints import DistrictKey, SameDistrict, Unchanging
from contacts.models import District, School
from contacts.models.districts import validate_one_line
from credentials.models.types import MAX_LENGTHS, CredentialType, Element
from credentials.models.vocabularies import said_as_span

MOST_GROUPS = 9
# The credential fields in which a course of the subject is usually taught, for a first rule that a district can change.
FIELDS_OF_SUBJECTS = {
    "Career and Technical Education": ["Agricultural Science and Technology", "Computer Science"],
    "Fine and Performing Arts": ["Art", "Music"],
    "Life and Physical Sciences": ["Life and Physical Sciences"],
    "Mathematics": ["Mathematics"],
    "Physical, Health, and Safety Education": ["Physical Education", "Health"],
    "Science": ["Life and Physical Sciences"],
    "Social Sciences and History": ["Social Studies"],
    "Social Studies": ["Social Studies"],
}


def school_year_end(day):
    """The last day of the school year that the day is in."""
    end = settings.SCHOOL_YEAR_ENDS.replace(year=day.year)
    return end if day <= end else end.replace(year=day.year + 1)


def terms(element):
    """A column of several choices of the element."""
    return ArrayField(models.CharField(max_length=MAX_LENGTHS[element]), default=list, blank=True)


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the person's own district."""
        return self.filter(district_id=user.district_id, district__isnull=False)

    def with_rule(self):
        return self.filter(Exists(Requirement.objects.filter(course=OuterRef("pk"))))

    def without_rule(self):
        return self.exclude(Exists(Requirement.objects.filter(course=OuterRef("pk"))))

    def named(self, words):
        """Courses whose title or code has every one of the words."""
        found = self
        for word in words.split():
            found = found.filter(Q(title__icontains=word) | Q(code__icontains=word))
        return found


class Course(models.Model):
    """A course that the district, or one of its schools, offers. Its requirements say who might teach it."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="courses")
    school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="courses",
        help_text="Empty: the district offers it.",
    )
    code = models.CharField(max_length=60, validators=[validate_one_line])
    title = models.CharField(max_length=200, validators=[validate_one_line])
    subjects = terms(Element.SUBJECTS)
    grade_levels = terms(Element.GRADE_LEVELS)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "school", "code"],
                nulls_distinct=False,
                name="a_course_code_is_used_once_in_a_school",
                violation_error_message="The school already has a course with this code.",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(title=""),
                name="a_course_has_a_code_and_a_title",
                violation_error_message="Enter the course's code and its title.",
            ),
            DistrictKey(fields=["district", "id"], name="a_course_is_of_one_district"),
            SameDistrict(
                field="school",
                name="a_course_is_of_a_school_of_its_district",
                violation_error_message="The school must be in the district of the course.",
            ),
            Unchanging(
                fields=["district"],
                name="a_course_never_changes_districts",
                violation_error_message="A course stays in its district.",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "title", "id"], name="courses_of_a_district"),
            models.Index(fields=["school"], name="courses_of_a_school"),
        ]

    def __str__(self):
        return f"{self.title} ({self.code})"

    def get_absolute_url(self):
        return reverse("credentials:course", args=[self.pk])

    @property
    def grades(self):
        """``Seventh grade to Ninth grade``, or empty where the course does not say."""
        return said_as_span(self.grade_levels)

    @property
    def about(self):
        """Its subjects and grades, in one line."""
        return " · ".join(filter(None, [", ".join(self.subjects), self.grades]))


def first_rule(course):
    """The unsaved requirements of a credential in one of the course's subjects, or a field of it, and its grades."""
    about = {"district_id": course.district_id, "course": course, "grade_levels": course.grade_levels}
    fields = [field for subject in course.subjects for field in FIELDS_OF_SUBJECTS.get(subject, [])]
    if course.subjects:
        yield Requirement(**about, subjects=course.subjects)
    yield from (Requirement(**about, field=field) for field in dict.fromkeys(fields))


class Requirement(models.Model):
    """A kind of credential that a course asks for: one that has everything named here.

    Of the requirements of one group any is enough; of the groups of a course each is needed. So a course with a single
    group asks for one of several credentials, and one with several groups for all of them.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="requirements")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="requirements")
    group_number = models.PositiveSmallIntegerField(default=1)
    type = models.ForeignKey(
        CredentialType, on_delete=models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    field = models.CharField("credential field", max_length=MAX_LENGTHS[Element.FIELD], blank=True)
    subjects = terms(Element.SUBJECTS)
    grade_levels = terms(Element.GRADE_LEVELS)
    level_key = models.SlugField(
        max_length=40, blank=True, help_text="The key of a type's own field, such as teaching_credential."
    )
    levels = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="The values of that field, of which a credential has one.",
    )

    class Meta:
        ordering = ["group_number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "group_number", "type", "field", "subjects", "grade_levels", "level_key", "levels"],
                nulls_distinct=False,
                name="a_course_asks_for_the_same_once_in_a_group",
                violation_error_message="The group already asks for this.",
            ),
            models.CheckConstraint(
                condition=Q(type__isnull=False)
                | ~Q(field="")
                | ~Q(subjects=[])
                | ~Q(grade_levels=[])
                | ~Q(level_key=""),
                name="a_requirement_asks_for_something",
                violation_error_message="Say at least one thing that the credential must have.",
            ),
            models.CheckConstraint(
                condition=Q(level_key="", levels=[]) | (~Q(level_key="") & ~Q(levels=[])),
                name="a_required_level_is_of_a_field",
                violation_error_message="Choose a field, and the values of it that are enough.",
            ),
            models.CheckConstraint(
                condition=Q(group_number__gte=1, group_number__lte=MOST_GROUPS),
                name="a_course_has_at_most_nine_groups",
                violation_error_message=f"A course has at most {MOST_GROUPS} groups of requirements.",
            ),
            SameDistrict(
                field="course",
                name="a_requirement_is_of_a_course_of_its_district",
                violation_error_message="The course must be in the district of the requirement.",
            ),
            Unchanging(
                fields=["district", "course"],
                name="a_requirement_never_changes_courses",
                violation_error_message="A requirement stays with its course.",
            ),
        ]
        indexes = [models.Index(fields=["district", "course"], name="requirements_of_a_district")]

    def __str__(self):
        """``Licensure/Certification, Mathematics, Seventh grade to Ninth grade``."""
        return ", ".join(filter(None, self._parts())) or "Any credential"

    def _parts(self):
        yield str(self.type) if self.type_id else ""
        yield f"field {self.field}" if self.field else ""
        yield " or ".join(self.subjects)
        yield said_as_span(self.grade_levels)
        yield " or ".join(self.levels)
