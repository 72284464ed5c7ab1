"""A run as a whole: it conserves, is second order, knows no direction, meets what is known exactly."""

import math

import numpy as np
import pytest

from kossa.process.evolve import Ledger
from kossa.process.injury import Harm
from kossa.process.kernels.deposit import MOLAR, lookup
from kossa.process.mesh import box, shells, slab, wells
from kossa.process.multigrid import Multigrid, NotConverged

INNER = (slice(1, -1),) * 3


def lump(mesh, at=(0.0, 0.0, 0.0), widths=(1.5, 1.2, 1.35)):
    """A smooth dead ellipsoid, interior share."""
    x, y, z = mesh.coordinates()
    rho = sum(((c - c0) / (0.5 * w)) ** 2 for c, c0, w in zip((x, y, z), at, widths, strict=True))
    return np.clip(2.0 * (1.2 - rho), 0.0, 1.0)


def test_calcium_is_conserved_to_a_ten_millionth(tissue_run):
    mesh = box(16, 2.4)
    run = tissue_run(mesh, lump(mesh))
    run.run(200.0)
    assert run.ledger.mineral > 10.0
    assert run.ledger.error() < 1e-7


def test_an_empty_ledger_is_closed_and_an_open_one_is_not():
    assert Ledger().error() == 0.0
    assert Ledger(supplied=2.0, mineral=1.0).error() == pytest.approx(0.5)


@pytest.mark.parametrize("turn", [(1, 0, 2), (2, 1, 0), (0, 2, 1)])
def test_a_turned_and_mirrored_tissue_grows_the_turned_deposit(tissue_run, turn):
    mesh = box(16, 2.4)
    dead = lump(mesh, at=(0.2, -0.1, 0.1))
    straight = tissue_run(mesh, dead, step=10.0)
    turned = tissue_run(mesh, np.flip(dead.transpose(turn), 0), step=10.0)
    for run in (straight, turned):
        run.run(100.0)
    expected = np.flip(straight.phi[INNER].transpose(turn), 0)
    assert expected.max() > 100 * MOLAR
    assert np.abs(turned.phi[INNER] - expected).max() < 1e-9 * expected.max()


def test_a_shifted_lesion_grows_the_shifted_deposit(tissue_run):
    mesh = slab(200, 10.0, 1.0)
    x = mesh.coordinates()[0]
    runs = [tissue_run(mesh, np.clip(1.0 - np.abs(x - c), 0.0, 1.0), step=10.0) for c in (4.5, 5.5)]
    for run in runs:
        run.run(100.0)
    one, other = (run.phi[1:-1, 1, 1] for run in runs)
    assert one.max() > 100 * MOLAR
    assert np.abs(one[40:140] - other[60:160]).max() < 1e-9 * one.max()


def test_two_lesions_far_apart_are_twice_one(tissue_run):
    single, double = slab(160, 8.0, 1.0), slab(320, 16.0, 1.0)
    x1, x2 = single.coordinates()[0], double.coordinates()[0]
    alone = tissue_run(single, np.clip(1.0 - np.abs(x1 - 4), 0, 1), step=10.0)
    pair = tissue_run(double, np.clip(1.0 - np.minimum(np.abs(x2 - 4), np.abs(x2 - 12)), 0, 1), step=10.0)
    for run in (alone, pair):
        run.run(100.0)
    assert pair.ledger.mineral == pytest.approx(2 * alone.ledger.mineral, rel=1e-6)


def test_space_is_second_order():
    errors = []
    for n in (8, 16, 32):
        h = 1.0 / n
        c = np.cos(np.pi * (np.arange(n) + 0.5) * h)
        exact = c[:, None, None] * c[None, :, None] * c[None, None, :]
        grid = Multigrid((n, n, n))
        grid.conduct(np.pad(np.ones((n, n, n)), 1), np.full(n + 2, h))
        grid.rate(np.pad(np.full((n, n, n), h**3), 1))
        x = np.zeros((n + 2,) * 3)
        grid.solve(np.pad((3 * np.pi**2 + 1) * exact * h**3, 1), x, 1e-11)
        errors.append(np.abs(x[INNER] - exact).max())
    assert math.log2(errors[0] / errors[1]) > 1.9
    assert math.log2(errors[1] / errors[2]) > 1.9


def test_time_is_second_order(tissue_run, quick):
    p = {
        **quick,
        "nucleation_rate": 1e4,
        "barrier_debris": 16.5,
        "growth_constant": 3e-8,
        "ph_dead_days": 21.0,
    }
    masses = []
    for step in (12.0, 6.0, 3.0, 1.5):
        mesh = shells(40, 1.6)
        run = tissue_run(mesh, (mesh.coordinates()[0] < 0.8).astype(float), p, step=step)
        run.run(480.0)
        masses.append(run.ledger.mineral)
    d = np.abs(np.diff(masses))
    assert math.log2(d[1] / d[2]) > 1.8


def test_adaptive_steps_are_within_one_per_cent(tissue_run):
    mesh = box(16, 2.4)
    free, fixed = tissue_run(mesh, lump(mesh)), tissue_run(mesh, lump(mesh), step=1.0)
    for run in (free, fixed):
        run.run(300.0)
    assert free.steps < fixed.steps / 2
    assert free.ledger.mineral == pytest.approx(fixed.ledger.mineral, rel=0.01)


def steady_sphere(r, radius, sink, perfusion, d):
    """Deficit per unit of blood concentration: sink inside a sphere, perfusion outside (analytic)."""
    lam, mu = math.sqrt(sink / d), math.sqrt(perfusion / d)
    # inside 1 + A sinh(lam r)/r, outside B exp(-mu r)/r; value and slope agree at the radius
    s, c = math.sinh(lam * radius), math.cosh(lam * radius)
    m = np.array([[s / radius, -math.exp(-mu * radius) / radius], [0, 0]])
    m[1] = [
        (lam * radius * c - s) / radius**2,
        (mu * radius + 1) * math.exp(-mu * radius) / radius**2,
    ]
    a, b = np.linalg.solve(m, [-1.0, 0.0])
    return np.where(r < radius, 1 + a * np.sinh(lam * r) / r, b * np.exp(-mu * r) / r)


@pytest.mark.parametrize("form", ["shells", "octant"])
def test_a_sphere_with_a_sink_has_the_analytic_field(form):
    radius, sink, perfusion, d = 0.8, 50.0, 864.0, 43.2
    mesh = shells(256, 2.4) if form == "shells" else box(48, 2.0, form="octant")
    x, y, z = mesh.coordinates()
    r = np.sqrt(x * x + y * y + z * z)
    inside = np.clip(0.5 + (radius - r) / mesh.h, 0, 1)
    grid = Multigrid(mesh.shape)
    grid.conduct(mesh.pad(d), mesh.scale)
    grid.rate(mesh.extensive(mesh.pad(sink * inside + perfusion * (1 - inside))))
    u = np.zeros(mesh.padded)
    grid.solve(mesh.extensive(mesh.pad(sink * inside)), u, 1e-11)
    exact = steady_sphere(r, radius, sink, perfusion, d)
    assert np.abs(u[INNER] - exact).max() < 0.02 * exact.max()


def test_a_front_that_supply_limits_goes_with_the_root_of_time(tissue_run, quick):
    p = {
        **quick, "growth_constant": 1e-5, "nucleation_rate": 0.0, "nuclei_cap": 1e9, "resorption": 0.0,
        "exchange": 1e6, "ph_dead_start": 7.4, "tnap_dead": 1e6, "mineral_cap": 800.0, "nuclei_loss": 0.0,
    }  # fmt: skip
    mesh = slab(160, 2.0, 0.5)
    x = mesh.coordinates()[0]
    run = tissue_run(mesh, (x < 1.6).astype(float), p, step=0.1)
    run.nuclei[INNER] = np.where(x < 1.6, 1e8, 0.0)
    table, law = run.table, run.law
    fractions = np.linspace(0.05, 1.0, 2000)
    open_ = fractions[np.argmax([lookup(table, 0, f, 7.4) > 0 for f in fractions])]
    drop = law.u_max * (
        1 - open_
    )  # mM between blood and the front, where octacalcium phosphate is just saturated
    d = p["diffusion_ions"] * p["diffusion_dead"] * (1 - 800.0 * MOLAR) ** 1.5
    run.run(10.0)
    first = run.ledger.mineral
    run.run(40.0)
    assert run.ledger.mineral / first == pytest.approx(2.0, rel=0.02)
    assert run.ledger.mineral == pytest.approx(math.sqrt(2 * 800.0 * d * drop * 40.0), rel=0.05)
    assert run.ledger.error() < 1e-7


def test_mineral_that_does_not_grow_decays_as_an_exponential(tissue_run, quick):
    mesh = wells(1)
    run = tissue_run(mesh, np.zeros(mesh.shape), {**quick, "resorption": 2e-3})
    run.phi[INNER] = 50 * MOLAR
    run.nuclei[INNER] = 1e3
    run.ledger.loaded = run.ledger.mineral = 50.0
    run.run(400.0)
    a = float(run.macrophages[1, 1, 1])
    assert a == pytest.approx(20 / 23, rel=1e-6)
    assert run.ledger.mineral == pytest.approx(50 * math.exp(-2e-3 * a * 400), rel=0.005)
    assert run.ledger.error() < 1e-9


def test_healthy_tissue_with_normal_blood_stays_clean_for_ten_years(tissue_run):
    mesh = box(16, 2.4)
    run = tissue_run(mesh, np.zeros(mesh.shape))
    run.run(3652.0)
    assert run.phi.max() == 0.0


def test_resting_tissue_has_the_pyrophosphate_of_its_balance(tissue_run, quick):
    mesh = box(16, 2.4)
    run = tissue_run(mesh, np.zeros(mesh.shape))
    expected = (864 * 2.3 + 600) / (864 + 20)
    assert run.ppi[INNER] == pytest.approx(np.full(mesh.shape, expected), rel=1e-6)


def test_calcium_comes_only_where_blood_returns(tissue_run):
    mesh = wells(1)
    run = tissue_run(mesh, np.zeros(mesh.shape))
    ones = np.ones(mesh.shape)
    run.suffer(Harm(0.0, 0 * ones, ones, 0 * ones, 20.0 * ones))
    assert run.ledger.loaded == pytest.approx(20.0)
    assert run.nuclei[1, 1, 1] == pytest.approx(1e5)
    assert run.ledger.error() < 1e-12


def test_a_store_of_pyrophosphate_guards_the_lesion_while_it_lasts(tissue_run, quick):
    mesh = shells(48, 2.0)
    r = mesh.coordinates()[0]
    run = tissue_run(mesh, (r < 1.0).astype(float), {**quick, "ppi_store": 10.0, "ppi_store_days": 30.0})
    core = run.ppi[1, 1, 1]
    run.run(60.0)
    assert core == pytest.approx(10.0, rel=0.1)
    assert run.ppi[1, 1, 1] < 0.2


def test_a_step_that_never_converges_keeps_the_last_good_state(tissue_run, monkeypatch):
    mesh = box(16, 2.4)
    run = tissue_run(mesh, lump(mesh))
    run.run(60.0)
    day, mineral = run.t, run.ledger.mineral
    monkeypatch.setattr(type(run), "_newton", lambda *_: False)
    with pytest.raises(NotConverged, match="last good state"):
        run.step(100.0)
    assert (run.t, run.ledger.mineral) == (day, mineral)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fipy_finds_the_same_field():
    import fipy
    from fipy.solvers.scipy import LinearCGSolver

    n, h = 16, 0.15
    rng = np.random.default_rng(5)
    d, q, b = rng.uniform(20, 43, (n, n, n)), rng.uniform(1, 800, (n, n, n)), rng.uniform(0, 10, (n, n, n))
    grid = Multigrid((n, n, n))
    grid.conduct(np.pad(d, 1), np.full(n + 2, h))
    grid.rate(np.pad(q * h**3, 1))
    u = np.zeros((n + 2,) * 3)
    grid.solve(np.pad(b * h**3, 1), u, 1e-11)

    def flat(a):  # FiPy counts x fastest
        return a.transpose(2, 1, 0).ravel()

    mesh = fipy.Grid3D(nx=n, ny=n, nz=n, dx=h, dy=h, dz=h)
    field = fipy.CellVariable(mesh=mesh)
    conductivity = fipy.CellVariable(mesh=mesh, value=flat(d)).harmonicFaceValue
    equation = fipy.DiffusionTerm(conductivity) - fipy.ImplicitSourceTerm(
        fipy.CellVariable(mesh=mesh, value=flat(q))
    )
    equation += fipy.CellVariable(mesh=mesh, value=flat(b))
    equation.solve(field, solver=LinearCGSolver(tolerance=1e-12, iterations=2000))
    assert flat(u[INNER]) == pytest.approx(np.asarray(field.value), rel=1e-7, abs=1e-9)
