"""What shape makes of a group: lines that bend, walls, rings with gaps, dots that are alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage as ndi

from kossa.evidence import Category
from kossa.film.detect import detect
from kossa.film.mammogram import mark_groups
from kossa.film.measure import measure_mark
from kossa.film.morphology import form_of
from kossa.film.rings import find_ring
from kossa.film.signs import is_line
from tests.film.made import breast, mark, with_spots


def measured(shape):
    """The mark that a mask of a film makes, 40 levels over its ground."""
    image = (40 * ndi.gaussian_filter(shape.astype(float), 0.6)).astype(np.float32)
    return measure_mark(image, image, shape, (0, 0), pixel_mm=0.1, blur_px=0.6, usual=1.0)


def strip(*parts, size=80):
    out = np.zeros((size, size), bool)
    for rows, columns in parts:
        out[slice(*rows), slice(*columns)] = True
    return out


def test_calibre_is_that_of_the_line_be_it_straight_or_bent():
    straight = measured(strip(((20, 24), (20, 60))))
    bent = measured(strip(((20, 24), (20, 50)), ((20, 50), (46, 50))))
    y, x = np.indices((80, 80))
    disc = measured(np.hypot(y - 40, x - 40) < 12)
    assert straight.calibre == pytest.approx(4, abs=0.6)
    assert bent.calibre == pytest.approx(4, abs=0.8)
    assert bent.elongation < 2.2
    assert is_line(straight)
    assert is_line(bent)
    assert disc.slender == pytest.approx(1.8, abs=0.3)
    assert not is_line(disc)


def arc(share, radius=20.0, width=2.0, centre=40):
    y, x = np.indices((2 * centre, 2 * centre)) - centre
    turn = (np.arctan2(y, x) / (2 * np.pi)) % 1
    return np.argwhere((np.abs(np.hypot(y, x) - radius) < width) & (turn < share)).astype(np.int32)


def test_a_ring_with_a_gap_is_a_ring_and_half_a_ring_is_none():
    ring = find_ring(arc(0.8).astype(float))
    assert ring.radius == pytest.approx(20, abs=0.5)
    assert ring.share == pytest.approx(0.8, abs=0.05)
    assert find_ring(arc(0.4).astype(float)) is None
    assert find_ring(np.argwhere(np.ones((30, 30))).astype(float)) is None
    assert find_ring(np.column_stack([np.arange(50.0), np.zeros(50)])) is None
    assert find_ring(np.zeros((5, 2))) is None


def test_a_shell_in_pieces_is_a_rim():
    whole = arc(0.85)
    half = whole[:, 0] < 40
    pieces = [
        mark(outline=p, area=len(p), calibre=3.5, length=40, width=20, solid=0.3)
        for p in (whole[half], whole[~half])
    ]
    assert form_of(pieces, 0.1).word == "rim"
    assert form_of(pieces[:1], 0.1).word != "rim"


def wall(y, x0, x1):
    place = np.argwhere(np.ones((3, x1 - x0), np.int32)).astype(np.int32) + np.array([y, x0], np.int32)
    return mark(outline=place, area=len(place), calibre=3.0, length=1.15 * (x1 - x0), width=3.4, solid=0.7)


def dot(y, x):
    place = np.argwhere(np.ones((3, 3), np.int32)).astype(np.int32) + np.array([y, x], np.int32)
    return mark(y=float(y), x=float(x), outline=place, area=9)


def test_walls_make_a_vessel_and_two_rows_of_dots_do_not():
    walls = [wall(y, x, x + 40) for y in (10, 30) for x in (0, 45, 90)]
    assert form_of(walls, 0.1).word == "vascular"
    rows = [dot(y, x) for y in (10, 30) for x in range(0, 120, 8)]
    assert form_of(rows, 0.1).category is Category.INDETERMINATE
    short = [wall(y, 0, 50) for y in (10, 30)]
    assert form_of(short, 0.1).category is Category.SUSPICIOUS


def test_two_dots_that_merged_leave_the_rest_alike():
    dots = [mark() for _ in range(12)]
    assert form_of([*dots, mark(diameter=4.6, length=6, width=3.0)], 0.1).word == "punctate"
    uneven = [mark(height=h) for h in (15, 20, 30, 45, 60, 80)]
    assert form_of(uneven, 0.1).word == "fine_pleomorphic"


def test_fine_lines_are_not_told_on_coarse_pixels():
    lines = [mark(diameter=6.0, length=14, width=3, calibre=2.5, solid=0.7)] * 4
    assert form_of(lines, 0.1).word == "fine_linear"
    coarse = form_of(lines, 0.2)
    assert (coarse.word, coarse.category) == (None, Category.INDETERMINATE)
    assert "spacing too coarse" in coarse.because


def test_larger_marks_without_an_edge_are_amorphous():
    faint = [mark(diameter=6.5, z=5.0, steep=2.0)] * 3
    assert form_of(faint, 0.1).word == "amorphous"


def test_a_thick_piece_among_fine_lines_is_no_rod():
    rod = mark(length=24, width=6, diameter=13.0, area=100, calibre=4.6, solid=0.8)
    fine = mark(length=18, width=4, diameter=8.0, area=70, calibre=3.0, solid=0.6)
    assert form_of([rod], 0.1).word == "large_rod_like"
    assert form_of([rod, fine, fine], 0.1).word == "fine_linear"


def test_round_marks_that_are_darker_inside_are_lucent_together():
    rings = [mark(core=c, area=60, diameter=9.0, calibre=6.0, steep=4.8) for c in (0.85, 0.9, 0.8)]
    assert form_of(rings, 0.1).word == "lucent_centred"
    assert form_of(rings[:1], 0.1).word != "lucent_centred"


def test_a_small_uneven_group_is_not_made_harmless_by_a_large_mark_beside_it():
    popcorn = mark(diameter=30.0, length=33, width=28, calibre=16, area=700)
    small = [mark(diameter=d) for d in (1.5, 2, 3, 4, 4.8, 2.5)]
    assert form_of([popcorn, *small[:3]], 0.1).category is Category.TYPICALLY_BENIGN
    form = form_of([popcorn, *small], 0.1)
    assert (form.word, form.category) == ("fine_pleomorphic", Category.SUSPICIOUS)
    assert "beside them" in form.because


def test_a_line_goes_on_from_its_group_and_one_far_away_does_not():
    film = with_spots(breast(), (400, 150), radius_px=20)
    film[395:398, 190:225] += 8
    film[560:563, 150:185] += 8
    found = detect(film, 0.1)
    told = mark_groups(found)
    (group,) = told.groups
    at = np.array([[told.marks[i].y, told.marks[i].x] for i in group.members]) + found.origin
    assert np.hypot(*(at - [396, 207]).T).min() < 6
    assert np.hypot(*(at - [561, 167]).T).min() > 50
    assert len(told.marks) == len(group.members)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_faint_marks_have_no_form_of_a_group(count):
    faint = [mark(z=6.0, y=10.0 * k) for k in range(count)]
    told = form_of(faint, 0.1)
    assert told.word is None
    assert told.category is Category.INDETERMINATE
    assert "too few" in told.because
    assert form_of([mark(z=6.0, y=10.0 * k) for k in range(5)], 0.1).word == "amorphous"
