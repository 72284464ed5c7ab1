"""What is drawn of a film: groups large, the ground outside the body painted over, nothing burned in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as replace_record

from kossa.film import examine
from kossa.film.overlay import overlay
from kossa.film.row import caption, csv_row
from kossa.film.view import view_of
from tests.film.made import breast, save, with_spots


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    film = with_spots(breast(), (400, 150))
    film[20:60, 420:490] = 250  # a label in the corner, outside the breast
    path = save(film, tmp_path_factory.mktemp("film") / "a.png", bits=16)
    return examine(path, kind="mammogram", spacing_mm=0.1)


def test_what_lies_outside_the_body_is_painted_over(exam):
    view = view_of(exam)
    assert view.factor == 1
    assert not view.overview[20:60, 420:490].any()
    assert view.overview[350:450, 50:250].any()


def test_a_group_is_shown_at_its_place_with_its_surroundings(exam):
    (crop,) = view_of(exam).crops
    (y0, x0), (y1, x1) = exam.reading.groups[0].bbox_px
    assert crop.top <= y0
    assert crop.left <= x0
    assert crop.top + crop.pixels.shape[0] >= y1
    assert crop.left + crop.pixels.shape[1] >= x1
    assert crop.pixels.shape[0] >= 80  # 8 mm


def test_a_film_with_words_burned_in_is_not_drawn_as_a_whole(exam):
    view = view_of(replace(exam, burned_in=True))
    assert view.overview is None
    assert view.crops
    assert not overlay(view, words=False).any()


def test_a_look_at_a_group_paints_over_what_lies_outside_the_body(exam):
    wide = replace_record(exam.reading.groups[0], bbox_px=((0, 0), exam.pixels.shape))
    shown = replace(exam, reading=replace_record(exam.reading, groups=(wide,)))
    (crop,) = view_of(shown).crops
    assert not crop.pixels[20:60, 420:490].any()
    assert crop.pixels[350:450, 50:250].any()
    assert view_of(replace(shown, burned_in=True)).crops == ()


def test_a_row_and_a_sheet_tell_the_same_groups(exam):
    row = csv_row(exam.reading)
    assert row["groups"] == 1
    assert row["marks"] == len(exam.reading.deposits)
    assert "1 group" in caption(1, exam.reading)
    drawn = overlay(view_of(exam), words=False)
    assert np.any(np.all(drawn == (255, 210, 63), axis=2))
