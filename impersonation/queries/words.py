"""What a session may, in the words of the policy: the same on the banner, in the product, in its story and where holdings are shown."""

from collections.abc import Collection

from accounts.queries import roles_in_force
from impersonation.models import SupportSession
from impersonation.session_rules import SessionRules, session_rules_in_force


def may_words(session: SupportSession, scopes: Collection[str]) -> list[str]:
    """Return what these scopes allow in this session, without those that its mode does not use: who only looks does not act."""
    known, unused = roles_in_force().scopes, _unused(session.mode, session_rules_in_force())
    return [known[scope].may for scope in sorted(set(scopes) - unused) if scope in known and known[scope].may]


def _unused(mode: str, rules: SessionRules) -> frozenset[str]:
    if mode == SupportSession.Mode.CONSOLE:
        return rules.own_scopes
    return frozenset({rules.act}) if mode == SupportSession.Mode.VIEW else frozenset()
