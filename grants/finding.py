from django.urls import reverse

from accounts.models import Person
from accounts.queries import powers_of
from grants.queries import visible_cases
from opsconsole.lib.hits import Hit

MOST = 6
NEW_CASE = "New case"


def find_cases(*, person: Person, text: str) -> list[Hit]:
    """Return the cases whose ticket number begins with a text, newest first, and the way to open one."""
    may = powers_of(person).may
    hits = []
    if text and may & {"ask", "decide", "review"}:
        cases = (
            visible_cases(person)
            .select_related("tenant")
            .filter(ticket__istartswith=text)
            .order_by("-opened_at")
        )
        hits = [Hit(case.ticket, case.get_absolute_url(), "Case", case.tenant.name) for case in cases[:MOST]]
    if "ask" in may and text.lower() in NEW_CASE.lower():
        hits.append(Hit(NEW_CASE, reverse("grants:new-case"), "Action"))
    return hits
