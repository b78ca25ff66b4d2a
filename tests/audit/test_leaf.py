"""The sealed form of an event is RFC 8785, whichever way it is written."""

import uuid

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.seal.leaf import canonical

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


@pytest.mark.django_db
def test_an_event_is_written_column_by_column_as_rfc_8785_wants_it():
    from audit.actions import record
    from audit.refs import Ref, Trail
    from audit.seal import leaf, store
    from tests.audit.writing import ACME, SOMEBODY

    strange = 'a "quote" \\ / \u2028 € \U0001f512 \x1f\n\t'
    trail = Trail(ticket=strange, grant_id=uuid.uuid4())
    changes = [{"field": strange, "old": 1.5, "new": 2**60}, {"é": None, "\U0001f512": True}]
    key = record(
        "log.searched",
        actor=SOMEBODY,
        tenant=ACME,
        obj=Ref("x", "1", strange),
        trail=trail,
        changes=changes,
        filters=[strange],
    )
    row = store.rows_of(f"SELECT {leaf.SELECT} FROM audit_event e WHERE id = %s", [key])[0]
    written = leaf.leaf_of(row)
    values = dict(zip(leaf._NAMES, row, strict=True))
    values |= {name: leaf.read_json(values[name]) for name in leaf.JSONS} | {"v": 1}
    assert written == rfc8785.dumps(values)
    assert values["changes"][0]["new"] == str(2**60)
    columns = set(
        store.rows_of(
            "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = 'audit_event'::regclass AND attnum > 0"
        )[0][0]
    )
    assert set(leaf._NAMES) == columns, "every column of an event is sealed"


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
    from audit.seal.leaf import read_json

    value = read_json(f'[{{"n": {number}}}]')
    assert canonical(value) == rfc8785.dumps(value)
