"""What the log's pages show, in plain words."""

from audit.pages.event import CHANGE_COLUMNS, DETAIL_COLUMNS, change_rows, detail_rows, event_facts, outcome
from audit.pages.explorer import (
    Chip,
    beside,
    chips,
    evidence_url,
    explorer_url,
    pager,
    periods,
    tabs,
    typed,
    typed_filters,
)
from audit.pages.proving import (
    HEADS_SHOWN,
    RIGHT_COLUMNS,
    ProofPanel,
    proof_panel,
    right_rows,
    trusted_keys,
    verdict,
    widest,
)
from audit.pages.streaming import STREAM_COLUMNS, stream_rows

__all__ = [
    "CHANGE_COLUMNS",
    "DETAIL_COLUMNS",
    "HEADS_SHOWN",
    "RIGHT_COLUMNS",
    "STREAM_COLUMNS",
    "Chip",
    "ProofPanel",
    "beside",
    "change_rows",
    "chips",
    "detail_rows",
    "event_facts",
    "evidence_url",
    "explorer_url",
    "outcome",
    "pager",
    "periods",
    "proof_panel",
    "right_rows",
    "stream_rows",
    "tabs",
    "trusted_keys",
    "typed",
    "typed_filters",
    "verdict",
    "widest",
]
