"""`find` against its plain twin: scipy's labels of the thresholded array, object by object."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from kossa.evidence import WrongCall
from kossa.image.components import Components, find, lowest_counted

FOUR = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
TOUCH = np.ones((3, 3, 3), int)
OVERLAP = np.stack([np.pad([[1]], 1), np.ones((3, 3), int), np.pad([[1]], 1)])


def plain(bright: np.ndarray, connectivity: int, across: str, minimum: int) -> tuple[np.ndarray, np.ndarray]:
    """Return label volumes of pieces and of objects, made slowly."""
    structure = FOUR if connectivity == 4 else np.ones((3, 3), int)
    pieces, last = np.zeros(bright.shape, int), 0
    for z, image in enumerate(bright):
        labels, n = ndimage.label(image, structure)
        sizes = np.bincount(labels.ravel(), minlength=n + 1)
        keep = np.flatnonzero(sizes[1:] >= minimum) + 1
        table = np.zeros(n + 1, int)
        table[keep] = np.arange(1, keep.size + 1) + last
        pieces[z] = table[labels]
        last += keep.size
    objects, _ = ndimage.label(pieces > 0, TOUCH if across == "touch" else OVERLAP)
    return pieces, objects


def painted(found: Components, label: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    out = np.zeros(shape, int)
    for z, y, x0, x1, k in zip(found.z, found.y, found.x0, found.x1, label, strict=True):
        out[z, y, x0:x1] = k + 1
    return out


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = np.unique(np.stack([a.ravel(), b.ravel()]), axis=1)
    return pairs.shape[1] == np.unique(a).size == np.unique(b).size and bool(((a > 0) == (b > 0)).all())


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 9), st.sampled_from([1, 7, 40, 130, 260])),
    share=st.floats(0.05, 0.7),
    connectivity=st.sampled_from([4, 8]),
    across=st.sampled_from(["touch", "overlap"]),
    minimum=st.integers(1, 5),
    threads=st.integers(1, 3),
)
def test_pieces_objects_and_statistics_are_those_of_plain_labels(
    seed, shape, share, connectivity, across, minimum, threads
):
    rng = np.random.default_rng(seed)
    hu = rng.integers(-1000, 1000, shape).astype(np.int16)
    hidden = rng.random(shape) < 0.1
    level = int(1000 - 2000 * share)
    pieces, objects = plain((hu >= level) & ~hidden, connectivity, across, minimum)
    found = find(
        hu,
        level,
        piece_connectivity=connectivity,
        across=across,
        exclude=hidden,
        min_piece_pixels=minimum,
        threads=threads,
    )
    assert same_partition(painted(found, found.piece, shape), pieces)
    mine = painted(found, found.object, shape)
    assert same_partition(mine, objects)
    for k in range(len(found)):
        where = np.argwhere(mine == k + 1)
        values = hu[mine == k + 1].astype(int)
        assert (found.voxels[k], found.total[k], found.peak[k]) == (len(where), values.sum(), values.max())
        assert (found.box[k] == [where.min(0), where.max(0) + 1]).all()
        assert np.allclose(found.centre[k], where.mean(0))
    for k, (z, pixels, total, peak) in enumerate(
        zip(found.piece_z, found.piece_pixels, found.piece_sum, found.piece_peak, strict=True)
    ):
        values = hu[z][painted(found, found.piece, shape)[z] == k + 1].astype(int)
        assert (pixels, total, peak) == (values.size, values.sum(), values.max())
    assert (found.piece_object[found.piece] == found.object).all()


def test_threads_change_no_byte():
    hu = np.random.default_rng(1).normal(100, 30, (23, 64, 96)).astype(np.int16)
    one, three = find(hu, 130), find(hu, 130, threads=3)
    for name in vars(one):
        assert getattr(one, name).tobytes() == getattr(three, name).tobytes(), name


def test_the_threshold_counts_itself_unless_told_otherwise():
    hu = np.array([[[129, 130, 131]]], np.int16)
    assert find(hu, 130).voxels.tolist() == [2]
    assert find(hu, 130, inclusive=False).voxels.tolist() == [1]


def test_each_slice_may_have_its_own_threshold_in_stored_units():
    hu = np.full((2, 1, 1), 1154, np.int16)  # 130 HU where the intercept is -1024, 126 HU at slope 0.98
    slope, intercept = np.array([1.0, 0.98]), np.array([-1024.0, -1005.0])
    found = find(hu, (130 - intercept) / slope)
    assert found.z.tolist() == [0]
    assert lowest_counted((130 - intercept) / slope, 2).tolist() == [1154, 1159]


def test_nothing_bright_gives_an_empty_table():
    found = find(np.full((3, 4, 5), -1000, np.int16), 130)
    assert (len(found), found.z.size, found.piece_z.size) == (0, 0, 0)


def test_other_arrays_are_refused_in_one_sentence():
    with pytest.raises(WrongCall, match="3-D int16"):
        find(np.zeros((3, 3), np.int16), 130)
    with pytest.raises(WrongCall, match="mask has shape"):
        find(np.zeros((1, 3, 3), np.int16), 130, exclude=np.zeros((1, 3, 4), bool))
