"""The QRM phantom on a real scanner: published scores, noise told from calcium, known masses."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.ct import presets
from kossa.ct.assess import assess

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def qrm(shared):
    from validate import ct_scores

    volume, _ = ct_scores.load(shared / "ct" / "qrm_canon_large_rep1" / "dicom")
    return ct_scores, volume


def read(qrm, **options):
    tools, volume = qrm
    return assess(
        tools.scan_of(volume),
        preset=presets.load("canon"),
        mg_per_mm3_hu=tools.FACTOR,
        judging=tools.everything_is_calcium,
        **options,
    ).reading


def test_the_published_scores_of_nine_inserts_are_met(qrm, shared):
    tools, _ = qrm
    found = tools.sums(read(qrm))
    for row in tools.rows(shared / "ct" / "qrm_canon_large_rep1" / "canon_large_rep1.csv"):
        expected = [float(row[k]) for k in ("agatston", "volume_mm3", "mass_mgHA")]
        assert found[row["insert"]] == pytest.approx(expected, abs=1e-3)


def test_in_the_circle_46_lesions_become_the_seven_real_ones(qrm):
    tools, volume = qrm
    reading = read(qrm, regions=tools.Regions(tools.region(volume.hu.shape), {}, {}))
    kept = [d for d in reading.deposits if d.kept]
    lesions = [d for d in reading.deposits if d.agatston]
    assert (len(lesions), len(kept)) == (46, 7)
    aware = next(s for s in reading.scores if s.name == "agatston_noise_aware")
    assert aware.value == pytest.approx(966.63, abs=5e-3)
    assert all(11 <= d.centroid_voxel[0] <= 17 for d in kept)
    assert max(d.noise_probability for d in kept) < 1e-3
    assert min(d.noise_probability for d in lesions if not d.kept) > 0.5


def test_integrated_masses_are_those_of_the_data_sheet(qrm, shared):
    tools, volume = qrm
    truth = tools.rows(shared / "ct" / "qrm_canon_large_rep1" / "truth.csv")
    known = {row["insert"]: float(row["known_mass_mgHA"]) for row in truth}
    seen = set()
    for d in read(qrm, regions=tools.Regions(tools.region(volume.hu.shape), {}, {})).deposits:
        if d.kept:
            name, mass = tools.insert_of(d, truth), d.mass_integrated_mg
            seen.add(name)
            error = (mass.high - mass.value) / 1.96
            bar = {"L": 0.06 * known[name], "M": max(0.25 * known[name], 2 * error), "S": np.inf}[name[0]]
            assert abs(mass.value - known[name]) <= bar, name
            assert mass.below_limit == name.startswith("Small")
    assert len(seen) == 7
