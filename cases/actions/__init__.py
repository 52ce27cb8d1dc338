"""What people do with cases. Each action locks, changes, logs, audits and tells in one transaction."""

from cases.actions._common import CaseChanged
from cases.actions.answering import recount_answers
from cases.actions.calls import confirm_call, record_call
from cases.actions.closing import close, reopen
from cases.actions.connecting import merge, relate, split, unmerge, unrelate
from cases.actions.correcting import correct
from cases.actions.exceptions import accept, hand_over, open_exception, remind_of_handovers
from cases.actions.following_up import follow_up
from cases.actions.moving import request_assist, resume, schedule, send_to_development
from cases.actions.phoning import record_phone_follow_up, remind_of_calls
from cases.actions.prioritizing import change_priority_rules, prioritize
from cases.actions.replying import ask, note, reply, resolve
from cases.actions.submitting import submit
from cases.actions.working import assign, escalate, take

__all__ = [
    "CaseChanged",
    "accept",
    "ask",
    "assign",
    "change_priority_rules",
    "close",
    "confirm_call",
    "correct",
    "escalate",
    "follow_up",
    "hand_over",
    "merge",
    "note",
    "open_exception",
    "prioritize",
    "record_call",
    "record_phone_follow_up",
    "recount_answers",
    "relate",
    "remind_of_calls",
    "remind_of_handovers",
    "reopen",
    "reply",
    "request_assist",
    "resolve",
    "resume",
    "schedule",
    "send_to_development",
    "split",
    "submit",
    "take",
    "unmerge",
    "unrelate",
]
