"""Truth beside reading: found, lost, in pieces, surplus; masses with and without the factor."""

import pytest

from kossa.demo.bars import bars, three_standard_errors_mg
from kossa.demo.match import assumed_factor, compare
from kossa.evidence import (
    Contrast,
    CtDeposit,
    CtReading,
    Geometry,
    Interval,
    Limits,
    Material,
    Modality,
    Score,
    SeriesChoice,
    Side,
    TrueDeposit,
    Truth,
)

FACTOR = 0.9e-3


def true(name, mass, place, site="site_lung", diameter=5.0, side=Side.UNKNOWN):
    return TrueDeposit(
        id=name,
        mass_mg=mass,
        centroid_mm=place,
        site=site,
        side=side,
        kind="dystrophic",
        cause="tuberculosis",
        diameter_mm=diameter,
    )


def seen(number, place, mass, site="site_lung", material=Material.CALCIFICATION, **more):
    interval = None if mass is None else Interval(value=mass, low=0.8 * mass, high=1.2 * mass)
    return CtDeposit(
        id=str(number),
        modality=Modality.CT,
        material=material,
        site=site,
        centroid_voxel=(0.0, 0.0, 0.0),
        centroid_mm=place,
        bbox_voxel=((0, 0, 0), (1, 1, 1)),
        voxels=9,
        slices=1,
        agatston=1.0,
        volume_mm3=10.0,
        area_mm2=5.0,
        mass_threshold_mg=None,
        mass_integrated_mg=interval,
        hu_peak=400.0,
        hu_mean=250.0,
        **more,
    )


def reading(*deposits, factor=0.8e-3, limit=2.0):
    scores = ()
    if factor is not None:
        scores = (Score(name="mass_integrated", value=1.0, unit="mg", convention={"mg_per_mm3_hu": factor}),)
    return CtReading(
        kossa_version="0",
        series=SeriesChoice(number=2, reason="", slices=9, kind="ct"),
        geometry=Geometry(spacing_mm=(3.0, 0.8, 0.8), gaps_mm=(3.0,), tilt_deg=0.0, shape=(9, 9, 9)),
        noise_hu=11.0,
        contrast=Contrast(enhanced=False, reason=""),
        limits=Limits(smallest_mass_mg=limit, not_seen=()),
        scores=scores,
        deposits=deposits,
        groups=(),
        findings=(),
        notices=(),
    )


def held(*deposits):
    return Truth(deposits=deposits, factor_mg_per_mm3_hu=FACTOR, noise_hu=10.8)


def test_a_deposit_in_its_place_is_found_with_its_mass_under_both_factors():
    row = compare("A", held(true("d", 45.0, (10, 0, 0))), reading(seen(1, (11, 0, 0), 40.0))).rows[0]
    assert row.found
    assert row.above_limit
    assert row.place_error_mm == 1.0
    assert row.site_right
    assert row.mass_given_mg == pytest.approx(45.0)  # 40 mg at 0.8e-3 are 45 mg at 0.9e-3
    assert row.mass_error == pytest.approx(0.0)
    assert row.in_interval  # 32 to 48


def test_a_deposit_that_is_not_there_or_far_off_is_lost():
    rows = compare(
        "A",
        held(true("none", 45.0, (10, 0, 0)), true("far", 45.0, (60, 0, 0))),
        reading(seen(1, (64.5, 0, 0), 40.0)),
    ).rows
    assert [r.found for r in rows] == [False, False]
    assert rows[0].pieces == ()
    assert rows[0].in_interval is None


def test_pieces_of_one_deposit_are_weighed_together():
    long = held(true("tube", 50.0, (0, 0, 0), diameter=20.0))
    row = compare("A", long, reading(seen(1, (-6, 0, 0), 20.0), seen(2, (7, 0, 0), 20.0))).rows[0]
    assert row.pieces == ("1", "2")
    assert row.place_error_mm == pytest.approx(0.5)
    assert row.mass is not None
    assert (row.mass.value, row.mass.low, row.mass.high) == pytest.approx((40.0, 32.0, 48.0))
    assert row.found


def test_a_piece_belongs_to_the_nearer_of_two():
    rows = compare(
        "A",
        held(true("a", 9.0, (0, 0, 0), diameter=12), true("b", 9.0, (10, 0, 0), diameter=12)),
        reading(seen(1, (1, 0, 0), 9.0), seen(2, (6, 0, 0), 9.0)),
    ).rows
    assert [r.pieces for r in rows] == [("1",), ("2",)]


def test_what_is_called_bone_or_noise_is_not_found_and_unsure_is_not_enough():
    for material, more in (
        (Material.BONE, {}),
        (Material.CALCIFICATION, {"kept": False}),
        (Material.UNSURE, {}),
    ):
        one = reading(seen(1, (0, 0, 0), 9.0, material=material, **more))
        row = compare("A", held(true("d", 9.0, (0, 0, 0))), one).rows[0]
        assert not row.found
    assert row.called == "unsure"


def test_an_ordinary_phlebolith_is_found_at_its_place():
    vein = held(true("p", 9.0, (0, 0, 0), site="site_pelvic_vein", side=Side.LEFT))
    one = reading(
        seen(
            1,
            (0, 0, 0),
            9.0,
            site="site_physio_pelvic_phlebolith",
            material=Material.PHYSIOLOGICAL,
            side=Side.RIGHT,
        )
    )
    row = compare("A", vein, one).rows[0]
    assert row.found
    assert row.site_right
    assert row.side_right is False


def test_what_was_not_put_in_is_surplus():
    told = compare(
        "A", held(), reading(seen(1, (0, 0, 0), 9.0), seen(2, (9, 0, 0), 9.0, material=Material.BONE))
    )
    assert [d.id for d in told.surplus] == ["1"]


def test_without_a_mass_or_a_factor_nothing_is_claimed_of_it():
    row = compare("A", held(true("d", 9.0, (0, 0, 0))), reading(seen(1, (0, 0, 0), None), factor=None)).rows[
        0
    ]
    assert row.found
    assert row.mass is None
    assert row.mass_given_mg is None
    assert row.mass_error is None
    assert assumed_factor(reading(factor=None)) is None


def test_bars_say_yes_where_met_and_no_where_not():
    good = [true(f"d{i}", 45.0, (30.0 * i, 0, 0)) for i in range(12)]
    deposits = [seen(i, (30.0 * i, 0, 0), 40.0) for i in range(12)]
    met = bars([compare("A", held(*good), reading(*deposits))], [3.0])
    assert all(b.met in (True, None) for b in met)
    bad = bars([compare("A", held(*good), reading(*deposits[:-1], limit=4.0))], [3.0])
    by_name = {b.what: b for b in bad}
    assert by_name["found within 3 mm"].figure == "11 of 12"
    assert by_name["found within 3 mm"].met is False
    assert by_name["smallest mass that the report says it can tell from noise"].met is False
    far_off = [seen(i, (30.0 * i, 0, 0), 90.0) for i in range(12)]
    wrong = {b.what: b for b in bars([compare("A", held(*good), reading(*far_off))], [3.0])}
    assert wrong["median error of mass, factor given"].met is False
    assert wrong["true mass in the 95 % interval, no factor given"].met is False


def test_bars_of_nobody_claim_nothing():
    empty = bars([compare("A", held(), reading(factor=None, limit=None))], [3.0])
    assert {b.what: b.met for b in empty}["found within 3 mm"] is None
    assert "none stated" in empty[0].figure


def test_three_standard_errors_are_those_of_the_measured_phantom():
    # research page ct.md 3.6: about 2.2 mg at 21 HU, 0.488 mm, 3 mm, c = 0.722e-3, radius 5 pixels
    assert three_standard_errors_mg(21.0, 0.722e-3, 0.488, 3.0) == pytest.approx(2.2, rel=0.08)
