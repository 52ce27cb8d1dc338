"""The row of figures: each is counted from the very rows of the list to which it leads."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from cases.models import Case, tabs
from contacts.models import ContactRequest, Designation
from credentials.models import CredentialRequest
from portal.home.addresses import cases_list


@dataclass(frozen=True, eq=False)
class Figure:
    """``mine`` are those of the rows that are the reader's own, where the list has everybody's."""

    label: str
    url: str
    rows: QuerySet
    mine: QuerySet | None = None
    is_late: bool = False


def figures(user, at):
    """The person's figures, those of cases first."""
    if user.has_perm("cases.work_case"):
        yield from _of_support(user, at)
    elif user.has_perm("cases.view_cases"):
        yield from (_tab(name, user, at) for name in ("us", "support"))
    if user.has_perm("credentials.decide_request"):
        waiting = CredentialRequest.objects.waiting_for(user)
        yield Figure("Requests to decide", f"{reverse('credentials:approvals')}?status=decide", waiting)
    if user.has_perm("contacts.decide_contact_requests"):
        asked = ContactRequest.objects.visible_to(user).open()
        yield Figure("Contacts to approve", reverse("contacts:contact_requests"), asked)
    if user.has_perm("contacts.review_inactive"):
        flagged = Designation.objects.flagged().visible_to(user)
        yield Figure("Inactive contacts", reverse("contacts:inactive"), flagged)


def _of_support(user, at):
    seen = Case.objects.visible_to(user)
    today = seen.due_today(at)
    yield _tab("unassigned", user, at)
    yield _tab("mine", user, at)
    yield Figure("Due today", cases_list(status="today"), today, mine=today.filter(assignee=user))
    overdue = _tab("overdue", user, at)
    yield Figure(overdue.label, overdue.url, overdue.rows, mine=overdue.rows.filter(assignee=user), is_late=True)


def _tab(name, user, at):
    tab = tabs.chosen(name, user)
    return Figure(tab.label, cases_list(view=name), tab.rows(Case.objects.visible_to(user), user, at))
