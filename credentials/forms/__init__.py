from credentials.forms.decisions import ApprovalFilterForm, DecisionForm, DenialForm
from credentials.forms.requests import NewRequestForm, UpdateRequestForm
from credentials.forms.types import CredentialFieldForm

__all__ = [
    "ApprovalFilterForm",
    "CredentialFieldForm",
    "DecisionForm",
    "DenialForm",
    "NewRequestForm",
    "UpdateRequestForm",
]
