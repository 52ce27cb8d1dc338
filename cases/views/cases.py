from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from cases import actions, reports
from cases.forms import SENT_ALREADY, VERB_FORMS, CaseFilterForm, CaseForm, ExceptionForm, contacts_of
from cases.models import Case, Status, Urgency, speaks_for
from contacts import ActionRefused
from contacts.actions import mark_read_about
from contacts.models import Designation, Role
from contacts.pagination import paginate

NEWEST_CHANGE_FIRST = ["-updated_at", "-number"]


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def case_list(request):
    form = CaseFilterForm(request.GET, user=request.user)
    cases = form.cases().rows()
    if request.user.is_support:
        cases = cases.select_related("district", "assignee")
    page = paginate(cases, NEWEST_CHANGE_FIRST, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "rows": _with_chips(page.rows),
        "page": page,
    }
    return render(request, "cases/list.html", context)


def _with_chips(rows):
    """Each case with the chip of its status; one is drawn per status, since one per row costs more than the query."""
    looks = {case.status: {"label": case.get_status_display(), "tone": case.tone} for case in rows}
    chips = {status: render_to_string("_partials/chip.html", look) for status, look in looks.items()}
    return [(case, chips[case.status]) for case in rows]


@permission_required("cases.open_submit_page", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    if not request.user.has_perm("cases.submit_case"):
        return _whom_to_ask(request)
    form = CaseForm(request.POST or None, user=request.user)
    if form.is_valid() and (case := _open(request, actions.submit, form)):
        return redirect(case)
    return render(request, "cases/new.html", {"form": form})


def _open(request, verb, form):
    """The case that the form opens, or opened when it was sent before; None where the form says why not."""
    answers = {name: value for name, value in form.cleaned_data.items() if name != "submission"}
    try:
        case = verb(by=request.user, submission=form.cleaned_data["submission"], **answers)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
    except actions.SentAlready as sent:
        if all(getattr(sent.case, name) == value for name, value in answers.items()):
            messages.info(request, SENT_ALREADY)
            return sent.case
        form.ask_again()
    else:
        _say_opened(request, case)
        return case


def _say_opened(request, case):
    if case.is_exception:
        told = ", and the district's contacts are told" if contacts_of(case.district).exists() else ""
        messages.success(request, f"Exception case {case.number} is open{told}.")
        return
    messages.success(request, f"Case {case.number} is with Support. That is the number to say on the phone.")
    if case.urgency == Urgency.CRITICAL:
        messages.warning(request, _phone_hint(case))


def _phone_hint(case):
    at = f" at {settings.SUPPORT_PHONE}" if settings.SUPPORT_PHONE else ""
    return f"It is critical: please phone Support{at} now as well, and say case {case.number}."


def _whom_to_ask(request):
    """Not an error: the page leads to the people who bring the district's cases to Support."""
    if request.method == "POST":
        raise PermissionDenied
    designations = Designation.objects.none()
    if request.user.district_id:
        asked = [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT, Role.BUILDING_COACH]
        current = Designation.objects.current().active()
        designations = current.filter(district_id=request.user.district_id, role__in=asked)
    people = designations.select_related("user", "school").order_by(
        F("flagged_at").asc(nulls_first=True), "user__last_name", "user__first_name", "pk"
    )
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
    form = ExceptionForm(request.POST or None)
    if form.is_valid() and (case := _open(request, actions.open_exception, form)):
        return redirect(case)
    return render(request, "cases/new_exception.html", {"form": form})


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def detail(request, number):
    return case_page(request, number)


def case_page(request, number, *, refused=None):
    """The case as it stands now; a refused verb's form comes back with what was typed."""
    visible = Case.objects.visible_to(request.user).select_related("district", "contact", "assignee", "product_area")
    case = get_object_or_404(visible, pk=number)
    mark_read_about(request.user, case.get_absolute_url())
    forms = {
        verb: VERB_FORMS[verb](case=case, user=request.user, auto_id=f"{verb}_%s")
        for verb in reports.possible_verbs(case, request.user, at=timezone.now())
    }
    has_contacts = "hand_over" in forms and bool(forms["hand_over"].fields["contact"].queryset)
    if not has_contacts:
        forms.pop("hand_over", None)
    forms |= refused or {}
    timeline = list(case.timeline.visible_to(request.user).select_related("by"))
    for newest in timeline[-1:]:
        newest.anchor = "latest"
    context = {
        "case": case,
        "facts": _facts(case, request.user),
        "timeline": timeline,
        "verbs": [(verb, form, reverse(f"cases:{verb}", args=[number])) for verb, form in forms.items()],
        "expected": _expected(case),
        "speaks_for_district": speaks_for(request.user, case.district_id),
        "may_reopen": "reopen" in forms,
        "may_reply": "reply" in forms and not case.is_closed,
        "has_contacts": has_contacts,
    }
    return render(request, "cases/detail.html", context)


def _expected(case):
    """The verb that the case waits for, besides the first one of the page."""
    if case.awaits_hand_over:
        return "hand_over"
    return "close" if case.status == Status.PENDING_VERIFICATION else ""


def _contact(person):
    if not person:
        return [("Contact", "Nobody yet: Support hands the case over to an authorized contact")]
    facts = [("Contact", person)]
    if person.email:
        facts.append(("E-mail", format_html('<a class="text-break" href="mailto:{0}">{0}</a>', person.email)))
    if person.phone:
        facts.append(("Phone", format_html('<a href="tel:{0}">{0}</a>', person.phone)))
    return facts


def _facts(case, user):
    facts = [
        ("Kind", case.get_kind_display()),
        ("Product area", case.product_area),
        ("Urgency", case.get_urgency_display()),
        *_contact(case.contact),
        ("Support agent", case.assignee or "Nobody yet"),
    ]
    if user.is_support:
        district_url = f"{reverse('contacts:directory')}?district={case.district_id}"
        facts.insert(0, ("District", format_html('<a href="{}">{}</a>', district_url, case.district)))
    if case.due_on:
        facts.append(("Due date", f"{case.due_on:%-d %b %Y}"))
    if case.is_exception:
        facts += [
            ("Caller", case.caller_name),
            ("How to reach the caller", case.caller_reach),
            ("Why it is an emergency", case.emergency),
        ]
    return facts
