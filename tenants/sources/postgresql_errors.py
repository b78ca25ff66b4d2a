"""PostgreSQL's error codes as sentences. The driver's own message is never used: it quotes SQL, values and addresses."""

import psycopg

from tenants.sources.base import QueryFailed, SourceError, TimedOut, Unreachable, spell

_SENTENCES = {
    "25006": "The query of this section tries to write, which the console never does.",
    "0A000": "The query of this section tries to write, or does what a read-only question cannot.",
    "42P01": "The query of this section names a table that this database does not have.",
    "42703": "The query of this section names a column that this database does not have.",
    "42501": "The console's database role may not read one of the tables of this section.",
    "42601": "The query of this section is not valid SQL.",
    "42883": "The query of this section calls a function or compares types that do not fit.",
    "22012": "The query of this section divides by zero.",
    "22P02": "The query of this section reads a value as a type it does not have.",
    "55P03": "A table of this section is locked in the product at the moment.",
    "53300": "The database has no free connection for the console.",
}
_CLASSES = {
    "22": "The query of this section met a value that it cannot work with.",
    "42": "The query of this section is not valid for this database.",
    "53": "The database is out of resources.",
    "54": "The query of this section is too complex for the database.",
}


def sentence_for(error: psycopg.Error, name: str, timeout: float) -> SourceError:
    """The failure as the page may tell it; its code carries the SQLSTATE for the log."""
    state = error.sqlstate or ""
    if state == "57014":
        return TimedOut(f"{name} did not answer within {spell(timeout)}.")
    if state.startswith("28"):
        return Unreachable(f"{name} did not accept the console's sign-in.")
    if state.startswith(("08", "57")) or (not state and isinstance(error, psycopg.OperationalError)):
        return Unreachable(f"{name} cannot be reached.")
    sentence = _SENTENCES.get(state) or _CLASSES.get(state[:2])
    if state.startswith("53"):
        return Unreachable(sentence or f"{name} cannot be reached.")
    failed = QueryFailed(
        sentence or f"{name} could not answer this section.", code=f"query_failed_{state}" if state else ""
    )
    told = [error.diag.message_primary, error.diag.message_hint]
    return failed.told("; ".join(part.rstrip(".") for part in told if part), _offset(error))


def _offset(error: psycopg.Error) -> int:
    """The place in the statement that the database points at, in characters; 0 where it points at none."""
    place = error.diag.statement_position
    return int(place) if place and place.isdecimal() else 0
