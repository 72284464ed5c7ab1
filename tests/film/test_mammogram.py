"""Breast, spots, dust, groups and their words on small made films."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import Category, Refused
from kossa.film.breast import find_breast
from kossa.film.detect import detect, working_copy
from kossa.film.faults import mend_scan_lines, sharp_width
from kossa.film.groups import threshold_for
from kossa.film.mammogram import mark_groups
from kossa.film.morphology import distribution_of, form_of
from kossa.film.rails import find_rails
from tests.film.made import breast, mark, with_spots


def test_a_made_group_is_found_at_its_place_and_nothing_else():
    film = with_spots(breast(), (400, 150))
    found = detect(film, 0.1)
    (cluster,) = found.clusters
    assert np.hypot(cluster.y + found.origin[0] - 400, cluster.x + found.origin[1] - 150) * 0.1 <= 3
    (group,) = mark_groups(found).groups
    assert group.form.category is Category.SUSPICIOUS
    assert group.distribution == "grouped"


def test_a_film_without_spots_holds_no_group():
    assert not detect(breast(seed=5), 0.1).clusters


def test_turned_and_mirrored_films_hold_the_same_group():
    film = with_spots(breast(), (400, 150))
    for turn in (np.flipud, np.fliplr, lambda a: np.ascontiguousarray(a[::-1, ::-1])):
        found = detect(np.ascontiguousarray(turn(film)), 0.1)
        marks = np.zeros(film.shape)
        for m in mark_groups(found).marks:
            marks[round(m.y) + found.origin[0], round(m.x) + found.origin[1]] = 1
        straight = detect(film, 0.1)
        back = np.argwhere(turn(marks))
        for m in mark_groups(straight).marks:
            place = [m.y + straight.origin[0], m.x + straight.origin[1]]
            assert np.hypot(*(back - place).T).min() <= 1.5


def test_an_even_picture_holds_no_breast():
    assert find_breast(np.full((400, 300), 7, np.float32), 0.2) is None
    assert find_breast(np.ones((20, 20), np.float32), 0.2) is None
    with pytest.raises(Refused, match="No breast"):
        detect(np.full((400, 300), 7, np.float32), 0.2)


def test_the_muscle_is_the_bright_corner_at_the_chest():
    film = breast(0.2)
    y, x = np.indices(film.shape)
    corner = (x / 90 + (y - 20) / 200 < 1) & (film > 60)
    found = find_breast((film + 90 * corner).astype(np.float32), 0.2)
    assert found.chest_left
    assert found.in_pectoral(80, 20)
    assert not found.in_pectoral(250, 60)
    assert found.holds(200, 60)
    assert not found.holds(2, 240)


def test_a_scan_line_is_filled_and_the_rest_left_alone():
    film = breast(0.2)
    broken = film.copy()
    broken[:, 60] += 12
    mended, lines = mend_scan_lines(broken)
    assert lines == 1
    assert np.abs(mended[:, 60] - film[:, 60]).mean() < 2.5
    same, none = mend_scan_lines(film)
    assert none == 0
    assert same is film


def test_a_speck_of_dust_is_narrow_both_ways():
    film = np.full((60, 60), 50, np.float32)
    film[30, 30] = 200
    assert max(sharp_width(film, 30, 30)) == 1
    film[28:35, 28:35] = 200
    assert sharp_width(film, 31, 31) == (7, 7)


def test_dust_makes_no_group_where_pixels_are_fine_enough_to_tell():
    film = np.kron(breast(), np.ones((2, 2))).astype(np.float32)
    film += np.random.default_rng(1).normal(0, 1, film.shape).astype(np.float32)
    for dy, dx in ((0, 0), (20, 14), (-18, 30), (40, -22), (9, 44), (-35, -16)):
        film[800 + dy, 300 + dx] = 255
    found = detect(film, 0.05)
    assert found.sharp.sum() >= 5
    assert not found.clusters
    assert found.dust_groups == 1


def test_fine_films_are_read_at_a_tenth_of_a_millimetre():
    film = np.zeros((400, 300), np.float32)
    assert [working_copy(film, mm)[2] for mm in (0.05, 0.07, 0.1, 0.2)] == [2, 1, 1, 1]
    assert working_copy(film, None)[1] == pytest.approx(240 / 400)
    assert threshold_for(0.1, dust_test=True) < threshold_for(0.1, dust_test=False)
    assert threshold_for(0.2, dust_test=False) < threshold_for(0.1, dust_test=False)


@pytest.mark.parametrize(
    ("marks", "word", "category"),
    [
        (
            [mark(diameter=30.0, length=33, width=28, calibre=16.0, area=600)],
            "popcorn",
            Category.TYPICALLY_BENIGN,
        ),
        ([mark(length=40, width=8, diameter=15.0, area=300)], "large_rod_like", Category.TYPICALLY_BENIGN),
        ([mark(area=200, hole=0.6, length=22, width=21)], "rim", Category.TYPICALLY_BENIGN),
        ([mark(area=60, core=0.5, length=9, width=9)], "lucent_centred", Category.TYPICALLY_BENIGN),
        ([mark(length=9, width=3)] * 4, "fine_linear", Category.SUSPICIOUS),
        ([mark(z=5.0)] * 5, "amorphous", Category.SUSPICIOUS),
        ([mark(diameter=d) for d in (1.5, 2, 3, 4.5, 4.9)], "fine_pleomorphic", Category.SUSPICIOUS),
        ([mark()] * 5, "punctate", Category.INDETERMINATE),
        ([mark(diameter=7.0)] * 5, "round", Category.INDETERMINATE),
        ([mark(diameter=d) for d in (5, 6, 8, 11, 7)], "coarse_heterogeneous", Category.SUSPICIOUS),
        (
            [mark(diameter=d, area=120, calibre=8.0) for d in (12, 14, 16, 11, 13)],
            "dystrophic",
            Category.TYPICALLY_BENIGN,
        ),
    ],
)
def test_each_word_follows_from_its_numbers(marks, word, category):
    form = form_of(marks, 0.1)
    assert (form.word, form.category) == (word, category)
    assert any(c.isdigit() for c in form.because)


def test_coarse_pixels_show_no_form_and_say_so():
    form = form_of([mark(diameter=2.0)] * 6, 0.2)
    assert (form.word, form.category) == (None, Category.INDETERMINATE)
    assert "spacing too coarse" in form.because


def test_tissue_that_barely_rises_makes_no_group_look_harmless():
    assert form_of([mark(diameter=30.0, z=5.0, steep=3.0)], 0.1).category is not Category.TYPICALLY_BENIGN


def test_marks_in_a_row_are_linear_and_far_apart_regional():
    row = [mark(y=10.0 * k, x=1.0 * (k % 2)) for k in range(6)]
    assert distribution_of(row, 0.1) == "linear"
    rng = np.random.default_rng(2)
    wide = [mark(y=y, x=x) for y, x in rng.uniform(0, 300, (12, 2))]
    assert distribution_of(wide, 0.1) == "regional"
    assert distribution_of(wide[:2], 0.1) == "grouped"


def test_two_parallel_lines_are_rails_and_one_line_or_a_cloud_is_not():
    rng = np.random.default_rng(0)
    u = rng.uniform(0, 20, 400)
    side = np.where(rng.random(400) < 0.5, 1.0, -1.0)
    walls = np.column_stack([u, 1.5 * np.sin(u / 6) + side + rng.normal(0, 0.1, 400)])
    rails = find_rails(walls)
    assert rails.apart_mm == pytest.approx(2, abs=0.2)
    assert find_rails(np.column_stack([u, rng.normal(0, 0.1, 400)])) is None
    assert find_rails(rng.uniform(0, 20, (400, 2))) is None
    assert find_rails(walls[:10]) is None
    assert find_rails(walls / 10) is None


def test_specks_beside_the_breast_tell_how_dusty_the_film_is():
    film = breast(size_mm=(80, 70))
    film[:, 500:] += np.random.default_rng(3).normal(0, 0.4, film[:, 500:].shape).astype(np.float32)
    clean = detect(film, 0.1).dust
    rng = np.random.default_rng(2)
    dusty = film.copy()
    for y, x in zip(rng.integers(100, 700, 20), rng.integers(600, 610, 20), strict=True):
        dusty[y, x] += 60
    dusty[300:340, 605:615] = 200  # a label is no speck
    found = detect(dusty, 0.1).dust
    assert clean.specks == 0
    assert 8 <= found.specks <= 20
    assert found.cm2 < clean.cm2
    assert found.rate == found.specks / found.cm2
    assert detect(breast(0.4, seed=1), 0.4).dust is None
