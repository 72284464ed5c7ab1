"""What drifts along a limb is its own; what stands out of it, or runs along it as a narrow line, is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage as ndi

from kossa.film.drift import drift, flesh_columns, without_lines
from kossa.film.outline import describe_outline
from kossa.film.radiograph import find_lumps
from kossa.film.shaft import find_shaft

ROWS, COLUMNS, MM = 500, 300, 0.2


def tapered(seed=0, radius=(27.0, 23.0)):
    """A leg that narrows downwards, with a straight bone in it."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((ROWS, COLUMNS)).astype(float)
    x = (x - COLUMNS / 2) * MM
    share = y / ROWS
    r = radius[0] * (1 - share) + radius[1] * share

    def chord(d, size):
        return 2 * np.sqrt(np.maximum(0, np.square(size) - np.square(d)))

    thick = 0.024 * chord(x, r) + 0.058 * (chord(x + 5, 9) - chord(x + 5, 5))
    noise = ndi.gaussian_filter(rng.standard_normal(thick.shape), 0.6)
    return (30 + 60 * thick + 0.8 * noise / noise.std()).astype(np.float32)


def test_a_taper_is_taken_off_and_a_deposit_stays():
    rng = np.random.default_rng(1)
    slope = np.linspace(0, 30, ROWS)[:, None] * np.ones((1, COLUMNS))
    rest = (slope + rng.standard_normal((ROWS, COLUMNS))).astype(np.float32)
    rest[200:240, 100:130] += 25
    left = rest - drift(rest, np.ones_like(rest, bool), MM)
    assert abs(np.median(left)) < 0.3
    assert left[205:235, 105:125].mean() == pytest.approx(25, abs=1.5)


def test_too_little_of_a_column_gives_no_drift():
    inside = np.zeros((ROWS, COLUMNS), bool)
    inside[:100] = True
    assert not drift(np.ones((ROWS, COLUMNS), np.float32), inside, MM).any()


def test_a_narrow_line_along_the_limb_is_no_ground_in_flesh_and_is_at_bone():
    profile = np.zeros(COLUMNS, np.float32)
    profile[200:203] = 9  # 0.6 mm
    bone = np.zeros(COLUMNS, bool)
    bone[40:90] = True
    flesh = flesh_columns(bone, np.ones((ROWS, COLUMNS), bool), MM)
    assert flesh[201]
    assert not flesh[40:100].any()
    assert not without_lines(profile, flesh, MM)[195:210].any()
    profile[91:94] = 9
    assert without_lines(profile, flesh, MM)[91:94].all()


def test_a_limb_that_tapers_stands_upright_and_holds_nothing():
    film = tapered()
    shaft = find_shaft(film, film > 45, MM)
    assert abs(shaft.lean) < 0.005
    assert find_lumps(film, MM)[0] == []


def test_a_lump_in_a_limb_that_tapers_is_found_alone():
    film = tapered()
    y, x = np.indices(film.shape)
    film += 14 * np.exp(-((y - 320) ** 2 + (x - 230) ** 2) / (2 * 6.0**2)).astype(np.float32)
    (lump,) = find_lumps(film, MM)[0]
    assert (lump.y, lump.x) == (pytest.approx(320, abs=4), pytest.approx(230, abs=4))


def test_a_line_longer_than_a_joint_is_wide_is_no_cartilage():
    line = np.zeros((200, 40), bool)
    line[10:190, 18:23] = True
    found = describe_outline(line, np.where(line, 0.05, 0).astype(np.float32), MM)
    assert found.patterns == ("pattern_along_vessel", "pattern_shape_linear")
