"""What people do with credential requests: each action locks, changes, audits and tells in one transaction."""

from credentials.actions.courses import add_first_rules, add_requirement, remove_requirement
from credentials.actions.deciding import approve, deny, return_for_changes
from credentials.actions.delegating import delegate, end_delegation
from credentials.actions.following_up import follow_up_requests
from credentials.actions.importing import import_records
from credentials.actions.reminding import remind_all, remind_of_expiry
from credentials.actions.requesting import change_request, request_new, request_update, withdraw
from credentials.actions.rights import choose_ways, end_right, grant_right

__all__ = [
    "add_first_rules",
    "add_requirement",
    "approve",
    "change_request",
    "choose_ways",
    "delegate",
    "deny",
    "end_delegation",
    "end_right",
    "follow_up_requests",
    "grant_right",
    "import_records",
    "remind_all",
    "remind_of_expiry",
    "remove_requirement",
    "request_new",
    "request_update",
    "return_for_changes",
    "withdraw",
]
