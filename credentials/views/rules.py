"""What a district asks for of who teaches a course."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import Form
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from contacts.views.shortcuts import posted, refusals_on, render_form
from credentials import actions
from credentials.forms import RequirementForm
from credentials.models import Course, Requirement
from credentials.views.courses import groups_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.set_course_rules", raise_exception=True)
def course_rule(request, pk):
    """The requirements of a course, with a form for one more."""
    course = _get_course(request, pk)
    form = _form(course, posted(request))
    if form.is_valid():
        with refusals_on(form):
            actions.add_requirement(course, by=request.user, **form.cleaned_data)
            messages.success(request, "The requirement is added.")
            return redirect("credentials:course_rule", pk)
    return _page(request, course, form)


@require_POST
@permission_required("credentials.set_course_rules", raise_exception=True)
def remove_requirement(request, pk):
    own = Requirement.objects.filter(district=request.user.district_id).select_related("course")
    requirement = get_object_or_404(own, pk=pk)
    form = Form(request.POST)
    with refusals_on(form):
        actions.remove_requirement(requirement, by=request.user)
        messages.success(request, "The requirement is removed.")
        return redirect("credentials:course_rule", requirement.course_id)
    return _page(request, requirement.course, _form(requirement.course, None), refused=form)


@require_POST
@permission_required("credentials.set_course_rules", raise_exception=True)
def add_first_rules(request):
    form = Form(request.POST)
    with refusals_on(form):
        count = actions.add_first_rules(by=request.user)
        done = f"{count:,} course{'' if count == 1 else 's'} now ask{'s' if count == 1 else ''} for subject and grades."
        messages.success(request, f"{done} Look at the rules, and change what your district asks for besides.")
        return redirect("credentials:courses")
    messages.warning(request, " ".join(form.non_field_errors()))
    return redirect("credentials:courses")


def _get_course(request, pk):
    return get_object_or_404(Course.objects.visible_to(request.user).select_related("school"), pk=pk)


def _form(course, data):
    groups = [number for number, _ in groups_of(course)]
    initial = {"subjects": course.subjects, "grade_levels": course.grade_levels, "group_number": max(groups, default=1)}
    return RequirementForm(data, course=course, groups=groups, initial=initial)


def _page(request, course, form, refused=None):
    context = {"course": course, "groups": groups_of(course), "refused": refused}
    response = render_form(request, "credentials/courses/rule.html", form, context)
    if refused:
        response.status_code = 409
    return response
