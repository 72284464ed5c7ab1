"""Text, tables and what may be printed of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.evidence import Refused
from kossa.intake.budget import Budget
from kossa.intake.safe_text import HIDDEN, safe
from kossa.intake.stated import in_table
from kossa.intake.table import header_of, read_table
from kossa.intake.text import decode_text


@given(st.text(), st.integers(1, 100))
def test_nothing_printed_can_steer_a_terminal(text, limit):
    shown = safe(text, limit=limit)
    assert not HIDDEN.search(shown)
    assert len(shown) <= 10 * limit + 1


def test_control_and_direction_characters_are_shown_as_code_points():
    assert safe("A\x1b]0;owned\x07\x1b[2J^B") == "A<U+001B>]0;owned<U+0007><U+001B>[2J^B"
    assert safe("Smith\u202e^nhoJ") == "Smith<U+202E>^nhoJ"
    assert safe("x" * 60_000) == "x" * 64 + "…"
    assert safe("Überweisung für Łukasz") == "Überweisung für Łukasz"
    assert safe("y" * 100, limit=None) == "y" * 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_in_any_unicode_form_is_read(encoding):
    decoded = decode_text("Sclérodermie, 1.10 µmol/L".encode(encoding))
    assert (decoded.text, decoded.remarks) == ("Sclérodermie, 1.10 µmol/L", ())


def test_what_is_not_utf_8_is_read_as_latin_1_and_said():
    decoded = decode_text(b"Sclerod\xe9rmie \x93depuis\x94 2010\r\n\xff\xfe\x00")
    assert decoded.text == "Sclerodérmie \u201cdepuis\u201d 2010\nÿþ"
    assert [code for code, _ in decoded.remarks] == ["encoding", "nul"]
    assert "1 NUL character(s) were dropped." in decoded.remarks[1][1]


def test_a_broken_unicode_mark_is_no_reason_to_fail():
    assert decode_text(b"\xff\xfea").encoding == "latin-1"


def test_invisible_characters_are_dropped_and_said():
    decoded = decode_text("cal\u200bcium\u202e high\x07".encode())
    assert decoded.text == "calcium high"
    assert decoded.remarks[0][1].startswith("3 invisible")


def test_line_ends_of_all_systems_are_one():
    assert decode_text(b"a\r\nb\rc\x0cd\n").text == "a\nb\nc\nd\n"


def test_a_text_larger_than_the_budget_is_refused():
    with pytest.raises(Refused, match="Split it into smaller files"):
        decode_text(b"abc", budget=Budget(text_bytes=2))


def test_a_table_is_read_with_its_line_numbers():
    table = read_table(b"# export\nName; Value ;unit\ncalcium;2,40;mmol/L\n\nPTH;<0.2;pmol/L\n")
    assert table.header.columns == ("name", "value", "unit")
    assert [(r.line, r.cells["value"]) for r in table.rows] == [(3, "2,40"), (5, "<0.2")]
    assert table.header.is_labs


def test_quoted_cells_may_hold_delimiters_and_line_ends():
    table = read_table(b'name,value,unit\ncalcium,"2,40","a\nb"\nPTH,5,pmol/L\n')
    assert [(r.line, r.cells["value"]) for r in table.rows] == [(2, "2,40"), (4, "5")]


def test_rows_of_the_wrong_length_are_kept_with_their_fault():
    table = read_table(b"name,value,unit\ncalcium,2.4\ncalcium,2.4,mmol/L,5\ncalcium,2.4,mmol/L\n")
    assert [r.fault and r.fault[0] for r in table.rows] == ["row-length", "row-length", None]
    assert table.rows[0].fault[1] == "Line 2 has 2 cells, the first line has 3."


def test_a_nul_refuses_the_row_it_stands_in():
    table = read_table(b"name,value,unit\ncalc\0ium,2.4,mmol/L\nPTH,5,pmol/L\n")
    assert [r.fault and r.fault[0] for r in table.rows] == ["nul", None]


def test_a_cell_too_long_for_the_parser_is_a_fault_of_its_line():
    table = read_table(b"name,value,unit\n" + b"x" * 200_000 + b",1,2\nPTH,5,pmol/L\n")
    assert [r.fault and r.fault[0] for r in table.rows] == ["unreadable-row", None]


@pytest.mark.parametrize(("data", "words"), [(b"", "is empty"), (b"name,value,name\n", "same name")])
def test_a_table_without_a_clear_first_line_is_refused(data, words):
    with pytest.raises(Refused, match=words):
        read_table(data)


def test_prose_with_commas_is_no_table():
    assert not header_of("Known CKD, on dialysis, with itch\n").is_labs
    assert not header_of("").is_table


def test_a_table_can_hold_several_people():
    table = read_table(b"MRN,name,value\n1,calcium,2.4\n2,calcium,2.5\n1,PTH,5\n")
    assert [i.identifier for i in in_table(table)] == ["1", "2"]
