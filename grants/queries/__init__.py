"""Doors and reads; nothing here writes."""

from grants.queries.doors import (
    decidable_requests,
    get_case_for,
    get_grant_for,
    get_request_for,
    visible_cases,
    visible_requests,
)
from grants.queries.home import home_card

__all__ = [
    "decidable_requests",
    "get_case_for",
    "get_grant_for",
    "get_request_for",
    "home_card",
    "visible_cases",
    "visible_requests",
]
