"""Speciation against PHREEQC (live, fed with our own constants), and the laws it must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from kossa.chemistry import speciation
from kossa.chemistry.saturation import phases, saturation, saturation_of
from kossa.chemistry.speciation import FAST, Fluid, distribution, speciate, species
from kossa.evidence import OutsideDomain

LOW = [0.5, 0.2, 6.0, 0.2, 8.0, 140.0, 0.0]
HIGH = [5.0, 6.0, 8.2, 2.0, 40.0, 160.0, 0.5]


def states(n, seed=7):
    """`n` fluids spread over the domain of body fluids."""
    return qmc.scale(qmc.LatinHypercube(7, seed=seed).random(n), LOW, HIGH)


def as_fluid(x, temperature=37.0):
    return Fluid(x[:, 0], x[:, 1], x[:, 2], x[:, 3], x[:, 4], x[:, 5], 4.0, x[:, 6], temperature)


@pytest.mark.parametrize("temperature", [37.0, 25.0])
def test_the_indices_are_those_of_phreeqc_with_the_same_constants(phreeqc, temperature):
    x = states(60)
    keys = ("ca", "p", "ph", "mg", "dic", "na", "cit")
    rows = phreeqc([{**dict(zip(keys, map(float, s), strict=True)), "k": 4.0, "t": temperature} for s in x])
    solution = speciate(as_fluid(x, temperature))
    for name in phases():
        expected = np.array([row[name] for row in rows])
        assert np.abs(saturation_of(solution, name) - expected).max() < 1e-3, name
    assert solution.calcium == pytest.approx([row["free"] for row in rows], rel=2e-4)
    assert solution.ionic_strength == pytest.approx([row["I"] for row in rows], abs=1e-5)


def test_the_fast_tolerance_stays_within_two_thousandths():
    x = states(2000)
    tight, fast = saturation(as_fluid(x)), saturation(as_fluid(x), tol=FAST)
    assert max(np.abs(tight[p] - fast[p]).max() for p in tight) < 2e-3


def test_every_element_is_conserved_over_all_species():
    x = states(200)
    solution = speciate(as_fluid(x), tol=1e-9)
    amounts = distribution(solution)
    for column, element in ((0, "Ca"), (1, "PO4"), (3, "Mg"), (4, "CO3"), (6, "Cit")):
        total = amounts[element] + sum(amounts[r["name"]] * int(r[element]) for r in species())
        assert total == pytest.approx(x[:, column] * 1e-3, rel=1e-7, abs=1e-12), element


def test_the_kernel_names_the_rows_of_the_table():
    kernel = {
        name: value
        for name, value in vars(speciation).items()
        if isinstance(value, int) and name.isupper() and name != "FAST"
    }
    for name, row in kernel.items():
        plain = species()[row]["name"].rstrip("+").replace("-2", "").rstrip("-").upper()
        assert plain == name
    assert len(kernel) == len(species())


def test_a_free_calcium_is_held():
    solution = speciate(Fluid(1.23, 1.05, free_calcium=True))
    assert float(solution.calcium) == pytest.approx(1.23e-3, rel=1e-12)


def test_free_calcium_and_its_total_are_two_views_of_one_fluid():
    free = speciate(Fluid(1.585, 1.05, citrate=0.12)).calcium
    back = saturation(Fluid(float(free) * 1e3, 1.05, citrate=0.12, free_calcium=True))
    assert float(back["OCP"]) == pytest.approx(
        float(saturation(Fluid(1.585, 1.05, citrate=0.12))["OCP"]), abs=1e-6
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["calcium", "phosphate", "ph"]))
def test_apatite_and_ocp_rise_with_calcium_phosphate_and_ph(seed, what):
    x = states(50, seed)
    more = x.copy()
    more[:, {"calcium": 0, "phosphate": 1, "ph": 2}[what]] *= 1.02
    low, high = saturation(as_fluid(x)), saturation(as_fluid(more))
    for name in ("HAP", "OCP"):
        assert (high[name] > low[name]).all()


def test_nothing_in_the_fluid_is_minus_infinity_not_a_number_that_lies():
    index = saturation(Fluid(np.array([0.0, 1.2]), np.array([1.0, 0.0])))
    assert np.isneginf(index["HAP"]).all()


@pytest.mark.parametrize(
    ("fluid", "words"),
    [
        (Fluid(1.2, 1.0, ph=3.9), "holds from 4 to 9"),
        (Fluid(1.2, 1.0, ph=9.1), "holds from 4 to 9"),
        (Fluid(-1.2, 1.0), "cannot be negative"),
        (Fluid(float("nan"), 1.0), "not a number"),
        (Fluid(1.2, 1.0, sodium=900.0), "ionic strength"),
        (Fluid(1.2, 1.0, temperature_c=80.0), "80 C"),
    ],
)
def test_what_lies_outside_the_domain_is_refused_in_one_sentence(fluid, words):
    with pytest.raises(OutsideDomain, match=words):
        speciate(fluid)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "temperature"), [("oracle_check.csv", 37.0), ("oracle_check_25C.csv", 25.0)]
)
def test_the_reference_tables_of_phreeqc_are_met(oracle, table, temperature):
    rows = oracle(table)
    x = np.array([[float(r[c]) for c in ("Ca_mM", "P_mM", "pH", "Mg_mM", "DIC_mM", "Na_mM")] for r in rows])
    fluid = as_fluid(np.column_stack([x, np.zeros(len(x))]), temperature)
    for tol, bar in ((speciation.TIGHT, 1e-3), (FAST, 2e-3)):
        solution = speciate(fluid, tol=tol)
        for name in phases():
            assert np.abs(saturation_of(solution, name) - [float(r[f"SI_{name}"]) for r in rows]).max() <= bar


@pytest.mark.shared
def test_the_named_fluids_of_the_body_are_met_with_and_without_citrate(oracle):
    for r in oracle("oracle_named.csv"):
        fluid = Fluid(
            *(
                float(r[c])
                for c in ("Ca_mM", "P_mM", "pH", "Mg_mM", "DIC_mM", "Na_mM", "K_mM", "cit_mM", "T_C")
            )
        )
        solution = speciate(fluid)
        bar = 1e-3 if float(r["cit_mM"]) == 0 else 0.02
        for name in phases():
            if r[f"SI_{name}"]:
                assert abs(float(saturation_of(solution, name)) - float(r[f"SI_{name}"])) <= bar, (
                    r["name"],
                    name,
                )
