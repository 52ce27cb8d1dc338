from contacts.forms.designations import DesignationForm, ReasonForm, SupportDesignationForm
from contacts.forms.districts import DistrictSettingsForm, HolidayForm
from contacts.forms.fields import TOO_LONG, ByNameField
from contacts.forms.people import MoveForm, PersonAdminForm, PersonChangeForm, PersonForm, ProfileForm
from contacts.forms.questions import AnswerForm, AskForm
from contacts.forms.search import SchoolForm, SearchForm

__all__ = [
    "TOO_LONG",
    "AnswerForm",
    "AskForm",
    "ByNameField",
    "DesignationForm",
    "DistrictSettingsForm",
    "HolidayForm",
    "MoveForm",
    "PersonAdminForm",
    "PersonChangeForm",
    "PersonForm",
    "ProfileForm",
    "ReasonForm",
    "SchoolForm",
    "SearchForm",
    "SupportDesignationForm",
]
