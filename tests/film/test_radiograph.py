"""A limb's deposits against its bone, whichever way the film lies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage as ndi

from kossa.evidence import FilmKind, Source
from kossa.film.outline import describe_outline
from kossa.film.radiograph import find_lumps, read_radiograph
from kossa.film.read import Film
from kossa.film.spacing import Spacing
from tests.film.made import limb


def ball(film, centre, radius_px=10, height=25.0):
    y, x = np.indices(film.shape)
    away = np.hypot(y - centre[0], x - centre[1])
    return (film + height * np.sqrt(np.maximum(0, 1 - (away / radius_px) ** 2))).astype(np.float32)


def examine_ball(radius_px):
    film = Film(ball(limb(1), (150, 90), radius_px), FilmKind.RADIOGRAPH, Spacing(0.2, "told"))
    (deposit,) = read_radiograph(film, Source(file=0)).told.deposits
    return deposit


def test_a_lump_beside_the_bone_is_found_and_the_bone_is_not():
    lumps, _, shaft = find_lumps(ball(limb(), (150, 90)), 0.2)
    (lump,) = lumps
    assert np.hypot(lump.y - 150, lump.x - 90) < 3
    assert not lump.on_bone
    assert shaft.lean == pytest.approx(0.03, abs=0.01)


@pytest.mark.parametrize("radius_px", [10, 20])
def test_size_and_place_are_those_of_the_ball(radius_px):
    found = examine_ball(radius_px)
    assert found.diameter_mm == pytest.approx(0.4 * radius_px, rel=0.1)
    assert np.hypot(found.centroid_px[0] - 150, found.centroid_px[1] - 90) * 0.2 < 0.5


def test_a_limb_without_a_deposit_holds_no_mark():
    assert find_lumps(limb(seed=3), 0.2)[0] == []


@pytest.fixture(scope="module")
def straight():
    return find_lumps(ball(limb(), (150, 90)), 0.2)[0][0]


@pytest.mark.parametrize("turn", [np.flipud, np.fliplr, np.transpose, np.rot90])
def test_turned_and_mirrored_limbs_hold_the_same_lump(turn, straight):
    film = ball(limb(), (150, 90))
    place = np.zeros(film.shape)
    place[round(straight.y), round(straight.x)] = 1
    (lump,) = find_lumps(np.ascontiguousarray(turn(film)), 0.2)[0]
    assert np.hypot(*(np.argwhere(turn(place))[0] - [lump.y, lump.x])) <= 1.5
    assert lump.outline.word == straight.outline.word


def test_a_lump_over_the_bone_is_said_to_lie_there():
    (lump,) = find_lumps(ball(limb(), (150, 180), height=30), 0.2)[0]
    assert lump.on_bone


def test_a_film_without_a_limb_has_no_shaft_and_asks_more_of_a_mark():
    rng = np.random.default_rng(0)
    cloud = ndi.gaussian_filter(rng.standard_normal((300, 300)), 12)
    film = (100 + 20 * cloud / cloud.std() + rng.normal(0, 1, cloud.shape)).astype(np.float32)
    film[:30] = 0
    lumps, body, shaft = find_lumps(ball(film, (150, 150), 4, 90), 0.2)
    assert shaft is None
    assert body.any()
    assert any(np.hypot(k.y - 150, k.x - 150) < 4 for k in lumps)


def test_an_empty_picture_has_no_body():
    assert find_lumps(np.full((100, 100), 9, np.float32), 0.2)[0] == []


def shape(kind):
    y, x = (np.indices((240, 240)) - 120) * 0.2
    away = np.hypot(y, x)
    if kind == "rim":
        return np.where(np.abs(away - 8) < 0.6, 0.2, np.where(away < 8, 0.04, 0))
    if kind == "lucent_centre":
        return np.where(away < 2.5, np.where(away < 1.2, 0.15, 0.2), 0)
    if kind == "tram_track":
        return np.where((np.abs(np.abs(x) - 2) < 0.5) & (np.abs(y) < 18), 0.06, 0)
    if kind == "linear_cartilage":
        return np.where((np.abs(x) < 0.6) & (np.abs(y) < 10), 0.06, 0)
    if kind == "sheet":
        return np.where((np.abs(x) < 4) & (np.abs(y) < 18), 0.05, 0)
    if kind == "lobulated":
        return np.where((np.hypot(y - 3, x) < 6) | (np.hypot(y + 4, x - 4) < 5), 0.3, 0)
    if kind == "rice_grain":
        out = np.zeros(y.shape)
        for cy, cx in ((-10, -5), (-3, 6), (4, -7), (11, 3), (15, -9)):
            out += np.where(((y - cy) / 3.2) ** 2 + ((x - cx) / 0.9) ** 2 < 1, 0.08, 0)
        return out
    return np.where(np.hypot(y / 4, x / 3) < 1, 0.05, 0)


@pytest.mark.parametrize(
    "kind",
    [
        "rim",
        "lucent_centre",
        "tram_track",
        "linear_cartilage",
        "sheet",
        "lobulated",
        "rice_grain",
        "amorphous",
    ],
)
def test_each_pattern_is_named_by_its_form(kind):
    rise = shape(kind).astype(np.float32)
    body = rise > 0.35 * np.percentile(rise[rise > 0], 90)
    outline = describe_outline(body, rise, 0.2)
    assert outline.word == kind
    assert any(c.isdigit() for c in outline.because)


def test_pieces_along_one_long_narrow_course_are_a_vessel_and_no_grains():
    pixel_mm = 0.2
    body = np.zeros((500, 120), bool)
    for k in range(6):  # pieces of 12 mm in one line of 96 mm, a gap between each two
        body[10 + 80 * k : 70 + 80 * k, 50 + 3 * (k % 2) : 62 + 3 * (k % 2)] = True
    rise = np.where(body, 0.05, 0).astype(np.float32)
    assert describe_outline(body, rise, pixel_mm).word == "vessel_line"
    spread = np.zeros((200, 200), bool)
    for k, (y, x) in enumerate([(20, 30), (60, 120), (110, 60), (150, 150), (30, 90)]):
        spread[y : y + 40, x + k : x + k + 12] = True
    assert (
        describe_outline(spread, np.where(spread, 0.05, 0).astype(np.float32), pixel_mm).word == "rice_grain"
    )
