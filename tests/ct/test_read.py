"""Files to one volume in Hounsfield units, and what becomes of each file."""

from __future__ import annotations

import zipfile

import imagecodecs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kossa.ct import read as reading
from kossa.ct.read import read_volume
from kossa.evidence import NothingUsable
from kossa.intake.survey import survey
from tests.ct.made import codes, hu_slice, outcomes, put, read, slices
from tests.intake.dicom_bytes import BIG, DEFLATED, EXPLICIT, IMPLICIT, Ct, ct, enhanced, fragments

TEN = [float(k) for k in range(10)]
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"


def expected(heights=TEN) -> np.ndarray:
    return np.stack([hu_slice(z) for z in heights])


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG, DEFLATED])
def test_a_scan_is_read_in_every_plain_syntax(tmp_path, syntax):
    found, met = read(put(tmp_path, slices(TEN, syntax=syntax)))
    assert np.array_equal(found.volume.hu, expected())
    assert found.hounsfield
    assert found.volume.kvp == 120
    assert found.slice_files == tuple(range(1, 11))
    assert set(outcomes(met)) == {("accepted", None)}
    assert codes(found) == []


def compressed(one: Ct, syntax: str) -> Ct:
    encode = (
        imagecodecs.jpegls_encode
        if syntax == JPEG_LS
        else lambda a: imagecodecs.jpeg2k_encode(a, reversible=True, level=0)
    )
    one.syntax, one.encapsulated = syntax, fragments(encode(one.pixels()))
    return one


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000])
def test_a_compressed_scan_is_exact(tmp_path, syntax):
    found, _ = read(put(tmp_path, [compressed(one, syntax) for one in slices(TEN)]))
    assert np.array_equal(found.volume.hu, expected())


def test_a_long_compressed_scan_is_decoded_side_by_side_and_exact(tmp_path):
    heights = [float(k) for k in range(90)]
    files = [compressed(one, JPEG_LS) for one in slices(heights)]
    files[40].encapsulated = fragments(b"\xff\xd8\xff\xd9")
    told = []
    found = read_volume(survey(put(tmp_path, files)), progress=lambda *step: told.append(step[1]))
    assert np.array_equal(found.volume.hu, np.delete(expected(heights), 40, axis=0))
    assert found.geometry.missing_after == (39,)
    assert told == list(range(1, 91))


def test_a_scan_inside_a_zip_file_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as box:
        for k, one in enumerate(slices(TEN)):
            box.writestr(f"DICOM/{k:08x}", one.encoded())
    found, _ = read(tmp_path)
    assert np.array_equal(found.volume.hu, expected())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(10)), numbered=st.booleans())
def test_order_names_and_instance_numbers_change_nothing(tmp_path_factory, order, numbered):
    files = slices(TEN)
    if not numbered:
        for one in files:
            one.instance = None
    folder = put(tmp_path_factory.mktemp("shuffled"), [files[k] for k in order])
    found, _ = read(folder)
    assert np.array_equal(found.volume.hu, expected())
    assert found.volume.grid.heights_mm.tolist() == TEN


def test_each_slice_has_its_own_rescale(tmp_path):
    files = slices(TEN)
    files[3].intercept, files[3].stored = "-2000", files[3].stored + 976
    files[5].slope, files[5].stored = "0.5", files[5].stored * 2
    files[5].bits = (16, 16, 15)
    found, _ = read(put(tmp_path, files))
    assert np.array_equal(found.volume.hu[3], hu_slice(3))
    assert np.array_equal(found.volume.hu[5], hu_slice(5))
    assert found.hounsfield
    assert codes(found) == ["scale-differs"]


def test_an_intercept_that_rises_from_slice_to_slice_is_not_scored(tmp_path):
    files = slices(TEN)
    for k, one in enumerate(files):
        one.intercept = str(-1024 + 500 * k)
    found, met = read(put(tmp_path, files))
    assert not found.hounsfield
    assert "between file 1 and file 2 tissue moves by +500" in found.not_hounsfield
    assert set(outcomes(met)) == {("partial", "no-hounsfield")}


def test_a_slope_that_makes_metal_of_everything_is_not_scored(tmp_path):
    found, met = read(put(tmp_path, slices(TEN, slope="100", intercept="100000")))
    assert not found.hounsfield
    assert "no-hounsfield" in codes(found)
    assert set(outcomes(met)) == {("partial", "no-hounsfield")}


def test_signed_values_with_intercept_nought_are_hounsfield_already(tmp_path):
    files = slices(TEN, signed=True, intercept="0", bits=(16, 16, 15))
    for one in files:
        one.stored = hu_slice(one.z)
    found, _ = read(put(tmp_path, files))
    assert found.hounsfield
    assert np.array_equal(found.volume.hu, expected())


def test_padding_by_tag_and_padding_by_corner_are_one_value(tmp_path):
    files = slices(TEN, signed=True, bits=(16, 16, 15), padding=-2000)
    for one in files:
        one.stored = (hu_slice(one.z) + 1024).astype(np.int16)
        one.stored[:2] = -2000
    found, _ = read(put(tmp_path / "tag", files))
    assert found.volume.padding_hu == -3024
    assert (found.volume.hu[:, :2] == -3024).all()
    for one in files:
        one.padding, one.intercept = None, "0"
        one.stored = hu_slice(one.z)
        one.stored[0], one.stored[-1] = -2048, -2048
    found, _ = read(put(tmp_path / "corner", files))
    assert found.volume.padding_hu == -2048


def test_a_padding_value_among_tissue_is_told(tmp_path):
    found, _ = read(put(tmp_path, slices(TEN, padding=1024)))
    assert found.volume.padding_hu is None
    assert "padding-not-believed" in codes(found)
    assert np.array_equal(found.volume.hu, expected())


def test_a_missing_slice_is_told_and_makes_the_files_partial(tmp_path):
    found, met = read(put(tmp_path, slices([0, 1, 2, 7, 8])))
    assert found.geometry.missing_after == (2,)
    assert set(outcomes(met)) == {("partial", "missing-slices")}


def test_a_duplicate_is_counted_once_and_named(tmp_path):
    files = slices(TEN)
    found, met = read(put(tmp_path, [*files, files[4].encoded()]))
    assert np.array_equal(found.volume.hu, expected())
    assert codes(found) == ["duplicate"]
    assert "file 11 is file 5 again" in found.notices[0].what
    assert outcomes(met)[-1] == ("accepted", "duplicate")


def test_a_truncated_slice_is_missing_and_never_filled(tmp_path):
    files = [one.encoded() for one in slices(TEN)]
    files[4] = files[4][:-20]
    found, met = read(put(tmp_path, files))
    assert found.volume.hu.shape[0] == 9
    assert found.geometry.missing_after == (3,)
    assert outcomes(met)[4] == ("rejected", "truncated")


def test_a_slice_that_cannot_be_decoded_is_missing_and_told(tmp_path):
    files = [compressed(one, JPEG_LS) for one in slices(TEN)]
    files[4].encapsulated = fragments(b"\xff\xd8\xff\xd9")
    found, met = read(put(tmp_path, files))
    assert found.volume.hu.shape[0] == 9
    assert "slices-not-read" in codes(found)
    assert found.geometry.missing_after == (3,)
    assert outcomes(met)[4] == ("rejected", "decode-failed")
    assert outcomes(met)[0] == ("partial", "missing-slices")


def test_a_file_that_shrank_since_the_survey_is_a_missing_slice(tmp_path):
    folder = put(tmp_path, slices(TEN))
    met = survey(folder)
    (folder / "005.dcm").write_bytes((folder / "005.dcm").read_bytes()[:-20])
    found = read_volume(met)
    assert found.volume.hu.shape[0] == 9
    assert outcomes(met)[4] == ("rejected", "truncated")


def test_another_matrix_in_the_series_is_a_stack_of_its_own_and_told(tmp_path):
    files = slices(TEN)
    files[4] = slices([4], prefix="9", stored=np.full((6, 6), 1064, np.uint16))[0]
    found, met = read(put(tmp_path, files))
    assert found.geometry.missing_after == (3,)
    assert "another matrix" in next(n.what for n in found.notices if n.code == "series-split")
    assert outcomes(met)[4] == ("ignored", "not-chosen")


def test_a_ct_without_rescale_is_shown_and_not_scored(tmp_path):
    found, met = read(put(tmp_path, slices(TEN, slope=None, intercept=None)))
    assert not found.hounsfield
    assert found.not_hounsfield == "its files have no rescale values"
    assert codes(found) == ["no-hounsfield"]
    assert set(outcomes(met)) == {("partial", "no-hounsfield")}


def test_data_from_0_to_255_are_not_hounsfield(tmp_path):
    files = slices(TEN, intercept="0")
    for one in files:
        one.stored = (np.arange(144).reshape(12, 12) + 10).astype(np.uint16)
    found, _ = read(put(tmp_path, files))
    assert "no value is below 0" in found.not_hounsfield


def test_lossy_compression_is_told(tmp_path):
    found, _ = read(put(tmp_path, slices(TEN, extra={0x00282110: ("CS", "01")})))
    assert codes(found) == ["lossy-compression"]


@pytest.mark.parametrize(
    "extra", [{"description": "DE MonoE 70 keV"}, {"image_type": "DERIVED\\PRIMARY\\MONO"}]
)
def test_a_mono_energetic_image_has_no_tube_voltage(tmp_path, extra):
    found, _ = read(put(tmp_path, slices(TEN, **extra)))
    assert found.volume.kvp is None
    assert codes(found) == ["mono-energetic"]


def test_cone_beam_ct_is_shown_and_not_scored(tmp_path):
    found, _ = read(put(tmp_path, slices(TEN, extra={0x00080070: ("LO", "Imaging Sciences i-CAT")})))
    assert found.not_hounsfield == "it is cone-beam CT"


def test_an_enhanced_object_is_one_volume(tmp_path):
    stored = np.stack([hu_slice(z) + 1024 for z in TEN]).astype(np.uint16)
    found, _ = read(put(tmp_path, [enhanced([(0, 0, -2 * z) for z in TEN], stored)]))
    assert np.array_equal(found.volume.hu, expected()[::-1])
    assert found.geometry.spacing_mm == (2, 0.5, 0.5)
    assert (found.series.kind, found.series.kernel, found.volume.kvp) == ("enhanced", "Br38", 120)


def test_a_compressed_enhanced_object_is_decoded_once(tmp_path):
    stored = np.stack([hu_slice(z) + 1024 for z in TEN]).astype(np.uint16)
    code = fragments(*[imagecodecs.jpegls_encode(frame) for frame in stored])
    data = enhanced([(0, 0, 2 * z) for z in TEN], stored, syntax=JPEG_LS, encapsulated=code)
    found, _ = read(put(tmp_path, [data]))
    assert np.array_equal(found.volume.hu, expected())


def test_one_slice_is_read_with_its_limit(tmp_path):
    found, met = read(put(tmp_path, slices([3])))
    assert found.geometry.verdict == "single"
    assert codes(found) == ["single-slice"]
    assert outcomes(met) == [("accepted", None)]
    assert found.series.kind == "single slice"


def test_progress_is_told(tmp_path):
    told = []
    read_volume(survey(put(tmp_path, slices(TEN))), progress=lambda *step: told.append(step))
    assert told[-1] == ("reading slices", 10, 10)


def test_what_is_too_large_is_refused_before_memory_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "SIDE", 8)
    with pytest.raises(NothingUsable, match="more than kossa reads"):
        read(put(tmp_path, slices(TEN)))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "none of 0 files is a CT"),
        ({"a.dcm": b""}, "empty"),
        ({"a.dcm": b"Dear colleague, nothing to see here."}, "file 1"),
        ({"a.dcm": ct(slope="NaN")}, "rescale slope is not a number"),
        (
            {"a.dcm": ct(modality="DX", sop_class="1.2.840.10008.5.1.4.1.1.1.1")},
            "Radiographs and pictures are not CT",
        ),
        ({f"{k}.dcm": ct(slope="NaN", uid=str(k)) for k in range(5)}, "and 2 more"),
    ],
)
def test_where_there_is_no_ct_one_sentence_says_why(tmp_path, files, words):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(NothingUsable, match=words):
        read(tmp_path)


def test_no_name_of_a_person_leaves_the_reader(tmp_path):
    found, met = read(
        put(
            tmp_path,
            slices(
                TEN, name="Secretname^Zoe", patient="77-SECRET", description="Secretname thorax 77-SECRET"
            ),
        )
    )
    told = f"{found.series} {found.notices} {found.description} {[e.outcome for e in met.entries]}"
    assert "secret" not in told.lower()
