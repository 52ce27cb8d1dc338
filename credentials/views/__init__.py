from credentials.views.approvals import approvals, approve, decide, deny
from credentials.views.records import records
from credentials.views.requests import request_detail, request_new, request_update, requests, withdraw

__all__ = [
    "approvals",
    "approve",
    "decide",
    "deny",
    "records",
    "request_detail",
    "request_new",
    "request_update",
    "requests",
    "withdraw",
]
