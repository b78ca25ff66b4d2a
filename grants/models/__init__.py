"""The life of a temporary access. Every invariant stands in PostgreSQL too: `grants/sql_files/0001_rules.sql`."""

from grants.models.approval import Approval, ApprovalScope
from grants.models.case import Case
from grants.models.grant import Grant, GrantScope
from grants.models.outbox import Notice, Outbox
from grants.models.request import AccessRequest, RequestScope

__all__ = [
    "AccessRequest",
    "Approval",
    "ApprovalScope",
    "Case",
    "Grant",
    "GrantScope",
    "Notice",
    "Outbox",
    "RequestScope",
]
