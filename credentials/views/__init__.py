from credentials.views.ahead import ahead, remind
from credentials.views.approvals import approvals, approve, decide, deny, return_for_changes
from credentials.views.editors import edit, request_new, request_update
from credentials.views.records import records
from credentials.views.requests import request_detail, requests, withdraw

__all__ = [
    "ahead",
    "approvals",
    "approve",
    "decide",
    "deny",
    "edit",
    "records",
    "remind",
    "request_detail",
    "request_new",
    "request_update",
    "requests",
    "return_for_changes",
    "withdraw",
]
