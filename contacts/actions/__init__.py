"""What people do with contacts: each action locks, changes, audits and tells in one transaction."""

from contacts.actions._common import (
    action,
    lock_actor,
    lock_designation,
    lock_designations,
    lock_district,
    lock_user,
    note_refusal,
)
from contacts.actions.activity import note_activity, note_sign_in
from contacts.actions.agreements import end_agreement, record_agreement, renew, warn_of_expiry
from contacts.actions.callers import check_caller_code, make_caller_code, note_look_up
from contacts.actions.contact_requests import (
    approve_contact,
    deny_contact,
    designate_beyond,
    request_contact,
    withdraw_contact_request,
)
from contacts.actions.coverage import alert_of_gaps, record_gaps
from contacts.actions.decisions import deactivate, keep
from contacts.actions.designations import (
    designate,
    end_designation,
    end_due,
    refuse_last_administrator,
    refuse_who_cannot_act,
)
from contacts.actions.districts import add_district, change_district_settings
from contacts.actions.history import check_audit
from contacts.actions.holidays import add_holiday, change_holiday, remove_holiday
from contacts.actions.inactivity import flag_inactive
from contacts.actions.leaving import leave, roles_of
from contacts.actions.messages import choose_deliveries, email_again, mark_all_read, mark_read, mark_read_about
from contacts.actions.nominations import accept, change_acting_end, decline, nominate, withdraw_nomination
from contacts.actions.people import add_person, change_person, change_profile, invite, move_to_district
from contacts.actions.questions import answer, ask, bring_to_support, hold_question, pass_on
from contacts.actions.recipients import administrators_of, support_leads
from contacts.actions.seats import beyond
from contacts.actions.third_parties import needs_agreement
from contacts.actions.training import confirm_training, record_training, withdraw_training

__all__ = [
    "accept",
    "action",
    "add_district",
    "add_holiday",
    "add_person",
    "administrators_of",
    "alert_of_gaps",
    "answer",
    "approve_contact",
    "ask",
    "beyond",
    "bring_to_support",
    "change_acting_end",
    "change_district_settings",
    "change_holiday",
    "change_person",
    "change_profile",
    "check_audit",
    "check_caller_code",
    "choose_deliveries",
    "confirm_training",
    "deactivate",
    "decline",
    "deny_contact",
    "designate",
    "designate_beyond",
    "email_again",
    "end_agreement",
    "end_designation",
    "end_due",
    "flag_inactive",
    "hold_question",
    "invite",
    "keep",
    "leave",
    "lock_actor",
    "lock_designation",
    "lock_designations",
    "lock_district",
    "lock_user",
    "make_caller_code",
    "mark_all_read",
    "mark_read",
    "mark_read_about",
    "move_to_district",
    "needs_agreement",
    "nominate",
    "note_activity",
    "note_look_up",
    "note_refusal",
    "note_sign_in",
    "pass_on",
    "record_agreement",
    "record_gaps",
    "record_training",
    "refuse_last_administrator",
    "refuse_who_cannot_act",
    "remove_holiday",
    "renew",
    "request_contact",
    "roles_of",
    "support_leads",
    "warn_of_expiry",
    "withdraw_contact_request",
    "withdraw_nomination",
    "withdraw_training",
]
