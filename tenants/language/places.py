"""`sources.toml`, `directory.toml` and `glossary.toml`."""

from typing import cast
from urllib.parse import urlsplit

from opsconsole.lib.bundle import Bundle, Problems
from tenants.language.reader import Reader
from tenants.language.sections import KEY, parse_question
from tenants.language.shapes import ID_TYPES, SOURCE_KINDS, TONES, Directory, Glossary, Source, Tone, Word


def parse_sources(bundle: Bundle, problems: Problems) -> dict[str, Source]:
    """Every source by name."""
    document = bundle.toml("sources.toml", problems)
    if document is None:
        return {}
    reader = Reader(document, problems)
    found = {name: _source(name, item) for name, item in reader.named("source")}
    if not found:
        reader.mistake(
            "",
            "there is no source",
            'add [source.product] with kind = "postgresql" and url_env = "PRODUCT_DATABASE_URL"',
        )
    reader.done()
    return found


def _source(name: str, reader: Reader) -> Source:
    if not KEY.match(name):
        reader.mistake(
            "", f'the source name "{name}" is not made of small letters, digits and _', "rename it"
        )
    kind = reader.choice("kind", SOURCE_KINDS, "postgresql", needed=True)
    source = Source(
        name=name,
        kind=kind,
        url_env=reader.text("url_env"),
        path=reader.text("path"),
        base_url=reader.text("base_url"),
        hosts=reader.texts("hosts"),
        token_env=reader.text("token_env"),
        timeout_seconds=reader.number("timeout_seconds", 3, low=0.05, high=30),
        max_bytes=reader.whole("max_bytes", 4_000_000, low=1_000, high=50_000_000),
        connections=reader.whole("connections", 6, low=1, high=20),
    )
    _address(reader, source)
    reader.done()
    return source


def _address(reader: Reader, source: Source) -> None:
    if source.kind == "http":
        url = urlsplit(source.base_url)
        local = url.hostname in ("127.0.0.1", "localhost")
        if not source.url_env and (
            (url.scheme != "https" and not (url.scheme == "http" and local)) or not url.hostname
        ):
            reader.mistake(
                "base_url",
                "an HTTP source needs its https address",
                'write base_url = "https://api.billing.example", or url_env',
            )
        if url.username or url.password:
            reader.mistake(
                "base_url",
                "the address carries a password",
                "take it out, and name the variable that holds it in token_env",
            )
    elif source.kind == "sqlite":
        if not (source.path or source.url_env):
            reader.mistake("", "a SQLite source needs its file", 'write path = "/srv/product.db", or url_env')
    elif not source.url_env:
        reader.mistake(
            "",
            "the source does not say where it is",
            'write url_env = "PRODUCT_DATABASE_URL": the bundle holds no passwords',
        )
    if "://" in source.url_env:
        reader.mistake("url_env", "url_env holds an address", "name the environment variable that holds it")


def parse_directory(bundle: Bundle, problems: Problems, sources: dict[str, Source]) -> Directory | None:
    """How tenants are listed, or None where that cannot be read."""
    document = bundle.toml("directory.toml", problems)
    if document is None:
        return None
    reader = Reader(document, problems)
    ask = parse_question(reader, sources, needs_tenant=False)
    kind = reader.choice("id_type", ID_TYPES, "text", needed=True)
    found = Directory(ask, kind, reader.number("timeout_seconds", 60, low=1, high=600))
    reader.done()
    return found


def parse_glossary(bundle: Bundle, problems: Problems) -> Glossary:
    """The status words; a bundle without the file has none."""
    if "glossary.toml" not in bundle.files:
        return Glossary({})
    document = bundle.toml("glossary.toml", problems)
    if document is None:
        return Glossary({})
    reader = Reader(document, problems)
    return Glossary(
        {name: {code: _word(item) for code, item in reader.named(name)} for name in document.data}
    )


def _word(reader: Reader) -> Word:
    meaning = reader.text("meaning", needed="say in plain words what this status means")
    word = Word(meaning, cast("Tone", reader.choice("tone", TONES, "neutral")), reader.text("word"))
    reader.done()
    return word
