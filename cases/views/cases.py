from contextlib import contextmanager
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases import actions
from cases.forms import CaseForm, ExceptionForm, made_of
from cases.models import Case, similar_cases
from contacts.models import Designation, Role, StaffQuestion, User, covers_at
from contacts.models.keys import is_key
from contacts.views.shortcuts import posted, refusals_on, render_form

# In digits, of a bigint.


@permission_required("cases.open_submit_page", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    if not request.user.has_perm("cases.submit_case"):
        return _whom_to_ask(request)
    follows, question = _followed_case(request), _question(request)
    if "look" in request.POST:
        # Without scripts: the page once more, with what was typed and the cases that are similar.
        form = CaseForm(user=request.user, initial=request.POST.dict())
    else:
        first = {"kind": request.GET.get("kind")} | made_of(question)
        form = CaseForm(posted(request), user=request.user, initial=first)
    if form.is_valid():
        # Only the button that offers it says so, so that the next form is asked about anew.
        about = {"follows": follows, "question": question, "again": "again" in request.POST}
        with refusals_on(form), _submitted_before(form):
            case = actions.submit(by=request.user, **about, **form.cleaned_data)
            messages.success(request, _sent(case))
            return redirect(case)
    if question and not form.is_bound and question.status != StaffQuestion.Status.NEW:
        messages.info(request, "Somebody took care of this question already.")
        return redirect(question)
    return page_of_new_case(request, form, follows=follows, question=question)


def page_of_new_case(request, form, *, follows=None, question=None):
    """The form, and the cases that are similar to what it says already."""
    subject = "" if hasattr(form, "submitted_before") else form["subject"].value()
    about = {name: row.pk for name, row in [("follows", follows), ("question", question)] if row}
    context = {
        "follows": follows,
        "question": question,
        "address": reverse("cases:new") + (f"?{urlencode(about)}" if about else ""),
        "similar": similar_cases(subject, request.user, timezone.now()) if subject else [],
        "looked": request.POST.get("look") == "similar",
    }
    return render_form(request, "cases/new.html", form, context)


@contextmanager
def _submitted_before(form):
    """The case that the same words made a moment ago comes back with them."""
    try:
        yield
    except actions.SubmittedBefore as refusal:
        form.submitted_before = refusal.case
        raise


def _sent(case):
    if case.awaits_call:
        return f"Case {case.number} was submitted. Now call Support."
    return f"Case {case.number} was sent to Support."


def _followed_case(request):
    """The closed case in the address, with which the new one goes on, or None."""
    if not (number := request.GET.get("follows")):
        return None
    if not is_key(number):
        raise Http404
    return get_object_or_404(Case.objects.visible_to(request.user), pk=number)


def _question(request):
    """The colleague's question in the address, of which the case is made, or None."""
    if not (key := request.GET.get("question")):
        return None
    if not is_key(key):
        raise Http404
    return get_object_or_404(StaffQuestion.objects.answerable_by(request.user).select_related("asker"), pk=key)


def _whom_to_ask(request):
    """Not an error: the page leads to the people who bring the district's cases to Support."""
    if request.method == "POST":
        raise PermissionDenied
    designations = Designation.objects.none()
    if request.user.district_id:
        asked = [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT, Role.BUILDING_COACH]
        current = Designation.objects.current().active()
        designations = current.filter(district_id=request.user.district_id, role__in=asked)
    people = designations.select_related("user__school", "school").prefetch_related(covers_at("user__cover"))
    people = people.order_by(F("flagged_at").asc(nulls_first=True), "user__last_name", "user__first_name", "pk")
    # One's own coach comes first.
    people = sorted(people, key=lambda held: held.school_id is None or held.school_id != request.user.school_id)
    return render(request, "cases/whom_to_ask.html", {"groups": _by_role(people)})


def _by_role(designations):
    groups = {Role.SUPPORT_CONTACT: [], Role.TECHNICAL_CONTACT: [], Role.BUILDING_COACH: []}
    for designation in designations:
        groups[designation.role].append(designation)
    headings = ["Support contacts", "Technical contact", "Building coaches"]
    return [(heading, group) for heading, group in zip(headings, groups.values(), strict=True) if group]


@permission_required("cases.open_exception", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_exception(request):
    form = ExceptionForm(posted(request), initial={"district": request.GET.get("district", "")})
    if form.is_valid():
        with refusals_on(form):
            case = actions.open_exception(by=request.user, **form.cleaned_data)
            told = ", and the district's contacts were told" if User.objects.contacts_of(case.district).exists() else ""
            messages.success(request, f"Exception case {case.number} is open{told}.")
            return redirect(case)
    return render_form(request, "cases/new_exception.html", form, {})
