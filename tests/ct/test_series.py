"""The series that suits calcium is chosen, and the reason told for each."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.ct.read import list_scans, read_volume, series_table
from kossa.ct.series_rules import meanings, sharpness
from kossa.evidence import NothingUsable, WrongCall
from kossa.intake.dicom import read_header
from kossa.intake.survey import survey
from tests.ct.made import outcomes, put, read, slices
from tests.intake.dicom_bytes import ct, fragments

TEN = [3.0 * k for k in range(10)]
THIN = [1.0 * k for k in range(30)]


def series(number: int, heights=TEN, **options):
    told = {"series": str(number), "extra": {0x00200011: ("IS", str(number))}, "thickness": "3"}
    return slices(heights, prefix=f"1{number}", **{**told, **options})


@pytest.mark.parametrize(
    "rival",
    [
        {"kernel": "LUNG"},
        {"kernel": "B70f"},
        {"agent": "OMNIPAQUE 350"},
        {"description": "Thorax arterial"},
        {"heights": [5.0 * k for k in range(10)], "thickness": "5"},
        {"heights": [0.6 * k for k in range(50)], "thickness": "0.6"},
        {"heights": TEN[:3]},
        {"image_type": "DERIVED\\SECONDARY\\REFORMATTED"},
        {"slope": None, "intercept": None},
        {"image_type": "ORIGINAL\\PRIMARY\\LOCALIZER"},
        {"image_type": "DERIVED\\SECONDARY\\AXIAL\\MIP"},
        {"description": "Topogram 0.6"},
        {"description": "PreMonitoring"},
        {"description": "MonoE 40 keV"},
        {"orientation": "1\\0\\0\\0\\0\\-1"},
        {"sop_class": "1.2.840.10008.5.1.4.1.1.7"},
        {"modality": "PT", "sop_class": "1.2.840.10008.5.1.4.1.1.128"},
        {"image_type": "DERIVED\\PRIMARY\\PERFUSION\\RCBF"},
        {"description": "VNC 70 keV"},
        {"orientation": None},
        {"spacing": None},
        {"syntax": "1.2.840.10008.1.2.4.110", "encapsulated": fragments(b"\0\0")},
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_the_soft_thin_series_without_contrast_is_read(tmp_path, rival, first):
    numbers = (1, 2) if first else (2, 1)
    put(tmp_path, [*series(numbers[0]), *series(numbers[1], **rival)])
    found, _ = read(tmp_path)
    assert found.series.kernel == "STANDARD"
    assert found.volume.hu.shape[0] == 10
    assert found.geometry.spacing_mm[0] == 3
    passed = [row for row in found.series.others if not row.chosen]
    assert all(row.reason.startswith(("Not chosen: ", "Passed over: ")) for row in passed)


def test_a_series_made_for_calcium_scoring_is_preferred(tmp_path):
    put(
        tmp_path, [*series(1, THIN, thickness="2"), *series(2, description="CaScore 3.0 Qr36", kernel="Qr36")]
    )
    found, _ = read(tmp_path)
    assert found.series.kernel == "Qr36"
    assert "made for calcium scoring" in found.series.reason


def test_a_derived_series_that_is_alone_is_read(tmp_path):
    put(tmp_path, series(1, image_type="DERIVED\\PRIMARY\\MPR"))
    found, _ = read(tmp_path)
    assert found.hounsfield
    assert found.series.reason.startswith("The only series that can be read: 10 slices")


def test_an_explicit_absence_of_contrast_is_believed_over_the_agent(tmp_path):
    put(
        tmp_path, [*series(1, agent="IODINE", description="Abdomen W/O contrast"), *series(2, agent="IODINE")]
    )
    assert read(tmp_path)[0].series.number == 1


def test_contrast_that_was_drunk_is_not_in_the_blood(tmp_path):
    oral = {0x00181040: ("LO", "ORAL"), 0x00200011: ("IS", "1")}
    put(tmp_path, [*series(1, agent="IODINE", extra=oral), *series(2, agent="IODINE")])
    assert read(tmp_path)[0].series.number == 1


def test_a_series_can_be_asked_for_by_its_number(tmp_path):
    put(tmp_path, [*series(1), *series(2, kernel="LUNG")])
    found, met = read(tmp_path, series=2)
    assert found.series.kernel == "LUNG"
    assert found.series.reason.startswith("Asked for by its number: 10 slices")
    assert outcomes(met).count(("accepted", None)) == 10
    assert outcomes(met).count(("ignored", "not-chosen")) == 10


def test_a_number_that_is_not_there_is_a_wrong_call(tmp_path):
    put(tmp_path, series(1))
    with pytest.raises(WrongCall, match="no series 7: there are series 1 to 1"):
        read(tmp_path, series=7)
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongCall, match="no series here"):
        read(tmp_path / "empty", series=1)


def test_even_a_coronal_reformat_is_read_when_asked_for(tmp_path):
    coronal = series(1, orientation="1\\0\\0\\0\\0\\-1")
    for one in coronal:
        one.position = f"0\\{one.z}\\0"
    put(tmp_path, coronal)
    with pytest.raises(NothingUsable, match="coronal and not axial"):
        read(tmp_path)
    found, _ = read(tmp_path, series=1)
    assert found.volume.hu.shape == (10, 12, 12)


def test_slices_at_one_height_are_not_read_even_when_asked_for(tmp_path):
    put(tmp_path, series(1, orientation="1\\0\\0\\0\\0\\-1"))  # moved within their own plane
    with pytest.raises(NothingUsable, match="Series 1 cannot be read"):
        read(tmp_path, series=1)


def test_a_conflict_is_never_read_and_names_its_files(tmp_path):
    other = series(1, TEN[:3], seed=8)
    for one in other:
        one.uid = f"9{one.uid}"
    put(tmp_path, [*series(1, TEN[:3]), *other])
    met = survey(tmp_path)
    with pytest.raises(NothingUsable, match=r"file 1 and file 4 at 0\.00 mm"):
        read_volume(met)
    assert set(outcomes(met)) == {("rejected", "conflicting-slices")}
    with pytest.raises(NothingUsable, match="Series 1 cannot be read"):
        read_volume(survey(tmp_path), series=1)


def test_the_next_best_is_read_where_the_best_cannot_be_decoded(tmp_path):
    broken = {"syntax": "1.2.840.10008.1.2.4.80", "encapsulated": fragments(b"\xff\xd8\xff\xd9")}
    put(tmp_path, [*series(1, **broken), *series(2, kernel="LUNG")])
    found, met = read(tmp_path)
    assert found.series.kernel == "LUNG"
    assert outcomes(met).count(("rejected", "decode-failed")) == 10


def test_a_series_asked_for_that_cannot_be_decoded_says_so(tmp_path):
    broken = {"syntax": "1.2.840.10008.1.2.4.80", "encapsulated": fragments(b"\xff\xd8\xff\xd9")}
    put(tmp_path, [*series(1, **broken), *series(2)])
    with pytest.raises(NothingUsable, match=r"Series 1 cannot be read: .* no frame header"):
        read(tmp_path, series=1)


def test_each_study_and_region_is_a_scan_worth_reading(tmp_path):
    head = [500 + 3.0 * k for k in range(12)]
    put(
        tmp_path,
        [
            *series(1),
            *series(2, kernel="LUNG"),
            *series(3, head),
            *series(4, study="2"),
            *series(5, image_type="DERIVED\\PRIMARY\\PERFUSION", study="3"),
        ],
    )
    met = survey(tmp_path)
    assert list_scans(met) == (1, 3, 4)
    table = series_table(met)
    assert [row.chosen for row in table] == [True, False, True, True, False]
    assert table[1].reason == "Not chosen: sharp kernel (LUNG); series 1 has soft kernel (STANDARD)."


def test_reading_one_scan_after_the_other_settles_each(tmp_path):
    put(tmp_path, [*series(1), *series(2, study="2")])
    met = survey(tmp_path)
    for number in list_scans(met):
        read_volume(met, series=number)
    assert set(outcomes(met)) == {("accepted", None)}


def test_numbers_do_not_depend_on_the_files_names(tmp_path):
    files = [*series(2, kernel="LUNG"), *series(1), *series(3, agent="X")]
    put(tmp_path / "a", files)
    put(tmp_path / "b", files[::-1])
    tables = [series_table(survey(tmp_path / name)) for name in "ab"]
    assert tables[0] == tables[1]


def test_a_computed_map_that_is_alone_is_shown_and_not_scored(tmp_path):
    put(tmp_path, series(1, image_type="DERIVED\\PRIMARY\\PERFUSION\\RCBF"))
    found, met = read(tmp_path)
    assert not found.hounsfield
    assert "computed map" in found.not_hounsfield
    assert set(outcomes(met)) == {("partial", "no-hounsfield")}


@pytest.mark.parametrize(
    ("kernels", "told"),
    [
        (("FC12", "FC08", "B30f", "B35s", "Br38f", "Qr36", "Sa36f", "I31f"), "soft"),
        (("STANDARD", "STD+", "SOFT", "B", "XCA"), "soft"),
        (("B46f", "DETAIL"), "medium"),
        (("FC52", "FC35", "B70f", "Bl57d", "Hr60", "U90u", "BONEPLUS", "LUNG", "L", "YA"), "sharp"),
        (("nobody's", None), "unknown"),
    ],
)
def test_kernels_are_known_by_name(kernels, told):
    assert {sharpness(kernel) for kernel in kernels} == {told}


@pytest.mark.parametrize(
    ("description", "meaning"),
    [
        ("Thorax W/O", "no_contrast"),
        ("CT CHEST WITHOUT CONTRAST", "no_contrast"),
        ("Abdomen nativ", "no_contrast"),
        ("CTA Aorta", "contrast"),
        ("Abdomen portal venous", "contrast"),
        ("Thorax C+", "contrast"),
        ("Ca Score 3mm", "calcium"),
        ("CACS", "calcium"),
        ("SmartScore", "calcium"),
        ("Scout", "pass_over"),
        ("COR MIP", "pass_over"),
        ("Dose Report", "pass_over"),
    ],
)
def test_descriptions_are_understood(description, meaning):
    assert meaning in meanings(read_header(ct(description=description))[0])


@pytest.mark.parametrize("description", ["Abdomen standard", "Thorax 3.0 Br38", "Cecum", "Mickey"])
def test_other_descriptions_mean_nothing(description):
    assert meanings(read_header(ct(description=description))[0]) == {}


def test_a_colour_picture_is_no_ct(tmp_path):
    stored = np.zeros((4, 12), np.uint8)
    put(tmp_path, [ct(photometric="RGB", samples=3, stored=stored, columns=4, bits=(8, 8, 7))])
    with pytest.raises(NothingUsable, match="in colour"):
        read(tmp_path)
