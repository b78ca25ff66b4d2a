"""The verbs of the log: write one event, look, propose and activate a policy, seal, erase."""

from audit.actions.answering import answer_once
from audit.actions.looking import note_event_opened, note_proof_taken, note_search, verify_log
from audit.actions.policies import (
    NotAllowedForPolicy,
    PolicyHasMistakes,
    PolicyNotProposed,
    SamePersonTwice,
    activate_policy,
    install_first_policy,
    propose_policy,
)
from audit.actions.recording import LONGEST_LABEL, FieldValue, record, sent_together
from audit.actions.sealing import AnotherSealer, Sealed, WitnessIsAhead, publish, seal, seal_all

__all__ = [
    "LONGEST_LABEL",
    "AnotherSealer",
    "FieldValue",
    "NotAllowedForPolicy",
    "PolicyHasMistakes",
    "PolicyNotProposed",
    "SamePersonTwice",
    "Sealed",
    "WitnessIsAhead",
    "activate_policy",
    "answer_once",
    "install_first_policy",
    "note_event_opened",
    "note_proof_taken",
    "note_search",
    "propose_policy",
    "publish",
    "record",
    "seal",
    "seal_all",
    "sent_together",
    "verify_log",
]
