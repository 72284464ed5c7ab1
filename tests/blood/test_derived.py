"""Derived values with their reliability, PTH against calcium, series and cross-checks."""

from __future__ import annotations

from datetime import date

import pytest

from kossa.blood.results import join, measure_rows
from kossa.evidence import Flag, Person, Setting, Sex, State
from kossa.evidence.words_reading import Reliability

WOMAN = Person(age_years=55, sex=Sex.F)
DAY = date(2026, 1, 1)


def row(name, value, unit, **more):
    return {"name": name, "value": value, "unit": unit, "date": "2025-02-03", **more}


def read(*rows, person=WOMAN):
    return join(measure_rows(rows, person, today=DAY), person)


def derived(blood, name):
    return next((d for d in blood.derived if d.name == name), None)


def states(blood):
    return {f.id: f.state for f in blood.findings}


CALCIUM = row("calcium", 2.05, "mmol/L")
ALBUMIN = row("albumin", 31, "g/L")


def test_corrected_calcium_is_fair_with_good_kidneys_and_says_what_went_in():
    blood = read(CALCIUM, ALBUMIN, row("creatinine", 60, "umol/L"))
    one = derived(blood, "calcium_corrected")
    assert one.value == pytest.approx(2.23)
    assert one.reliability is Reliability.FAIR
    assert len(one.inputs) == 2
    assert states(blood)["calcium_low"] is State.PRESENT
    assert states(blood)["calcium_corrected_normal"] is State.PRESENT


@pytest.mark.parametrize(
    ("more", "person", "why"),
    [
        ([row("creatinine", 400, "umol/L")], WOMAN, "eGFR"),
        ([], Person(age_years=55, sex=Sex.F, setting=Setting.DIALYSIS), "dialysis"),
        ([], WOMAN, "kidney function is unknown"),
        ([row("m_protein", 20, "g/L", flag="high"), row("creatinine", 60, "umol/L")], WOMAN, "protein"),
    ],
)
def test_corrected_calcium_is_poor_where_it_misleads_and_then_says_nothing(more, person, why):
    blood = read(CALCIUM, ALBUMIN, *more, person=person)
    one = derived(blood, "calcium_corrected")
    assert one.reliability is Reliability.POOR
    assert why in one.reason
    assert "calcium_corrected_normal" not in states(blood)


def test_a_reported_corrected_calcium_is_not_corrected_again():
    blood = read(row("corrected calcium", 2.3, "mmol/L"), ALBUMIN)
    assert derived(blood, "calcium_corrected") is None
    assert states(blood)["calcium_normal"] is State.PRESENT


def test_ionized_calcium_stands_above_the_corrected_one():
    blood = read(CALCIUM, ALBUMIN, row("creatinine", 60, "umol/L"), row("ionized calcium", 1.2, "mmol/L"))
    assert "calcium_corrected_normal" not in states(blood)
    assert states(blood)["calcium_ionized_normal"] is State.PRESENT


def test_the_product_is_shown_in_its_historic_unit():
    one = derived(
        read(row("calcium", 10.9, "mg/dL"), row("phosphate", 7.8, "mg/dL")), "calcium_phosphate_product"
    )
    assert one.value == pytest.approx(85.02, abs=0.01)


def test_egfr_is_computed_only_where_it_may_be():
    creatinine = row("creatinine", 0.9, "mg/dL")
    assert derived(read(creatinine), "egfr").value == pytest.approx(75.4988, abs=1e-3)
    for person in (Person(age_years=5, sex=Sex.F), Person(sex=Sex.F), Person(age_years=50)):
        one = derived(read(creatinine, person=person), "egfr")
        assert (one.value, one.reliability) == (None, Reliability.NONE)
        assert one.reason
    reported = read(creatinine, row("egfr", 80, "mL/min/1.73m2"))
    assert derived(reported, "egfr") is None


def test_phosphate_handling_minds_the_unit_of_creatinine():
    """Plasma creatinine in umol/L beside urine creatinine in mmol/L is the classic slip by 1000."""
    rows = [
        row("urine phosphate", 20, "mmol/L"),
        row("phosphate", 1.2, "mmol/L"),
        row("urine creatinine", 10, "mmol/L"),
        row("creatinine", 80, "umol/L"),
    ]
    blood = read(*rows)
    assert derived(blood, "trp").value == pytest.approx(0.8667, abs=1e-4)
    assert derived(blood, "tmp_gfr").value == pytest.approx(1.0174, abs=1e-3)
    assert derived(blood, "fecapo").value == pytest.approx(0.1333, abs=1e-4)
    child = read(*rows, person=Person(age_years=8, sex=Sex.M))
    assert derived(child, "tmp_gfr").value == pytest.approx(1.04, abs=1e-3)
    assert "TRP > 0.86" in derived(blood, "tmp_gfr").formula
    wrong = read(*rows[:3], row("creatinine", 2400, "umol/L"))
    assert derived(wrong, "trp").value is None


def test_calcium_clearance():
    blood = read(
        row("urine calcium", 6.0, "mmol/L"),
        row("calcium", 2.75, "mmol/L"),
        row("urine creatinine", 9.0, "mmol/L"),
        row("creatinine", 80, "umol/L"),
    )
    assert derived(blood, "urine_ca_cr_ratio").value == pytest.approx(0.01939, abs=1e-5)


def test_results_of_different_days_make_a_poor_product():
    old = row("phosphate", 1.2, "mmol/L") | {"date": "2025-01-01"}
    one = derived(read(row("calcium", 2.4, "mmol/L"), old), "calcium_phosphate_product")
    assert one.reliability is Reliability.POOR
    assert "one day" in one.reason


@pytest.mark.parametrize(
    ("pth", "calcium", "says", "odd"),
    [
        (8.0, 2.8, "both high", True),
        (3.0, 2.8, "not low although", True),
        (0.5, 2.8, "independent", False),
        (9.0, 2.0, "secondary", False),
        (3.0, 2.3, None, False),
    ],
)
def test_pth_is_read_against_calcium(pth, calcium, says, odd):
    blood = read(row("pth", pth, "pmol/L"), row("calcium", calcium, "mmol/L"))
    told = [n.what for n in blood.notices if n.code == "pth-against-calcium"]
    assert bool(told) is (says is not None)
    assert says is None or says in told[0]
    assert states(blood)["pth_inappropriate"] is (State.PRESENT if odd else State.ABSENT)


def test_pth_over_nine_times_the_assays_own_limit():
    blood = read(row("pth", 1240, "pg/mL", low=15, high=65))
    assert states(blood)["pth_over_9x_uln"] is State.PRESENT
    assert states(read(row("pth", 20, "pmol/L")))["pth_over_9x_uln"] is State.ABSENT


def test_the_highest_value_ever_is_kept_and_counts_as_history():
    past = row("calcium", 3.1, "mmol/L") | {"date": "2023-05-01"}
    blood = read(past, row("calcium", 2.4, "mmol/L"))
    assert [r.value for r in blood.highest] == [3.1]
    assert states(blood)["calcium_normal"] is State.PRESENT
    assert states(blood)["hx_hypercalcaemia"] is State.PRESENT


def test_an_old_result_counts_less_and_is_told():
    old = row("phosphate", 2.4, "mmol/L") | {"date": "2020-05-01"}
    blood = read(old, row("calcium", 2.4, "mmol/L"))
    assert {f.certainty for f in blood.findings if f.id == "phosphate_high"} == {0.7}
    assert "stale" in {n.code for n in blood.notices}


def test_corrected_beats_final_beats_preliminary_and_errors_count_nothing():
    def phosphate(value, status):
        return row("phosphate", value, "mmol/L", status=status)

    blood = read(
        phosphate(3.0, "entered-in-error"), phosphate(1.2, "corrected"), phosphate(2.9, "preliminary")
    )
    assert states(blood)["phosphate_normal"] is State.PRESENT
    assert len(blood.results) == 3
    alone = read(phosphate(2.9, "preliminary"))
    assert states(alone)["phosphate_high"] is State.PRESENT


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row("calcium", 1.2, "mmol/L"), row("potassium", 9, "mmol/L")], "edta"),
        ([row("phosphate", 3.0, "mmol/L"), row("potassium", 7, "mmol/L")], "maybe-haemolysed"),
        ([row("calcium", 2.4, "mmol/L"), row("ionized calcium", 0.8, "mmol/L")], "calcium-mismatch"),
        ([row("phosphate", 9.0, "mg/dL"), row("creatinine", 60, "umol/L")], "phosphate-as-po4"),
        ([row("phosphate", 1.2, "mg/dL"), row("creatinine", 60, "umol/L")], "phosphate-unit"),
        (
            [row("calcium", 9.6, "mg/dL") | {"date": "2024-01-01"}, row("calcium", 2.4, "mg/dL")],
            "unit-changed",
        ),
        ([row("calcium", 2.2, "mmol/L"), row("calcium", 3.0, "mmol/L")], "same-day"),
    ],
)
def test_what_does_not_fit_together_is_told(rows, code):
    assert code in {n.code for n in read(*rows).notices}


def test_a_haemolysed_sample_is_shown_and_not_weighed():
    blood = read(row("phosphate", 2.6, "mmol/L", comment="sample haemolysed"))
    assert blood.results[0].flag is Flag.UNKNOWN
    assert "phosphate_high" not in states(blood)


def test_many_notices_of_one_kind_become_one_that_lists_them():
    rows = [row("calcium", 2.4, "mmol/L", low=0, high=0, line=n) for n in range(1, 20)]
    (one,) = [n for n in read(*rows).notices if n.code == "range-ignored"]
    assert one.what.startswith("19 times")
    assert "line 1:" in one.what


def test_invariances_units_duplicates_and_unknown_rows_change_nothing():
    """Reference page 4.7: the same evidence in other clothes gives the same findings."""

    def said(*rows):
        return {(f.id, f.state, f.certainty) for f in read(*rows).findings}

    base = [row("calcium", 10.9, "mg/dL"), row("phosphate", 7.8, "mg/dL")]
    si = [row("calcium", 10.9 * 0.2495, "mmol/L"), row("phosphate", 7.8 * 0.3229, "mmol/L")]
    assert said(*base) == said(*si) == said(*base, *base) == said(*base, row("frogs", 3, "1"))
