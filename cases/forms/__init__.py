from cases.forms.asking import CaseForm, made_of
from cases.forms.calls import ConfirmCallForm, RecordCallForm
from cases.forms.connecting import MergeForm, RelateForm, SplitForm, UnmergeForm, UnrelateForm
from cases.forms.correcting import CorrectForm
from cases.forms.drafts import DraftForm
from cases.forms.filters import CaseFilterForm, ChooseForm
from cases.forms.prioritizing import PrioritizeForm, RecordPhoneFollowUpForm
from cases.forms.reports import PeriodForm
from cases.forms.submitting import ExceptionForm
from cases.forms.updates import (
    HistoryForm,
    ReasonedStepForm,
    RefreshForm,
    ScheduleUpdateForm,
    StepForm,
    VersionUpdateForm,
    parse_month,
)
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
    "ChooseForm",
    "CloseForm",
    "ConfirmCallForm",
    "CorrectForm",
    "DraftForm",
    "EscalateForm",
    "ExceptionForm",
    "HandOverForm",
    "HistoryForm",
    "MergeForm",
    "NoteForm",
    "PeriodForm",
    "PrioritizeForm",
    "ReasonedStepForm",
    "RecordCallForm",
    "RecordPhoneFollowUpForm",
    "RefreshForm",
    "RelateForm",
    "ReopenForm",
    "ReplyForm",
    "RequestAssistForm",
    "ResolveForm",
    "ResumeForm",
    "ScheduleForm",
    "ScheduleUpdateForm",
    "SendToDevelopmentForm",
    "SplitForm",
    "StepForm",
    "TakeForm",
    "UnmergeForm",
    "UnrelateForm",
    "UpToDateForm",
    "VersionUpdateForm",
    "made_of",
    "parse_month",
]
