"""Which courses a person might be qualified to teach, and who might teach a course."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from contacts.models import User
from contacts.pagination import paginate
from contacts.views.people import BY_NAME
from credentials import reports
from credentials.forms import CourseFilterForm
from credentials.models import Course, staff_overseen_by
from credentials.reports import MIGHT, Question, State

BY_TITLE = ["title", "pk"]
MOST_AT_RISK = 100
# The tabs of both pages, and which pairs of a course and a person each shows.
TABS = {
    "might": ("Might be qualified", lambda row: row["state"] in MIGHT),
    "expiring": ("Runs out this school year", lambda row: row["state"] == State.EXPIRING),
    "expired": ("Expired", lambda row: row["state"] == State.EXPIRED),
    "nearly": ("Nearly", lambda row: row["state"] == State.NOT_QUALIFIED),
}


@require_safe
@permission_required("credentials.view_own", raise_exception=True)
def own_courses(request):
    """Those that the person might teach, those of which they meet a part, and every course of the district."""
    user = request.user
    question = Question(user.district, user.district.today, person=user, nearly=True)
    found = {row["course_id"]: row for row in question.pairs()}
    tab, tabs = _tabs(request, found.values(), more=[("all", "All courses")])
    courses = Course.objects.visible_to(user).select_related("school")
    if tab != "all":
        courses = courses.filter(pk__in=[key for key, row in found.items() if TABS[tab][1](row)])
    page = paginate(courses, BY_TITLE, request.GET.get("cursor", ""))
    keys = [course.pk for course in page.rows]
    why = reports.reasons(Question(user.district, question.day, person=user, courses=keys), keys, [user.pk])
    context = {
        "tab": tab,
        "tabs": tabs,
        "page": page,
        "rows": [(course, found.get(course.pk), why[course.pk, user.pk]) for course in page.rows],
        "question": question,
    }
    return render(request, "credentials/courses/own.html", context)


def _tabs(request, rows, more=()):
    """The tab that the address names, and (name, label, count) of each."""
    names = [*TABS, *(name for name, _ in more)]
    tab = request.GET.get("show", "")
    tabs = [(name, label, sum(map(fits, rows))) for name, (label, fits) in TABS.items()]
    return tab if tab in names else "might", [*tabs, *((name, label, None) for name, label in more)]


@require_safe
@permission_required("credentials.view_courses", raise_exception=True)
def courses(request):
    district = request.user.district
    form = CourseFilterForm(request.GET, user=request.user)
    found = form.narrow(Course.objects.visible_to(request.user).select_related("school"))
    page = paginate(found, BY_TITLE, request.GET.get("cursor", ""))
    counts = reports.course_counts(Question(district, district.today, courses=[course.pk for course in page.rows]))
    context = {
        "form": form,
        "page": page,
        "rows": [(course, counts.get(course.pk)) for course in page.rows],
        "without_rule": Course.objects.visible_to(request.user).without_rule().exclude(subjects=[]).count(),
    }
    return render(request, "credentials/courses/list.html", context)


@require_safe
@permission_required("credentials.view_courses", raise_exception=True)
def courses_at_risk(request):
    district = request.user.district
    question = Question(district, district.today)
    lanes = reports.lanes(reports.at_risk(question), district.schools.in_bulk(), question.day)
    which = reports.courses_at_risk(question, MOST_AT_RISK)
    found = Course.objects.visible_to(request.user).select_related("school").in_bulk(row["course_id"] for row in which)
    context = {
        "lanes": lanes,
        "months": reports.months_from(question.day, reports.MONTHS_AHEAD),
        "highest": max((count for lane in lanes for _, count in lane.months), default=0),
        "total": sum(lane.total for lane in lanes),
        "rows": [(found[row["course_id"]], row) for row in which],
    }
    return render(request, "credentials/courses/at_risk.html", context)


@require_safe
@permission_required("credentials.view_courses", raise_exception=True)
def course(request, pk):
    """Who might teach it, whose credential runs out, who nearly does, and when the last of them is gone."""
    course = get_object_or_404(Course.objects.visible_to(request.user).select_related("school", "district"), pk=pk)
    day = course.district.today
    seen = staff_overseen_by(request.user)
    pairs = Question(course.district, day, courses=[course.pk], nearly=True).pairs()
    shown = set(seen.filter(pk__in=[row["holder_id"] for row in pairs]).values_list("pk", flat=True))
    found = {row["holder_id"]: row for row in pairs if row["holder_id"] in shown}
    tab, tabs = _tabs(request, found.values())
    people = User.objects.filter(pk__in=[key for key, row in found.items() if TABS[tab][1](row)])
    page = paginate(people.select_related("school"), BY_NAME, request.GET.get("cursor", ""))
    keys = [person.pk for person in page.rows]
    question = Question(course.district, day, courses=[course.pk])
    why = reports.reasons(question, [course.pk], keys)
    context = {
        "course": course,
        "groups": groups_of(course),
        "counts": reports.course_counts(question).get(course.pk),
        "tab": tab,
        "tabs": tabs,
        "page": page,
        "rows": [(person, found[person.pk], why[course.pk, person.pk]) for person in page.rows],
        "question": question,
    }
    return render(request, "credentials/courses/course.html", context)


def groups_of(course):
    """(number, requirements) of each group."""
    groups = {}
    for requirement in course.requirements.select_related("type"):
        groups.setdefault(requirement.group_number, []).append(requirement)
    return sorted(groups.items())
