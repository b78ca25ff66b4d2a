"""`streams.toml` of the policy: where the sealed log is copied to, and when it counts as late (NIST AU-4(1), AU-6(4), SI-4(12))."""

import os
import re
from dataclasses import dataclass

from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Document, Problems, load
from opsconsole.lib.toml_values import Table, named_tables

FILE = "streams.toml"
KINDS = ("file", "webhook")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
NAME = re.compile(r"[a-z0-9_-]{1,40}")
VARIABLE = re.compile(r"STREAM_[A-Z0-9_]{1,60}")
MOST_ENTRIES = 1000  # in one batch
USUAL_ENTRIES = 200
USUAL_MINUTES = 5


@dataclass(frozen=True)
class Stream:
    """One copy of the log on its way out. `place_env` and `secret_env` name variables; `host` is the only one a webhook may lead to."""

    name: str
    kind: str
    place_env: str
    host: str = ""
    secret_env: str = ""
    most_entries: int = USUAL_ENTRIES

    @property
    def is_on(self) -> bool:
        """Tell whether its place is set; a stream without one is switched off."""
        return bool(os.environ.get(self.place_env))


@dataclass(frozen=True)
class StreamRules:
    """All of `streams.toml`, checked. Without the file nothing leaves. `late_minutes` is how far behind a stream may be."""

    streams: tuple[Stream, ...] = ()
    late_minutes: int = USUAL_MINUTES

    def named(self, name: str) -> Stream | None:
        """Return one stream, or None where the policy has none of that name."""
        return next((stream for stream in self.streams if stream.name == name), None)


def stream_rules_in_force() -> StreamRules:
    """Return `streams.toml` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_streams, policy.version) if policy.version else StreamRules()


def check_streams(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `streams.toml` to `problems`; registered for `policy check`."""
    parse_streams(bundle, problems)


def parse_streams(bundle: Bundle, problems: Problems) -> StreamRules:
    """Return the streams of a bundle; every mistake is added to `problems`, and what has one is left out."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return StreamRules()
    Table(document, problems, ()).refuse_unknown(("stream", "late"))
    return StreamRules(_streams(document, problems), _late(Table(document, problems, ("late",))))


def _late(table: Table) -> int:
    minutes = USUAL_MINUTES
    if "minutes" in table.values:
        minutes = table.whole("minutes", least=1, most=1440, fallback=USUAL_MINUTES)
    table.refuse_unknown(("minutes",))
    return minutes


def _streams(document: Document, problems: Problems) -> tuple[Stream, ...]:
    found: dict[str, Stream] = {}
    for name, table in named_tables(document, problems, "stream"):
        stream = _stream(name, table)
        if stream is None:
            continue
        twin = next((other for other in found.values() if other.place_env == stream.place_env), None)
        if twin:
            table.wrong(
                _place_key(stream.kind),
                f"is that of stream {twin.name} too",
                "give each stream a variable of its own",
            )
            continue
        found[name] = stream
    return tuple(found.values())


def _stream(name: str, table: Table) -> Stream | None:
    if not NAME.fullmatch(name):
        table.wrong("", "is no plain name", "write small letters, digits, - and _")
    kind = table.one("kind", KINDS)
    if not kind:
        if "kind" not in table.values:
            table.wrong("kind", "is missing", 'write kind = "file" or kind = "webhook"')
        return None
    place_env = _variable(table, _place_key(kind), "STREAM_SIEM_URL" if kind == "webhook" else "STREAM_FILE")
    host, secret_env = _receiver(table) if kind == "webhook" else ("", "")
    most = USUAL_ENTRIES
    if "most_entries" in table.values:
        most = table.whole("most_entries", least=1, most=MOST_ENTRIES, fallback=USUAL_ENTRIES)
    table.refuse_unknown(("most_entries",))
    whole = NAME.fullmatch(name) and place_env and (kind == "file" or (host and secret_env))
    return Stream(name, kind, place_env, host, secret_env, most) if whole else None


def _place_key(kind: str) -> str:
    return "url_env" if kind == "webhook" else "path_env"


def _receiver(table: Table) -> tuple[str, str]:
    host = table.text("host", fallback="siem.example").lower()
    if not HOST.fullmatch(host):
        table.wrong("host", f"is {host!r}", "write the host alone, such as siem.example")
        host = ""
    return host, _variable(table, "secret_env", "STREAM_SIEM_SECRET")


def _variable(table: Table, key: str, example: str) -> str:
    name = table.text(key, fallback=example)
    if not VARIABLE.fullmatch(name):
        table.wrong(key, f"is {name!r}", f"name a variable of the environment such as {example}")
        return ""
    return name
