"""Size and shape of lesions of known form."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.ct.shape import shapes_of
from kossa.image.components import find
from tests.ct.phantom import grid


def shape_of(mask: np.ndarray, gap=1.0, pixel=1.0):
    lie = grid(mask.shape, gap, pixel)
    found = find(mask.astype(np.int16), 1)
    return shapes_of(found, np.arange(len(found)), lie, lie.weights_mm)


def indices(n=40):
    return np.indices((n, n, n)) - n // 2


def test_a_ball_is_round():
    z, y, x = indices()
    s = shape_of(z**2 + y**2 + x**2 <= 144)
    assert s.sphericity[0] == pytest.approx(1, abs=0.02)
    assert s.elongation[0] == pytest.approx(1, abs=0.02)
    assert s.diameter_mm[0] == pytest.approx(25, abs=0.5)


def test_a_rod_is_long_and_a_plate_is_not():
    z, y, x = indices()
    rod = shape_of((np.abs(x) <= 15) & (y**2 + z**2 <= 4))
    plate = shape_of((x**2 + y**2 <= 200) & (z == 0))
    assert rod.elongation[0] > 6
    assert rod.diameter_mm[0] == pytest.approx(31, abs=1)
    assert plate.elongation[0] == pytest.approx(1, abs=0.05)
    assert max(rod.sphericity[0], plate.sphericity[0]) < 0.45


def test_thickness_of_a_slice_is_no_size():
    mask = np.zeros((3, 20, 20), bool)
    mask[1, 10, 10] = True
    s = shape_of(mask, gap=5.0, pixel=0.5)
    assert s.diameter_mm[0] == pytest.approx(0.5)


def test_two_objects_keep_their_own_shapes():
    mask = np.zeros((20, 30, 60), bool)
    mask[10, 10, 5:50] = True
    mask[3:6, 20:23, 20:23] = True
    s = shape_of(mask)
    assert s.diameter_mm == pytest.approx([1 + np.sqrt(12), 45], abs=0.4)
    assert s.elongation[0] == pytest.approx(1)


def test_a_scan_without_lesions_has_no_shapes():
    assert shape_of(np.zeros((2, 4, 4), bool)).diameter_mm.size == 0
