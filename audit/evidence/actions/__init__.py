"""The verbs of evidence packs."""

from audit.evidence.actions.asking import (
    ACT,
    MayNotExport,
    PackHasMoved,
    SamePersonForPack,
    approve_pack,
    ask_for_pack,
    deny_pack,
    take_pack,
)
from audit.evidence.actions.making import make_what_waits, remove_what_is_over

__all__ = [
    "ACT",
    "MayNotExport",
    "PackHasMoved",
    "SamePersonForPack",
    "approve_pack",
    "ask_for_pack",
    "deny_pack",
    "make_what_waits",
    "remove_what_is_over",
    "take_pack",
]
