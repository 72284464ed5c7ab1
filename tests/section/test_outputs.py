"""Outlines, overlays, rows, and what two sections say together."""

from __future__ import annotations

import io
import json
import tracemalloc
from itertools import pairwise
from pathlib import Path

import geojson as independent
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image, ImageDraw
from scipy import ndimage as ndi

from kossa.evidence import Stain
from kossa.section import outline
from kossa.section.control import acid_control, concordance
from kossa.section.deposits import join, rows_of_runs
from kossa.section.outline import geojson, rings
from kossa.section.overlay import contact_sheet, overlay_png
from kossa.section.reading import SectionExamination
from kossa.section.row import csv_row
from tests.section.made import Field, read, von_kossa


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> SectionExamination:
    return read(tmp_path_factory.mktemp("s"), von_kossa()[0].pixels(), um_per_px=0.5)


def _filled(features: list[dict], shape: tuple[int, int]) -> np.ndarray:
    """Return the pixels whose centres lie inside the outlines, by an even-odd rule over their edges."""
    out = np.zeros(shape, bool)
    for feature in features:
        geometry = feature["geometry"]
        polygons = (
            geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        )
        for ring in (r for polygon in polygons for r in polygon):
            for (ax, ay), (bx, by) in pairwise(ring):
                if ax == bx:
                    rows = slice(min(ay, by), max(ay, by))
                    out[rows, ax:] ^= True
    return out


def test_an_independent_reader_takes_the_outlines_and_finds_the_same_pixels(exam: SectionExamination) -> None:
    data = geojson(exam)
    collection = independent.loads(data)
    assert isinstance(collection, independent.FeatureCollection)
    assert collection.is_valid, collection.errors()
    mask = _filled(json.loads(data)["features"], (320, 320))
    d = exam.deposits
    own = np.zeros_like(mask)
    for y, x0, x1 in zip(d.y, d.x0, d.x1, strict=True):
        own[y, x0:x1] = True
    assert np.array_equal(mask, own)
    first = collection["features"][0]
    assert first["properties"]["objectType"] == "annotation"
    assert first["properties"]["measurements"]["diameter_um"] == pytest.approx(20, abs=0.3)
    assert first["properties"]["classification"]["name"] == "Mineral"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.3, 0.7))
def test_outlines_of_any_shape_are_simple_rings_around_the_same_pixels(seed: int, level: float) -> None:
    mask = np.random.default_rng(seed).random((9, 11)) < level
    marks = np.where(mask, 300, -1).astype(np.int16)
    table, sums = rows_of_runs(marks, 0)
    found = join([table], [sums], 9, 0.0)
    labels, _ = ndi.label(mask, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel())
    large = mask & (sizes >= 4)[labels]
    begins = found.by_object()
    features = []
    for at in range(len(found)):
        loops = rings(*outline._runs(found, begins, at))
        for ring in loops:
            assert ring[0] == ring[-1]
            assert len(set(ring[:-1])) == len(ring) - 1
        geometry = outline._geometry(loops)
        made = independent.loads(json.dumps(geometry))
        assert made.is_valid
        features.append({"geometry": geometry})
    assert np.array_equal(_filled(json.loads(json.dumps(features)), mask.shape), large)


def test_a_ring_has_its_hole() -> None:
    loops = rings([0, 1, 1, 2], [0, 0, 2, 0], [3, 1, 3, 3])
    shape = outline._geometry(loops)
    assert shape["type"] == "Polygon"
    assert len(shape["coordinates"]) == 2


def test_what_outlining_holds_grows_with_the_rows_of_a_deposit_and_not_with_its_area() -> None:
    def most_bytes(side: int) -> int:
        tracemalloc.start()
        (loop,) = rings(list(range(100)), [0] * 100, [side] * 100)
        assert set(loop) == {(0, 0), (side, 0), (side, 100), (0, 100)}
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert most_bytes(100_000) < 1.5 * most_bytes(1_000)


def test_small_outlines_are_left_out_and_counted(
    exam: SectionExamination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "MOST_OUTLINES", 1)
    whole = json.loads(geojson(exam))
    assert (len(whole["features"]), whole["omitted"]) == (1, 1)


def test_the_overlay_draws_around_the_deposits(exam: SectionExamination) -> None:
    picture = np.asarray(Image.open(io.BytesIO(overlay_png(exam))))
    assert picture.shape == (320, 320, 3)
    blue = (picture == (0, 190, 255)).all(axis=2)
    rows, columns = np.nonzero(blue)
    assert rows.min() == pytest.approx(79, abs=2)
    assert columns.min() == pytest.approx(139, abs=2)
    assert not blue[100, 160]


def test_the_sheet_holds_every_section(exam: SectionExamination, monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[str] = []
    monkeypatch.setattr(ImageDraw.ImageDraw, "text", lambda _s, _at, text, **_k: words.append(text))
    partial = replace(exam.reading, partial=True, read_share=0.5, findings=())
    other = SectionExamination(partial, exam.deposits, exam.picture, exam.factor)
    sheet = Image.open(io.BytesIO(contact_sheet([exam] * 4 + [other])))
    assert sheet.size == (1024, 580)
    assert [w.split()[0] for w in words] == ["1", "2", "3", "4", "5"]
    assert "not called mineral, 50 % read" in words[-1]


def test_rows_have_the_same_columns(exam: SectionExamination, tmp_path: Path) -> None:
    blank = read(tmp_path, Field().pixels())
    one, other = csv_row(exam.reading), csv_row(blank.reading)
    assert list(one) == list(other)
    assert one["mineral_percent"] == exam.reading.mineral_percent.value
    assert (one["called_mineral"], other["called_mineral"]) == (1, 0)
    assert other["mineral_percent"] is None


@pytest.fixture(scope="module")
def stained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SectionExamination]:
    place = tmp_path_factory.mktemp("pairs")
    red = Field().add("alizarin", 0.08)
    full = Field().add("alizarin", 0.08).add("alizarin", 1.0, red.disc(100, 160, 20))
    return {
        "silver": read(place, von_kossa()[0].pixels()),
        "no_silver": read(place, von_kossa(mineral=False)[0].pixels()),
        "red": read(place, full.pixels(), Stain.ALIZARIN_RED),
        "no_red": read(place, red.pixels(), Stain.ALIZARIN_RED),
    }


@pytest.mark.parametrize(
    ("one", "other", "code", "findings"),
    [
        ("silver", "red", "stains-agree", ["bx_calcium"]),
        ("silver", "no_red", "stains-differ", []),
        ("no_silver", "red", "stains-differ", []),
        ("no_silver", "no_red", "stains-agree", []),
    ],
)
def test_two_stains_agree_or_differ(
    stained: dict[str, SectionExamination], one: str, other: str, code: str, findings: list[str]
) -> None:
    said = concordance([stained[one].reading, stained[other].reading])
    assert [n.code for n in said.notices] == [code]
    assert [f.id for f in said.findings] == findings


def test_one_stain_alone_says_nothing_of_agreement(stained: dict[str, SectionExamination]) -> None:
    assert concordance([stained["silver"].reading]).notices == ()


def test_acid_clears_a_calcium_salt_and_not_pigment(stained: dict[str, SectionExamination]) -> None:
    silver, cleared = stained["silver"].reading, stained["no_silver"].reading
    assert [f.id for f in acid_control(silver, cleared).findings] == ["bx_acid_control_clears"]
    stays = acid_control(silver, silver)
    assert {f.id: str(f.state) for f in stays.findings} == {
        "bx_acid_control_clears": "absent",
        "bx_pigment": "present",
    }
    assert [n.code for n in acid_control(cleared, silver).notices] == ["acid-control-mute"]


def test_a_section_after_acid_says_what_stayed(tmp_path: Path) -> None:
    exam = read(tmp_path, von_kossa()[0].pixels(), acid=True)
    assert "acid-not-cleared" in {n.code for n in exam.reading.notices}
    assert "bx_von_kossa_positive" not in {f.id for f in exam.reading.findings}
