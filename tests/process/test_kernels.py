"""The kernels against their plain twins in numpy and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from kossa.process.crystals import make_law
from kossa.process.kernels import CPU, deposit
from kossa.process.kernels.deposit import MOLAR, Moment, lookup, lookup_slope
from kossa.process.multigrid import Multigrid, NotConverged
from kossa.process.parameters import law
from kossa.process.serum import named_serums, saturation_table

CENTRE = {name: s.value for name, s in law().items()}
NORMAL = named_serums()["normal"]


@pytest.fixture(scope="module")
def table():
    return saturation_table(NORMAL, 6.8, 7.6)


def random_grid(n, seed=1):
    rng = np.random.default_rng(seed)
    d = np.pad(rng.uniform(1, 10, (n, n, n)), 1)
    grid = Multigrid((n, n, n))
    grid.conduct(d, np.full(n + 2, 0.1))
    grid.rate(np.pad(rng.uniform(0.1, 1, (n, n, n)), 1))
    return grid, d, rng


def around(i, j, k):
    return ((i - 1, j, k), (i + 1, j, k), (i, j - 1, k), (i, j + 1, k), (i, j, k - 1), (i, j, k + 1))


def dense(grid, d, n):
    """The operator as a matrix, written down cell by cell."""
    top = grid.top
    a = np.zeros((n**3, n**3))

    def number(i, j, k):
        return ((i - 1) * n + j - 1) * n + k - 1

    for i in range(1, n + 1):
        for j in range(1, n + 1):
            for k in range(1, n + 1):
                me = number(i, j, k)
                a[me, me] += top.q[i, j, k]
                for other in around(i, j, k):
                    if all(1 <= o <= n for o in other):
                        face = 0.1 * 2 / (1 / d[i, j, k] + 1 / d[other])
                        a[me, me] += face
                        a[me, number(*other)] -= face
    return a


def test_apply_and_solve_are_those_of_the_matrix():
    n = 8
    grid, d, rng = random_grid(n)
    a = dense(grid, d, n)
    assert a == pytest.approx(a.T)
    x = np.pad(rng.normal(size=(n, n, n)), 1)
    out = np.zeros_like(x)
    top = grid.top
    energy = CPU.operate(x, top.resistance, top.scale, top.q, out)
    inner = (slice(1, -1),) * 3
    flat = x[inner].ravel()
    assert out[inner].ravel() == pytest.approx(a @ flat)
    assert energy == pytest.approx(flat @ a @ flat)
    level, single = grid.levels[0], np.zeros(x.shape, np.float32)
    CPU.apply(x.astype(np.float32), level.gx, level.gy, level.gz, level.q, single)
    assert single[inner].ravel() == pytest.approx(a @ flat, rel=1e-5, abs=1e-4)
    b = np.pad(rng.normal(size=(n, n, n)), 1)
    found = np.zeros_like(b)
    grid.solve(b, found, 1e-11)
    assert found[inner].ravel() == pytest.approx(np.linalg.solve(a, b[inner].ravel()), rel=1e-7, abs=1e-9)


def test_the_cycle_is_symmetric_as_the_conjugate_gradients_ask():
    n = 16
    grid, _, rng = random_grid(n)
    u, v = (np.pad(rng.normal(size=(n, n, n)), 1).astype(np.float32) for _ in range(2))
    mu, mv = np.zeros_like(u), np.zeros_like(u)
    grid._cycle(0, u, mu)
    grid._cycle(0, v, mv)
    assert CPU.dot(v, mu) == pytest.approx(CPU.dot(u, mv), rel=1e-3)
    assert CPU.dot(u, mu) > 0


def test_harmonic_faces_and_their_sums_on_the_coarser_grid():
    grid, d, _ = random_grid(16)
    top, below = grid.levels[:2]
    harmonic = 2 * d[3, 4, 5] * d[2, 4, 5] / (d[3, 4, 5] + d[2, 4, 5])
    assert top.gx[3, 4, 5] == pytest.approx(0.1 * harmonic, rel=1e-6)
    assert top.gx[1].max() == 0.0
    four = top.gx[3, 3:5, 5:7].sum()
    assert below.gx[2, 2, 3] == pytest.approx(four / 2, rel=1e-6)


def test_restrict_sums_what_prolong_spreads():
    rng = np.random.default_rng(3)
    coarse = np.pad(rng.normal(size=(4, 4, 4)), 1)
    fine = np.zeros((10, 10, 10))
    CPU.prolong(coarse, fine)
    back = np.zeros_like(coarse)
    CPU.restrict(fine, back)
    assert back == pytest.approx(8 * coarse)


def test_the_restricted_residual_is_the_residual_restricted():
    grid, _, rng = random_grid(16)
    level, below = grid.levels[:2]
    parts = (level.gx, level.gy, level.gz, level.q)
    x, b = (np.pad(rng.normal(size=(16, 16, 16)), 1).astype(np.float32) for _ in range(2))
    image, expected, found = np.zeros_like(x), np.zeros_like(below.b), np.zeros_like(below.b)
    CPU.apply(x, *parts, image)
    CPU.restrict(b - image, expected)
    CPU.restrict_residual(x, b, *parts, found)
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_a_line_of_cells_is_solved_exactly():
    grid = Multigrid((20, 1, 1))
    rng = np.random.default_rng(2)
    d = np.zeros((22, 3, 3))
    d[1:-1, 1, 1] = rng.uniform(1, 3, 20)
    grid.conduct(d, np.linspace(0.5, 2, 22))
    q = np.zeros_like(d)
    q[1:-1, 1, 1] = rng.uniform(0.1, 1, 20)
    grid.rate(q)
    b = np.zeros_like(d)
    b[1:-1, 1, 1] = rng.normal(size=20)
    x = np.zeros_like(d)
    grid.solve(b, x)
    out = np.zeros_like(d)
    top = grid.top
    CPU.operate(x, top.resistance, top.scale, top.q, out)
    assert out[1:-1, 1, 1] == pytest.approx(b[1:-1, 1, 1], abs=1e-12)


def test_a_solve_that_cannot_converge_says_what_to_do(monkeypatch):
    grid, _, rng = random_grid(16)
    monkeypatch.setattr("kossa.process.multigrid.MOST", 1)
    with pytest.raises(NotConverged, match="raise --size"):
        grid.solve(np.pad(rng.normal(size=(16, 16, 16)), 1), np.zeros((18, 18, 18)), 1e-12)


def test_no_source_is_no_field():
    grid, _, _ = random_grid(16)
    x = np.ones((18, 18, 18))
    assert grid.solve(np.zeros((18, 18, 18)), x) == 0
    assert not x.any()


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 1.1), st.floats(6.85, 7.55))
def test_the_table_is_the_speciation_between_its_nodes(f, ph):
    from kossa.chemistry.saturation import saturation

    tab, u_max, error = saturation_table(NORMAL, 6.8, 7.6)
    u = u_max * (1 - f)
    exact = saturation(NORMAL.fluid(NORMAL.calcium - u, NORMAL.phosphate - u * 0.6, ph), ("OCP", "HAP"))
    ocp, slope, hap = lookup(tab, 0, f, ph), lookup_slope(tab, f, ph), lookup(tab, 1, f, ph)
    assert ocp == pytest.approx(float(exact["OCP"]), abs=1e-4)
    assert hap == pytest.approx(float(exact["HAP"]), abs=1e-4)
    around = [lookup(tab, 0, f + d, ph) for d in (-1e-5, 1e-5)]
    assert slope == pytest.approx((around[1] - around[0]) / 2e-5, rel=1e-3)
    assert error < 1e-4


def voxel(
    table, dt, *, u=0.0, ph=7.4, p=0.0, live=0.0, bed=1.0, a=0.5, n=0.0, phi=0.0, smooth=False, **values
):
    tab, u_max, _ = table
    return deposit._voxel(
        make_law({**CENTRE, **values}, u_max, smooth=smooth), tab, dt, u, ph, p, live, bed, a, n, phi
    )[:3]


def plain_rates(table, *, p, live, ph, bed, a, values):
    """The law of one voxel as a person writes it, for scipy."""
    tab, u_max, _ = table
    k = make_law({**CENTRE, **values}, u_max)
    si = lookup(tab, 0, 1.0, ph)
    ln_s = math.log(10) * si
    sigma = ln_s / 8
    births = k.j0 * (bed * math.exp(-k.b_debris / ln_s**2) + k.s_live * live * math.exp(-k.b_live / ln_s**2))
    theta = p / (k.k_p + p)
    gate = max(0.0, 1 - k.sigma_c * theta / sigma)
    g = k.growth * sigma**2 * gate / (1 + live / k.k_protein)

    def rates(_, y):
        n, root = y
        phi = root**3
        grow = (36 * math.pi * max(n, 0)) ** (1 / 3) * g / 3 * (1 - phi / k.phi_max)
        return [births - k.k_loss * a * n / (1 + phi / MOLAR), grow - k.k_resorb * a / 3 * root]

    return rates


def test_a_well_mixed_voxel_is_the_ordinary_differential_equation(table):
    values = {"barrier_debris": 25.0, "nuclei_loss": 0.02}
    rates = plain_rates(table, p=0.3, live=0.0, ph=7.4, bed=1.0, a=0.6, values=values)
    exact = solve_ivp(rates, (0, 120), [0, 0], rtol=1e-10, atol=1e-14, method="LSODA").y[:, -1]
    errors = []
    for steps in (50, 100, 200):
        n, phi, dt = 0.0, 0.0, 120 / steps
        for _ in range(steps):
            rate, _, n1 = voxel(table, dt, p=0.3, a=0.6, n=n, phi=phi, **values)
            taken = 0.5 * CENTRE["resorption"] * 0.6 * dt
            phi = (phi * (1 - taken) + MOLAR * rate * dt) / (1 + taken)
            n = n1
        errors.append(abs(phi / exact[1] ** 3 - 1))
    assert errors[1] < 1e-3
    assert math.log2(errors[1] / errors[2]) > 1.8


def test_growth_from_fixed_nuclei_is_the_cube_of_a_line(table):
    values = {"nucleation_rate": 1e-30, "nuclei_loss": 0.0, "resorption": 0.0, "mineral_cap": 1e9}
    n, dt = 1e4, 10.0
    rate, _, _ = voxel(table, dt, n=n, phi=1e-6, **values)
    si = lookup(table[0], 0, 1.0, 7.4)
    g = make_law(CENTRE, table[1]).growth * (math.log(10) * si / 8) ** 2
    expected = (1e-6 ** (1 / 3) + (36 * math.pi * n) ** (1 / 3) * g * dt / 3) ** 3
    assert 1e-6 + MOLAR * rate * dt == pytest.approx(expected, rel=1e-9)


def test_adsorbed_pyrophosphate_stops_growth_completely_and_the_smooth_law_never_does(table):
    si = lookup(table[0], 0, 1.0, 7.4)
    sigma = math.log(10) * si / 8
    closing = brentq(lambda p: CENTRE["gate"] * p / (CENTRE["ppi_half"] + p) - sigma, 1e-3, 1e3)
    open_, shut = (voxel(table, 1.0, p=closing * f, n=1e4, phi=1e-6)[0] for f in (0.9, 1.1))
    assert open_ > 0
    assert shut == 0.0
    assert voxel(table, 1.0, p=closing * 100, n=1e4, phi=1e-6, smooth=True)[0] > 0


def test_the_slope_is_the_derivative_of_the_uptake(table):
    h = 1e-5
    kw = {"p": 0.2, "n": 1e5, "phi": 1e-3, "nucleation_rate": 1e-30}
    rate = {s: voxel(table, 5.0, u=0.2 + s * h, **kw) for s in (-1, 0, 1)}
    assert rate[0][1] == pytest.approx(-(rate[1][0] - rate[-1][0]) / (2 * h), rel=1e-3)


def test_undersaturated_fluid_neither_nucleates_nor_grows_and_only_acid_dissolves():
    tab = saturation_table(NORMAL, 4.6, 6.4)
    rate, _, n = voxel(tab, 1.0, ph=6.3, n=0.0)
    assert (rate, n) == (0.0, 0.0)
    assert voxel(tab, 1.0, ph=6.3, n=1e4, phi=1e-3)[0] == 0.0
    assert voxel(tab, 1.0, ph=4.7, n=1e4, phi=1e-3)[0] < 0.0


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 3), st.floats(6.9, 7.5), st.floats(0, 1), st.floats(0, 1))
def test_more_pyrophosphate_less_ion_more_life_never_give_more_mineral(p, ph, live, u):
    tab = saturation_table(NORMAL, 6.8, 7.6)
    base = voxel(tab, 5.0, p=p, ph=ph, live=live, u=u, n=1e4, phi=1e-4)[0]
    assert voxel(tab, 5.0, p=p + 0.2, ph=ph, live=live, u=u, n=1e4, phi=1e-4)[0] <= base
    assert voxel(tab, 5.0, p=p, ph=ph, live=live, u=u + 0.05, n=1e4, phi=1e-4)[0] <= base
    assert voxel(tab, 5.0, p=p, ph=ph, live=min(1.0, live + 0.1), u=u, n=1e4, phi=1e-4)[0] <= base
    assert voxel(tab, 5.0, p=p, ph=ph - 0.05, live=live, u=u, n=1e4, phi=1e-4)[0] <= base


def test_nothing_is_laid_down_that_was_not_delivered(table):
    shape = (4, 4, 4)
    k = make_law(CENTRE, table[1])
    one = np.zeros(shape)
    inner = (slice(1, -1),) * 3
    delivered, phi, debris, a, scaffold = (one.copy() for _ in range(5))
    delivered[inner], phi[inner], debris[inner], a[inner] = 2.0, 1e-3, 1.0, 0.5
    resorbed, short = deposit.advance(k, 5.0, delivered, scaffold, a, np.ones(4), debris, phi)
    gained = (phi[inner].sum() - 8e-3) / MOLAR
    assert gained + resorbed == pytest.approx(8 * 2.0 * 5.0, rel=1e-12)
    assert short == 0.0
    assert debris[inner] == pytest.approx(math.exp(-5.0 / CENTRE["debris_days"] * 0.5))


def test_mineral_never_falls_below_nothing(table):
    k = make_law(CENTRE, table[1])
    shape = (3, 3, 3)
    delivered = np.zeros(shape)
    delivered[1, 1, 1] = -10.0
    phi = np.zeros(shape)
    phi[1, 1, 1] = 5 * MOLAR
    zeros = np.zeros(shape)
    _, short = deposit.advance(k, 1.0, delivered, zeros, zeros, np.ones(3), zeros.copy(), phi)
    assert phi[1, 1, 1] == 0.0
    assert short == pytest.approx(5.0)


def test_the_moment_holds_the_step_and_the_ph():
    assert Moment(1.0, 7.0).ph_dead == 7.0


def test_two_threads_find_what_one_finds(table, monkeypatch):
    monkeypatch.setattr("kossa.process.kernels.threads.SMALLEST", 10**9)
    n, found = 16, []
    for smallest in (10**9, 10):
        monkeypatch.setattr("kossa.process.kernels.threads.SMALLEST", smallest)
        grid, _, rng = random_grid(n)
        b, x = np.pad(rng.uniform(0, 1, (n, n, n)), 1), np.zeros((n + 2,) * 3)
        grid.solve(b, x, 1e-10)
        zeros, ones = np.zeros_like(x), np.pad(np.ones((n, n, n)), 1)
        rate, slope, nuclei, phi = (np.zeros_like(x) for _ in range(4))
        CPU.react(
            make_law(CENTRE, table[1]), table[0], Moment(5.0, 7.4), 0.1 * x, 0.1 * b, 0.2 * ones, 7.35 * ones,
            ones, zeros, 0.5 * ones, 1e4 * b, zeros, True, rate, slope, nuclei, np.zeros(x.shape, bool),
        )  # fmt: skip
        gone = CPU.advance(
            make_law(CENTRE, table[1]), 5.0, rate, zeros, 0.5 * ones, np.ones(n + 2), b.copy(), phi
        )
        found.append((x, rate, nuclei, phi, np.array(gone)))
    for one, two in zip(*found, strict=True):
        assert two == pytest.approx(one, rel=1e-9, abs=1e-12)
    assert found[0][1].max() > 0
