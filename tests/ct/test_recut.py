"""Cores cut out of larger objects: nothing is lost, nothing counted twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kossa.ct.recut import holders, recut
from kossa.image.components import find


def volume(seed):
    return np.random.default_rng(seed).integers(0, 400, (4, 12, 14)).astype(np.int16)


def painted(found, shape):
    out = np.full(shape, -1)
    for z, y, x0, x1, k in zip(found.z, found.y, found.x0, found.x1, found.object, strict=True):
        out[z, y, x0:x1] = k
    return out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_cores_become_objects_of_their_own_and_the_rest_keeps_its_number(seed):
    hu = volume(seed)
    found, inner = find(hu, 200), find(hu, 330)
    held = holders(found, inner, hu.shape)
    whole, cores = painted(found, hu.shape), painted(inner, hu.shape)
    assert all((whole[cores == k] == held[k]).all() for k in range(len(inner)))
    chosen = np.flatnonzero((inner.voxels > 1) & (inner.voxels < found.voxels[held]))[:3]
    cut, numbers = recut(found, inner, chosen, hu)
    after = painted(cut, hu.shape)
    expected = whole.copy()
    for core, number in zip(chosen, numbers, strict=True):
        expected[cores == core] = number
    assert (after == expected).all()
    for k in range(len(cut)):
        inside = after == k
        if inside.any():
            assert cut.voxels[k] == inside.sum()
            assert cut.total[k] == hu[inside].sum()
            assert cut.peak[k] == hu[inside].max()
    assert cut.piece_pixels.sum() == found.piece_pixels.sum()
    row = cut.z.astype(int) * 1000 + cut.y * 50 + cut.x0
    assert (np.diff(row) > 0).all()


def test_without_cores_nothing_changes():
    hu = volume(1)
    found = find(hu, 200)
    cut, numbers = recut(found, find(hu, 330), np.zeros(0, np.intp), hu)
    assert cut is found
    assert numbers.size == 0


def test_nothing_holds_nothing():
    hu = volume(2)
    assert holders(find(hu, 200), find(hu, 2000), hu.shape).size == 0
