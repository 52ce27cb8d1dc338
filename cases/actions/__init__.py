"""What people do with cases. Each action locks, changes, logs, audits and tells in one transaction."""

from cases.actions.closing import close, reopen
from cases.actions.exceptions import hand_over, open_exception
from cases.actions.replying import ask, note, reply, resolve
from cases.actions.submitting import submit
from cases.actions.working import assign, move, take

__all__ = [
    "ask",
    "assign",
    "close",
    "hand_over",
    "move",
    "note",
    "open_exception",
    "reopen",
    "reply",
    "resolve",
    "submit",
    "take",
]
