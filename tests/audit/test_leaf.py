"""The sealed form of an event is RFC 8785, whichever way it is written."""

import json
import uuid
from datetime import UTC

import pytest
import rfc8785
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from audit.seal import leaf
from audit.seal.leaf import canonical

TEXT = 25  # PostgreSQL's number of the type
texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda part: st.lists(part) | st.dictionaries(texts, part),
    max_leaves=12,
)


@given(st.dictionaries(texts, values))
def test_the_fast_way_writes_the_same_bytes(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_control_signs_quotes_and_scripts_of_all_kinds():
    value = {"a": '\x00\x1f\x7f\u2028"\\/\b\f\n\r\t€ \U0001f512 \u202e', "é": 1, "\U0001f512": 2, "\uffff": 3}
    assert canonical(value) == rfc8785.dumps(value)


CHOSEN = {"actor_kind", "surface", "authority", "outcome", "db_user"}
IDS = ("id", "case_id", "request_id", "grant_id", "session_id")
STRANGE = [
    "",
    "".join(map(chr, range(1, 0x20))),
    '"quoted" \\ / \\u0041 \\n \x7f \x80 \x9f \x1f',
    "\u2028 \u2029 \u202e \ufeff \ufffe \uffff",
    "é e\u0301 € שלום \U0001f512 \U0010ffff",
    '{"changes":[],"fields":{}}',
    "null",
]
LONG = 'a very long text, "quoted" \U0001f512\n' * 20_000


def _plain(row):
    """Return the values of a row of the table as docs/events.md tells them."""
    values = {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in row.items()}
    values |= {name: leaf.read_json(row[name]) for name in leaf.JSONS}
    return values | {
        "v": 1,
        "at": f"{row['at'].astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "xid": str(row["xid"]),
    }


@pytest.mark.django_db
def test_an_event_is_written_as_rfc_8785_wants_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_event LIMIT 0")
        types = {column.name: column.type_code for column in cursor.description}
        texts = [name for name, code in types.items() if code == TEXT and name not in CHOSEN]
        for turn, text in enumerate([*STRANGE, "long"]):
            row = dict.fromkeys(texts, text) | dict.fromkeys(IDS if turn % 2 else ["id"], uuid.uuid4())
            row |= {"actor_kind": "person", "surface": "web", "authority": "none", "outcome": "failed"}
            row |= {"sentence": LONG if text == "long" else text, "type_version": 32_767 if turn else 0}
            changes = [
                {"field": text, "old": 1.5 * turn, "new": 2**60, "é": None, "\U0001f512": [True, -0.0, 1e21]}
            ]
            row |= {"changes": json.dumps(changes), "fields": json.dumps({text: [text], "z": turn, "B": {}})}
            cursor.execute(
                f"INSERT INTO audit_event ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
                [*row.values()],
            )
        cursor.execute(f"SELECT e.*, {leaf.SELECT} FROM audit_event e WHERE outcome = 'failed'")
        found = cursor.fetchall()
    assert len(found) == len(STRANGE) + 1
    for row in found:
        values = _plain(dict(zip(types, row, strict=False)))
        assert leaf.leaf_of(row[len(types) :]) == rfc8785.dumps(values)
        assert values["changes"][0]["new"] == str(2**60)
    assert {*types} == {*leaf.COLUMNS}, "every column of an event is sealed"


@given(
    st.sampled_from(
        [
            "1e400",
            "-1e400",
            "9007199254740992",
            "-9007199254740993",
            "1" * 500,
            "0.1",
            "1e21",
            "-0.0",
            "5e-324",
            "12",
        ]
    )
)
def test_no_number_that_postgresql_can_keep_stops_the_sealer(number):
    value = leaf.read_json(f'[{{"n": {number}}}]')
    assert canonical(value) == rfc8785.dumps(value)
