"""How many events a search would find, about: PostgreSQL's own estimate, which reads none of them."""

import json

from audit.queries import Filters, condition, events_within_reach, read_limit

ROUGH = 2  # digits that an estimate is worth


def about_how_many(person: object, filters: Filters) -> str:
    """Return about how many events fit, as "12,000": two digits of an estimate that may be a good way off. Raises `TooWide`."""
    with read_limit():
        plan = json.loads(events_within_reach(person).filter(condition(filters)).explain(format="JSON"))
    return f"{rounded(int(plan[0]['Plan']['Plan Rows'])):,}"


def rounded(count: int) -> int:
    """Return a number to two digits."""
    return round(count, ROUGH - len(str(count)))
