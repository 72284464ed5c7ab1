"""Which specks are kept: the limits measured on a phantom and on real scans."""

from __future__ import annotations

import pytest

from kossa.ct.specks import is_kept, keep_reason


@pytest.mark.parametrize(
    ("peak", "edge", "mm2", "slices", "single", "kept"),
    [
        (5.4, 9, 9.0, 3, False, False),  # hardly above the noise
        (9.0, 4.9, 9.0, 3, False, False),  # its ring is as bright
        (5.6, 5.1, 2.4, 1, False, True),
        (5.6, 5.1, 2.3, 1, False, False),
        (5.6, 5.1, 1.0, 2, False, True),
        (7.0, 5.1, 1.0, 1, False, True),
        (10.0, 9.0, 0.954, 1, False, True),  # one voxel of 0.98 mm
        (10.0, 9.0, 0.8, 1, False, False),
        (10.0, 9.0, 1.5, 1, True, False),  # one slice alone asks for more area
        (10.0, 9.0, 2.5, 1, True, True),
    ],
)
def test_a_speck_is_kept_where_it_stands_out_and_is_large_enough(peak, edge, mm2, slices, single, kept):
    assert bool(is_kept(peak, edge, mm2, slices, single=single)) is kept
    if not kept:
        assert keep_reason(peak, edge, mm2, slices).startswith(("noise", "too small"))
