"""Numbers beside rings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kossa.report.labels import HIGH, WIDE, label_places


def boxes(marks):
    return [
        (x, y + 2 - HIGH, x + WIDE * len(text), y + 2)
        for (text, _, _), (x, y) in zip(marks, label_places(marks), strict=True)
    ]


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_number_alone_stands_up_and_to_the_right():
    ((x, y),) = label_places([("1", 100.0, 100.0)])
    assert x > 107
    assert y < 100


def test_numbers_of_close_rings_keep_apart():
    marks = [(str(n), 100.0 + 6 * n, 100.0) for n in range(1, 6)]
    placed = boxes(marks)
    assert not any(overlap(a, b) for i, a in enumerate(placed) for b in placed[:i])


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500)), max_size=40))
def test_every_ring_has_its_number_near(places):
    marks = [(str(n), x, y) for n, (x, y) in enumerate(places)]
    for (_, x, y), (left, base) in zip(marks, label_places(marks), strict=True):
        assert abs(left - x) < 70
        assert abs(base - y) < 60
