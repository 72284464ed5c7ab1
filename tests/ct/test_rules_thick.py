"""Thick slices and coarse pixels: blurred bone is no contrast medium, and true calcium is still found."""

from __future__ import annotations

from kossa.evidence import Material
from tests.ct.bodies import CORTEX, SPONGE, Body, at, judged, trunk

PLATES_MM = range(72, 600, 32)
AORTA, LUNG = (240, 5, 6), (480, 10, 90)


def blurred() -> Body:
    """A trunk whose vertebrae show no cortex but their end plates, in slices of 8 mm."""
    body = trunk()
    body.column(SPONGE + 30, (56, 0), (18, 24), 60, 600)
    for z in PLATES_MM:
        body.column(90, (56, 0), (18, 24), z, z + 4)
        body.column(CORTEX, (56, 0), (18, 24), z + 8, z + 8)
    body.ball(900, AORTA, (8, 3, 6)).ball(900, LUNG, (8, 5, 5))
    return thicker(body)


def thicker(body: Body, factor: int = 2) -> Body:
    """Average slices."""
    count = body.hu.shape[0] // factor
    body.hu = body.hu[: count * factor].reshape(count, factor, *body.hu.shape[1:]).mean(axis=1)
    body.z = body.z[: count * factor].reshape(count, factor).mean(axis=1)
    body.gap *= factor
    return body


def test_marrow_without_a_cortex_in_its_slice_is_no_contrast_medium():
    body = blurred()
    found = judged(body.volume())
    assert not found.contrast.enhanced, found.contrast.reason
    assert found.threshold_hu == 130.0
    assert at(found, body, AORTA).site == "site_aorta_abdominal"
    assert at(found, body, LUNG).site == "site_lung"
    called = [j for j in found.judgements if j.kept and j.material is Material.CALCIFICATION]
    assert len(called) == 2


def test_enhanced_blood_is_told_in_the_same_slices():
    body = trunk()
    body.column(SPONGE + 30, (56, 0), (18, 24), 60, 600)
    body.column(190, (36, 30), (13, 13), 330, 500).column(190, (16, 6), (11, 11), 170, 330)
    for side in (-1, 1):
        body.ball(180, (240, 15, side * 62), (50, 24, 27))
    found = judged(thicker(body).volume())
    assert found.contrast.enhanced, found.contrast.reason
    assert 170 <= (found.contrast.lumen_hu or 0) <= 200


def test_an_organ_just_above_the_level_is_told_by_all_its_patches_together():
    body = trunk()
    for y in (-60, -25, 10):
        for x in (-110, -75, -40):
            body.column(125, (y, x), (14, 14), 230, 300)
    found = judged(body.volume())
    assert found.contrast.enhanced, found.contrast.reason
    assert "in one slice together" in found.contrast.reason
