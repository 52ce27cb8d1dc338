from cases.forms.calls import ConfirmCallForm, RecordCallForm
from cases.forms.connecting import MergeForm, RelateForm, SplitForm, UnmergeForm, UnrelateForm
from cases.forms.correcting import CorrectForm
from cases.forms.filters import CaseFilterForm
from cases.forms.prioritizing import PrioritizeForm, RecordPhoneFollowUpForm
from cases.forms.submitting import CaseForm, ExceptionForm, made_of
from cases.forms.verbs import (
    AcceptForm,
    AskForm,
    AssignForm,
    CloseForm,
    EscalateForm,
    HandOverForm,
    NoteForm,
    ReopenForm,
    ReplyForm,
    RequestAssistForm,
    ResolveForm,
    ResumeForm,
    ScheduleForm,
    SendToDevelopmentForm,
    TakeForm,
    UpToDateForm,
)

__all__ = [
    "AcceptForm",
    "AskForm",
    "AssignForm",
    "CaseFilterForm",
    "CaseForm",
    "CloseForm",
    "ConfirmCallForm",
    "CorrectForm",
    "EscalateForm",
    "ExceptionForm",
    "HandOverForm",
    "MergeForm",
    "NoteForm",
    "PrioritizeForm",
    "RecordCallForm",
    "RecordPhoneFollowUpForm",
    "RelateForm",
    "ReopenForm",
    "ReplyForm",
    "RequestAssistForm",
    "ResolveForm",
    "ResumeForm",
    "ScheduleForm",
    "SendToDevelopmentForm",
    "SplitForm",
    "TakeForm",
    "UnmergeForm",
    "UnrelateForm",
    "UpToDateForm",
    "made_of",
]
