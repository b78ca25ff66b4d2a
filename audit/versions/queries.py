"""Reads of stored policy versions. A version is found by its whole digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff

from django.http import Http404

from audit.models import PolicyVersion

AROUND = 3  # unchanged lines shown before and after a change
_MARKS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference; `kind` is added, removed, same or place."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """What differs in one file; `what` is added, removed or changed."""

    path: str
    what: str
    lines: tuple[Line, ...]


def get_version(version: str) -> PolicyVersion:
    """Return one stored version. Raises `Http404` for a digest that is not stored."""
    found = PolicyVersion.objects.filter(version=version).first()
    if found is None:
        raise Http404("There is no such policy version.")
    return found


def active_version() -> PolicyVersion | None:
    """Return the version in force, or None before the first."""
    return PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).first()


def versions_by_state() -> dict[str, list[PolicyVersion]]:
    """Return the versions by state, newest first, without their files."""
    found: dict[str, list[PolicyVersion]] = {state.value: [] for state in PolicyVersion.State}
    for row in PolicyVersion.objects.defer("files"):
        found[row.state].append(row)
    return found


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[FileChange]:
    """Return what differs between the files of two versions, by path; nothing for two that are the same."""
    return [
        FileChange(path, _what(path, old, new), _lines(old.get(path, ""), new.get(path, "")))
        for path in sorted(set(old) | set(new))
        if old.get(path) != new.get(path)
    ]


def _what(path: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    if path not in old:
        return "added"
    return "changed" if path in new else "removed"


def _lines(old: str, new: str) -> tuple[Line, ...]:
    found = list(unified_diff(old.splitlines(), new.splitlines(), n=AROUND, lineterm=""))[2:]
    return tuple(Line(_MARKS.get(line[:1], "same"), line) for line in found)
