from contacts.views.agreements import agreement, agreements, end_agreement, record_agreement, renew
from contacts.views.callers import callers, check_caller, code
from contacts.views.cards import card, help_code, help_snippet
from contacts.views.contact_requests import (
    approve_contact,
    contact_request,
    contact_requests,
    deny_contact,
    withdraw_contact_request,
)
from contacts.views.coverage import coverage
from contacts.views.designations import choose_person, designate, end_designation
from contacts.views.directory import directory
from contacts.views.districts import add_holiday, district_help, district_settings, help_page, remove_holiday
from contacts.views.inactive import deactivate, forecast, inactive, keep
from contacts.views.messages import deliveries, mark_all_read, mark_read, message_center, messages_about, open_message
from contacts.views.nominations import (
    accept_nomination,
    change_acting_end,
    decline_nomination,
    nominate,
    nomination,
    withdraw_nomination,
)
from contacts.views.people import add_person, invite, people, person, profile, restore_sign_in, stop_sign_in
from contacts.views.questions import answer, ask, pass_on, question, questions
from contacts.views.training import (
    complete_training,
    confirm_training,
    training,
    training_csv,
    training_of,
    withdraw_training,
)

__all__ = [
    "accept_nomination",
    "add_holiday",
    "add_person",
    "agreement",
    "agreements",
    "answer",
    "approve_contact",
    "ask",
    "callers",
    "card",
    "change_acting_end",
    "check_caller",
    "choose_person",
    "code",
    "complete_training",
    "confirm_training",
    "contact_request",
    "contact_requests",
    "coverage",
    "deactivate",
    "decline_nomination",
    "deliveries",
    "deny_contact",
    "designate",
    "directory",
    "district_help",
    "district_settings",
    "end_agreement",
    "end_designation",
    "forecast",
    "help_code",
    "help_page",
    "help_snippet",
    "inactive",
    "invite",
    "keep",
    "mark_all_read",
    "mark_read",
    "message_center",
    "messages_about",
    "nominate",
    "nomination",
    "open_message",
    "pass_on",
    "people",
    "person",
    "profile",
    "question",
    "questions",
    "record_agreement",
    "remove_holiday",
    "renew",
    "restore_sign_in",
    "stop_sign_in",
    "training",
    "training_csv",
    "training_of",
    "withdraw_contact_request",
    "withdraw_nomination",
    "withdraw_training",
]
