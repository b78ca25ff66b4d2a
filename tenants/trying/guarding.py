"""What of a panel may be seen while it is only tried. Pure rules.

The one who tries holds no right on the tenant, so nothing but public values is shown in clear. What counts as public takes two
people: in a proposal of one's own only what the policy in force shows from the very same question, so that nobody can call
personal data public and read them alone (NIST AC-5).
"""

from dataclasses import dataclass, replace

from tenants.language.shapes import Column, Language, Panel, Section

MOST_ROWS = 10  # of a section; a trial looks at a few
ROWS_OF_NEW = 1  # of a question that only its proposer has seen, so that the number of rows tells nothing
NEW_SOURCE = "Its source is not in force yet as it stands here. It is read once a version with this source is in force."


@dataclass(frozen=True, slots=True)
class Guarded:
    """A section as it may be shown: `covered` are the public columns that wait for a second person, `readable` is about its source."""

    section: Section
    covered: frozenset[str]
    readable: bool


def guarded(panel: Panel, tried: Language, active: Language, *, seen_by_two: bool) -> list[Guarded]:
    """Return each section with everything covered that the person trying it may not see."""
    old = active.panel(panel.key)
    return [
        _guard(section, old.section(section.key) if old else None, tried, active, seen_by_two=seen_by_two)
        for section in panel.sections
    ]


def _guard(
    section: Section, old: Section | None, tried: Language, active: Language, *, seen_by_two: bool
) -> Guarded:
    readable = all(tried.sources[ask.source] == active.sources.get(ask.source) for ask in section.asks)
    same_question = old is not None and old.asks == section.asks
    clear = frozenset(
        c.key
        for c in section.columns
        if c.kind == "public" and (seen_by_two or (same_question and old and _same(c, old.column(c.key))))
    )
    trusted = seen_by_two or section == old
    shown = replace(
        section,
        columns=tuple(c if c.key in clear else _covered(c) for c in section.columns),
        says=section.says if trusted else (),
        freshness=section.freshness if section.freshness and section.freshness.column in clear else None,
        sort=section.sort if trusted else "",
        limit=min(section.limit, MOST_ROWS if seen_by_two or same_question else ROWS_OF_NEW),
    )
    covered = frozenset(c.key for c in section.columns if c.kind == "public") - clear
    return Guarded(shown, covered, readable)


def _same(column: Column, old: Column | None) -> bool:
    return old is not None and replace(old, label=column.label) == column


def _covered(column: Column) -> Column:
    """The column under the strictest kind that it has on any row."""
    kinds = {column.kind, *(rule.kind for rule in column.rules)}
    if "secret" in kinds:
        return replace(column, kind="secret", rules=())
    return replace(column, kind="personal", mask="all" if column.kind == "public" else column.mask, rules=())
