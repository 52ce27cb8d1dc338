"""What people do with cases. Each action locks, changes, logs, audits and tells in one transaction."""

from cases.actions.affected import dismiss_notice, report_affected, tie_cases, untie_case
from cases.actions.answering import recount_answers
from cases.actions.attending import attend, forget_presences
from cases.actions.calls import confirm_call, record_call
from cases.actions.closing import close, reopen
from cases.actions.connecting import merge, relate, split, unmerge, unrelate
from cases.actions.correcting import correct
from cases.actions.drafting import save_draft
from cases.actions.exceptions import accept, hand_over, open_exception, remind_of_handovers
from cases.actions.feeds import reset_calendar_feed
from cases.actions.following_up import follow_up
from cases.actions.moving import request_assist, resume, schedule, send_to_development
from cases.actions.notices import (
    announce_notices,
    change_notice,
    post_notice,
    resolve_notice,
    update_notice,
)
from cases.actions.offering import offer_cases
from cases.actions.phoning import record_phone_follow_up, remind_of_calls
from cases.actions.prioritizing import change_priority_rules, prioritize
from cases.actions.replying import ask, note, reply, resolve
from cases.actions.status import read_status, write_status
from cases.actions.submitting import SubmittedBefore, submit
from cases.actions.updates import (
    cancel_update,
    complete_update,
    decline_update,
    remind_of_updates,
    request_update,
    schedule_update,
    start_update,
)
from cases.actions.working import assign, escalate, take

__all__ = [
    "SubmittedBefore",
    "accept",
    "announce_notices",
    "ask",
    "assign",
    "attend",
    "cancel_update",
    "change_notice",
    "change_priority_rules",
    "close",
    "complete_update",
    "confirm_call",
    "correct",
    "decline_update",
    "dismiss_notice",
    "escalate",
    "follow_up",
    "forget_presences",
    "hand_over",
    "merge",
    "note",
    "offer_cases",
    "open_exception",
    "post_notice",
    "prioritize",
    "read_status",
    "record_call",
    "record_phone_follow_up",
    "recount_answers",
    "relate",
    "remind_of_calls",
    "remind_of_handovers",
    "remind_of_updates",
    "reopen",
    "reply",
    "report_affected",
    "request_assist",
    "request_update",
    "reset_calendar_feed",
    "resolve",
    "resolve_notice",
    "resume",
    "save_draft",
    "schedule",
    "schedule_update",
    "send_to_development",
    "split",
    "start_update",
    "submit",
    "take",
    "tie_cases",
    "unmerge",
    "unrelate",
    "untie_case",
    "update_notice",
    "write_status",
]
