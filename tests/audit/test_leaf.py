"""The sealed form of an event is RFC 8785, whichever way it is written."""

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
