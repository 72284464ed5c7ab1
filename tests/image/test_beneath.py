"""What lies under an object: one tissue, or a host that ends with it or goes on around it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from kossa.image.beneath import fill_slice

PIXEL, LEVEL, LUNG, SOFT, STONE = 0.5, 130.0, -850.0, 45.0, 800.0


def blurred(mask):
    return ndimage.gaussian_filter(mask.astype(float), 0.65 / PIXEL)


def fills(hu, start, *, hosted):
    """Both means under the object of one slice, and where its region lies."""
    near = ndimage.distance_transform_edt(hu < LEVEL) * PIXEL
    away = np.full(hu.shape, 1e6)
    squares = (1.3**2, 1.8**2, 4.3**2)
    ends, on, rim = fill_slice(
        hu.astype(np.int16), (0, 0), near**2, away, squares, (PIXEL, PIXEL), start, hosted, LEVEL, away.copy()
    )
    region = near <= 1.3
    assert rim > 0
    return ends / region.sum(), on / region.sum(), region


def half_disc(radius):
    y, x = np.indices((60, 60))
    return np.hypot(y - 30, x - 30) * PIXEL <= radius


def test_in_one_tissue_both_fills_are_that_tissue():
    hu = SOFT + (STONE - SOFT) * blurred(half_disc(3))
    ends, on, _ = fills(hu, SOFT, hosted=False)
    assert ends == on == pytest.approx(SOFT, abs=3)


@pytest.mark.parametrize("more", [0.0, 1.0, 2.0])
def test_a_host_that_ends_with_its_object_or_beyond_lies_between_both_fills(more):
    tissue = LUNG + (SOFT - LUNG) * blurred(half_disc(4 + more))
    hu = tissue + (STONE - SOFT) * blurred(half_disc(4))
    ends, on, region = fills(hu, SOFT, hosted=True)
    true = tissue[region].mean()
    room = 0.05 * (SOFT - LUNG)
    assert ends - room <= true <= on + room
    assert ends < on
