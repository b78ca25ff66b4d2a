"""The verbs on access, one function each; the only writers of this app."""

from grants.actions.asking import request_access, withdraw
from grants.actions.cases import open_case
from grants.actions.deciding import approve, deny
from grants.actions.ending import may_revoke, revoke
from grants.actions.sweeping import expire_grants, lapse_requests, start_grants

__all__ = [
    "approve",
    "deny",
    "expire_grants",
    "lapse_requests",
    "may_revoke",
    "open_case",
    "request_access",
    "revoke",
    "start_grants",
    "withdraw",
]
