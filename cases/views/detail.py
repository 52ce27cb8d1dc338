"""The page of a case: what was said, the composer under it, and the panel beside it."""

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case, TimelineEntry, answers_of, completeness_of, speaks_for, support_calendar
from cases.views.addresses import case_address, list_before, with_list
from cases.views.composer import composer_of, others_at
from cases.views.panel import panel_of
from cases.views.verbs import possible_verbs
from contacts.actions import mark_read_about
from contacts.business_time import stretches
from contacts.models import User
from contacts.views.shortcuts import render_form


@permission_required("cases.view_cases", raise_exception=True)
@require_safe
def detail(request, number):
    return case_page(request, number)


def case_page(request, number, *, sent=None, verb=None):
    """The case as it is now. ``sent`` is the form of a verb that was refused; it keeps what was typed."""
    visible = Case.objects.visible_to(request.user).select_related(
        *("district", "contact", "assignee", "assistant", "product_area__team"),
        *("question__asker", "qualification", "tie__notice"),
    )
    case = get_object_or_404(visible.with_offer(), pk=number)
    mark_read_about(request.user, case.get_absolute_url())
    return render_form(request, "cases/detail.html", sent, _context(request, case, sent, verb))


def _context(request, case, sent, verb):
    user = request.user
    speaks, asked = speaks_for(user, case.district_id), case.asked_contact
    timeline = thread_of(case, user)
    calendar = support_calendar() if case.answer_due_at or case.awaits_handover else None
    expected = _expected(case, speaks, asked)
    offered = _offered(case, user, timeline)
    forms = {each: sent if each == verb else _form(each, case, user, timeline) for each in offered}
    if sent:
        forms[verb] = sent
    verbs = {each.name: (each, form, _address(each, case, request)) for each, form in forms.items()}
    # The contacts' phone step stands at the top.
    phone_step = verbs.pop("record_phone_follow_up", None) if speaks and case.awaits_call else None
    first = [verbs[expected]] if expected in ("accept", "hand_over") and expected in verbs else []
    others = {name: each for name, each in verbs.items() if each not in first}
    return {
        "case": case,
        "answers": answers_of(case),
        "completeness": completeness_of(case),
        "back": list_before(request),
        "mode_url": f"{case_address(case, request, mode='')}",
        "others": others_at(case, user) if user.is_support else [],
        "timeline": timeline,
        "latest_pk": timeline[-1].pk if timeline else None,
        "connected": list(_connected(case)),
        "may_follow": case.may_be_followed(timezone.now()) and user.has_perm("cases.submit_case"),
        "may_reopen": "reopen" in verbs,
        "may_reply": "reply" in verbs and not case.is_closed,
        "may_hand_over": "hand_over" in verbs,
        "phone_step": phone_step,
        "support_phone": settings.SUPPORT_PHONE,
        "verbs": list(verbs.values()),
        "composer": composer_of(verbs, request, case, expected, sent and verb),
        # What is asked of the person now stands before the thread.
        "first": first,
        "panel": panel_of(
            {name: each for name, each in verbs.items() if each not in first}, case, user, timeline, sent and verb
        ),
        "more": [each for each in others.values() if not (each[0].mode or each[0].row)],
        "expected": expected,
        "asked": asked,
        "counts_every_hour": case.awaits_handover and not calendar,
        "speaks_for_district": speaks,
        "answer_parts": stretches(case.answer_since, case.answer_due_at, calendar) if case.answer_due_at else [],
    }


def thread_of(case, user):
    """What happened. A reply that became a case of its own says which, as ``case_number``."""
    timeline = list(case.timeline.visible_to(user).select_related("by"))
    if any(entry.action == TimelineEntry.Action.SPLIT for entry in timeline):
        made = dict(Case.objects.filter(split_from__case=case).values_list("split_from", "number"))
        for entry in timeline:
            entry.case_number = made.get(entry.pk)
    return timeline


def _address(verb, case, request):
    return with_list(reverse(f"cases:{verb.name}", args=[case.pk]), request)


def _form(verb, case, user, timeline):
    form = verb.form(case=case, user=user, auto_id=f"{verb.name}_%s")
    form.opened_with(timeline)
    return form


def _offered(case, user, timeline):
    """The verbs of the page. One with nothing to choose from is left out."""
    empty = set()
    if user.is_support and not User.objects.contacts_of(case.district).exists():
        empty |= {"hand_over", "record_call", "record_phone_follow_up"}
    if not any(entry.is_reply_of_district for entry in timeline):
        empty.add("split")
    was_called = any(entry.action == TimelineEntry.Action.CALLED for entry in timeline)
    if not (was_called and case.calls.to_confirm_by(user).exists()):
        empty.add("confirm_call")
    return [verb for verb in possible_verbs(case, user, timezone.now()) if verb.name not in empty]


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
    """The name of the verb that the case waits for."""
    if speaks and (case.awaits_handover or case.is_offered):
        return "accept"
    if case.awaits_handover:
        return "" if asked else "hand_over"
    if case.status == Case.Status.PENDING_VERIFICATION:
        return "close"
    return "record_phone_follow_up" if case.awaits_call else ""
