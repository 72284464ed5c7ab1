"""Printed numbers and dates: what has one reading is taken, what has two is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.blood.numbers import decimal_comma, iso_date, printed
from kossa.evidence import Comparator, Refused

DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "value", "comma"),
    [
        ("2.40", 2.4, False),
        ("2,40", 2.4, True),
        ("0,125", 0.125, True),
        ("1.234,5", 1234.5, True),
        ("1,234.5", 1234.5, False),
        ("1,234,567", 1234567.0, False),
        (" 12 ", 12.0, False),
        (7, 7.0, False),
        ("1e-3", 0.001, False),
        ("1'200", 1200.0, False),
        ("1 234", 1234.0, False),
        ("1\u00a0234,5", 1234.5, True),
        ("12 345 678.9", 12345678.9, False),
        ("1 234,567", 1234.567, True),
        ("1.234.567,8", 1234567.8, True),
        ("1234,567", 1234.567, True),
        ("1,5e3", 1500.0, True),
        ("-7", -7.0, False),
    ],
)
def test_one_reading_is_taken(text, value, comma):
    found = printed(text)
    assert (found.value, found.comma) == (value, comma)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "ambiguous"),
        ("7 40", "ambiguous"),
        ("5 10", "ambiguous"),
        ("7'40", "ambiguous"),
        ("1 2345", "ambiguous"),
        ("1234 567", "ambiguous"),
        ("1 234'567", "ambiguous"),
        ("1.5 200", "ambiguous"),
        ("1 234.5 6", "ambiguous"),
        ("1 234,567.8", "ambiguous"),
        ("1,2.5", "ambiguous"),
        ("12,34.5", "ambiguous"),
        ("1.23,5", "ambiguous"),
        ("1,234.567,8", "ambiguous"),
        ("1,23,456", "invalid-number"),
        ("1,2,3", "invalid-number"),
        ("2.2,", "invalid-number"),
        ("1.2.3", "invalid-number"),
        ("", "no-value"),
        (None, "no-value"),
        (True, "no-value"),
        ("NaN", "invalid-number"),
        ("inf", "invalid-number"),
        ("haemolysed", "invalid-number"),
        ("9" * 5000, "invalid-number"),
        (float("inf"), "invalid-number"),
    ],
)
def test_what_is_no_number_or_two_is_refused(text, code):
    with pytest.raises(Refused) as refused:
        printed(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "sign"),
    [("<0.5", Comparator.LESS), ("≤0.5", Comparator.LESS_EQUAL), (">= 0.5", Comparator.GREATER_EQUAL)],
)
def test_a_bound_keeps_its_sign(text, sign):
    assert printed(text).comparator is sign
    assert printed(text).value == 0.5


@given(st.floats(min_value=0, max_value=1e6).map(lambda x: round(x, 3)))
def test_a_number_that_python_prints_is_read_back(value):
    assert printed(f"{value:.3f}").value == value
    assert printed(f"{value:.2f}".replace(".", ",")).value == float(f"{value:.2f}")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-01-02", "2024-01-02"),
        ("2024-01", "2024-01"),
        ("2024", "2024"),
        ("15/03/2024", "2024-03-15"),
        ("03.04.2024", "2024-04-03"),
        ("03/15/2024", "2024-03-15"),
        ("05/05/2024", "2024-05-05"),
        (None, None),
        ("2024-01-02T10:00:00+00:00", "2024-01-02T10:00:00+00:00"),
        ("", None),
    ],
)
def test_dates_with_one_reading(text, iso):
    assert iso_date(text, today=DAY) == iso


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2024", "ambiguous-date"),
        ("2024-13-45", "invalid-date"),
        ("2999-01-02", "invalid-date"),
        ("last week", "invalid-date"),
        ("1812-01-01", "invalid-date"),
    ],
)
def test_dates_that_do_not_exist_or_have_two_readings(text, code):
    with pytest.raises(Refused) as refused:
        iso_date(text, today=DAY)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["1.234", "12.345", "<1.234"])
def test_beside_decimal_commas_a_point_before_three_digits_has_two_readings(text):
    assert printed(text).comparator in Comparator
    with pytest.raises(Refused, match="sign of thousands"):
        printed(text, commas=True)


@pytest.mark.parametrize("text", ["0.125", "1.23", "1.2345", "1234", "2,5", "1.234.567"])
def test_beside_decimal_commas_other_numbers_have_the_reading_that_they_have_alone(text):
    def read(**more):
        try:
            return printed(text, **more)
        except Refused as refused:
            return refused.code

    assert read(commas=True) == read()


@pytest.mark.parametrize(
    ("text", "commas"),
    [
        ("2,4", True),
        ("<0,5 *", True),
        ("2,1 - 2,6", True),
        ("1.234,5", True),
        ("1,234", False),
        ("2.4", False),
    ],
)
def test_a_cell_tells_whether_its_table_has_decimal_commas(text, commas):
    assert decimal_comma(text) is commas
