"""Sizes as a chart whose classes double."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kossa.report.sizes_chart import CLASSES, sizes_chart


def test_each_class_is_twice_as_wide_as_the_one_before():
    chart = sizes_chart([1.0, 1.9, 2.0, 3.0, 5.0], "um")
    assert [(c.low, c.count) for c in chart.columns] == [("1", 2), ("2", 2), ("4", 1)]
    assert chart.words == "diameters in um: 2 from 1 to 2, 2 from 2 to 4, 1 from 4 to 8"


def test_what_is_smaller_than_a_pixel_stands_in_one_class_of_its_own():
    chart = sizes_chart([0.02, 0.05, 0.1, 0.15, 0.5], "mm", least=0.1)
    told = [(c.low, c.high, c.count) for c in chart.columns]
    assert told == [("", "0.1", 2), ("0.1", "0.2", 2), ("0.2", "0.4", 0), ("0.4", "0.8", 1)]
    assert chart.words == "diameters in mm: 2 below 0.1, 2 from 0.1 to 0.2, 1 from 0.4 to 0.8"


def test_few_deposits_make_no_chart():
    assert sizes_chart([1.0, 2.0], "mm") is None


@given(st.lists(st.floats(1e-3, 1e4), min_size=3, max_size=60))
def test_no_deposit_is_lost(sizes):
    chart = sizes_chart(sizes, "um")
    assert sum(c.count for c in chart.columns) == len(sizes)
    assert len(chart.columns) <= CLASSES


@given(st.lists(st.floats(1e-3, 1e4), min_size=3, max_size=60), st.floats(0.01, 10))
def test_no_deposit_is_lost_below_a_pixel(sizes, pixel):
    chart = sizes_chart(sizes, "mm", least=pixel)
    assert sum(c.count for c in chart.columns) == len(sizes)
    assert len(chart.columns) <= CLASSES
