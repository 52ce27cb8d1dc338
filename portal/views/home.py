"""What needs a person now: the few things of every app that wait for them."""

from dataclasses import dataclass

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.templatetags.case_tags import (
    answer_label,
    answer_tone,
    handover_label,
    handover_tone,
    priority_tone,
    status_tone,
)
from contacts.models import Designation, StaffQuestion
from contacts.reports import coverage
from credentials.models import CredentialRecord, CredentialRequest
from credentials.templatetags.credential_tags import validity_label

SHOWN = 5
FIRST_ACTIONS = [
    ("cases.submit_case", "cases:new", "Submit a case", "plus"),
    ("credentials.decide_request", "credentials:approvals", "Approvals", "stamp"),
    ("contacts.designate", "contacts:choose_person", "Designate a contact", "user-plus"),
    ("credentials.view_own", "credentials:records", "My Credentials", "badge-check"),
    ("cases.view_cases", "cases:list", "All cases", "messages-square"),
]


@require_safe
def home(request):
    """What needs me? For each role, the few things that wait for this person."""
    user = request.user
    context = {"action": first_action(user), "needs": needs(user), "incomplete": incomplete_contacts(user)}
    return render(request, "portal/home.html", context)


def first_action(user):
    """What a person comes for most often, for the button at the top; a lead designates from a district's page."""
    for permission, address, label, icon in FIRST_ACTIONS:
        if user.has_perm(permission) and (user.district_id or permission != "contacts.designate"):
            return {"url": reverse(address), "label": label, "icon": icon}
    return {}


@dataclass(frozen=True)
class Item:
    text: str
    url: str
    chip: str = ""
    tone: str = "neutral"
    at: object = None


@dataclass(frozen=True)
class Need:
    """Something that waits: a heading, the first few items and where all of them are."""

    heading: str
    items: list
    url: str
    icon: str


def needs(user):
    """The person's needs, the pressing ones first; none of them empty."""
    found = []
    if user.has_perm("cases.watch_handovers"):
        overdue = Case.objects.visible_to(user).handover_overdue(timezone.now())
        found.append(handovers("Exception cases not accepted in time", overdue, "status=overdue"))
    if user.has_perm("cases.work_case"):
        found += agent_needs(user)
    if user.has_perm("cases.submit_case"):
        to_call = Case.objects.visible_to(user).awaiting_call()
        found.append(cases("Call Support about these cases", to_call, "status=call", "phone"))
        asked = asked_to_accept(user)
        found.append(handovers("Cases you are asked to accept", asked, "status=exception", for_support=False))
        found.append(cases("Cases waiting for your answer", waiting_cases(user), "status=waiting", "messages-square"))
    if user.has_perm("contacts.answer_questions"):
        found.append(staff_questions(user))
    if user.has_perm("credentials.decide_request"):
        found.append(requests_to_decide(user))
    if user.has_perm("contacts.review_inactive"):
        found.append(flagged_contacts(user))
    if user.has_perm("credentials.view_own"):
        found += [my_pending_requests(user), my_expiring_records(user)]
    found.append(unread_messages(user))
    return [need for need in found if need.items]


def agent_needs(user):
    everything = Case.objects.visible_to(user)
    to_hand_over = everything.awaiting_handover()
    if user.has_perm("cases.watch_handovers"):
        # The overdue ones stand above these.
        to_hand_over = to_hand_over.filter(handover_due_at__gte=timezone.now())
    return [
        handovers("Exception cases waiting for a contact", to_hand_over, "status=exception"),
        answers_due(user),
        cases("New cases without an agent", everything.unassigned(), "status=new", "inbox", for_support=True),
        cases(
            "Cases you are asked to assist with",
            asked_to_assist(user),
            "status=assist_request",
            "handshake",
            for_support=True,
        ),
        cases("My open cases", everything.assigned_to(user), "assignee=me", "messages-square", for_support=True),
    ]


def handovers(heading, queryset, query, *, for_support=True):
    """Exception cases without a contact, the one to be accepted first at the top."""
    rows = queryset.order_by("handover_due_at", "pk")
    return by_time(heading, rows, handover_label, handover_tone, query, "siren", for_support=for_support)


def by_time(heading, queryset, label, tone, query, icon, *, for_support=True):
    """Cases with the time that presses."""
    rows = [
        Item(_with_district(case) if for_support else _called(case), case.get_absolute_url(), label(case), tone(case))
        for case in queryset.rows().select_related("district")[:SHOWN]
    ]
    return Need(heading, rows, f"{reverse('cases:list')}?{query}", icon)


def asked_to_assist(user):
    return Case.objects.visible_to(user).filter(status=Case.Status.ASSIST_REQUEST, assistant=user)


def asked_to_accept(user):
    return Case.objects.visible_to(user).awaiting_handover().filter(handover_to=user)


def answers_due(user):
    """Missed or due soon, on the agent's own cases and on those that nobody has; the earliest first."""
    owed = Case.objects.visible_to(user).answer_pressing(timezone.now()).filter(Q(assignee=user) | Q(assignee=None))
    rows = owed.order_by("answer_due_at", "pk")
    return by_time("Answers due soon or missed", rows, answer_label, answer_tone, "status=answer", "clock")


def _called(case):
    return f"{case.number} {case.subject}"


def _with_district(case):
    return f"{_called(case)}, {case.district}"


def waiting_cases(user):
    return Case.objects.visible_to(user).waiting_for_district()


def cases(heading, queryset, query, icon, *, for_support=False):
    """Support reads whose case it is, and which is critical, before where it stands."""
    rows = []
    for case in queryset.rows().select_related("district")[:SHOWN]:
        text, chip, tone = _called(case), case.get_status_display(), status_tone(case.status)
        if for_support:
            text = _with_district(case)
            if case.priority == Case.Priority.CRITICAL:
                chip, tone = case.get_priority_display(), priority_tone(case.priority)
        rows.append(Item(text, case.get_absolute_url(), chip, tone, case.updated_at))
    return Need(heading, rows, f"{reverse('cases:list')}?{query}", icon)


def staff_questions(user):
    """What colleagues asked, the one that waits longest first."""
    waiting = StaffQuestion.objects.waiting_for(user).select_related("asker").order_by("asked_at", "pk")
    rows = [
        Item(
            f"{each.asker}: {Truncator(each.text).chars(80)}", each.get_absolute_url(), "New", "waiting", each.asked_at
        )
        for each in waiting[:SHOWN]
    ]
    return Need("Questions from staff", rows, reverse("contacts:questions"), "circle-question-mark")


def requests_to_decide(user):
    waiting = CredentialRequest.objects.waiting_for(user)
    rows = [
        Item(
            f"{request.requester}: {request.brief_description}",
            reverse("credentials:decide", args=[request.pk]),
            str(request.type),
            "waiting",
            request.submitted_at,
        )
        for request in waiting.select_related("requester", "type").order_by("submitted_at", "pk")[:SHOWN]
    ]
    return Need("Credential requests to decide", rows, reverse("credentials:approvals"), "stamp")


def flagged_contacts(user):
    flagged = Designation.objects.flagged().visible_to(user).select_related("user", "district").order_by("flagged_at")
    rows = [
        Item(
            f"{each.user}, {each.district}",
            reverse("contacts:inactive"),
            "Flagged inactive",
            "waiting",
            each.flagged_at,
        )
        for each in flagged[:SHOWN]
    ]
    return Need("Inactive contacts to keep or deactivate", rows, reverse("contacts:inactive"), "user-round-x")


def my_pending_requests(user):
    mine = CredentialRequest.objects.visible_to(user).pending()
    rows = [
        Item(
            request.brief_description,
            reverse("credentials:request", args=[request.pk]),
            "Pending",
            "waiting",
            request.submitted_at,
        )
        for request in mine[:SHOWN]
    ]
    return Need("My requests waiting for a decision", rows, reverse("credentials:requests"), "hourglass")


def my_expiring_records(user):
    today = timezone.localdate()
    soon = CredentialRecord.objects.visible_to(user).expiring(today)
    rows = [
        Item(
            record.name,
            f"{reverse('credentials:records')}?record={record.pk}",
            validity_label(record),
            "waiting",
        )
        for record in soon.select_related("type").prefetch_related("type__fields")[:SHOWN]
    ]
    return Need("My credentials expiring soon", rows, reverse("credentials:records"), "calendar-clock")


def unread_messages(user):
    rows = [
        Item(message.title, reverse("contacts:open_message", args=[message.pk]), at=message.created_at)
        for message in user.messages.unread()[:SHOWN]
    ]
    return Need("Unread messages", rows, reverse("contacts:messages"), "bell")


def incomplete_contacts(user):
    """The coverage of the person's district when its recommended set is incomplete and they can complete it."""
    if user.district_id and user.has_perm("contacts.designate"):
        found = coverage(user.district)
        return None if found.complete else found
    return None
