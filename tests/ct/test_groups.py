"""Groups: one place and look; spread is the person's, and one arterial tree is one region."""

from __future__ import annotations

import msgspec

from kossa.ct.groups import findings_of, grouped, region_of, spread_of
from kossa.evidence import DepositGroup, Interval, Material, Side
from tests.report import made


def deposit(number, site, side=Side.UNKNOWN, patterns=(), **more):
    plain = made.deposit(number, ((1, 1, 1), (2, 2, 2)), site, side, patterns=patterns)
    return msgspec.structs.replace(plain, **more)


def test_deposits_of_one_place_and_look_are_one_group_and_masses_add_up():
    deposits = [
        deposit(1, "site_pelvic_vein", Side.LEFT, ("pattern_phlebolith", "pattern_density_dense")),
        deposit(2, "site_pelvic_vein", Side.LEFT, ("pattern_phlebolith", "pattern_density_faint")),
        deposit(3, "site_pelvic_vein", Side.RIGHT, ("pattern_phlebolith",)),
    ]
    groups, told = grouped(deposits)
    assert [g.deposits for g in groups] == [("1", "2"), ("3",)]
    assert groups[0].mass_mg == Interval(value=28.0, low=23.0, high=33.0)
    assert [d.group for d in told] == ["g1", "g1", "g2"]


def test_noise_and_bone_have_no_group_and_the_ordinary_comes_last():
    deposits = [
        deposit(1, "site_pineal", material=Material.PHYSIOLOGICAL),
        deposit(2, None, kept=False),
        deposit(3, None, material=Material.BONE),
        deposit(4, "site_lung"),
    ]
    groups, told = grouped(deposits)
    assert [(g.site, g.material) for g in groups] == [
        ("site_lung", Material.CALCIFICATION),
        ("site_pineal", Material.PHYSIOLOGICAL),
    ]
    assert [d.group for d in told][1:3] == [None, None]


def test_a_group_of_unknown_mass_has_none():
    groups, _ = grouped([deposit(1, "site_lung", mass_integrated_mg=None, volume_mm3=None)])
    assert groups[0].mass_mg is None
    assert groups[0].volume_mm3 is None


def test_findings_say_place_and_shared_looks_of_each_group():
    groups, told = grouped([deposit(1, "site_lung", Side.LEFT, ("pattern_rim",), tissue="tissue_air")])
    found = {(f.id, f.group) for f in findings_of(groups, told)}
    assert {("site_lung", "g1"), ("pattern_rim", "g1"), ("tissue_air", "g1")} <= found
    assert ("spread_single", None) in found


def spread(*sites, sides=None):
    sides = sides or [Side.UNKNOWN] * len(sites)
    groups = [
        DepositGroup(id=f"g{n}", deposits=(str(n),), site=s, side=side)
        for n, (s, side) in enumerate(zip(sites, sides, strict=True))
    ]
    return {f.id for f in spread_of(groups)}


def test_plaque_along_one_arterial_tree_is_one_region():
    assert region_of("site_aorta_abdominal") == region_of("site_iliac_artery") == "site_artery"
    assert "spread_localized" in spread("site_aorta_abdominal", "site_iliac_artery", "site_coronary")


def test_lung_stomach_and_kidneys_are_visceral_and_several_places():
    found = spread("site_lung", "site_stomach", "site_kidney_any")
    assert {"spread_visceral", "spread_multiple_sites"} <= found
    assert "spread_sites_over_4" in spread(
        "site_lung", "site_stomach", "site_kidney_any", "site_femoral_artery", "site_pelvic_vein"
    )


def test_both_sides_of_one_place_are_bilateral():
    assert "spread_bilateral" in spread("site_knee", "site_knee", sides=[Side.LEFT, Side.RIGHT])
    assert "spread_bilateral" not in spread("site_knee", "site_hip", sides=[Side.LEFT, Side.RIGHT])
    assert spread() == set()
