"""The scenarios: which there are, that every number has a source, what can be set and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from kossa.evidence import OutsideDomain, UnknownTerm, WrongCall
from kossa.process import scenarios
from kossa.process.parameters import assigned, digest, drawn, law
from kossa.process.scenario import fix, scenario_by_id
from kossa.process.serum import Serum, named_serums, person_serum, serum_by_name

IDS = {
    "atherosclerosis", "aortic_valve", "osteoarthritis", "tuberculosis", "cysticercosis",
    "systemic_sclerosis", "dermatomyositis", "fat_necrosis_breast", "haematoma", "phlebolith",
    "scar_surgical",
    "ckd_mbd_kidney", "ckd_mbd_lung", "ckd_mbd_stomach", "ckd_mbd_artery", "healthy",
}  # fmt: skip


def test_the_sixteen_scenarios_are_there_and_each_belongs_to_a_condition():
    known = _condition_ids(pytest.importorskip("kossa.conditions"))
    assert {s.id for s in scenarios()} == IDS
    for s in scenarios():
        assert s.condition in known
        assert s.id == s.condition or s.id.startswith(f"{s.condition}_") or s.id == "healthy"


def _condition_ids(room):
    found = {p.stem for p in Path(room.__path__[0]).rglob("*.toml")}
    return found | {"none_of_these"}


def test_every_number_is_sourced_or_said_to_be_assumed():
    for s in [*law().items(), *(entry for sc in scenarios() for entry in sc.parameters.items())]:
        name, spread = s
        assert len(spread.source) > 3, name
        assert spread.grade in {"A", "B", "C"}, name
    for serum in named_serums().values():
        assert serum.source


def test_the_central_value_lies_within_what_is_drawn():
    for name, s in law().items():
        if s.low is not None:
            assert s.low <= s.value <= s.high, name


@pytest.mark.parametrize("spread", ["uniform", "log_uniform"])
def test_draws_stay_in_their_range(spread):
    rng = np.random.default_rng(0)
    one = next(s for s in law().values() if s.spread == spread)
    values = [drawn(one, rng) for _ in range(500)]
    assert one.low <= min(values) < max(values) <= one.high


def test_without_a_seed_a_scenario_is_its_centre_and_with_one_it_is_one_draw():
    tb = scenario_by_id("tuberculosis")
    assert fix(tb).p["size"] == 8.0
    first, same, other = fix(tb, seed=1), fix(tb, seed=1), fix(tb, seed=2)
    assert first.p == same.p
    assert first.serum == same.serum
    assert first.p["size"] != other.p["size"]
    assert digest(first.parameters) == digest(same.parameters) != digest(other.parameters)


def test_a_local_factor_comes_in_three_of_ten_kidneys():
    kidney = scenario_by_id("ckd_mbd_kidney")
    share = np.mean([fix(kidney, seed=n).p["local_dead"] > 0 for n in range(300)])
    assert 0.2 < share < 0.4


def test_what_the_user_sets_is_recorded_as_given():
    setting = fix(scenario_by_id("tuberculosis"), overrides={"size": "1cm", "tnap_dead": "12.5/h"})
    assert setting.p["size"] == 10.0
    assert setting.p["tnap_dead"] == 300.0
    record = {p.name: p for p in setting.parameters}
    assert record["size"].source == "set by the user"
    assert record["tau" if "tau" in record else "debris_days"].source != "set by the user"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("ppi_store", 10, "it needs umol/L: write ppi_store=10umol/L"),
        ("ppi_store", "10", "it needs umol/L"),
        ("ppi_store", "10 mg", "'mg' is not umol/L"),
        ("calcium_load", "-5mM", "cannot be negative"),
        ("calcium_load", "lots", "is not a number with a unit"),
        ("tnap_ded", "1/d", "nearest: tnap_dead"),
    ],
)
def test_negative_and_unitless_amounts_and_unknown_names_are_refused(name, text, words):
    with pytest.raises(WrongCall, match=words):
        assigned(name, text, law())


def test_units_may_be_spelt_as_people_do():
    assert assigned("ppi_store", "0.01 mM", law()) == pytest.approx(10.0)
    assert assigned("ppi_store", "10uM", law()) == 10.0
    assert assigned("ph_dead_end", "7.4", law()) == 7.4
    assert assigned("ph_site", "-0.1", law()) == -0.1


def test_an_unknown_scenario_tells_the_nearest():
    with pytest.raises(UnknownTerm, match="nearest: haematoma"):
        scenario_by_id("hematoma")


def test_a_serum_outside_life_or_foreign_to_the_scenario_is_refused():
    with pytest.raises(WrongCall, match=r"free_calcium 9\.6 mmol/L is outside"):
        Serum(title="mg/dL", free_calcium=9.6, phosphate=1.0)
    with pytest.raises(WrongCall, match="known: normal, ckd"):
        serum_by_name("uraemic")
    with pytest.raises(WrongCall, match="haematoma runs with --serum normal, not ckd"):
        fix(scenario_by_id("haematoma"), serum="ckd")


def test_the_serums_hold_the_free_calcium_they_name():
    from kossa.chemistry.speciation import speciate

    for serum in named_serums().values():
        free = speciate(serum.fluid(serum.calcium, serum.phosphate, 7.40)).calcium
        assert float(free) * 1e3 == pytest.approx(serum.free_calcium, rel=1e-5)
    assert named_serums()["malignancy"].free_calcium > named_serums()["normal"].free_calcium
    assert named_serums()["malignancy"].phosphate < named_serums()["normal"].phosphate
    assert "assumed" in named_serums()["malignancy"].source


def test_a_persons_results_become_a_serum_that_says_what_was_assumed():
    serum = person_serum(1.25, 2.3, magnesium=0.9, uraemic=True)
    assert serum.free_calcium == 1.25
    assert serum.phosphate == pytest.approx(0.9 * 2.3 / 0.93)
    assert serum.ppi == named_serums()["ckd"].ppi
    assert "pyrophosphate assumed" in serum.source
    with pytest.raises(OutsideDomain, match="check the unit"):
        person_serum(9.6, 1.1)
