"""MySQL's and MariaDB's error numbers as sentences. The driver's own message is never used."""

import pymysql

from tenants.sources.base import QueryFailed, SourceError, TimedOut, Unreachable, spell

_TIMED_OUT = frozenset({1317, 1969, 3024, 1205})
_UNREACHABLE = frozenset(
    {1040, 1044, 1045, 1049, 1129, 1130, 1203, 1226, 1698, 2002, 2003, 2005, 2006, 2013, 2055}
)
_SENTENCES = {
    1792: "The query of this section tries to write, which the console never does.",
    1290: "The query of this section tries to write, which the console never does.",
    1146: "The query of this section names a table that this database does not have.",
    1054: "The query of this section names a column that this database does not have.",
    1142: "The console's database role may not read one of the tables of this section.",
    1143: "The console's database role may not read one of the tables of this section.",
    1064: "The query of this section is not valid SQL.",
    1305: "The query of this section calls a function that this database does not have.",
    1365: "The query of this section divides by zero.",
}


def sentence_for(error: pymysql.MySQLError, name: str, timeout: float) -> SourceError:
    """The failure as the page may tell it; its code carries the error number for the log."""
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if number in _TIMED_OUT:
        return TimedOut(f"{name} did not answer within {spell(timeout)}.")
    if number in _UNREACHABLE or isinstance(error, pymysql.err.InterfaceError):
        return Unreachable(f"{name} cannot be reached.")
    failed = QueryFailed(
        _SENTENCES.get(number, f"{name} could not answer this section."), code=f"query_failed_{number}"
    )
    return failed.told(str(error.args[1]) if len(error.args) > 1 else "")
