"""What the saturation of named fluids says, and the tissue pH at which a serum becomes dangerous."""

import pytest

from kossa.chemistry.saturation import phases, saturation, tissue_ph_reaching
from kossa.chemistry.speciation import Fluid
from kossa.evidence import OutsideDomain

NORMAL = Fluid(1.35, 1.05, citrate=0.12)
FLUIDS = {
    "dead, late": Fluid(1.45, 4.0, 7.35, 0.9, 24.0, 140.0, 6.0, 0.1),
    "calciphylaxis": Fluid(1.45, 2.6, 7.38, 0.75, 22.0, 138.0, 5.0, 0.1),
    "CKD 5": Fluid(1.30, 2.3, 7.33, 0.75, 20.0, 138.0, 5.2, 0.1),
    "normal": NORMAL,
    "inflamed": Fluid(1.35, 1.4, 6.9, 0.6, 16.0, 140.0, 5.0, 0.1),
    "fat necrosis": Fluid(0.60, 1.4, 7.1, 0.55, 20.0, 140.0, 5.0, 0.1),
    "abscess": Fluid(1.30, 2.5, 6.4, 0.9, 10.0, 140.0, 8.0, 0.1),
}


def test_normal_serum_is_supersaturated_with_apatite_and_not_with_brushite():
    index = {k: float(v) for k, v in saturation(NORMAL).items()}
    assert 9.0 < index["HAP"] < 9.6
    assert -0.7 < index["DCPD"] < -0.5
    assert -0.1 < index["ACP2"] < 0.1


def test_fluids_rank_from_dead_tissue_to_abscess():
    order = sorted(FLUIDS, key=lambda n: -float(saturation(FLUIDS[n], ("ACP2",))["ACP2"]))
    assert order == list(FLUIDS)


def test_the_dangerous_tissue_ph_falls_as_phosphate_rises_and_the_databases_widen_it():
    normal, low, high = tissue_ph_reaching(NORMAL, 2.04)
    uraemic, _, _ = tissue_ph_reaching(FLUIDS["CKD 5"], 2.04)
    assert low < normal < high
    assert uraemic < normal - 0.2
    assert float(saturation(Fluid(1.35, 1.05, normal, citrate=0.12), ("OCP",))["OCP"]) == pytest.approx(
        2.04, abs=0.01
    )


def test_a_level_never_reached_is_unknown_and_one_always_passed_is_the_lower_end():
    assert tissue_ph_reaching(NORMAL, 30.0)[0] is None
    assert tissue_ph_reaching(NORMAL, -30.0)[0] == 6.0


def test_a_free_calcium_is_moved_to_tissue_with_its_total():
    held = Fluid(1.2349883, 1.05, citrate=0.12, free_calcium=True)
    assert tissue_ph_reaching(held, 2.04)[0] == pytest.approx(
        tissue_ph_reaching(Fluid(1.585, 1.05, citrate=0.12), 2.04)[0], abs=1e-3
    )


def test_each_solid_tells_its_source_and_what_databases_differ_by():
    for solid in phases().values():
        assert solid.source
        assert solid.grade
        assert 0.1 <= solid.spread <= 0.4


def test_an_unknown_solid_is_refused_with_the_known_names():
    with pytest.raises(OutsideDomain, match="known: HAP, OCP"):
        saturation(NORMAL, ("whitlockite",))
