from contacts.views.cards import card, help_code, help_snippet
from contacts.views.designations import choose_person, designate, end_designation
from contacts.views.directory import directory
from contacts.views.districts import add_holiday, district_help, district_settings, help_page, remove_holiday
from contacts.views.inactive import deactivate, forecast, inactive, keep
from contacts.views.messages import mark_all_read, mark_read, message_center, open_message
from contacts.views.people import add_person, invite, people, person, profile, restore_sign_in, stop_sign_in
from contacts.views.questions import answer, ask, pass_on, question, questions

__all__ = [
    "add_holiday",
    "add_person",
    "answer",
    "ask",
    "card",
    "choose_person",
    "deactivate",
    "designate",
    "directory",
    "district_help",
    "district_settings",
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
    "open_message",
    "pass_on",
    "people",
    "person",
    "profile",
    "question",
    "questions",
    "remove_holiday",
    "restore_sign_in",
    "stop_sign_in",
]
