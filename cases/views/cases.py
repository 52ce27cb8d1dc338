from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases import actions
from cases.forms import CaseFilterForm, CaseForm, ExceptionForm, made_of
from cases.models import Case, TimelineEntry, speaks_for, support_calendar
from cases.views.verbs import possible_verbs
from contacts.actions import mark_read_about
from contacts.business_time import stretches
from contacts.models import Designation, Role, StaffQuestion, User, covers_at
from contacts.pagination import Page, paginate
from contacts.views.shortcuts import posted, refusals_on, render_form

# In digits, of a bigint.
LONGEST_NUMBER = 18
NEWEST_CHANGE_FIRST = ["-updated_at", "-number"]


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def case_list(request):
    form = CaseFilterForm(request.GET, user=request.user)
    context = {"form": form, "is_filtered": any(request.GET.get(name) for name in form.fields), "page": Page([])}
    if not form.is_refused:
        cases = form.cases().rows()
        if request.user.is_support:
            cases = cases.select_related("district", "assignee", "product_area__team")
        context["page"] = paginate(cases, NEWEST_CHANGE_FIRST, request.GET.get("cursor", ""))
    return render(request, "cases/list.html", context)


@permission_required("cases.open_submit_page", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    if not request.user.has_perm("cases.submit_case"):
        return _whom_to_ask(request)
    follows, question = _followed_case(request), _question(request)
    form = CaseForm(posted(request), user=request.user, initial=made_of(question))
    if form.is_valid():
        with refusals_on(form):
            case = actions.submit(by=request.user, follows=follows, question=question, **form.cleaned_data)
            messages.success(request, _sent(case))
            return redirect(case)
    if question and not form.is_bound and question.status != StaffQuestion.Status.NEW:
        messages.info(request, "Somebody took care of this question already.")
        return redirect(question)
    return render_form(request, "cases/new.html", form, {"follows": follows, "question": question})


def _sent(case):
    if case.awaits_call:
        return f"Case {case.number} was submitted. Now call Support."
    return f"Case {case.number} was sent to Support."


def _followed_case(request):
    """The closed case in the address, with which the new one goes on, or None."""
    if not (number := request.GET.get("follows")):
        return None
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise Http404
    return get_object_or_404(Case.objects.visible_to(request.user), pk=number)


def _question(request):
    """The colleague's question in the address, of which the case is made, or None."""
    if not (key := request.GET.get("question")):
        return None
    if not key.isdecimal() or len(key) > 18:
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
    form = ExceptionForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            case = actions.open_exception(by=request.user, **form.cleaned_data)
            told = ", and the district's contacts were told" if User.objects.contacts_of(case.district).exists() else ""
            messages.success(request, f"Exception case {case.number} is open{told}.")
            return redirect(case)
    return render_form(request, "cases/new_exception.html", form, {})


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def detail(request, number):
    return case_page(request, number)


def case_page(request, number, *, sent=None, verb=None):
    """The case as it is now. ``sent`` is the form of a verb that was refused; it keeps what was typed."""
    visible = Case.objects.visible_to(request.user).select_related(
        "district", "contact", "assignee", "assistant", "product_area__team", "question__asker"
    )
    case = get_object_or_404(visible, pk=number)
    mark_read_about(request.user, case.get_absolute_url())
    return render_form(request, "cases/detail.html", sent, _context(case, request.user, sent, verb))


def _context(case, user, sent, verb):
    speaks, asked = speaks_for(user, case.district_id), case.asked_contact
    timeline = list(case.timeline.visible_to(user).select_related("by"))
    calendar = support_calendar() if case.answer_due_at or case.awaits_handover else None
    expected = _expected(case, speaks, asked)
    forms = {each: _form(each, case, user, timeline) for each in _offered(case, user, timeline, expected)}
    if sent:
        forms[verb] = sent
    verbs = {each.name: (each, form, reverse(f"cases:{each.name}", args=[case.pk])) for each, form in forms.items()}
    return {
        "case": case,
        "timeline": timeline,
        "connected": list(_connected(case)),
        "may_follow": case.may_be_followed(timezone.now()) and user.has_perm("cases.submit_case"),
        "may_reopen": "reopen" in verbs,
        "may_reply": "reply" in verbs and not case.is_closed,
        "may_hand_over": "hand_over" in verbs,
        # The contacts' phone step stands at the top.
        "phone_step": verbs.pop("record_phone_follow_up", None) if speaks and case.awaits_call else None,
        "support_phone": settings.SUPPORT_PHONE,
        "verbs": list(verbs.values()),
        "expected": expected,
        "asked": asked,
        "counts_every_hour": case.awaits_handover and not calendar,
        "speaks_for_district": speaks,
        "answer_parts": stretches(case.answer_since, case.answer_due_at, calendar) if case.answer_due_at else [],
    }


def _form(verb, case, user, timeline):
    form = verb.form(case=case, user=user, auto_id=f"{verb.name}_%s")
    form.opened_with(timeline)
    return form


def _offered(case, user, timeline, expected):
    """The verbs of the page; where a contact is awaited, the expected one first. A verb with nothing to choose from is
    left out.
    """
    verbs = possible_verbs(case, user, timezone.now())
    empty = set()
    if user.is_support and not User.objects.contacts_of(case.district).exists():
        empty |= {"hand_over", "record_call", "record_phone_follow_up"}
    if not any(entry.is_reply_of_district for entry in timeline):
        empty.add("split")
    was_called = any(entry.action == TimelineEntry.Action.CALLED for entry in timeline)
    if not (was_called and case.calls.to_confirm_by(user).exists()):
        empty.add("confirm_call")
    if case.awaits_handover:
        verbs = sorted(verbs, key=lambda verb: verb.name != expected)
    return [verb for verb in verbs if verb.name not in empty]


def _connected(case):
    """(what it is to this case, the other case), by number."""
    named = {*case.linked_numbers, case.follows_id, case.merged_into_id} - {None}
    others = Case.objects.filter(Q(follows=case) | Q(merged_into=case) | Q(pk__in=named)).order_by("number")
    for other in others.only("number", "subject", "follows", "merged_into"):
        if other.pk == case.merged_into_id:
            yield "Merged into", other
        elif other.merged_into_id == case.pk:
            yield "Merged into this case", other
        elif other.pk == case.follows_id:
            yield "Goes on from", other
        else:
            yield "Goes on in" if other.follows_id == case.pk else "Related", other


def _expected(case, speaks, asked):
    """The name of the verb that the case waits for, besides the first one of the page."""
    if case.awaits_handover and speaks:
        return "accept"
    if case.awaits_handover:
        return "" if asked else "hand_over"
    if case.status == Case.Status.PENDING_VERIFICATION:
        return "close"
    return "record_phone_follow_up" if case.awaits_call else ""
