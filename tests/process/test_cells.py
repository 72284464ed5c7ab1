"""The cell: what fails first, what is survived, who dies how."""

import numpy as np
import pytest

from kossa.process.cells import CELL, TISSUES, Insult, course, fate_table


def first(t, hit):
    return float(t[np.argmax(hit)])


def test_energy_fails_then_calcium_rises_then_permeability_opens_then_the_membrane_goes():
    t, y = course(Insult(), hours=24.0)
    order = [
        first(t, y[:, 0] < 0.5),
        first(t, y[:, 1] > 1e-3),
        first(t, y[:, 3] > 0.5),
        first(t, y[:, 4] < 0.5),
    ]
    assert 0 < order[0] < order[1] < order[2] < order[3] < 6


def test_a_cell_at_rest_stays_at_rest():
    _, y = course(Insult(shortage=0.0), hours=240.0)
    assert y[-1, 1] == pytest.approx(1e-4, rel=0.02)
    assert y[-1, 4] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("supply", [0.75, 0.8, 0.9])
def test_a_mild_shortage_is_survived_for_years(supply):
    _, y = course(Insult(shortage=1.0 - supply), hours=24 * 365.0 * 3, step_h=0.25)
    assert y[-1, 4] > 0.999
    assert y[:, 5].max() < 0.01


@pytest.mark.parametrize(("minutes", "lives"), [(10, True), (180, False)])
def test_ten_minutes_without_supply_are_survived_and_three_hours_are_not(minutes, lives):
    _, y = course(Insult(hours=minutes / 60), hours=72.0)
    assert (y[-1, 4] > 0.99 and y[-1, 0] > 0.99) == lives


def test_tissues_last_as_long_as_is_told_of_them():
    def last_minute(tissue):
        cell = TISSUES[tissue]
        for minutes in (10, 20, 30, 40, 60, 90, 120, 180, 240, 360, 480):
            _, y = course(Insult(hours=minutes / 60), hours=72 / cell.tempo, cell=cell, step_h=0.05)
            if y[-1, 4] < 0.5 or y[:, 5].max() >= 0.5:
                return minutes
        return 9999

    assert (
        last_minute("kidney") <= last_minute("heart") < last_minute("muscle") < last_minute("skin_fat") < 9999
    )


def test_apoptosis_needs_energy_so_it_lies_between_life_and_necrosis():
    severity, alive, necrotic, apoptotic = fate_table(Insult())
    assert alive + necrotic + apoptotic == pytest.approx(np.ones(severity.size))
    assert alive[0] == pytest.approx(1.0)
    assert necrotic[-1] > 0.99
    died_in_order = severity[apoptotic > 0.5]
    assert (
        severity[alive > 0.5].max()
        < died_in_order.min()
        <= died_in_order.max()
        < severity[necrotic > 0.5].min() + 0.02
    )


def test_acid_keeps_the_transition_shut_by_calcium():
    neutral = course(Insult(shortage=0.5, hours=4), hours=4.0)[1]
    acid = course(Insult(shortage=0.5, hours=4, ph=6.2), hours=4.0)[1]
    assert acid[-1, 3] < neutral[-1, 3]


def test_a_torn_membrane_floods_the_cell_at_once():
    _, y = course(Insult(shortage=0.0, torn=0.5), hours=1.0)
    assert y[5, 1] > 1e-3


@pytest.mark.parametrize("step", [0.02, 0.01])
def test_the_step_hardly_matters(step):
    fine = course(Insult(), hours=3.0, step_h=0.0025)[1][-1]
    assert course(Insult(), hours=3.0, step_h=step)[1][-1] == pytest.approx(fine, rel=0.05, abs=2e-3)


def test_stages_stay_within_bounds_for_a_step_of_hours():
    _, y = course(Insult(), hours=72.0, step_h=1.0, cell=CELL)
    assert (y >= 0).all()
    assert (y[:, [0, 3, 4, 5]] <= 1).all()
