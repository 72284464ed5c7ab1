"""JSON is taken only where every value is one clear value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.evidence import Refused
from kossa.intake.budget import Budget
from kossa.intake.json_doc import Fault, depth, first_fault, parse, parse_lines, parse_tolerant

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text('abc[]{}"\\', max_size=4), inside, max_size=4)
    ),
    max_leaves=20,
)


def deepest(value) -> int:
    """The depth of plain data, the slow and plain way."""
    if isinstance(value, dict):
        value = list(value.values())
    elif not isinstance(value, list):
        return 0
    return 1 + max((deepest(v) for v in value), default=0)


@given(plain)
def test_sound_json_is_what_the_standard_parser_reads(value):
    assert parse(json.dumps(value).encode()) == value


@given(plain)
def test_depth_is_known_without_parsing(value):
    assert depth(json.dumps(value).encode(), stop=64) == deepest(value)


def test_brackets_and_quotes_inside_strings_do_not_count():
    assert depth(json.dumps({"a": '[[[["]]{', "b": "\\\\[", "c": []}).encode(), stop=64) == 2


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "too-deep", "more than 64 levels"),
        (b"[" * 5_000, "too-deep", "more than 64 levels"),
        (b"9" * 5000, "invalid-number", "5000 digits"),
        (b'{"value": 1e999}', "invalid-number", "1e999 is too large"),
        (b'{"value": -1e999}', "invalid-number", "too large"),
        (b'{"value": NaN}', "invalid-number", "NaN is not a number in JSON"),
        (b'{"value": -Infinity}', "invalid-number", "-Infinity"),
        (b'{"value": 2.4, "value": 3.9}', "ambiguous", "'value' stands twice"),
        (b'{"value": 2.4', "invalid-json", "line 1"),
        (b"", "invalid-json", "line 1"),
        (b"{}\n{}", "invalid-json", "line 2"),
    ],
)
def test_what_is_not_one_clear_value_is_refused(text, code, words):
    with pytest.raises(Refused, match=words) as refused:
        parse(text)
    assert refused.value.code == code


def test_a_tolerant_reading_keeps_the_sound_entries():
    document = parse_tolerant(b'[{"value": 1}, {"value": NaN}, {"a": 1, "a": 2}, {"value": 2.5}]')
    assert [f.code for f in document.faults] == ["invalid-number", "ambiguous"]
    assert [first_fault(entry) is None for entry in document.data] == [True, False, False, True]
    assert isinstance(document.data[2], Fault)
    assert first_fault({"deep": [{"er": [document.data[1]]}]}).code == "invalid-number"


def test_lines_are_read_one_by_one():
    lines = dict(parse_lines(b'{"a": 1}\n\n{"a": \n{"a": 3}\n'))
    assert lines[1].data == {"a": 1}
    assert lines[3].code == "invalid-json"
    assert lines[4].data == {"a": 3}


def test_a_byte_order_mark_and_latin_1_are_read():
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert parse('{"unit": "\xb5mol/L"}'.encode("latin-1")) == {"unit": "\xb5mol/L"}


def test_more_bytes_than_the_budget_are_refused():
    with pytest.raises(Refused, match="Split it"):
        parse(b"[1, 2, 3]", budget=Budget(text_bytes=5))


def test_keys_with_control_characters_are_shown_as_code_points():
    with pytest.raises(Refused, match=r"<U\+001B>\[2J"):
        parse(b'{"\\u001b[2J": 1, "\\u001b[2J": 2}')
