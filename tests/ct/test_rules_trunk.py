"""A whole trunk: what is bone, what is calcium, and where each deposit lies."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import Material, Side
from tests.ct.bodies import CORTEX, Body, at, judged, trunk

# name: place (z, y, x) mm, radii, HU, site, side
PLACES = {
    "lung": ((480, 10, 90), (5, 4, 4), 700, "site_lung", Side.LEFT),
    "hilum": ((444, 16, -32), (7, 6, 6), 600, "site_hilar_node", Side.RIGHT),
    "below the carina": ((456, 22, 2), (6, 6, 6), 500, "site_mediastinal_node", Side.MIDLINE),
    "descending aorta": ((430, 36, 43), (6, 5, 2.5), 700, "site_aorta_descending", Side.UNKNOWN),
    "heart": ((392, -40, 20), (5, 5, 5), 500, "site_heart", Side.UNKNOWN),
    "abdominal aorta": ((240, 5, 6), (6, 2.5, 5), 700, "site_aorta_abdominal", Side.UNKNOWN),
    "kidney": ((236, 15, -66), (5, 4, 4), 500, "site_kidney_any", Side.RIGHT),
    "stomach": ((290, -4, 74), (8, 5, 3), 600, "site_stomach", Side.UNKNOWN),
    "phlebolith": ((40, 30, 50), (3, 3, 3), 700, "site_pelvic_vein", Side.LEFT),
    "subcutis": ((200, -109, 40), (4, 3, 4), 700, "site_subcutis", Side.LEFT),
    "belly": ((200, -60, -30), (4, 4, 4), 500, "site_abdomen", Side.UNKNOWN),
    "back": ((200, 86, 50), (4, 4, 4), 500, "site_muscle", Side.LEFT),
}


def with_deposits() -> Body:
    body = trunk()
    for place, radii, hu, _, _ in PLACES.values():
        body.ball(hu, place, radii)
    body.ball(600, (430, -88, 40), (5, 4, 4))  # in the cartilage beside the breastbone
    body.block(250, (100, 124, -60), (500, 126, 60))  # table
    body.ball(2600, (300, -116, 20), (4, 3, 3))  # electrode
    for z in range(60, 100, 4):  # a calcified artery in the groin
        body.ring(500, 42, (-50, 60), (6, 6), 2, z, z)
    return body


@pytest.fixture(scope="module")
def read():
    body = with_deposits()
    return body, judged(body.volume())


@pytest.mark.parametrize("name", PLACES)
def test_each_deposit_is_calcification_at_its_site_and_side(read, name):
    place, _, _, site, side = PLACES[name]
    one = at(read[1], read[0], place)
    assert one.material is Material.CALCIFICATION, one.reason
    assert one.kept
    assert one.site == site, one.site_reason
    assert one.side is side
    assert one.site_reason
    assert 0 < one.site_certainty <= 1


def test_a_tube_of_calcium_around_blood_is_an_artery_with_a_tram_track(read):
    one = at(read[1], read[0], (78, -50, 60))
    assert one.material is Material.CALCIFICATION, one.reason
    assert one.site in {"site_femoral_artery", "site_iliac_artery"}, one.site_reason
    assert "pattern_tram_track" in one.patterns
    assert one.tissue == "tissue_vessel_wall"


def test_cartilage_in_front_of_the_chest_is_physiological(read):
    one = at(read[1], read[0], (430, -88, 40))
    assert one.material is Material.PHYSIOLOGICAL
    assert one.site == "site_physio_costal_cartilage"


def test_the_skeleton_is_bone_the_table_is_table_and_an_electrode_no_calcium(read):
    body, found = read
    largest = int(np.argmax(found.components.voxels))
    assert found.judgements[largest].material is Material.BONE
    tables = [j for j in found.judgements if j.material is Material.TABLE]
    assert any("outside of the body" in j.reason for j in tables)
    assert at(found, body, (300, -116, 20)).material in {Material.METAL, Material.TABLE}


def test_only_the_planted_deposits_are_called_calcification(read):
    called = sum(j.kept and j.material is Material.CALCIFICATION for j in read[1].judgements)
    assert called == len(PLACES) + 1  # and the artery of the groin


def test_without_contrast_the_scan_is_not_called_enhanced(read):
    assert not read[1].contrast.enhanced
    assert read[1].threshold_hu == 130.0
    assert any("bone" in words for words in read[1].not_seen)


def test_a_scan_stored_the_other_way_round_is_judged_alike(read):
    body = with_deposits()
    turned = judged(body.volume(row=-1.0, column=-1.0))

    def told(found):
        return sorted(
            (j.material.value, j.site or "", j.side.value) for j in found.judgements if j.kept and j.site
        )

    assert told(turned) == told(read[1])
    assert turned.components.box.max(axis=0)[1, 2] <= body.hu.shape[2]


def test_foci_in_both_kidneys_lie_in_their_tissue():
    body = trunk()
    for side in (-1, 1):
        for z in (205, 222):
            body.ball(500, (z, 15, side * 62), (5, 4, 4))
    found = judged(body.volume())
    sites = [j.site for j in found.judgements if j.kept and j.material is Material.CALCIFICATION]
    assert sites == ["site_kidney_parenchyma"] * 4


MORE = {
    "arch": ((498, 36, 43), (4, 5, 2.5), 700, {"site_aorta_arch"}),
    "coronary": ((400, -62, -20), (4, 3, 3), 700, {"site_coronary", "site_heart"}),
    "splenic artery": ((262, 25, 60), (4, 3, 16), 600, {"site_splenic_artery"}),
    "plaque high in the pelvis": ((150, 9, 20), (10, 0.9, 9), 700, {"site_iliac_artery"}),
    "beside the hip": ((60, -14, 100), (4, 3, 3), 600, {"site_periarticular"}),
    "middle of the pelvis": ((60, 14, 2), (5, 5, 5), 600, {"site_pelvis"}),
    "buttock": ((60, 70, 90), (5, 5, 5), 600, {"site_muscle"}),
    "neck": ((590, 40, 60), (4, 4, 4), 600, {"site_neck_organ"}),
    "skin of the neck": ((590, -110, 0), (4, 3, 4), 600, {"site_neck"}),
    "in front of the aorta": ((200, -4, 6), (4, 3, 3), 600, {"site_visceral_artery"}),
    "thin thigh artery": (
        (8, -60, 60),
        (4, 3, 3),
        600,
        {"site_muscle", "site_femoral_artery", "site_subcutis"},
    ),
}


def test_further_places():
    body = trunk()
    body.column(-100, (-60, 20), (10, 40), 385, 415)  # fat on the heart
    body.column(-100, (-14, 100), (14, 20), 40, 80)
    for place, radii, hu, _ in MORE.values():
        body.ball(hu, place, radii)
    found = judged(body.volume())
    told = {name: at(found, body, place) for name, (place, _, _, _) in MORE.items()}
    wrong = {n: (j.material.value, j.site, j.reason) for n, j in told.items() if j.site not in MORE[n][3]}
    assert not wrong


def test_arms_beside_an_enhanced_trunk_are_not_called():
    body = enhanced()
    wide = Body(body.hu.shape[0], body.hu.shape[1], 270)
    wide.hu[:, :, 40:230] = body.hu
    wide.column(55, (20, -235), (36, 30)).ring(900, 170, (20, -235), (11, 11), 4)
    wide.column(600, (0, -228), (3, 3), 200, 300)
    found = judged(wide.volume(), agent="IOHEXOL")
    one = at(found, wide, (250, 0, -228), reach=12)
    assert one.material is Material.UNSURE
    assert "arm" in one.reason


def test_a_thin_line_through_an_enhanced_scan_is_contrast_and_faint_spots_are_unsure():
    body = enhanced()
    part = slice(50, 70)
    body.hu, body.z = body.hu[part], body.z[part]
    body.column(700, (-30, -60), (3, 3)).ball(300, (240, -50, 40), (4, 3, 3))
    found = judged(body.volume(), agent="IOHEXOL")
    assert at(found, body, (238, -30, -60)).material is Material.CONTRAST
    assert at(found, body, (240, -50, 40)).material is Material.UNSURE


def test_the_circle_of_the_scanner_cuts_lungs_and_is_no_skin():
    body = trunk()
    body.ball(700, (480, 10, 90), (5, 4, 4))
    away = np.hypot(body.y[:, None], body.x[None])
    body.hu[:, away > 120] = -2000
    found = judged(body.volume())
    assert at(found, body, (480, 10, 90)).site == "site_lung"


def enhanced() -> Body:
    body = trunk()
    body.column(190, (36, 30), (13, 13), 330, 500).column(190, (16, 6), (11, 11), 170, 330)
    for side in (-1, 1):
        body.ball(200, (240, 15, side * 62), (50, 24, 27))
    body.ball(160, (300, -10, -70), (40, 50, 50))  # liver
    body.ball(900, (240, 5, 6), (6, 2.5, 5))
    body.ball(800, (240, 15, -66), (4, 4, 4))
    return body


def test_with_contrast_calcium_is_told_above_the_level_of_blood():
    body = enhanced()
    found = judged(body.volume(), agent="IOHEXOL")
    assert found.contrast.enhanced
    assert "IOHEXOL" in found.contrast.reason
    assert 180 <= found.contrast.lumen_hu <= 200
    assert found.threshold_hu >= found.contrast.lumen_hu + 99
    assert at(found, body, (240, 5, 6)).site == "site_aorta_abdominal"
    kidney = at(found, body, (240, 15, -66))
    assert (kidney.site, kidney.side) == ("site_kidney_any", Side.RIGHT)
    assert any("enhanced blood" in words for words in found.not_seen)


def test_blood_of_an_arterial_phase_is_no_bone():
    body = trunk()
    body.ball(420, (400, -30, 15), (50, 38, 45))
    body.column(420, (36, 30), (13, 13), 330, 500).column(420, (-30, -18), (16, 16), 440, 500)
    body.column(420, (16, 6), (11, 11), 170, 330).ball(1200, (240, 5, 6), (6, 2.5, 5))
    found = judged(body.volume())
    assert found.contrast.enhanced
    assert 400 <= found.contrast.lumen_hu <= 440
    assert at(found, body, (240, 5, 6)).site == "site_aorta_abdominal"


def test_a_large_even_body_is_a_phantom_and_no_deposit():
    body = trunk()
    body.ball(320, (200, -50, 0), (20, 14, 14))
    one = at(judged(body.volume()), body, (200, -50, 0))
    assert one.material is Material.PHANTOM
    assert "one density" in one.reason


def test_calcium_beside_metal_is_unsure():
    body = trunk()
    body.ball(2900, (200, -60, -40), (5, 4, 4)).ball(500, (200, -60, -30), (4, 3, 3))
    found = judged(body.volume())
    assert at(found, body, (200, -60, -40)).material is Material.METAL
    beside = at(found, body, (200, -60, -30), reach=4)
    assert beside.material is Material.UNSURE
    assert "metal" in beside.reason
    assert any("metal" in words for words in found.not_seen)


def test_a_rib_cut_off_by_a_thin_scan_is_bone():
    body = trunk()
    part = slice(100, 106)
    body.hu, body.z = body.hu[part], body.z[part]
    found = judged(body.volume())
    assert CORTEX > 130
    assert not [j for j in found.judgements if j.kept and j.material is Material.CALCIFICATION]
