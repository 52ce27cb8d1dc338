from cases.forms.filters import CaseFilterForm
from cases.forms.submitting import SENT_ALREADY, CaseForm, ExceptionForm, contacts_of
from cases.forms.verbs import VERB_FORMS, HandOverForm

__all__ = [
    "SENT_ALREADY",
    "VERB_FORMS",
    "CaseFilterForm",
    "CaseForm",
    "ExceptionForm",
    "HandOverForm",
    "contacts_of",
]
