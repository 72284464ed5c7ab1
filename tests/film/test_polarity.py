"""Which way grey runs where the file does not say: settled by the air, and told."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import NothingUsable
from kossa.film import examine
from tests.film.made import breast, dicom, with_spots


@pytest.mark.parametrize("inverted", [False, True])
def test_a_film_without_a_photometric_interpretation_is_turned_by_its_air(tmp_path, inverted):
    stored = (with_spots(breast(), (400, 150)) * 16).astype(np.uint16)
    plain = examine(dicom(stored, tmp_path / "a.dcm")).reading
    untold = 4095 - stored if inverted else stored
    reading = examine(dicom(untold, tmp_path / "b.dcm", PhotometricInterpretation="")).reading
    assert ("inverted" in {n.code for n in reading.notices}) is inverted
    assert len(reading.groups) == len(plain.groups) == 1


def test_an_unknown_photometric_interpretation_is_named(tmp_path):
    path = dicom(breast().astype(np.uint16), tmp_path / "a.dcm", PhotometricInterpretation="MONOCHROME3")
    with pytest.raises(NothingUsable, match=r"MONOCHROME3.*only grey"):
        examine(path)


def test_the_fault_of_a_film_goes_before_remarks_on_it(tmp_path):
    path = dicom(np.full((80, 80), 7, np.uint16), tmp_path / "a.dcm", ImagerPixelSpacing=None)
    with pytest.raises(NothingUsable, match="one grey value everywhere"):
        examine(path)


@pytest.mark.parametrize("kind", ["FOR PRESENTATION", "FOR PROCESSING"])
def test_pixels_that_are_no_picture_change_neither_scale_nor_polarity(tmp_path, kind):
    grey = with_spots(breast(), (400, 150))
    counts = np.exp(-grey / 60) if kind == "FOR PROCESSING" else grey / 255
    stored = np.round(counts * 4000).astype(np.uint16)
    padded = stored.copy()
    padded[:, -40:] = 65535
    tags = {"PresentationIntentType": kind, "BitsStored": 16, "HighBit": 15}
    plain = examine(dicom(stored, tmp_path / "a.dcm", **tags))
    read = examine(dicom(padded, tmp_path / "b.dcm", PixelPaddingValue=65535, **tags))
    seen = np.s_[:, :-40]
    assert np.abs(read.pixels[seen] - plain.pixels[seen]).max() < 1
    assert read.pixels[:, -40:].max() <= read.pixels[seen].min() + 1
    assert [g.bbox_px for g in read.reading.groups] == [g.bbox_px for g in plain.reading.groups]
    assert len(read.reading.groups) == 1
