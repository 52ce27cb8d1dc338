"""What a district asks for of who teaches a course."""

from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.models import Role
from credentials.models import MOST_GROUPS, Course, Requirement, first_rule


@action
def add_requirement(course, *, by, group_number, **asked):
    """One more credential that is enough for the group, or with the next number a further group."""
    course = _lock_course(course, by)
    last = max(course.requirements.values_list("group_number", flat=True), default=0)
    if group_number > min(last + 1, MOST_GROUPS):
        raise ActionRefused("Somebody just changed these requirements. See what they are now, and add yours again.")
    about = {"district": course.district, "course": course, "group_number": group_number}
    requirement, is_new = Requirement.objects.get_or_create(**about, **asked)
    if is_new:
        audit.record("course.add_requirement", by=by, on=course, requirement=str(requirement), group=group_number)
    return requirement


@action
def remove_requirement(requirement, *, by):
    course = _lock_course(requirement.course, by)
    stored = course.requirements.filter(pk=requirement.pk).first()
    if not stored:
        raise ActionRefused("Somebody already removed this requirement.")
    audit.record("course.remove_requirement", by=by, on=course, requirement=str(stored), group=stored.group_number)
    stored.delete()
    # The groups stay numbered from one on.
    if not course.requirements.filter(group_number=stored.group_number).exists():
        for each in course.requirements.filter(group_number__gt=stored.group_number):
            each.group_number -= 1
            each.save(update_fields=["group_number"])


@action
def add_first_rules(*, by):
    """Give each course of the district that has a subject and no rule one for its subject and grades."""
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    courses = Course.objects.visible_to(by).without_rule().exclude(subjects=[]).select_for_update(of=("self",))
    courses = list(courses.order_by("pk"))
    if not courses:
        raise ActionRefused("Every course of your district that has a subject has a rule already.")
    Requirement.objects.bulk_create(requirement for course in courses for requirement in first_rule(course))
    audit.record("course.add_first_rules", by=by, on=by.district, courses=len(courses))
    return len(courses)


def _lock_course(course, by):
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    return Course.objects.visible_to(by).select_for_update(of=("self",)).get(pk=course.pk)
