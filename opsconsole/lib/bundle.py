"""A policy bundle: a directory of TOML files with one digest. Each app parses its own file of it (design.md, section 4)."""

import difflib
import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import rfc8785

from opsconsole.lib.toml_lines import Key, LineIndex

LARGEST_FILE = 1_000_000  # bytes; a policy is read by people
FILES = (
    *("access.toml", "actions.toml", "audit.toml", "consent.toml", "directory.toml", "glossary.toml"),
    *(
        "health.toml",
        "notify.toml",
        "retention.toml",
        "reviews.toml",
        "roles.toml",
        "sessions.toml",
        "unusual.toml",
    ),
    *("sources.toml", "streams.toml"),
)
PANELS = "panels"


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a bundle; as text `file:line: what; mend`."""

    path: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}; {self.mend}"


@dataclass
class Problems:
    """Collects every mistake, so that all are told at once, and in `notes` what could not be looked at."""

    found: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, path: str, line: int, what: str, mend: str) -> None:
        """Note one mistake: `what` is wrong, `mend` is what to write instead."""
        self.found.append(Problem(path, line, what.rstrip("."), mend))

    def __bool__(self) -> bool:
        return bool(self.found)


@dataclass(frozen=True)
class Document:
    """One parsed TOML file that still knows the line of each key."""

    path: str
    data: dict[str, Any]
    lines: LineIndex

    def line(self, *keys: Key) -> int:
        """Return the 1-based line of a key path such as `("section", 0, "query")`, or of its nearest enclosing table."""
        return self.lines.find(keys)


@dataclass(frozen=True)
class Bundle:
    """The files of one policy, by their path inside the bundle."""

    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Return the policy version: SHA-256 (hex) over the RFC 8785 form of {path: text}."""
        return hashlib.sha256(rfc8785.dumps(dict(self.files))).hexdigest()

    @classmethod
    def from_directory(cls, directory: Path) -> "Bundle":
        """Read every `*.toml` below a directory. Raises `FileNotFoundError` where it is none, `ValueError` for an unreadable file."""
        if not directory.is_dir():
            raise FileNotFoundError(f"{directory} is not a directory")
        files = {}
        for path in sorted(directory.rglob("*.toml")):
            if path.stat().st_size > LARGEST_FILE:
                raise ValueError(f"{path} is larger than {LARGEST_FILE} bytes")
            files[path.relative_to(directory).as_posix()] = path.read_text(encoding="utf-8")
        return cls(files)

    def names(self, folder: str) -> list[str]:
        """Return the paths of the files directly in one folder, sorted."""
        return sorted(path for path in self.files if str(PurePosixPath(path).parent) == folder)

    def toml(self, path: str, problems: Problems) -> Document | None:
        """Return one parsed file, or None with a problem noted where it is missing or no TOML."""
        text = self.files.get(path)
        if text is None:
            problems.add(
                path, 1, "the file is missing", "add it to the bundle; docs/policy.md shows each file"
            )
            return None
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.add(
                path, _error_line(error), f"this is no valid TOML: {error}", "mend the syntax on that line"
            )
            return None
        return Document(path, data, LineIndex(text))


def _error_line(error: tomllib.TOMLDecodeError) -> int:
    words = str(error).replace(",", " ").split()
    if "line" in words:
        number = words[words.index("line") + 1]
        if number.isdigit():
            return int(number)
    return 1


Checker = Callable[[Bundle, Problems], None]
Parsed = TypeVar("Parsed")
_checkers: list[Checker] = []


def register_checker(checker: Checker) -> None:
    """Add an app's check of its own files; called in `ready()`."""
    _checkers.append(checker)


def check(bundle: Bundle) -> list[Problem]:
    """Return every mistake that any app finds in a bundle, sorted by file and line, each once."""
    return examine(bundle).found


def examine(bundle: Bundle) -> Problems:
    """Return every mistake as `check` does, and the notes: what could not be looked at, and why."""
    problems = Problems()
    _check_names(bundle, problems)
    for checker in _checkers:
        checker(bundle, problems)
    return Problems(sorted(set(problems.found)), list(dict.fromkeys(problems.notes)))


def _check_names(bundle: Bundle, problems: Problems) -> None:
    """Report every file that nobody reads, so that a misspelt name is not ignored in silence."""
    known = {*FILES, *bundle.names(PANELS)}
    for path in bundle.files:
        if path not in known:
            name = PurePosixPath(path).name
            near = difflib.get_close_matches(path, FILES, n=1, cutoff=0.8)
            mend = f"did you mean {near[0]}?" if near else f"if it is a panel, move it to {PANELS}/{name}"
            problems.add(path, 1, "no file of a policy has this name, so nobody reads it", mend)


@lru_cache(maxsize=64)
def _parsed(parse: Callable[[Bundle, Problems], Any], digest: str, holder: "_Holder") -> Any:
    return parse(holder.bundle, Problems())


@dataclass(frozen=True)
class _Holder:
    """Carries the bundle past the cache's key: equal for all bundles, so that the digest alone decides."""

    bundle: Bundle = field(compare=False)


def load(bundle: Bundle, parse: Callable[[Bundle, Problems], Parsed], digest: str = "") -> Parsed:
    """Return one app's part of a bundle, parsed once per digest. Give the digest where it is known: hashing costs more than the look-up."""
    result: Parsed = _parsed(parse, digest or bundle.digest, _Holder(bundle))
    return result
