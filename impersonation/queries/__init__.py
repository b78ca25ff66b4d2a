"""Reads of support sessions; nothing here writes."""

from impersonation.queries.state import State, live_session_of, open_states, state_of

__all__ = ["State", "live_session_of", "open_states", "state_of"]
