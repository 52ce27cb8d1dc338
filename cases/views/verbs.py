"""The verbs of a case's page: one declaration each, from which come its address, its view and its row in the table of
access.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cases import actions, forms
from cases.models import Case
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE

Status = Case.Status
EITHER_SIDE = [*AUTHORIZED_CONTACTS, *SUPPORT_SIDE]


@dataclass(frozen=True, eq=False)
class Verb:
    """One thing people do on a case's page; ``transition`` or ``when`` says which cases allow it.

    The action is called with the case, who acts, and what the form says. ``done`` is the confirmation.

    ``mode`` is its name among the modes of the composer, ``row`` the row of the panel where it changes the value; what
    has neither stands among the further actions.
    """

    form: type
    action: Callable
    permission: str
    roles: list
    done: str
    transition: Status | None = None
    when: Callable = lambda case, at: not case.is_closed
    mode: str = ""
    row: str = ""

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
        when=lambda case, at: case.awaits_handover or case.is_offered,
    ),
    Verb(
        forms.TakeForm,
        actions.take,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is yours.",
        when=lambda case, at: not case.is_closed and not case.assignee_id,
        row="take",
    ),
    Verb(
        forms.RecordPhoneFollowUpForm,
        actions.record_phone_follow_up,
        "cases.record_phone_follow_up",
        EITHER_SIDE,
        "The call to Support is recorded.",
        when=lambda case, at: case.awaits_call,
    ),
    Verb(forms.ReplyForm, actions.reply, "cases.reply", EITHER_SIDE, "Your reply was sent.", mode="Reply"),
    Verb(
        forms.AskForm,
        actions.ask,
        "cases.work_case",
        SUPPORT_SIDE,
        "Your question was sent. {case} waits for the district's input.",
        transition=Status.PENDING_INPUT,
        mode="Ask for input",
    ),
    Verb(
        forms.ResolveForm,
        actions.resolve,
        "cases.work_case",
        SUPPORT_SIDE,
        "The resolution was sent. {case} waits for the district to verify it.",
        transition=Status.PENDING_VERIFICATION,
        mode="Resolve",
    ),
    Verb(
        forms.NoteForm,
        actions.note,
        "cases.work_case",
        SUPPORT_SIDE,
        "The internal note is saved.",
        when=lambda case, at: True,
        mode="Internal note",
    ),
    Verb(
        forms.ResumeForm,
        actions.resume,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is Assigned again.",
        when=lambda case, at: not case.is_closed and case.status != Status.NEW,
        transition=Status.ASSIGNED,
        row="status",
    ),
    Verb(
        forms.RequestAssistForm,
        actions.request_assist,
        "cases.work_case",
        SUPPORT_SIDE,
        "Your request was sent.",
        transition=Status.ASSIST_REQUEST,
        row="status",
    ),
    Verb(
        forms.ScheduleForm,
        actions.schedule,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is scheduled.",
        transition=Status.SCHEDULED,
        row="status",
    ),
    Verb(
        forms.SendToDevelopmentForm,
        actions.send_to_development,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is assigned to development.",
        transition=Status.DEVELOPMENT,
        row="status",
    ),
    Verb(
        forms.EscalateForm,
        actions.escalate,
        "cases.work_case",
        SUPPORT_SIDE,
        "{case} is escalated.",
        when=lambda case, at: not case.is_closed and case.escalation_level != max(Case.ESCALATION_LEVELS),
    ),
    Verb(forms.CorrectForm, actions.correct, "cases.work_case", SUPPORT_SIDE, "{case} is corrected.", row="facts"),
    Verb(
        forms.PrioritizeForm,
        actions.prioritize,
        "cases.work_case",
        SUPPORT_SIDE,
        "The priority of {case} is set.",
        row="priority",
    ),
    Verb(
        forms.HandOverForm,
        actions.hand_over,
        "cases.work_case",
        SUPPORT_SIDE,
        "The contact was asked to accept {case}.",
        when=lambda case, at: not case.is_closed and case.awaits_handover,
        row="contact",
    ),
    Verb(forms.AssignForm, actions.assign, "cases.work_case", SUPPORT_SIDE, "{case} is assigned.", row="agent"),
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
        mode="Close the case",
    ),
    Verb(
        forms.ReopenForm,
        actions.reopen,
        "cases.reopen_case",
        AUTHORIZED_CONTACTS,
        "{case} is open again and back with Support.",
        when=lambda case, at: case.may_reopen(at),
        mode="Reopen",
    ),
]
ACCESS = {verb.permission: set(verb.roles) for verb in VERBS}


def possible_verbs(case, user, at):
    """The verbs that the person may use (the table of access) and that the case's state allows."""
    return [verb for verb in VERBS if user.has_perm(verb.permission) and verb.is_possible(case, at)]
