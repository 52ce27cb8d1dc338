from contacts.forms.agreements import AgreementForm, RenewForm
from contacts.forms.callers import CallerCodeForm
from contacts.forms.contact_requests import DecisionForm
from contacts.forms.coverage import CoverageForm
from contacts.forms.deliveries import DeliveriesForm
from contacts.forms.designations import DesignationForm, ReasonForm, SupportDesignationForm
from contacts.forms.districts import DistrictSettingsForm, HolidayForm
from contacts.forms.fields import TOO_LONG, ByNameField, TypedInput
from contacts.forms.nominations import ActingEndForm, DeclineForm, NominationForm
from contacts.forms.people import MoveForm, PersonAdminForm, PersonChangeForm, PersonForm, ProfileForm
from contacts.forms.questions import AnswerForm, AskForm
from contacts.forms.search import SchoolForm, SearchForm
from contacts.forms.training import CompletionForm, TrainedForm

__all__ = [
    "TOO_LONG",
    "ActingEndForm",
    "AgreementForm",
    "AnswerForm",
    "AskForm",
    "ByNameField",
    "CallerCodeForm",
    "CompletionForm",
    "CoverageForm",
    "DecisionForm",
    "DeclineForm",
    "DeliveriesForm",
    "DesignationForm",
    "DistrictSettingsForm",
    "HolidayForm",
    "MoveForm",
    "NominationForm",
    "PersonAdminForm",
    "PersonChangeForm",
    "PersonForm",
    "ProfileForm",
    "ReasonForm",
    "RenewForm",
    "SchoolForm",
    "SearchForm",
    "SupportDesignationForm",
    "TrainedForm",
    "TypedInput",
]
