"""The verbs of a case's page: one declaration each, from which come its address, its view and its row in the table of
access.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import actions, forms
from cases.models import Case
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE
from contacts.views.shortcuts import refusals_on

Status = Case.Status
EITHER_SIDE = [*AUTHORIZED_CONTACTS, *SUPPORT_SIDE]


@dataclass(frozen=True, eq=False)
class Verb:
    """One thing people do on a case's page; ``transition`` or ``when`` says which cases allow it.

    The action is called with the case, who acts, and what the form says. ``done`` is the confirmation.
    """

    form: type
    action: Callable
    permission: str
    roles: list
    done: str
    transition: Status | None = None
    when: Callable = lambda case, at: not case.is_closed

    @property
    def name(self):
        return self.action.__name__

    @property
    def slug(self):
        return self.name.replace("_", "-")

    def is_possible(self, case, at):
        return self.when(case, at) and (not self.transition or self.transition in case.reachable)


# In the order of the page.
VERBS = [
    Verb(
        forms.AcceptForm,
        actions.accept,
        "cases.accept_case",
        AUTHORIZED_CONTACTS,
        "{case} is yours: you are its contact.",
        when=lambda case, at: case.awaits_handover,
    ),
    Verb(
        forms.TakeForm,
        actions.take,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is yours.",
        when=lambda case, at: not case.is_closed and not case.assignee_id,
    ),
    Verb(
        forms.RecordPhoneFollowUpForm,
        actions.record_phone_follow_up,
        "cases.record_phone_follow_up",
        EITHER_SIDE,
        "The call to Support is recorded.",
        when=lambda case, at: case.awaits_call,
    ),
    Verb(forms.ReplyForm, actions.reply, "cases.reply", EITHER_SIDE, "Your reply was sent."),
    Verb(
        forms.AskForm,
        actions.ask,
        "cases.work_case",
        SUPPORT_SIDE,
        "Your question was sent. {case} waits for the district's input.",
        transition=Status.PENDING_INPUT,
    ),
    Verb(
        forms.ResolveForm,
        actions.resolve,
        "cases.work_case",
        SUPPORT_SIDE,
        "The resolution was sent. {case} waits for the district to verify it.",
        transition=Status.PENDING_VERIFICATION,
    ),
    Verb(
        forms.NoteForm,
        actions.note,
        "cases.work_case",
        SUPPORT_SIDE,
        "The internal note is saved.",
        when=lambda case, at: True,
    ),
    Verb(
        forms.ResumeForm,
        actions.resume,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is Assigned again.",
        when=lambda case, at: not case.is_closed and case.status != Status.NEW,
        transition=Status.ASSIGNED,
    ),
    Verb(
        forms.RequestAssistForm,
        actions.request_assist,
        "cases.work_case",
        SUPPORT_SIDE,
        "Your request was sent.",
        transition=Status.ASSIST_REQUEST,
    ),
    Verb(
        forms.ScheduleForm,
        actions.schedule,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is scheduled.",
        transition=Status.SCHEDULED,
    ),
    Verb(
        forms.SendToDevelopmentForm,
        actions.send_to_development,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is assigned to development.",
        transition=Status.DEVELOPMENT,
    ),
    Verb(
        forms.EscalateForm,
        actions.escalate,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is escalated.",
        when=lambda case, at: not case.is_closed and case.escalation_level != max(Case.ESCALATION_LEVELS),
    ),
    Verb(forms.CorrectForm, actions.correct, "cases.work_case", SUPPORT_SIDE, "{case} is corrected."),
    Verb(forms.PrioritizeForm, actions.prioritize, "cases.work_case", SUPPORT_SIDE, "The priority of {case} is set."),
    Verb(
        forms.HandOverForm,
        actions.hand_over,
        "cases.work_case",
        SUPPORT_SIDE,
        "The contact was asked to accept {case}.",
        when=lambda case, at: not case.is_closed and case.awaits_handover,
    ),
    Verb(forms.AssignForm, actions.assign, "cases.work_case", SUPPORT_SIDE, "{case} is assigned."),
    Verb(
        forms.RecordCallForm,
        actions.record_call,
        "cases.record_call",
        EITHER_SIDE,
        "The call is recorded.",
    ),
    Verb(
        forms.ConfirmCallForm,
        actions.confirm_call,
        "cases.confirm_call",
        AUTHORIZED_CONTACTS,
        "The call is confirmed.",
        when=lambda case, at: True,
    ),
    Verb(
        forms.MergeForm,
        actions.merge,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is merged.",
        when=lambda case, at: not case.is_closed and not case.awaits_handover,
    ),
    Verb(
        forms.UnmergeForm,
        actions.unmerge,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} goes on by itself again.",
        when=lambda case, at: bool(case.merged_into_id),
    ),
    Verb(
        forms.SplitForm,
        actions.split,
        "cases.work_case",
        SUPPORT_SIDE,
        "A new case was made of the reply.",
    ),
    Verb(
        forms.RelateForm,
        actions.relate,
        "cases.work_case",
        SUPPORT_SIDE,
        "The cases are linked.",
        when=lambda case, at: True,
    ),
    Verb(
        forms.UnrelateForm,
        actions.unrelate,
        "cases.work_case",
        SUPPORT_SIDE,
        "The link is removed.",
        when=lambda case, at: bool(case.linked_numbers),
    ),
    Verb(
        forms.CloseForm,
        actions.close,
        "cases.close_case",
        AUTHORIZED_CONTACTS,
        "{case} is closed.",
        when=lambda case, at: not case.is_closed and not case.awaits_handover,
    ),
    Verb(
        forms.ReopenForm,
        actions.reopen,
        "cases.reopen_case",
        AUTHORIZED_CONTACTS,
        "{case} is open again and back with Support.",
        when=lambda case, at: case.may_reopen(at),
    ),
]
ACCESS = {verb.permission: set(verb.roles) for verb in VERBS}


def possible_verbs(case, user, at):
    """The verbs that the person may use (the table of access) and that the case's state allows."""
    return [verb for verb in VERBS if user.has_perm(verb.permission) and verb.is_possible(case, at)]


def view_of(verb, case_page):
    """The view of the verb: find the case, run the action, say so; refused, ``case_page`` keeps what was typed."""

    @permission_required(verb.permission, raise_exception=True)
    @require_POST
    def view(request, number):
        case = get_object_or_404(Case.objects.visible_to(request.user).select_related("district"), pk=number)
        form = verb.form(request.POST, case=case, user=request.user, auto_id=f"{verb.name}_%s")
        if form.is_valid():
            with refusals_on(form), _unread_on(form):
                verb.action(case=case, by=request.user, **form.cleaned_data)
                messages.success(request, verb.done.format(case=case), extra_tags="in-thread")
                return redirect(f"{case.get_absolute_url()}#latest")
        return case_page(request, number, sent=form, verb=verb)

    return view


@contextmanager
def _unread_on(form):
    """What happened since the form was opened comes back with it."""
    try:
        yield
    except actions.CaseChanged as changed:
        form.show_unread(changed.entries)
        raise
