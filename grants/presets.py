"""Presets: what to ask for, by the kind of problem. Written in the policy, offered by words of the case; nothing is guessed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.roles import CONSEQUENCES, Scope
from opsconsole.lib.bundle import Document, Problems
from opsconsole.lib.toml_values import Table, tables

DAY = 1440  # minutes
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Preset:
    """One kind of problem: the question that the scopes answer, and for how long. `when` are words of a case that it fits."""

    key: str
    title: str
    answers: str
    when: tuple[str, ...]
    scopes: tuple[str, ...]
    minutes: int


def parse_presets(
    document: Document, problems: Problems, known: Mapping[str, Scope], longest: Mapping[str, int]
) -> tuple[Preset, ...]:
    """Return every `[[preset]]` without a mistake. `longest` has the longest minutes of each consequence that can be asked for."""
    found: dict[str, Preset] = {}
    for table in tables(document, problems, "preset"):
        preset = _preset(table, known, longest)
        if preset and preset.key in found:
            table.wrong("key", f"{preset.key} is used twice", "give each preset a key of its own")
        elif preset:
            found[preset.key] = preset
    return tuple(found.values())


def _preset(table: Table, known: Mapping[str, Scope], longest: Mapping[str, int]) -> Preset | None:
    scopes = table.some("scopes", known)
    most = min((longest.get(known[scope].consequence, 0) for scope in scopes), default=DAY)
    preset = Preset(
        key=table.text("key", fallback=""),
        title=table.text("title", fallback=""),
        answers=table.text("answers", fallback=""),
        when=tuple(word.casefold() for word in table.texts("when")),
        scopes=scopes,
        minutes=table.whole("minutes", least=1, most=DAY, fallback=min(30, max(1, most))),
    )
    table.refuse_unknown()
    if scopes and preset.minutes > most:
        mend = f"write {most} or less" if most else "add its consequence to access.toml"
        table.wrong("minutes", f"is {preset.minutes}, more than the scopes allow", mend)
        return None
    whole = preset.key and preset.title and preset.answers and preset.when and scopes
    return preset if whole else None


def offered(
    presets: Iterable[Preset], issue: str, known: Mapping[str, Scope], open_to: Iterable[str]
) -> list[Preset]:
    """Return the presets a person may ask for, those that fit the reported issue first and the narrowest of them on top.

    Narrow means: the mildest consequence, then the fewest scopes, then the fewest minutes. A preset fits where the issue has a word
    that begins with one of its `when`.
    """
    allowed = set(open_to)
    words = _WORD.findall(issue.casefold())

    def rank(preset: Preset) -> tuple[bool, int, int, int]:
        worst = max(CONSEQUENCES.index(known[scope].consequence) for scope in preset.scopes)
        return not fits(preset, words), worst, len(preset.scopes), preset.minutes

    mine = [
        preset for preset in presets if all(known[scope].consequence in allowed for scope in preset.scopes)
    ]
    return sorted(mine, key=rank)


def fits(preset: Preset, words: Iterable[str]) -> bool:
    """Tell whether one of the words begins as the preset's `when` says."""
    return any(word.startswith(preset.when) for word in words)
