"""What unusual use adds to `/reviews/`."""

from typing import Any

from accounts.models import Person
from grants.unusual.listing import flags_to_look_at, words_on_flags
from grants.unusual.rules import END_ACCESS, TELL, TITLES, unusual_rules_in_force

CLOSED_SHOWN = 10


def unusual_section(*, person: Person) -> dict[str, Any]:
    """Return the flags that nobody dismissed, and the rules as the policy has them."""
    found, rules = flags_to_look_at(person.pk), unusual_rules_in_force()
    return {
        "key": "unusual",
        "title": "Unusual use",
        "lead": "What the policy’s rules found in the sealed log. A flag is a reason to look, not a verdict: dismiss it or hand it on,"
        " with a sentence. The one it is about cannot.",
        "template": "grants/_unusual.html",
        "count": len(found),
        "flags": found,
        "closed": words_on_flags(CLOSED_SHOWN),
        "rules": [
            {
                "title": TITLES[rule],
                "words": rules.said(rule),
                "then": END_ACCESS if rule in rules.ends_access else TELL,
            }
            for rule in rules.on
        ],
    }
