"""Lines of keys in a TOML text, which `tomllib` does not tell."""

import re

Key = str | int
_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*(\]\]?)\s*(#.*)?$")
_ASSIGN = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=\s*(.*)$"""
)
_PART = re.compile(r'"([^"]*)"|\'([^\']*)\'|([A-Za-z0-9_-]+)')
_FENCES = ('"""', "'''")


def _parts(text: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(text)]


class LineIndex:
    """Maps key paths to 1-based lines; good for the errors of a checker, not a parser."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[Key, ...], int] = {(): 1}
        self._counts: dict[tuple[Key, ...], int] = {}
        self._read(text)

    def find(self, keys: tuple[Key, ...]) -> int:
        """Return the line of a key path, or of the nearest path that encloses it."""
        for end in range(len(keys), -1, -1):
            line = self._lines.get(keys[:end])
            if line is not None:
                return line
        return 1

    def _read(self, text: str) -> None:
        table: tuple[Key, ...] = ()
        fence = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if fence:
                fence = "" if fence in line else fence
                continue
            header = _HEADER.match(line)
            if header and "=" not in header.group(2):
                table = self._enter(_parts(header.group(2)), array=header.group(1) == "[[")
                self._lines.setdefault(table, number)
                continue
            assign = _ASSIGN.match(line)
            if assign:
                self._lines.setdefault((*table, *_parts(assign.group(1))), number)
                fence = next((f for f in _FENCES if assign.group(2).count(f) == 1), "")

    def _enter(self, names: list[str], *, array: bool) -> tuple[Key, ...]:
        path: tuple[Key, ...] = ()
        for position, name in enumerate(names):
            path = (*path, name)
            last = position == len(names) - 1
            if last and array:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path
