from credentials.forms.decisions import ApprovalFilterForm, DecisionForm, DenialForm
from credentials.forms.requests import NewRequestForm, UpdateRequestForm
from credentials.forms.types import CredentialFieldForm, CredentialFieldFormSet, DescriptorForm

__all__ = [
    "ApprovalFilterForm",
    "CredentialFieldForm",
    "CredentialFieldFormSet",
    "DecisionForm",
    "DenialForm",
    "DescriptorForm",
    "NewRequestForm",
    "UpdateRequestForm",
]
