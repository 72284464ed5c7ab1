"""`grow`: what it hands back, for which lesion on which grid, and how it says no."""

import json

import numpy as np
import pytest

from kossa.evidence import UnknownTerm, WrongCall, encode
from kossa.process import grow
from kossa.process.injury import DRIVERS, Lesion, depth_of, harm
from kossa.process.mesh import box, choose_mesh, shells, slab
from kossa.process.outcome import judged, middle, unfold
from kossa.process.pattern import pattern_of, profile
from kossa.process.serum import named_serums
from kossa.process.visibility import ATTENUATION, CT_HU_PER_MG, areal_threshold, on_ct, on_xray, projected

NAMES = {
    "scenario", "outcome", "advice", "years", "mass_mg", "volume_mm3", "series", "visible", "pattern",
    "phase", "ca_p_molar", "balance", "saturation", "numerics", "parameters", "parameters_sha256", "notices",
}  # fmt: skip


@pytest.fixture(scope="module")
def cyst():
    return grow("fat_necrosis_breast", years=4)


def test_the_record_holds_the_names_that_machines_rely_on(cyst):
    told = json.loads(encode(cyst.outcome))
    assert set(told) >= NAMES
    assert set(told["series"][0]) == {"t_days", "mass_mg", "volume_mm3", "density_mg_cm3"}
    assert set(told["visible"]) == {"xray_days", "ct_days"}
    assert set(told["balance"]) == {"calcium", "phosphate"}
    assert set(told["numerics"]) >= {"steps", "iterations", "bytes"}
    assert {"name", "value", "unit", "source", "grade"} == set(told["parameters"][0])


def test_an_oil_cyst_becomes_an_eggshell_that_a_mammogram_sees_first(cyst):
    o = cyst.outcome
    assert o.outcome == "calcified"
    assert o.pattern == "rim"
    assert o.peak_radius > 0.7
    assert o.visible.xray_days < o.visible.ct_days
    assert o.ca_p_molar == pytest.approx(5 / 3)
    assert o.balance.calcium < 1e-7
    assert [n.code for n in o.notices] == ["shells"]
    assert all(a.mass_mg <= b.mass_mg + 1e-9 for a, b in zip(o.series, o.series[1:], strict=False))


def test_the_fields_are_full_volumes_with_their_spacing(cyst):
    f = cyst.fields
    mineral = f.volumes["mineral_mg_cm3"]
    assert mineral.shape == (64, 64, 64)
    assert mineral.dtype == np.float32
    painted = float(mineral.sum()) * f.spacing_mm**3 * 1e-6 * 1e3
    assert painted == pytest.approx(cyst.outcome.mass_mg, rel=0.25)
    assert f.slices.shape[0] == f.slice_days.size == f.profiles.shape[0]
    assert set(f.volumes) >= {
        "alive",
        "debris",
        "ph",
        "ppi_umol_l",
        "calcium_mmol_l",
        "phosphate_mmol_l",
        "nuclei_mm3",
    }
    assert f.volumes["alive"].min() < 0.01


def test_the_same_call_gives_the_same_bytes():
    a, b = (encode(grow("phlebolith", size=16, years=1, seed=3).outcome) for _ in range(2))
    assert a == b


def test_healthy_tissue_is_clean_with_normal_blood_and_not_with_uraemic():
    clean = grow("healthy", size=16, years=10).outcome
    assert (clean.outcome, clean.pattern, clean.phase, clean.mass_mg) == ("clean", "none", None, 0.0)
    assert "nuclei" in clean.advice
    assert grow("healthy", serum="ckd", size=16, years=3).outcome.outcome == "calcified"


def test_a_persons_own_serum_is_taken():
    serum = named_serums()["vitd_toxicity"]
    assert grow("ckd_mbd_stomach", serum=serum, years=3).outcome.saturation.blood["OCP"] == pytest.approx(
        2.34, abs=0.05
    )


def test_pyrophosphate_crystals_are_not_modelled_but_the_joint_without_them_is():
    told = grow("osteoarthritis").outcome
    assert told.outcome == "phase_not_modelled"
    assert told.series == ()
    assert grow("osteoarthritis", overrides={"ppi_joint": "1uM"}, years=1).outcome.outcome in {
        "clean",
        "calcified",
    }


def test_a_run_that_does_not_converge_keeps_what_it_had(monkeypatch):
    from kossa.process.evolve import Run

    real = Run._newton
    monkeypatch.setattr(Run, "_newton", lambda self, *m: False if self.t > 50 else real(self, *m))
    o = grow("tuberculosis", years=2).outcome
    assert o.outcome == "not_converged"
    assert "last good state" in o.advice
    assert 0.1 < o.years < 0.2


def test_progress_is_told_in_days():
    seen = []
    grow("dermatomyositis", years=1, progress=lambda t, end: seen.append((t, end)))
    assert seen[-1] == (pytest.approx(365.25), pytest.approx(365.25))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ({"scenario": "hematoma"}, UnknownTerm, "haematoma"),
        ({"scenario": "haematoma", "years": -1}, WrongCall, "--years -1"),
        ({"scenario": "haematoma", "years": 1000}, WrongCall, "at most 100 years"),
        ({"scenario": "haematoma", "size": 8}, WrongCall, "16 to 256"),
        ({"scenario": "haematoma", "size": 16}, WrongCall, "wider than the shortest length"),
        ({"scenario": "healthy", "size": 256}, WrongCall, "GiB"),
        ({"scenario": "healthy", "overrides": {"ppi_release": "600"}}, WrongCall, "it needs umol/L/d"),
    ],
)
def test_bad_calls_are_refused_in_one_sentence(call, error, words):
    with pytest.raises(error, match=words):
        grow(**call)


def test_a_grid_is_chosen_for_the_lesion_and_said():
    small, told = choose_mesh("sphere", (1.0, 1.0, 1.0), 0.15, None)
    assert (small.form, small.copies, [c for c, _ in told]) == ("octant", 8.0, ["octant"])
    large, told = choose_mesh("sphere", (30.0, 30.0, 30.0), 0.15, None)
    assert (large.form, [c for c, _ in told]) == ("shells", ["shells"])
    raised, told = choose_mesh("ellipsoid", (10.0, 5.0, 5.0), 0.15, None)
    assert raised.shape[0] % 8 == 0
    assert [c for c, _ in told] == ["size-raised", "coarse", "octant"]
    odd, told = choose_mesh("cluster", (2.0, 2.0, 2.0), 0.2, 30)
    assert odd.shape[0] == 32
    assert told[0][0] == "size-rounded"
    sheet, _ = choose_mesh("sheet", (1.0, 10.0, 10.0), 0.15, None)
    assert (sheet.form, sheet.copies) == ("slab", 200.0)


def test_the_volume_of_a_lesion_does_not_depend_on_its_grid():
    sphere = Lesion("sphere", (2.0, 2.0, 2.0))
    expected = 4 / 3 * np.pi
    for mesh in (box(32, 3.2), box(32, 1.6, copies=8.0, form="octant"), shells(100, 2.0)):
        one = harm("ischaemia", "generic", depth_of(sphere, mesh), mesh)
        assert mesh.total(mesh.pad(1 - one.alive)) == pytest.approx(expected, rel=0.02)
    sheet = slab(200, 2.0, 5.0)
    gone = 1 - harm("ischaemia", "generic", depth_of(Lesion("sheet", (1.0, 0, 0)), sheet), sheet).alive
    assert sheet.total(sheet.pad(gone)) == pytest.approx(5.0, rel=0.02)


def test_forms_of_lesions():
    mesh = box(32, 6.4)
    line = depth_of(Lesion("line", (1.0, 1.0, 9.0)), mesh)
    assert line[16, 16, 0] == line[16, 16, 31] > 0
    some = depth_of(
        Lesion("cluster", (2.0, 2.0, 2.0), count=5, spread_mm=3.0), mesh, np.random.default_rng(1)
    )
    assert 0 < (some > 0).mean() < 0.2
    with pytest.raises(WrongCall, match="no lesion of form 'star'"):
        depth_of(Lesion("star", (1, 1, 1)), mesh)
    with pytest.raises(WrongCall, match="no driver"):
        harm("magic", "generic", line, mesh)
    with pytest.raises(WrongCall, match="no tissue"):
        harm("trauma", "stone", line, mesh)


def test_only_reflow_loads_calcium_and_each_driver_has_its_way_of_death():
    mesh = shells(60, 2.0)
    depth = depth_of(Lesion("sphere", (2.0, 2.0, 2.0)), mesh)
    done = {d: harm(d, "generic", depth, mesh, load_mM=20.0) for d in DRIVERS}
    assert done["ischaemia"].load is None
    assert done["ischaemia_reflow"].load.max() == pytest.approx(20.0, rel=0.01)
    assert done["inflammation"].apoptotic.max() > 0.9
    assert done["trauma"].necrotic.max() > 0.9


def test_patterns_by_depth():
    r = (np.arange(24) + 0.5) / 24
    assert pattern_of(r, np.where(r > 0.8, 500.0, 10.0)) == "rim"
    assert pattern_of(r, np.where(r < 0.4, 500.0, 10.0)) == "core"
    assert pattern_of(r, np.full(24, 300.0)) == "diffuse"
    assert pattern_of(r, 300 + 250 * np.cos(r * 6 * np.pi)) == "laminated"
    assert pattern_of(r, np.full(24, 0.1)) == "none"
    assert profile(np.ones((3, 1, 1)), -np.ones((3, 1, 1)), shells(3, 1.0))[0].size == 0


def test_the_words_for_what_became_of_the_tissue():
    assert judged(0.1, 0.1, 0.01) == "clean"
    assert judged(300, 300, 20) == "calcified"
    assert judged(300, 5, 0.1) == "dissolved"


def test_visibility_has_its_own_physics_that_agrees_with_the_table():
    from kossa.chemistry.attenuation import hu_per_mg_cm3, mass_attenuation_cm2_per_g

    assert pytest.approx(hu_per_mg_cm3(120), rel=0.01) == CT_HU_PER_MG
    for kev, (mineral, water) in ATTENUATION.items():
        assert mineral == pytest.approx(float(mass_attenuation_cm2_per_g("hydroxyapatite", kev)), rel=0.01)
        assert water == pytest.approx(float(mass_attenuation_cm2_per_g("water", kev)), rel=0.01)
    assert areal_threshold(20.0) < areal_threshold(60.0) / 10
    with pytest.raises(WrongCall, match="known: 60, 20"):
        areal_threshold(33.0)


def test_a_dense_ball_is_seen_and_a_dense_speck_is_not():
    for mesh in (box(40, 8.0), box(40, 4.0, copies=8.0, form="octant"), shells(120, 4.0)):
        r = np.sqrt(sum(c * c for c in mesh.coordinates()))
        ball, speck = np.where(r < 2.0, 400.0, 0.0), np.where(r < 0.35, 400.0, 0.0)
        assert on_ct(ball, mesh, 1.0)
        assert not on_ct(speck, mesh, 1.0)
        assert not on_ct(ball, mesh, 0.1)
        assert on_xray(ball, mesh, 1.0, 58.0)
        assert not on_xray(speck, mesh, 1.0, 58.0)
        assert float(projected(ball, mesh).max()) == pytest.approx(160.0, rel=0.06)
    sheet = slab(40, 2.0, 1.0)
    thick = np.full(sheet.shape, 300.0)
    assert on_ct(thick, sheet, 1.0)
    assert on_xray(thick, sheet, 1.0, 58.0)


def test_mirrors_are_unfolded():
    mesh = box(16, 1.6, copies=8.0, form="octant")
    x, y, z = mesh.coordinates()
    whole = unfold(mesh, x + 2 * y + 3 * z)
    assert whole.shape == (32, 32, 32)
    assert whole == pytest.approx(whole[::-1, ::-1, ::-1])
    assert middle(mesh, x + y).shape == (32, 32)
    assert middle(box(16, 1.6), np.zeros((16, 16, 16))).shape == (16, 16)
    assert unfold(slab(16, 1.0, 1.0), np.ones((16, 1, 1))).shape == (64, 64, 64)
