"""What people do with credential requests: each action locks, changes, audits and tells in one transaction."""

from credentials.actions.deciding import approve, deny
from credentials.actions.requesting import request_new, request_update, withdraw

__all__ = ["approve", "deny", "request_new", "request_update", "withdraw"]
