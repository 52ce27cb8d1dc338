"""What people do with contacts: each action locks, changes, audits and tells in one transaction."""

from contacts.actions._common import (
    action,
    lock_actor,
    lock_designation,
    lock_designations,
    lock_user,
    note_refusal,
)
from contacts.actions.activity import note_activity, note_sign_in
from contacts.actions.decisions import deactivate, keep
from contacts.actions.designations import designate, end_designation, refuse_who_cannot_act
from contacts.actions.districts import add_district, change_district_settings
from contacts.actions.history import check_audit
from contacts.actions.holidays import add_holiday, change_holiday, remove_holiday
from contacts.actions.inactivity import flag_inactive
from contacts.actions.messages import email_again, mark_all_read, mark_read, mark_read_about
from contacts.actions.people import add_person, change_person, change_profile, invite, move_to_district
from contacts.actions.questions import answer, ask, bring_to_support, hold_question, pass_on
from contacts.actions.recipients import support_leads

__all__ = [
    "action",
    "add_district",
    "add_holiday",
    "add_person",
    "answer",
    "ask",
    "bring_to_support",
    "change_district_settings",
    "change_holiday",
    "change_person",
    "change_profile",
    "check_audit",
    "deactivate",
    "designate",
    "email_again",
    "end_designation",
    "flag_inactive",
    "hold_question",
    "invite",
    "keep",
    "lock_actor",
    "lock_designation",
    "lock_designations",
    "lock_user",
    "mark_all_read",
    "mark_read",
    "mark_read_about",
    "move_to_district",
    "note_activity",
    "note_refusal",
    "note_sign_in",
    "pass_on",
    "refuse_who_cannot_act",
    "remove_holiday",
    "support_leads",
]
