"""`audit.toml` of the policy: how long evidence packs are kept, what an export has to say, and what a sign-in commits to."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Document, Problems, load

FILE = "audit.toml"
MOST = {"keep_days": 3650, "shortest_reason": 200, "most_events": 100_000}
"""The largest number that may stand at a key."""


@dataclass(frozen=True)
class EvidenceRules:
    """Evidence packs: days their file is kept, characters of the shortest reason, events in one pack (NIST AU-4, AU-11)."""

    keep_days: int = 14
    shortest_reason: int = 20
    most_events: int = 20_000


@dataclass(frozen=True)
class PrivateRules:
    """Values kept apart: whether a sign-in keeps the address it came from (NIST AU-3(3)). retention.toml says for how long."""

    sign_in_address: bool = False


@dataclass(frozen=True)
class AuditRules:
    """The whole of `audit.toml`. Without the file these values hold."""

    evidence: EvidenceRules = EvidenceRules()
    private: PrivateRules = PrivateRules()


def audit_rules_in_force() -> AuditRules:
    """Return `audit.toml` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_audit, policy.version) if policy.version else AuditRules()


def check_audit(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `audit.toml` to `problems`; registered for `policy check`."""
    parse_audit(bundle, problems)


def parse_audit(bundle: Bundle, problems: Problems) -> AuditRules:
    """Return the rules of a bundle; what is wrong goes to `problems`, and the default holds in its place."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return AuditRules()
    _known(document, (), document.data, ("evidence", "private"), problems)
    return AuditRules(
        EvidenceRules(**_table(document, "evidence", EvidenceRules, problems)),
        PrivateRules(**_table(document, "private", PrivateRules, problems)),
    )


def _table(document: Document, name: str, shape: type, problems: Problems) -> dict[str, Any]:
    """Return what is right of one table, by key."""
    table = document.data.get(name, {})
    if not isinstance(table, dict):
        problems.add(FILE, document.line(name), f"{name} is not a table", f"write [{name}]")
        return {}
    wanted = {field.name: field.type for field in fields(shape)}
    _known(document, (name,), table, wanted, problems)
    found = {}
    for key, value in table.items():
        if key not in wanted:
            continue
        mend = _mend(key, wanted[key] is bool, value)
        if mend:
            problems.add(FILE, document.line(name, key), f"{key} is {value!r}", mend)
        else:
            found[key] = value
    return found


def _mend(key: str, is_flag: bool, value: object) -> str:
    if is_flag:
        return "" if isinstance(value, bool) else "write true or false, without quotes"
    right = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST[key]
    return "" if right else f"write a whole number from 1 to {MOST[key]}"


def _known(
    document: Document, at: tuple[str, ...], table: Iterable[str], allowed: Iterable[str], problems: Problems
) -> None:
    options = sorted(allowed)
    for name in sorted(set(table) - set(options)):
        near = get_close_matches(name, options, n=1)
        mend = f"did you mean {near[0]}?" if near else f"use one of {', '.join(options)}"
        problems.add(FILE, document.line(*at, name), f"unknown key {name}", mend)
