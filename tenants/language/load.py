"""The whole of the tenants part of a bundle, parsed once per digest."""

from opsconsole.lib.bundle import Bundle, Document, Problems, load
from tenants.language.panels import check_sides, check_words, parse_panels
from tenants.language.places import parse_directory, parse_glossary, parse_sources
from tenants.language.sections import Around
from tenants.language.shapes import Language


def parse_language(bundle: Bundle, problems: Problems) -> Language:
    """Everything the tenants app reads; never raises on bad content, notes every mistake and goes on."""
    sources = parse_sources(bundle, problems)
    panels = parse_panels(bundle, problems, Around(sources, _scopes(bundle)))
    check_sides(bundle, problems, panels)
    if not panels:
        problems.add(
            "panels/", 1, "the bundle has no panel", "add panels/billing.toml; docs/policy.md shows one"
        )
    directory = parse_directory(bundle, problems, sources)
    glossary = parse_glossary(bundle, problems)
    check_words(bundle, problems, panels, glossary)
    return Language(panels, sources, directory, glossary)


def check_language(bundle: Bundle, problems: Problems) -> None:
    """The checker that `policy check` runs."""
    parse_language(bundle, problems)


def language_of(bundle: Bundle, digest: str = "") -> Language:
    """The parsed language of a bundle, from the cache when it was parsed before."""
    return load(bundle, parse_language, digest)


def _scopes(bundle: Bundle) -> frozenset[str] | None:
    """The scopes that roles.toml declares; None where it cannot be read (its own parser tells why)."""
    quiet = Problems()
    document: Document | None = bundle.toml("roles.toml", quiet)
    scopes = document.data.get("scope") if document else None
    return frozenset(scopes) if isinstance(scopes, dict) else None
