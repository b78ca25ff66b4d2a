"""`panels/<key>.toml`: one question about one tenant, in an area of the tenant page, under a scope."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from opsconsole.lib.bundle import Bundle, Problems
from tenants.language.reader import Reader, closest
from tenants.language.sections import KEY, Around, key_of, parse_sections
from tenants.language.shapes import AREAS, TONES, Check, CheckSide, Glossary, Panel, Tone

EXPECTATIONS = ("equal", "left_not_over_right", "right_not_over_left")


def parse_panels(bundle: Bundle, problems: Problems, around: Around) -> tuple[Panel, ...]:
    """Every panel of a bundle, in the order of the tenant page."""
    panels = [p for path in bundle.names("panels") if (p := _panel(bundle, problems, path, around))]
    order = list(AREAS)
    return tuple(sorted(panels, key=lambda p: (order.index(p.area), p.order, p.key)))


def _panel(bundle: Bundle, problems: Problems, path: str, around: Around) -> Panel | None:
    document = bundle.toml(path, problems)
    if document is None:
        return None
    key = PurePosixPath(path).stem
    reader = Reader(document, problems)
    if not KEY.match(key):
        reader.mistake(
            "",
            f'the file name "{key}" is not made of small letters, digits and _',
            "rename it: it becomes the panel's address",
        )
    scope = reader.text("scope", needed='write scope = "billing.read": without a scope nobody may open it')
    if around.scopes is not None and scope and scope not in around.scopes:
        reader.mistake("scope", f"no scope is called {scope}", closest(scope, sorted(around.scopes)))
    panel = Panel(
        key=key,
        title=reader.text("title", needed="give the panel a short title"),
        question=reader.text("question", needed="write the question that this panel answers"),
        area=reader.choice("area", AREAS, "account", needed=True),
        scope=scope,
        order=reader.whole("order", 100, low=0, high=10_000),
        owner=reader.text("owner"),
        escalation=reader.text("escalation"),
        sections=parse_sections(reader, around),
        checks=_checks(reader),
    )
    reader.done()
    return panel


def _checks(reader: Reader) -> tuple[Check, ...]:
    checks = []
    for item in reader.tables("check"):
        check = Check(
            key=key_of(item),
            title=item.text("title", needed="say in a few words what should agree"),
            left=_side(item, "left"),
            right=_side(item, "right"),
            expect=item.choice("expect", EXPECTATIONS, "equal"),
            cause=item.text("cause"),
            tone=cast("Tone", item.choice("tone", TONES, "bad")),
        )
        checks.append(check)
        item.done()
    return tuple(checks)


def _side(reader: Reader, key: str) -> CheckSide:
    side = reader.table(key)
    example = f'write {key} = {{ label = "Billing", section = "billing.subscription", column = "plan" }}'
    if side is None:
        if key not in reader:
            reader.mistake("", f"the check has no {key}", example)
        return CheckSide("", "", "")
    found = CheckSide(
        label=side.text("label", needed="name this side in one or two words"),
        section=side.text("section", needed=example),
        column=side.text("column", needed=example),
        time_column=side.text("time"),
    )
    side.done()
    return found


def check_sides(bundle: Bundle, problems: Problems, panels: tuple[Panel, ...]) -> None:
    """Report every check whose side names a section or column that no panel has."""
    sections = {f"{p.key}.{s.key}": s for p in panels for s in p.sections}
    for panel in panels:
        path = f"panels/{panel.key}.toml"
        document = bundle.toml(path, Problems())
        for index, check in enumerate(panel.checks):
            for side in (check.left, check.right):
                line = document.line("check", index) if document else 1
                section = sections.get(side.section)
                if side.section and section is None:
                    problems.add(
                        path,
                        line,
                        f"no section is called {side.section}",
                        closest(side.section, sorted(sections)),
                    )
                for column in (side.column, side.time_column) if section else ():
                    if column and section and section.column(column) is None:
                        names = sorted(c.key for c in section.columns)
                        problems.add(
                            path, line, f"{side.section} declares no column {column}", closest(column, names)
                        )


def check_words(bundle: Bundle, problems: Problems, panels: tuple[Panel, ...], glossary: Glossary) -> None:
    """Report every column whose `glossary` is a set that glossary.toml does not have."""
    if "glossary.toml" in bundle.files and bundle.toml("glossary.toml", Problems()) is None:
        return
    for panel in panels:
        path = f"panels/{panel.key}.toml"
        document = bundle.toml(path, Problems())
        for index, place, name in _sets(document.data if document else {}):
            if name not in glossary.sets and document:
                line = document.line("section", index, "column", place, "glossary")
                known = sorted(glossary.sets)
                mend = closest(name, known) if known else f"add [{name}.code] to glossary.toml"
                problems.add(path, line, f"glossary.toml has no set {name}", mend)


def _sets(data: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    for index, section in enumerate(_tables(data, "section")):
        for place, column in enumerate(_tables(section, "column")):
            if isinstance(column.get("glossary"), str):
                yield index, place, column["glossary"]


def _tables(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = data.get(key)
    return [item if isinstance(item, Mapping) else {} for item in found] if isinstance(found, list) else []
