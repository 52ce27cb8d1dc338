from cases.forms.filters import CaseFilterForm
from cases.forms.submitting import CaseForm, ExceptionForm
from cases.forms.verbs import (
    AskForm,
    AssignForm,
    CloseForm,
    HandOverForm,
    MoveForm,
    NoteForm,
    ReopenForm,
    ReplyForm,
    ResolveForm,
    TakeForm,
)

__all__ = [
    "AskForm",
    "AssignForm",
    "CaseFilterForm",
    "CaseForm",
    "CloseForm",
    "ExceptionForm",
    "HandOverForm",
    "MoveForm",
    "NoteForm",
    "ReopenForm",
    "ReplyForm",
    "ResolveForm",
    "TakeForm",
]
