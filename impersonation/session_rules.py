"""The bundle's `sessions.toml`: how long a support session lasts, which scopes open it, and who of a tenant may be acted for."""

from dataclasses import dataclass, field

from accounts.roles import Roles, parse_roles
from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Document, Problems, load
from opsconsole.lib.toml_values import Table
from tenants.language.places import parse_sources
from tenants.language.reader import Reader
from tenants.language.sections import parse_question
from tenants.language.shapes import Question

FILE = "sessions.toml"
TABLES = ("session", "subjects", "product", "routes")
LONGEST = 240  # minutes; a session is a visit, not a shift
COLUMNS = ("subject_id", "name", "role", "active", "superior")
"""What the query of `[subjects]` returns for each user, besides its tenant column; `email` may come with them."""


@dataclass(frozen=True)
class SessionRules:
    """All of `sessions.toml` that the console itself needs. Minutes; `subjects` is None where nobody may be acted for."""

    default_minutes: int = 30
    longest_minutes: int = 60
    idle_minutes: int = 10
    view: str = ""
    act: str = ""
    subjects: Question | None = field(default=None)

    def modes_of(self, scopes: frozenset[str] | set[str]) -> tuple[str, ...]:
        """Return the ways of acting for somebody that these scopes open, the widest first; who may act may also only look."""
        if self.subjects is None:
            return ()
        if self.act and self.act in scopes:
            return ("act", "view")
        return ("view",) if self.view and self.view in scopes else ()

    @property
    def own_scopes(self) -> frozenset[str]:
        """Return the scopes that open a session for somebody, and nothing else."""
        return frozenset({self.view, self.act} - {""})


NONE = SessionRules()


def session_rules_in_force() -> SessionRules:
    """Return `sessions.toml` of the policy in force, parsed once per version."""
    policy = active_policy()
    return load(policy.bundle, parse_sessions, policy.version) if policy.version else NONE


def parse_sessions(bundle: Bundle, problems: Problems) -> SessionRules:
    """Return the rules of a bundle; without the file a session is one in the console only. Mistakes are added to `problems`."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return NONE
    Table(document, problems, ()).refuse_unknown(TABLES)
    table, roles = Table(document, problems, ("session",)), parse_roles(bundle, Problems())
    longest = _whole(table, "longest_minutes", NONE.longest_minutes)
    default = _whole(table, "default_minutes", min(NONE.default_minutes, longest))
    if default > longest:
        table.wrong("default_minutes", f"is {default}, more than longest_minutes", f"write {longest} or less")
    rules = SessionRules(
        default_minutes=min(default, longest),
        longest_minutes=longest,
        idle_minutes=_idle(table, longest),
        view=_scope(table, "view", roles),
        act=_scope(table, "act", roles),
        subjects=_subjects(document, bundle, problems),
    )
    _check_both(document, rules, problems)
    table.refuse_unknown()
    return rules


def _whole(table: Table, key: str, usual: int) -> int:
    table.known.add(key)
    return table.whole(key, least=1, most=LONGEST, fallback=usual) if key in table.values else usual


def _idle(table: Table, longest: int) -> int:
    idle = _whole(table, "idle_minutes", NONE.idle_minutes)
    if idle > longest and "idle_minutes" in table.values:
        table.wrong("idle_minutes", f"is {idle}, more than longest_minutes", f"write {longest} or less")
    return min(idle, longest)


def _scope(table: Table, key: str, roles: Roles) -> str:
    named = table.one(key, roles.scopes)
    if named and roles.scopes[named].consequence == "view":
        table.wrong(
            key,
            f"names {named}, which roles hold at all times",
            "name a scope that has to be asked for: its consequence is sensitive or more",
        )
        return ""
    return named


def _subjects(document: Document, bundle: Bundle, problems: Problems) -> Question | None:
    reader = Reader(document, problems).table("subjects")
    if reader is None:
        return None
    question = parse_question(reader, parse_sources(bundle, Problems()))
    if question.path:
        reader.mistake("source", "is asked over HTTP", "name a database: one user is looked up among all")
    reader.done()
    text = "".join(question.query.pieces).lower()
    for name in COLUMNS if text else ():
        if name not in text:
            reader.mistake("query", f"the query returns no {name}", f"select it, such as … as {name}")
    return question if text else None


def _check_both(document: Document, rules: SessionRules, problems: Problems) -> None:
    if (rules.view or rules.act) and "subjects" not in document.data:
        what = "a scope opens sessions for somebody, but nothing says for whom"
        problems.add(FILE, document.line("session"), what, "add [subjects] with a source and a query")
    if "subjects" in document.data and not (rules.view or rules.act):
        what = "nobody can be acted for: no scope opens a session for them"
        problems.add(FILE, document.line("subjects"), what, 'add view = "session.view" to [session]')


def check_sessions(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `sessions.toml` to `problems`; registered in `ready()` for `manage.py policy check`."""
    parse_sessions(bundle, problems)
