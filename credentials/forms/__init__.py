from credentials.forms.ahead import ExpiryFilterForm
from credentials.forms.decisions import ApprovalFilterForm, DecisionForm, DenialForm, ReturnForm
from credentials.forms.records import DayForm
from credentials.forms.requests import (
    ChangeDraftForm,
    ChangeNewForm,
    ChangeUpdateForm,
    NewRequestForm,
    UpdateRequestForm,
)
from credentials.forms.types import CredentialFieldForm, CredentialFieldFormSet, DescriptorForm

__all__ = [
    "ApprovalFilterForm",
    "ChangeDraftForm",
    "ChangeNewForm",
    "ChangeUpdateForm",
    "CredentialFieldForm",
    "CredentialFieldFormSet",
    "DayForm",
    "DecisionForm",
    "DenialForm",
    "DescriptorForm",
    "ExpiryFilterForm",
    "NewRequestForm",
    "ReturnForm",
    "UpdateRequestForm",
]
