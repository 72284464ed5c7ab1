# ruff: noqa: B023 (each call runs before its loop goes on)
"""Speed of the process, as ratios against a reference in the same run: `python -m bench.process [WHAT]`.

WHAT: kernels (against a copy of memory), fipy (the same steady solve), four (the four cases at 64^3), big
(the injured case at 128^3, five years), all.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from kossa.process.kernels import CPU
from kossa.process.mesh import FIELDS, box, run_bytes
from kossa.process.multigrid import Multigrid

INNER = (slice(1, -1),) * 3


def best(call, times=7):
    found = []
    for _ in range(times):
        t = time.perf_counter()
        call()
        found.append(time.perf_counter() - t)
    return min(found)


def sphere(n):
    """A sink in a dead sphere, perfusion around it."""
    mesh = box(n, 3.2)
    r = np.sqrt(sum(c * c for c in mesh.coordinates()))
    inside = r < 0.72
    d = np.where(inside, 0.7, 1.0) * 43.2
    q, b = np.where(inside, 50.0, 864.0), np.where(inside, 50.0 * 1.585, 0.0)
    return mesh, d, q, b


def prepared(n):
    mesh, d, q, b = sphere(n)
    grid = Multigrid(mesh.shape)
    grid.conduct(mesh.pad(d), mesh.scale)
    grid.rate(mesh.extensive(mesh.pad(q)))
    return mesh, grid, mesh.extensive(mesh.pad(b))


def kernels():
    for n in (64, 128):
        mesh, grid, b = prepared(n)
        x, y = np.zeros(mesh.padded), np.zeros(mesh.padded)
        grid.solve(b, x, 1e-8)
        x[...] = 0.0
        solve = best(lambda: (x.fill(0.0), grid.solve(b, x, 1e-8)), 3)
        iterations = grid.solve(b, np.zeros(mesh.padded), 1e-8)
        source = np.random.default_rng(1).normal(size=4 * 10**7)
        target = np.empty_like(source)
        copy = 16 * source.size / best(lambda: np.copyto(target, source))
        top, level = grid.top, grid.levels[0]
        one = np.float32(0.5)
        run = best(lambda: CPU.operate(x, top.resistance, top.scale, top.q, y))
        s32, d32, o32 = (a.astype(np.float32) for a in (x, b, y))
        step = best(
            lambda: CPU.smooth(s32, d32, level.gx, level.gy, level.gz, level.q, level.d, one, one, o32)
        )
        print(
            f"kernels {n}^3: operator {n**3 / run / 1e6:.0f} Mcell/s, {4 * 8 * n**3 / run / copy:.2f} "
            "of copy bandwidth; "
            f"smoothing step {n**3 / step / 1e6:.0f} Mcell/s, {9 * 4 * n**3 / step / copy:.2f} of it; "
            f"solve to 1e-8 {iterations} iterations, {solve * 1e3:.0f} ms"
        )


def fipy():
    os.environ.setdefault("FIPY_SOLVERS", "scipy")
    warnings.simplefilter("ignore")
    import fipy as fp
    from fipy.solvers.scipy import LinearCGSolver

    for n in (32, 64):
        mesh, d, q, b = sphere(n)
        padded, grid, rhs = prepared(n)
        u = np.zeros(padded.padded)
        grid.solve(rhs, u, 1e-10)

        def ours(grid=grid, rhs=rhs, u=u, d=d, q=q, mesh=mesh):
            grid.conduct(mesh.pad(d), mesh.scale)
            grid.rate(mesh.extensive(mesh.pad(q)))
            u.fill(0.0)
            grid.solve(rhs, u, 1e-10)

        mine = best(ours, 3)

        def flat(a):
            return a.transpose(2, 1, 0).ravel()

        h = mesh.h
        theirs = fp.Grid3D(nx=n, ny=n, nz=n, dx=h, dy=h, dz=h)
        field = fp.CellVariable(mesh=theirs)
        conductivity = fp.CellVariable(mesh=theirs, value=flat(d)).harmonicFaceValue
        equation = fp.DiffusionTerm(conductivity) - fp.ImplicitSourceTerm(
            fp.CellVariable(mesh=theirs, value=flat(q))
        )
        equation += fp.CellVariable(mesh=theirs, value=flat(b))
        solver = LinearCGSolver(tolerance=1e-10, iterations=5000)

        def twin(equation=equation, field=field, solver=solver):
            field.setValue(0.0)
            equation.solve(field, solver=solver)

        other = best(twin, 2)
        gap = np.abs(flat(u[INNER]) - np.asarray(field.value)).max() / np.abs(u).max()
        print(
            f"fipy {n}^3, tolerance 1e-10: kossa {mine * 1e3:.0f} ms, FiPy (LinearCGSolver) {other:.2f} "
            f"s: {other / mine:.0f} times faster; fields differ by {gap:.1e}"
        )


def held():
    """Return the memory that the process holds now, bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def four():
    from validate.process import fast64

    fast64()


def big(n=128, years=5.0):
    from kossa.process.comparison import setting_of
    from kossa.process.evolve import Run
    from kossa.process.growth import assemble, events, lesion_of
    from kossa.process.injury import depth_of

    spent = {}

    def timed(owner, name):
        real = getattr(owner, name)

        def call(*a, **k):
            t = time.perf_counter()
            out = real(*a, **k)
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - t
            return out

        setattr(owner, name, call)
        return real

    def run(size, span):
        setting = setting_of("injured_normal")
        mesh = box(size, 3.2)
        depth = depth_of(lesion_of(setting), mesh)
        one, _ = assemble(setting, mesh, depth)
        harms = events(setting, mesh, depth)
        while harms:
            one.suffer(harms.pop(0))
        one.run(span * 365.25)
        return one

    run(16, 0.2)
    kept = [(Multigrid, n_, timed(Multigrid, n_)) for n_ in ("solve", "rate", "join")] + [
        (Run, n_, timed(Run, n_)) for n_ in ("_react", "_take")
    ]
    base = held()
    t, cpu = time.perf_counter(), time.process_time()
    one = run(n, years)
    total, cpu = time.perf_counter() - t, time.process_time() - cpu
    for owner, name, real in kept:
        setattr(owner, name, real)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    field = 8 * (n + 2) ** 3
    print(
        f"{n}^3, injured, {years:g} years: {total:.0f} s ({cpu:.0f} s of processor time), {one.steps} steps, {one.grid.iterations} "
        f"iterations in {one.grid.solves} solves, "
        f"ledger {one.ledger.error():.0e}, load {os.getloadavg()[0]:.1f}"
    )
    print(
        f"  shares: linear solves {spent['solve'] / total:.0%}, coarse rates {spent['rate'] / total:.0%}, "
        f"conductances {spent['join'] / total:.0%}, kinetics {spent['_react'] / total:.0%}, "
        f"deposit laid down {spent['_take'] / total:.0%}"
    )
    print(
        f"  memory: the process grew by {(peak - base) / 2**20:.0f} MiB = {(peak - base) / field:.1f} fields; "
        f"told beforehand {run_bytes((n, n, n)) / 2**20:.0f} MiB = {FIELDS} fields"
    )


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    for name, call in (("kernels", kernels), ("fipy", fipy), ("four", four), ("big", big)):
        if what in {name, "all"}:
            call()


if __name__ == "__main__":
    main()
