"""The bars of chemistry and process, each with its figure: `python -m validate.process WHAT [N]`.

WHAT: chemistry, serum, comparison, draws (N, default 20), draws-free, draws-serum, checks (N), numerics,
cells, pattern (N), deterministic, schemas, all (the short ones). Heavy ones take minutes; N bounds them.
"""

from __future__ import annotations

import csv
import math
import os
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from kossa.chemistry.saturation import phases, saturation_of
from kossa.chemistry.serum import free_calcium
from kossa.chemistry.speciation import FAST, TIGHT, Fluid, speciate

SHARED = Path(os.environ.get("KOSSA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"


def wilson(good, n):
    """95 % interval of a share."""
    z, p = 1.96, good / n
    mid, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)),
    )
    return (
        f"{good} of {n} ({100 * p:.0f} %, 95 % interval {100 * (mid - half):.0f}-{100 * (mid + half):.0f} %)"
    )


def chemistry():
    if not (SHARED / "chemistry").is_dir():
        print("chemistry: no reference data: set KOSSA_SHARED")
        return
    for table, warmth in (("oracle_check.csv", 37.0), ("oracle_check_25C.csv", 25.0)):
        with (SHARED / "chemistry" / table).open() as file:
            rows = list(csv.DictReader(file))
        column = {
            c: np.array([float(r[c]) for r in rows])
            for c in ("Ca_mM", "P_mM", "pH", "Mg_mM", "DIC_mM", "Na_mM", "K_mM")
        }
        fluid = Fluid(
            *(column[c] for c in ("Ca_mM", "P_mM", "pH", "Mg_mM", "DIC_mM", "Na_mM", "K_mM")), 0.0, warmth
        )
        for label, tol, bar in (("tight", TIGHT, 1e-3), ("fast", FAST, 2e-3)):
            solution = speciate(fluid, tol=tol)
            worst = max(
                float(np.abs(saturation_of(solution, p) - [float(r[f"SI_{p}"]) for r in rows]).max())
                for p in phases()
            )
            print(
                f"chemistry {table} {label}: largest difference {worst:.6f} SI over {len(rows)} rows x "
                f"{len(phases())} solids (bar {bar})"
            )
    with (SHARED / "chemistry" / "oracle_named.csv").open() as file:
        named = list(csv.DictReader(file))
    worst = {"without citrate": 0.0, "blood with citrate": 0.0, "others with citrate": 0.0}
    for r in named:
        solution = speciate(
            Fluid(
                *(
                    float(r[c])
                    for c in ("Ca_mM", "P_mM", "pH", "Mg_mM", "DIC_mM", "Na_mM", "K_mM", "cit_mM", "T_C")
                )
            )
        )
        gap = max(
            abs(float(saturation_of(solution, p)) - float(r[f"SI_{p}"])) for p in phases() if r[f"SI_{p}"]
        )
        kind = (
            "without citrate"
            if float(r["cit_mM"]) == 0
            else "others with citrate"
            if float(r["cit_mM"]) > 0.3
            else "blood with citrate"
        )
        worst[kind] = max(worst[kind], gap)
    for kind, gap in worst.items():
        print(f"chemistry oracle_named.csv {kind}: largest difference {gap:.6f} SI")
    rng = np.random.default_rng(1)
    n = 10**6
    many = Fluid(rng.uniform(0.5, 5, n), rng.uniform(0.2, 6, n), rng.uniform(6, 8.2, n))
    for label, tol in (("tight", TIGHT), ("fast", FAST)):
        speciate(Fluid(1.2, 1.0), tol=tol)
        t = time.perf_counter()
        solution = speciate(many, tol=tol)
        for p in ("HAP", "OCP", "DCPD", "ACP2"):
            saturation_of(solution, p)
        print(
            f"chemistry speed {label}: {n / (time.perf_counter() - t) / 1e6:.2f} million states a second "
            "with 4 solids (bar 1 at fast)"
        )


def serum():
    parts = free_calcium(2.40, albumin_g_l=42, ph=7.40)
    print(
        f"serum, total 2.40, albumin 42, pH 7.40: free {parts.free:.3f} (1.234), "
        f"filterable {parts.ultrafilterable:.3f} "
        "(1.500)"
    )
    print("serum: all twelve worked examples are in tests/chemistry/test_serum.py, to 0.001 mmol/L")


def _show(cases):
    for case in cases:
        sites = {
            s: (round(v["mean_mg_cm3"], 2), v["first_10_days"] and round(v["first_10_days"]))
            for s, v in case.by_site.items()
        }
        print(
            f"  {case.name:16s} {case.outcome:10s} {case.mass_mg:8.4f} mg, peak {case.peak_mg_cm3:6.1f} "
            "mg/cm3, "
            f"10 mg/cm3 at day {case.first_10_days and round(case.first_10_days)}, "
            f"100 at {case.first_100_days and round(case.first_100_days)}, "
            ""
            f"ledger {case.balance.calcium:.0e}, {case.steps} steps; {sites}"
        )


def comparison(size=32):
    from kossa.process import compare

    compare(size=16, years=0.2)
    t = time.perf_counter()
    result, _ = compare(size=size)
    print(
        f"comparison at {size}^3, 10 years, with the smooth law at 24^3: {time.perf_counter() - t:.1f} "
        f"s on 2 threads; ranges {result.ranges_sha256[:16]}"
    )
    _show(result.cases)
    for name, held in result.verdicts.items():
        print(f"  {'holds' if held else 'FAILS'}: {name}")
    print(" the smooth law with the same parameters:")
    _show(result.smooth_law)
    print(f"  holds {sum(result.smooth_verdicts.values())} of {len(result.smooth_verdicts)} verdicts")
    for name, days in result.site_maps.items():
        told = ", ".join(f"{s} {'never' if d is None else f'day {d:.0f}'}" for s, d in days.items())
        print(f"  pH map {name}: {told}")
    print(f"  autopsy order: {', '.join(result.autopsy_order)}")


def fast64():
    from concurrent.futures import ThreadPoolExecutor

    from kossa.process.comparison import CASES, calibrated, case_record, run_case, setting_of, verdicts_of
    from kossa.process.mesh import box

    mesh = box(64, 3.2)
    run_case(setting_of("injured_normal"), box(16, 3.2), 0.2)
    t, cpu = time.perf_counter(), time.process_time()
    tnap = calibrated(setting_of("injured_normal"), mesh)
    order = ("injured_normal", "healthy_uraemic", "injured_ppi", "healthy_normal")

    def one(name):
        setting = setting_of(name, values={"tnap_dead": tnap})
        run, course, depth, stopped = run_case(setting, mesh, 10.0)
        return case_record(name, setting, run, course, depth, stopped)

    with ThreadPoolExecutor(2) as pool:
        done = dict(zip(order, pool.map(one, order), strict=True))
    print(
        f"four cases at 64^3, 10 years, 2 threads: {time.perf_counter() - t:.1f} s (bar 60), "
        f"processor time {time.process_time() - cpu:.0f} s, load {os.getloadavg()[0]:.1f}"
    )
    _show(done[name] for name in CASES)
    print(f"  holds {sum(verdicts_of(done).values())} of 6 statements")


def draws(count=20, **how):
    from kossa.process.comparison import ranges_digest
    from kossa.process.robustness import draws as many

    print(
        f"draws {how or '(serum fixed, phosphatase calibrated)'}: ranges sha256 {ranges_digest()}", flush=True
    )
    t = time.perf_counter()
    done = many(
        count,
        progress=lambda d: print(
            f"  {d.number}: {''.join(k for k in 'ABCD' if d.held[k])} {d.peaks}", flush=True
        ),
        **how,
    )
    for name in ("A", "B", "C", "D", "C strict", "all"):
        print(f"  {name}: {wilson(sum(d.held[name] for d in done), count)}")
    print(f"  worst ledger {max(d.balance for d in done):.0e}; {time.perf_counter() - t:.0f} s")
    failed = [d for d in done if not d.held["all"]]
    names = list(done[0].values)
    x = np.log(np.array([[d.values[n] for n in names] for d in done]) + 1e-12)
    spread = x.std(axis=0) + 1e-12
    for case in "ABCD":
        bad = np.array([not d.held[case] for d in done])
        if not bad.any() or bad.all():
            continue
        shift = (x[bad].mean(axis=0) - x[~bad].mean(axis=0)) / spread
        told = ", ".join(f"{names[i]} {shift[i]:+.1f}" for i in np.argsort(-np.abs(shift))[:5])
        print(
            f"  what breaks {case} (shift of the {bad.sum()} failing draws, in standard deviations): {told}"
        )
    if failed:
        for d in failed[:8]:
            print(f"  failed {d.number}: holds {''.join(k for k in 'ABCD' if d.held[k])}, {d.peaks}")


def checks(count=100):
    from kossa.process.parameters import law
    from kossa.process.robustness import draw_law
    from kossa.process.serum import named_serums
    from kossa.process.well import DISH, deficiency_days, dish, smallest_radius

    normal = named_serums()["normal"]
    centre = {name: s.value for name, s in law().items()}

    def right(found):
        return sum((found[name] * 0.1005 >= 10.0) == calcified for name, (*_, calcified) in DISH.items())

    found = dish(centre)
    print(
        f"rat aorta dish, central set: right in {right(found)} of 4; mM Ca "
        + ", ".join(f"{k} {v:.3g}" for k, v in found.items())
    )
    rng = np.random.default_rng(20261125)
    sets = [draw_law(rng) for _ in range(count)]
    print(f"rat aorta dish, draws: all four right in {wilson(sum(right(dish(p)) == 4 for p in sets), count)}")
    days = [deficiency_days(p, normal, ppi=0.2, rise=0.07, years=10.0) for p in sets]
    print(
        "pyrophosphate 0.2 umol/L, normal serum, healthy artery calcifies in "
        f"{wilson(sum(d is not None for d in days), count)} "
        "(bar 80 %)"
    )
    radii = [smallest_radius({**centre, "tnap_dead": k}, normal) for k in (300.0, 925.0, 3000.0)]
    print(
        "smallest radius that calcifies at phosphatase 300 / 925 / 3000 per day: "
        f"{' / '.join(f'{r:.2f}' for r in radii)} "
        f"mm; falls: {radii[0] > radii[1] > radii[2]}"
    )


def pattern(count=40):
    import msgspec

    from kossa.process import grow, scenarios
    from kossa.process.parameters import Spread

    for base in ("cysticercosis", "fat_necrosis_breast", "haematoma"):
        scenario = next(s for s in scenarios() if s.id == base)
        for radius in (4.0, 6.0, 8.0):
            size = Spread(value=2 * radius, unit="mm", source="this check", grade="C")
            sphere = msgspec.structs.replace(
                scenario,
                parameters={**scenario.parameters, "size": size},
                place=msgspec.structs.replace(
                    scenario.place, form="sphere", extents=("size", "size", "size")
                ),
            )
            for years in (3.0, 5.0):
                out = [grow(sphere, years=years, seed=n).outcome for n in range(count)]
                grown = [o for o in out if o.outcome == "calcified"]
                rims = sum((o.peak_radius or 0.0) > 0.7 for o in grown)
                words = {
                    w: sum(o.pattern == w for o in grown) for w in ("rim", "core", "laminated", "diffuse")
                }
                print(
                    f"pattern {base} R {radius:g} mm, {years:g} years: peak beyond 0.7 R in "
                    f"{wilson(rims, max(len(grown), 1))} "
                    f"of those that calcified ({len(grown)} of {count}); {words}",
                    flush=True,
                )
    small = [
        grow(
            "phlebolith",
            seed=n,
            overrides={"size": "2mm", "episodes": "1", "tnap_dead": "925/d"},
            years=5.0,
            size=24,
        ).outcome
        for n in range(min(count, 10))
    ]
    print("pattern small lesions (R 1 mm, uniform debris, 5 years): " + ", ".join(o.pattern for o in small))


def cells():
    from kossa.process.cells import CELL, Insult, course

    t, y = course(Insult(), hours=24.0)
    when = [float(t[np.argmax(hit)]) for hit in (y[:, 0] < 0.5, y[:, 1] > 1e-3, y[:, 3] > 0.5, y[:, 4] < 0.5)]
    print(
        f"cells without supply: energy < 1/2 at {when[0]:.2f} h, calcium > 1 umol/L at {when[1]:.2f} "
        f"h, transition at {when[2]:.2f} h, membrane at {when[3]:.2f} h; in order: {when == sorted(when)}"
    )
    for supply in (0.75, 0.8, 0.9):
        _, y = course(Insult(shortage=1 - supply), hours=24 * 3650.0, step_h=0.25)
        print(
            f"cells at supply {supply:g} for ten years: membrane {y[-1, 4]:.4f}, "
            f"apoptosis {y[:, 5].max():.1e}"
        )
    for minutes in (10, 180):
        _, y = course(Insult(hours=minutes / 60), hours=72.0, cell=CELL)
        print(
            f"cells after {minutes} min without supply, 72 h later: energy {y[-1, 0]:.3f}, membrane "
            f"{y[-1, 4]:.3f}"
        )


def numerics():
    from kossa.process.comparison import run_case, setting_of
    from kossa.process.growth import assemble, events, lesion_of
    from kossa.process.injury import depth_of
    from kossa.process.mesh import box
    from kossa.process.multigrid import Multigrid

    errors = []
    for n in (8, 16, 32, 64):
        h = 1.0 / n
        at = (np.arange(n) + 0.5) * h
        c = np.cos(np.pi * at)
        exact = c[:, None, None] * c[None, :, None] * c[None, None, :]
        grid = Multigrid((n, n, n))
        grid.conduct(np.pad(np.ones((n, n, n)), 1), np.full(n + 2, h))
        grid.rate(np.pad(np.full((n, n, n), h**3), 1))
        x = np.zeros((n + 2,) * 3)
        grid.solve(np.pad((3 * np.pi**2 + 1) * exact * h**3, 1), x, 1e-11)
        errors.append(float(np.abs(x[1:-1, 1:-1, 1:-1] - exact).max()))
    print(
        "numerics order in space: "
        + ", ".join(f"{math.log2(a / b):.3f}" for a, b in pairwise(errors))
        + " (bar 1.9)"
    )
    masses = []
    for step in (10.0, 5.0, 2.5, 1.25):
        setting = setting_of(
            "injured_normal", values={"nucleation_rate": 1e4, "growth_constant": 3e-8, "barrier_debris": 16.5}
        )
        mesh = box(16, 3.2)
        depth = depth_of(lesion_of(setting), mesh)
        run, _ = assemble(setting, mesh, depth)
        run.fixed_step = step
        for one in events(setting, mesh, depth):
            run.suffer(one)
        run.run(720.0)
        masses.append(run.ledger.mineral)
    d = np.abs(np.diff(masses))
    print(f"numerics order in time: {math.log2(d[0] / d[1]):.2f}, {math.log2(d[1] / d[2]):.2f} (bar 1.8)")
    from kossa.process import evolve

    kept = evolve.STEP_ERROR
    found = []
    for tolerance in (kept, kept / 64):
        evolve.STEP_ERROR = tolerance
        run, course, *_ = run_case(setting_of("injured_normal"), box(24, 3.2), 10.0)
        found.append((run.ledger.mineral, course.first_10, course.first_100, run.steps))
    evolve.STEP_ERROR = kept
    print(
        f"numerics time error at default steps: mass {abs(found[0][0] / found[1][0] - 1):.2%} (bar "
        f"1 %), day of 10 mg/cm3 {found[0][1]:.1f} against {found[1][1]:.1f}, steps {found[0][3]} "
        f"against {found[1][3]}"
    )


def deterministic():
    from kossa.evidence import encode
    from kossa.process import grow

    same = encode(grow("phlebolith", size=16, years=2, seed=3).outcome) == encode(
        grow("phlebolith", size=16, years=2, seed=3).outcome
    )
    print(f"same bytes twice: {same}")


def schemas():
    """Write the published schemas; a test holds them against the types."""
    import json

    from kossa.process.schema import DOCUMENTS, json_schema

    folder = Path(__file__).resolve().parents[1] / "docs" / "schema"
    for name in DOCUMENTS:
        text = json.dumps(json_schema(name), indent=1, sort_keys=True)
        (folder / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")
        print(f"schemas: {name}")


COMMANDS = {
    "chemistry": chemistry,
    "serum": serum,
    "comparison": comparison,
    "fast64": fast64,
    "draws": draws,
    "draws-free": lambda n=20: draws(n, free_tnap=True),
    "draws-serum": lambda n=20: draws(n, spread_serum=True),
    "checks": checks,
    "pattern": pattern,
    "cells": cells,
    "numerics": numerics,
    "deterministic": deterministic,
    "schemas": schemas,
}


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    extra = [int(a) for a in sys.argv[2:3]]
    if what == "all":
        for name in ("chemistry", "serum", "cells", "numerics", "deterministic", "comparison"):
            COMMANDS[name]()
        return
    COMMANDS[what](*extra)


if __name__ == "__main__":
    main()
