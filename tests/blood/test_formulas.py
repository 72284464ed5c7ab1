"""The formulas against hand-computed vectors (the long list lies in the shared tables)."""

from __future__ import annotations

import csv

import pytest

from kossa.blood import formulas
from kossa.blood.analytes import analytes, by_name
from kossa.blood.results import join, measure_rows
from kossa.chemistry.albumin import adjusted_calcium
from kossa.chemistry.serum import free_calcium
from kossa.chemistry.units import convert, parse
from kossa.evidence import OutsideDomain, Person, Sex


def test_ckd_epi_2021_of_a_woman_of_55():
    assert formulas.egfr_ckd_epi_2021(0.9, 55, Sex.F) == pytest.approx(75.4988, abs=1e-4)


def test_ckd_epi_is_for_adults_of_known_sex():
    with pytest.raises(OutsideDomain, match="18"):
        formulas.egfr_ckd_epi_2021(0.9, 12, Sex.F)
    with pytest.raises(OutsideDomain, match="sex"):
        formulas.egfr_ckd_epi_2021(0.9, 55, Sex.U)


def test_the_branches_of_tmp_gfr_and_the_childs_one():
    assert formulas.tmp_gfr_mmol_l(0.97, 2.23, 40) == pytest.approx(2.897, abs=1e-3)
    assert formulas.tmp_gfr_mmol_l(0.97, 2.23, 10) == pytest.approx(2.1631, abs=1e-4)
    assert formulas.tmp_gfr_mmol_l(0.80, 1.0, 40) == pytest.approx(0.80)


def test_corrected_calcium_is_the_same_wherever_it_is_computed():
    assert adjusted_calcium(2.45, 30) == pytest.approx(2.65)
    assert free_calcium(2.45, albumin_g_l=30).adjusted == adjusted_calcium(2.45, 30)
    rows = [
        {"name": "calcium", "value": 2.45, "unit": "mmol/L"},
        {"name": "albumin", "value": 30, "unit": "g/L"},
    ]
    person = Person(age_years=50)
    (derived,) = [d for d in join(measure_rows(rows, person), person).derived if "corrected" in d.name]
    assert derived.value == adjusted_calcium(2.45, 30)
    assert "0.02 x (40 - albumin)" in derived.formula


def inputs(cell: str) -> dict[str, float | str]:
    pairs = (part.split("=") for part in cell.split(";"))
    return {k: v if k == "sex" else float(v) for k, v in pairs}


def computed(formula: str, given: str) -> dict[str, float]:
    """Run one worked example; the names of the results are those of its column `result`."""
    if formula == "convert":
        value, name, unit = given.split(" ")
        names = {"25OHD": "25(oh)d", "1,25(OH)2D": "1,25(oh)2d"}
        one = by_name(names.get(name, name))
        return {"": convert(float(value), parse(unit).code, one.si, one.substance)}
    x = inputs(given)
    if formula == "egfr_ckdepi2021_cr":
        sex = Sex.F if x["sex"] == "female" else Sex.M
        return {"": formulas.egfr_ckd_epi_2021(x["creatinine_mg_dl"], x["age_y"], sex)}
    if formula == "trp_tmpgfr":
        trp = formulas.trp(x["u_phos_mmol_l"], x["p_phos_mmol_l"], x["u_creat_mmol_l"], x["p_creat_mmol_l"])
        return {"trp": trp, "tmp_gfr": formulas.tmp_gfr_mmol_l(trp, x["p_phos_mmol_l"], None)}
    if formula == "tmpgfr_from_trp":
        return {"": formulas.tmp_gfr_mmol_l(x["trp"], x["p_phos_mmol_l"], None)}
    if formula == "calcium_corrected_payne_mgdl":
        calcium = by_name("calcium")
        total = convert(x["ca_mg_dl"], "mg/dL", "mmol/L", calcium.substance)
        adjusted = adjusted_calcium(total, 10 * x["albumin_g_dl"])
        # 0.8 mg/dL per g/dL is rounded otherwise than 0.02 mmol/L per g/L: 0.2 % of the correction
        return {"": round(convert(adjusted, "mmol/L", "mg/dL", calcium.substance), 2)}
    if formula == "calcium_corrected_payne_si":
        return {"": adjusted_calcium(x["ca_mmol_l"], x["albumin_g_l"])}
    if formula == "ca_x_p":
        return {"": formulas.ca_x_p(x["ca_mg_dl"], x["p_mg_dl"])}
    ratio = formulas.ca_cr_clearance_ratio(
        x["u_ca_mmol_l"], x["s_ca_mmol_l"], x["u_creat_mmol_l"], x["s_creat_mmol_l"]
    )
    return {"": ratio}


@pytest.mark.shared
def test_all_worked_examples_come_out_as_printed(shared):
    text = (shared / "knowledge/worked_examples.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 35
    for row in rows:
        found = computed(row["formula"], row["inputs"])
        for part in row["result"].split(";"):
            name, _, printed = part.rpartition("=")
            digits = len(printed.partition(".")[2])
            assert found[name] == pytest.approx(float(printed), abs=0.5001 * 10**-digits), row


def test_every_analyte_with_units_converts_to_its_si_unit():
    for one in analytes().values():
        if one.si is not None:
            assert convert(1.0, one.conventional, one.si, one.substance) > 0
