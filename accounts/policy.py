"""Pure rules on people."""

from collections.abc import Iterable

from accounts.roles import Role


def broken_separation(roles: Iterable[Role], pairs: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the first pair of powers that these roles together hold and the policy keeps apart (NIST AC-5), or None."""
    held = frozenset().union(*(role.may for role in roles)) if roles else frozenset()
    return next((pair for pair in pairs if held >= set(pair)), None)
