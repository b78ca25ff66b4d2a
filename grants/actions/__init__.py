"""The verbs on access, one function each; the only writers of this app."""

from grants.actions.asking import request_access, withdraw
from grants.actions.automatic import decide_by_rule
from grants.actions.breaking_glass import break_glass, review_glass
from grants.actions.cases import open_case
from grants.actions.closing import close_case
from grants.actions.deciding import approve, deny
from grants.actions.doubting import tell_unfit
from grants.actions.ending import end_all_of, may_revoke, revoke
from grants.actions.extending import extend
from grants.actions.handing_over import hand_over
from grants.actions.losing import end_without_ground, tell_narrowed
from grants.actions.noting import note_case
from grants.actions.sweeping import expire_grants, lapse_requests, start_grants
from grants.actions.taking import take_case
from grants.actions.talking import answer, ask_back

__all__ = [
    "answer",
    "approve",
    "ask_back",
    "break_glass",
    "close_case",
    "decide_by_rule",
    "deny",
    "end_all_of",
    "end_without_ground",
    "expire_grants",
    "extend",
    "hand_over",
    "lapse_requests",
    "may_revoke",
    "note_case",
    "open_case",
    "request_access",
    "review_glass",
    "revoke",
    "start_grants",
    "take_case",
    "tell_narrowed",
    "tell_unfit",
    "withdraw",
]
