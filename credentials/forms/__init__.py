from credentials.forms.decisions import ApprovalFilterForm, DecisionForm, DenialForm
from credentials.forms.records import DayForm
from credentials.forms.requests import NewRequestForm, UpdateRequestForm
from credentials.forms.types import CredentialFieldForm, CredentialFieldFormSet, DescriptorForm

__all__ = [
    "ApprovalFilterForm",
    "CredentialFieldForm",
    "CredentialFieldFormSet",
    "DayForm",
    "DecisionForm",
    "DenialForm",
    "DescriptorForm",
    "NewRequestForm",
    "UpdateRequestForm",
]
