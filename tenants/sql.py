"""The SQL of a panel: where its parameters stand, and how each engine wants them written.

A query is text with `:tenant` and `:slug` in it. Both count only outside strings, quoted identifiers, comments and
dollar quotes, and never as part of a `::` cast, so `%`, `{`, `::` and colons in text are all harmless.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Dialect = Literal["postgresql", "mysql", "sqlite"]

PARAMETERS = ("tenant", "slug")
BOOK = "tenants"  # the one parameter of a query over many tenants at once, in health.toml
_EQUALS = {
    "postgresql": "= any(:tenants)",
    "mysql": "in :tenants",
    "sqlite": "in (select value from json_each(:tenants))",
}

_COMMON = r"""
    (?P<param>(?<![\w:\])]):[A-Za-z_]\w*)
  | (?P<colons>::|:=)
  | (?P<semicolon>;)
  | (?P<space>\s+)
"""
_PATTERNS: dict[str, str] = {
    "postgresql": r"""
    (?P<comment>--[^\n]*)
  | (?P<block>/\*)
  | (?P<quoted>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<word>[^\W\d][\w$]*)
  | (?P<dollar>(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag))
  | """,
    "mysql": r"""
    (?P<comment>--(?=\s|$)[^\n]*|\#[^\n]*)
  | (?P<block>/\*)
  | (?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`)
  | (?P<word>[^\W\d][\w$]*)
  | """,
    "sqlite": r"""
    (?P<comment>--[^\n]*)
  | (?P<block>/\*)
  | (?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
  | (?P<word>[^\W\d][\w$]*)
  | """,
}
_COMPILED = {name: re.compile(head + _COMMON, re.VERBOSE | re.DOTALL) for name, head in _PATTERNS.items()}
_READS = ("select", "with", "values", "table")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a query: how many lines below its first, what it is, and the mend."""

    line: int
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Query:
    """One query taken apart: pieces of SQL text with parameter names at the odd places; whether its rows come in an order."""

    pieces: tuple[str, ...] = ()
    dialect: Dialect = "postgresql"
    ordered: bool = True

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset(self.pieces[1::2])

    def for_driver(self) -> str:
        """The text the engine's driver takes: `%(tenant)s` for psycopg and PyMySQL, `:tenant` for SQLite."""
        if self.dialect == "sqlite":
            return "".join(p if n % 2 == 0 else f":{p}" for n, p in enumerate(self.pieces))
        return "".join(p.replace("%", "%%") if n % 2 == 0 else f"%({p})s" for n, p in enumerate(self.pieces))

    def numbered(self) -> str:
        """The text as PostgreSQL itself sees it, with `$1` and `$2` in the order of their first use."""
        names = list(dict.fromkeys(self.pieces[1::2]))
        return "".join(p if n % 2 == 0 else f"${names.index(p) + 1}" for n, p in enumerate(self.pieces))

    def narrowed(self, column: str, parameter: str) -> "Query":
        """The same rows, but only those whose column equals the parameter (both names are ours, never typed in)."""
        head, *rest = self.pieces or ("",)
        tail = f"\n) narrowed where narrowed.{column} = "
        pieces = ("select * from (\n" + head, *rest)  # noqa: S608
        return Query((*pieces[:-1], pieces[-1] + tail, parameter, ""), self.dialect)

    def containing(self, columns: Iterable[str], parameter: str) -> "Query":
        """The same rows, but only those where one of some columns has the parameter in it, whatever the case of the letters."""
        head, *rest = self.pieces or ("",)
        find = "strpos" if self.dialect == "postgresql" else "instr"
        kind = "char" if self.dialect == "mysql" else "text"
        pieces = ["select * from (\n" + head, *rest]  # noqa: S608
        pieces[-1] += "\n) wanted where "
        for number, name in enumerate(columns):
            pieces[-1] += f"{' or ' if number else ''}{find}(lower(cast(wanted.{name} as {kind})), lower("
            pieces += [parameter, ")) > 0"]
        return Query(tuple(pieces), self.dialect)


def parse(
    text: str, dialect: Dialect = "postgresql", *, needs: str = "tenant"
) -> tuple[Query, list[Mistake]]:
    """The query taken apart and every mistake in it; needs: the parameter without which it does not load ("" for none).

    A query that needs `tenants` is over many tenants and takes no other parameter.
    """
    known = (BOOK,) if needs == BOOK else PARAMETERS
    tokens, mistakes = _tokens(text, dialect)
    solid = [t for t in tokens if t.kind not in ("comment", "space")]
    mistakes += _statement_mistakes(text, solid)
    names = [t for t in solid if t.kind == "param"]
    mistakes += [m for t in names if (m := _parameter_mistake(text, t, known))]
    if needs and solid and f":{needs}" not in {t.text for t in names}:
        mistakes.append(_never_used(needs, dialect))
    return Query(_pieces(text, tokens, known), dialect, _ordered(solid)), mistakes


def _ordered(solid: list[Token]) -> bool:
    """Whether the outermost select ends with an order."""
    depth, words = 0, []
    for token in solid:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            words.append(token.text.lower())
    return ("order", "by") in pairwise(words)


def _never_used(name: str, dialect: Dialect) -> Mistake:
    mend = (
        f"add `where … {_EQUALS[dialect]}` so that it reads the tenants asked for only"
        if name == BOOK
        else f"add `where … = :{name}` so that it reads one tenant only"
    )
    return Mistake(0, f"the query never uses :{name}", mend)


def _pieces(text: str, tokens: list[Token], known: tuple[str, ...]) -> tuple[str, ...]:
    end = len(text)
    closing = [t for t in tokens if t.kind not in ("comment", "space")]
    if closing and closing[-1].kind == "semicolon":
        end = closing[-1].start
    pieces, last = [], 0
    for token in tokens:
        if token.kind == "param" and token.text[1:] in known and token.start < end:
            pieces += [text[last : token.start], token.text[1:]]
            last = token.start + len(token.text)
    return (*pieces, text[last:end].strip() if not pieces else text[last:end].rstrip())


def _tokens(text: str, dialect: Dialect) -> tuple[list[Token], list[Mistake]]:
    mistakes: list[Mistake] = []
    return list(_scan(text, dialect, mistakes)), mistakes


def _scan(text: str, dialect: Dialect, mistakes: list[Mistake]) -> Iterator[Token]:
    pattern, at = _COMPILED[dialect], 0
    while at < len(text):
        match = pattern.match(text, at)
        if match and match.lastgroup == "block":
            end = _block_end(text, at, nested=dialect == "postgresql")
            if dialect == "mysql" and text.startswith(("/*!", "/*M!"), at):
                mistakes.append(
                    _at(text, at, "a comment that MySQL would run", "take the /*! … */ out of the query")
                )
            if end < 0:
                mistakes.append(_at(text, at, "a comment that is never closed", "close it with */"))
                return
            yield Token("comment", text[at:end], at)
            at = end
        elif match:
            yield Token(match.lastgroup or "other", match.group(), at)
            at = match.end()
        else:
            if text[at] in "'\"`" and (text[at] != "`" or dialect != "postgresql"):
                mistakes.append(
                    _at(
                        text,
                        at,
                        f"a quote {text[at]} that is never closed",
                        "close it, or double it inside a string",
                    )
                )
                return
            yield Token("other", text[at], at)
            at += 1


def _block_end(text: str, start: int, *, nested: bool) -> int:
    depth, at = 0, start
    for match in re.compile(r"/\*|\*/").finditer(text, start):
        if match.group() == "/*":
            depth += 1 if nested or depth == 0 else 0
        else:
            depth -= 1
        at = match.end()
        if depth == 0:
            return at
    return -1


def _statement_mistakes(text: str, solid: list[Token]) -> Iterator[Mistake]:
    if not solid:
        yield Mistake(0, "the query is empty", "write one select statement")
        return
    first = next((t for t in solid if t.text != "("), solid[0])
    if first.text.lower() not in _READS:
        yield _at(
            text,
            first.start,
            f"the query begins with {first.text!r}",
            "begin with select or with: panels only read",
        )
    for token, following in pairwise(solid):
        if token.kind == "semicolon" and following.kind != "semicolon":
            yield _at(
                text,
                following.start,
                "more than one statement",
                "keep one select, and make two sections of two questions",
            )
            return


def _parameter_mistake(text: str, token: Token, known: tuple[str, ...]) -> Mistake | None:
    name = token.text[1:]
    if name in known:
        return None
    close = difflib.get_close_matches(name, known, n=1)
    allowed = " and ".join(f":{one}" for one in known)
    mend = f"did you mean :{close[0]}?" if close else f"only {allowed} can be used"
    return _at(text, token.start, f"no parameter is called :{name}", mend)


def _at(text: str, offset: int, what: str, mend: str) -> Mistake:
    return Mistake(text.count("\n", 0, offset), what, mend)
