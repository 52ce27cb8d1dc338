"""What people do with credential requests: each action locks, changes, audits and tells in one transaction."""

from credentials.actions.deciding import approve, deny, return_for_changes
from credentials.actions.reminding import remind_all, remind_of_expiry
from credentials.actions.requesting import change_request, request_new, request_update, withdraw

__all__ = [
    "approve",
    "change_request",
    "deny",
    "remind_all",
    "remind_of_expiry",
    "request_new",
    "request_update",
    "return_for_changes",
    "withdraw",
]
