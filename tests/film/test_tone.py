"""Windows and look-up tables of DICOM films: applied once, before the inversion, and not to raw films."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.film import examine
from kossa.film.tone import find_tone
from tests.film.made import breast, dicom, table, with_spots


@pytest.fixture
def film():
    return with_spots(breast(), (400, 150))


def stored(film, scale=4.0, offset=1000):
    return np.round(film * scale + offset).astype(np.uint16)


def pixels(path, **tags):
    return examine(path, kind="mammogram", **tags).pixels


def test_a_window_scales_stored_values_to_what_is_shown(tmp_path, film):
    path = dicom(stored(film), tmp_path / "a.dcm", WindowCenter=1510, WindowWidth=1021)
    level = (stored(film).astype(float) - 1509.5) / 1020 + 0.5
    assert np.abs(pixels(path) - np.clip(255 * level, 0, 255)).max() < 0.01


def test_the_same_group_is_found_however_the_window_stores_it(tmp_path, film):
    plain = dicom(stored(film), tmp_path / "a.dcm", WindowCenter=1510, WindowWidth=1021)
    other = dicom(
        (4095 - stored(film)).astype(np.uint16),
        tmp_path / "b.dcm",
        PhotometricInterpretation="MONOCHROME1",
        WindowCenter=4095 - 1510 + 1,
        WindowWidth=1021,
    )
    one, two = examine(plain).reading, examine(other).reading
    assert len(one.groups) == 1
    assert [d.centroid_px for d in one.deposits] == [d.centroid_px for d in two.deposits]
    assert "inverted" in {n.code for n in two.notices}


def test_a_table_is_applied_once_and_before_the_inversion(tmp_path, film):
    steps = np.sqrt(np.arange(1025)) / np.sqrt(1024) * 4095  # not its own inverse, nor linear
    tags = {
        "VOILUTSequence": [table(np.round(steps), first=1000)],
        "PhotometricInterpretation": "MONOCHROME1",
    }
    path = dicom(stored(film), tmp_path / "a.dcm", **tags)
    at = np.clip(stored(film).astype(int) - 1000, 0, 1024)
    assert np.abs(pixels(path) - (255 - np.round(steps)[at] * 255 / 4095)).max() < 0.01


def test_a_sigmoid_follows_the_standard(tmp_path, film):
    tags = {"WindowCenter": 1510, "WindowWidth": 1021, "VOILUTFunction": "SIGMOID"}
    path = dicom(stored(film), tmp_path / "a.dcm", **tags)
    want = 255 / (1 + np.exp(-4 * (stored(film).astype(float) - 1510) / 1021))
    assert np.abs(pixels(path) - want).max() < 0.01


def test_a_film_for_processing_is_read_without_its_window(tmp_path, film):
    counts = np.round(20000 * np.exp(-film / 80)).astype(np.uint16)
    tags = {"WindowCenter": 500, "WindowWidth": 100, "PresentationIntentType": "FOR PROCESSING"}
    reading = examine(dicom(counts, tmp_path / "a.dcm", **tags)).reading
    codes = {n.code for n in reading.notices}
    assert "for-processing" in codes
    assert "window-ignored" not in codes
    assert len(reading.groups) == 1


def test_a_window_that_shows_nothing_is_told_and_left(tmp_path, film):
    path = dicom(stored(film), tmp_path / "a.dcm", WindowCenter=60000, WindowWidth=100)
    reading = examine(path).reading
    assert "window-ignored" in {n.code for n in reading.notices}
    assert len(reading.groups) == 1


def test_broken_tables_and_windows_are_passed_over(tmp_path, film):
    short = table(range(100), first=0)
    short.LUTDescriptor = [4000, 0, 12]
    flat = table([7] * 64)
    path = dicom(
        stored(film), tmp_path / "a.dcm", VOILUTSequence=[short, flat], WindowWidth=0, WindowCenter=1
    )
    assert find_tone(path.read_bytes()) is None


@pytest.mark.shared
def test_the_table_of_the_reference_picture_is_found(shared):
    tone = find_tone((shared / "radiograph/vlut_04.dcm").read_bytes())
    assert tone is not None
    assert tone.table is not None
    assert tone.table.size == 256
