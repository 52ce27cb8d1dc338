"""What needs a person now in cases."""

from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from cases.actions.update_messages import managed_services
from cases.models import Case, UpdateRequest, sorting
from cases.models.querysets import midnight_after
from portal.home.addresses import cases_list
from portal.home.needs import Kind, Need

Priority, Status = Case.Priority, Case.Status


def of_support(user, at):
    seen, queue = Case.objects.visible_to(user), sorting.SORTS["queue"]
    untaken = seen.unassigned()
    mine, pressing = seen.assigned_to(user), seen.answer_pressing(at)
    yield Kind(
        _rows(_without_contact(user, at).order_by("handover_due_at", "pk")),
        lambda case: _case("Find a contact for", case, "siren", for_support=True, due_at=case.handover_due_at),
        cases_list(status="exception"),
        "to find a contact for",
    )
    yield Kind(
        _rows(pressing.filter(assignee=user).order_by("answer_due_at", "pk")),
        lambda case: _case("Answer", case, "clock", for_support=True, due_at=case.answer_due_at),
        cases_list(status="answer", assignee="me"),
        "to answer",
    )
    # A case that stands above already is not said twice.
    due = mine.waiting_for_support().filter(due_on__lte=timezone.localdate(at)).exclude(pk__in=pressing.values("pk"))
    yield Kind(
        _rows(due.order_by("due_on", "pk")),
        lambda case: _case("Finish", case, "calendar-clock", for_support=True, due_at=midnight_after(case.due_on)),
        cases_list(view="mine", sort="due"),
        "to finish",
    )
    yield Kind(
        _rows(seen.filter(status=Status.ASSIST_REQUEST, assistant=user).order_by("updated_at", "pk")),
        lambda case: _case("Assist with", case, "handshake", for_support=True, since=case.updated_at),
        cases_list(status="assist_request"),
        "to assist with",
    )
    # A missed answer that nobody owes yet does not hide behind critical cases that still have time.
    yield Kind(
        _rows(pressing.filter(assignee=None).order_by("answer_due_at", "pk")),
        lambda case: _case("Take", case, "hand", for_support=True, due_at=case.answer_due_at),
        cases_list(status="answer", assignee="nobody"),
        "to take and answer soon",
    )
    yield Kind(
        _rows(untaken.exclude(answer_soon_at__lte=at).annotate(**queue.add(for_support=True)).order_by(*queue.names)),
        lambda case: _case("Take", case, "hand", for_support=True, due_at=case.answer_due_at, since=case.created_at),
        cases_list(view="unassigned"),
        "to take",
    )


def _without_contact(user, at):
    """Exception cases for which nobody was asked, or was asked in vain; a lead watches those of every agent."""
    found = Case.objects.visible_to(user).awaiting_handover()
    found = found.filter(Q(handover_to=None) | Q(handover_due_at__lt=at))
    return found if user.has_perm("cases.watch_handovers") else found.filter(Q(assignee=user) | Q(assignee=None))


def updates_to_schedule(user):
    waiting = UpdateRequest.objects.visible_to(user).filter(status=UpdateRequest.Status.REQUESTED)
    if not managed_services().filter(pk=user.pk).exists():
        waiting = waiting.none()
    yield Kind(
        waiting.rows().order_by("requested_at", "pk"),
        lambda update: Need(
            "Schedule",
            f"{update.what[0].lower()}{update.what[1:]}",
            update.get_absolute_url(),
            "calendar-clock",
            detail=str(update.district),
            since=update.requested_at,
        ),
        reverse("updates:sites"),
        "to schedule",
    )


def of_contact(user):
    seen = Case.objects.visible_to(user)
    yield Kind(
        _rows(seen.awaiting_call().order_by("phone_due_at", "pk")),
        lambda case: _case("Call Support about", case, "phone", due_at=case.phone_due_at),
        cases_list(status="call"),
        "to call Support about",
    )
    yield Kind(
        _rows(seen.awaiting_handover().filter(handover_to=user).order_by("handover_due_at", "pk")),
        lambda case: _case("Accept", case, "siren", due_at=case.handover_due_at),
        cases_list(status="exception"),
        "to accept",
    )
    yield Kind(
        _rows(seen.offered().order_by("offered_at", "pk")),
        lambda case: _case("Take over", case, "hand", since=case.offered_at or case.updated_at),
        cases_list(status="offered"),
        "to take over",
    )
    yield Kind(
        _rows(seen.waiting_for_district().order_by("updated_at", "pk")),
        lambda case: _turn_of_district(case, user.district),
        cases_list(view="us"),
        "to answer",
    )


def _turn_of_district(case, district):
    if case.status == Status.PENDING_INPUT:
        return _case("Answer", case, "messages-square", since=case.updated_at)
    # The same object each time, so that its holidays are read once.
    case.district = district
    prefetch_related_objects([district], "holidays")
    return _case("Verify", case, "lightbulb", due_at=case.follow_up.closes_at, due="closes", since=case.updated_at)


def _rows(cases):
    return cases.rows().select_related("district")


def _case(verb, case, icon, *, for_support=False, **when):
    critical = [case.get_priority_display()] if case.priority == Priority.CRITICAL else []
    # A district knows itself; Support reads whose the case is.
    detail = " · ".join([*critical, str(case), str(case.district if for_support else case.product_area)])
    return Need(verb, case.subject, case.get_absolute_url(), icon, detail=detail, **when)
