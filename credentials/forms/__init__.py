from credentials.forms.ahead import ExpiryFilterForm
from credentials.forms.courses import CourseFilterForm, CourseForm, RequirementForm
from credentials.forms.decisions import DecisionForm, DenialForm, ReturnForm
from credentials.forms.district import DelegationForm, GrantForm, WaysForm
from credentials.forms.filters import ApprovalFilterForm, StaffFilterForm
from credentials.forms.record_files import RecordFileForm
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
    "CourseFilterForm",
    "CourseForm",
    "CredentialFieldForm",
    "CredentialFieldFormSet",
    "DayForm",
    "DecisionForm",
    "DelegationForm",
    "DenialForm",
    "DescriptorForm",
    "ExpiryFilterForm",
    "GrantForm",
    "NewRequestForm",
    "RecordFileForm",
    "RequirementForm",
    "ReturnForm",
    "StaffFilterForm",
    "UpdateRequestForm",
    "WaysForm",
]
