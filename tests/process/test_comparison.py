"""Dystrophic against metastatic: the four cases, and what nobody tuned for."""

import json

import pytest

from kossa.evidence import WrongCall, encode
from kossa.process import compare
from kossa.process.comparison import CASES, calibrated, ranges_digest, setting_of
from kossa.process.crystals import closing_ppi, gate_index, groups
from kossa.process.mesh import box
from kossa.process.parameters import law
from kossa.process.robustness import draws
from kossa.process.serum import named_serums
from kossa.process.well import deficiency_days, dish, smallest_radius

CENTRE = {name: s.value for name, s in law().items()}


@pytest.fixture(scope="module")
def compared():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kossa.process.comparison.SMOOTH_SIZE", 16)
        return compare(size=24, years=5.0)


def test_the_four_cases_come_out_as_the_mission_says(compared):
    result, _ = compared
    assert [c.name for c in result.cases] == list(CASES)
    assert [c.outcome for c in result.cases] == ["calcified", "clean", "calcified", "clean"]
    assert all(result.verdicts.values()), result.verdicts
    assert all(c.balance.calcium < 1e-7 for c in result.cases)


def test_beside_it_the_smooth_law_fails(compared):
    result, _ = compared
    assert not all(result.smooth_verdicts.values())
    assert not result.smooth_verdicts["injured tissue with raised pyrophosphate does not calcify"]


def test_the_order_of_sites_is_the_order_of_their_assumed_ph(compared):
    maps = compared[0].site_maps

    def order(days):
        return sorted((s for s in days if days[s] is not None and s != "other"), key=lambda s: days[s])

    assert order(maps["on"]) == ["gastric", "kidney", "lung", "artery"]
    assert order(maps["permuted"]) == ["artery", "lung", "kidney", "gastric"]
    assert len(set(maps["off"].values())) == 1


def test_the_record_holds_the_names_that_machines_rely_on(compared):
    told = json.loads(encode(compared[0]))
    assert set(told) >= {"cases", "verdicts"}
    assert set(told["cases"][0]) >= {
        "name", "outcome", "mass_mg", "peak_mg_cm3", "first_10_days", "first_100_days", "by_site", "balance",
    }  # fmt: skip
    assert len(told["price"]) >= 5
    assert told["ranges_sha256"] == ranges_digest()
    assert "ph-maps-assumed" in {n["code"] for n in told["notices"]}


def test_the_figures_come_with_what_a_page_draws(compared):
    fields = compared[1]
    days, slices, radius, profiles = fields["injured_normal"]
    assert days.size == slices.shape[0] == profiles.shape[0]
    assert slices.shape[1:] == (24, 24)
    assert radius.size == profiles.shape[1]


@pytest.mark.parametrize("call", [{"size": 4}, {"years": 0.0}])
def test_bad_calls_are_refused(call):
    with pytest.raises(WrongCall):
        compare(**call)


def test_the_phosphatase_is_calibrated_to_what_it_says():
    setting = setting_of("injured_normal")
    tnap = calibrated(setting, box(24, 3.2))
    assert 300 < tnap < 2000
    wanted = 0.3 * closing_ppi(setting.serum.index(7.4)["OCP"], setting.p)
    assert gate_index(setting.p, wanted) < gate_index(setting.p, wanted / 0.3)
    assert gate_index(setting.p, wanted / 0.3) == pytest.approx(setting.serum.index(7.4)["OCP"], rel=1e-6)


def test_the_groups_tell_what_decided_it():
    told = groups(CENTRE, 2.3, 1.0, 0.64)
    assert told["gate_open_dead"] < 1
    assert told["inhibitor_reach"] < 0.5
    assert "perfusion_number" not in groups(CENTRE, 2.3, 1.0, 0.0)


def test_the_rat_aorta_dish_is_right_in_four_of_four():
    found = {name: mM * 0.1005 for name, mM in dish(CENTRE).items()}
    assert found["injured"] > 100
    assert max(found["intact"], found["injured, normal phosphate"]) < 1
    assert found["injured, 10 umol/L pyrophosphate"] < 1


def test_healthy_arteries_calcify_where_pyrophosphate_is_lacking_and_not_else():
    normal = named_serums()["normal"]
    assert deficiency_days(CENTRE, normal, ppi=0.2, rise=0.07, years=10) is not None
    assert deficiency_days(CENTRE, normal, ppi=2.9, rise=0.07, years=10) is None


def test_the_smallest_lesion_that_calcifies_falls_as_phosphatase_rises():
    normal = named_serums()["normal"]
    radii = [smallest_radius({**CENTRE, "tnap_dead": k}, normal, years=5.0) for k in (300.0, 925.0, 3000.0)]
    assert radii[0] > radii[1] > radii[2]


def test_a_draw_tells_what_was_drawn_and_what_held():
    one, two = draws(2, size=16, years=2.0), draws(1, size=16, years=2.0, threads=1)
    assert encode(one[0]) == encode(two[0])
    assert set(one[0].held) == {"A", "B", "C", "C strict", "D", "all"}
    assert one[0].balance < 1e-7
    assert one[0].values["gate"] != one[1].values["gate"]
    spread = draws(1, size=16, years=0.3, spread_serum=True, free_tnap=True)[0]
    assert "ckd_phosphate" in spread.values
