"""How robust the comparison is: draws of the parameters from ranges that were written down before.

A draw is an outcome of all four cases; nothing is dropped. Serum fixed or drawn, phosphatase calibrated
per draw or free: each question is asked apart, because the answers differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kossa.evidence.base import Record
from kossa.process.comparison import (
    CASES,
    EDGE_MM,
    LATER,
    Case,
    calibrated,
    case_record,
    run_case,
    setting_of,
    verdicts_of,
)
from kossa.process.mesh import box
from kossa.process.parameters import drawn, law
from kossa.process.serum import named_serums

__all__ = ["Draw", "draw_law", "draws"]

TNAP_FREE = (500.0, 1500.0)  # 1/day, log-uniform where it is not calibrated (simulation 8.4, row 10)
LETTERS = dict(zip(CASES, "ABCD", strict=True))


class Draw(Record, frozen=True, kw_only=True):
    """One draw: what was drawn, and what held by letter (A injured, B healthy, C uraemic, D protected)."""

    number: int
    values: dict[str, float]
    held: dict[str, bool]
    verdicts: dict[str, bool]
    peaks: dict[str, float]
    balance: float


def draw_law(rng: np.random.Generator) -> dict[str, float]:
    """Return one draw of the shared law's parameters."""
    return {name: drawn(spread, rng) for name, spread in law().items()}


def _one(number: int, seed: int, size: int, years: float, spread_serum: bool, free_tnap: bool) -> Draw:
    rng = np.random.default_rng([seed, number])
    values = draw_law(rng)
    low, high = TNAP_FREE
    free = math.exp(rng.uniform(math.log(low), math.log(high)))
    serums = {
        name: s.drawn(rng) if spread_serum else s
        for name, s in named_serums().items()
        if name in {"normal", "ckd"}
    }
    mesh = box(size, EDGE_MM)
    # the phosphatase is the tissue's: calibrated at the serum's centre, also where the serum is drawn
    wanted = calibrated(setting_of("injured_normal", values=values), mesh)
    values["tnap_dead"] = free if free_tnap else wanted
    cases, worst = {}, 0.0
    for name in CASES:
        setting = setting_of(name, values=values, serums=serums)
        run, course, depth, stopped = run_case(setting, mesh, years)
        cases[name] = case_record(name, setting, run, course, depth, stopped)
        worst = max(worst, run.ledger.error() if stopped is None else math.inf)
    verdicts = verdicts_of(cases)
    a, b, c, d, e, f = verdicts.values()
    site_order = _site_holds(cases["healthy_uraemic"])
    held = {"A": a and b, "B": c, "C": d and site_order, "D": f, "C strict": d and e}
    held["all"] = held["A"] and held["B"] and held["C"] and held["D"]
    told = {
        name: float(f"{values[name]:.6g}") for name, s in law().items() if s.spread or name == "tnap_dead"
    }
    if free_tnap:
        told["tnap_over_calibrated"] = float(f"{free / wanted:.4g}")
    if spread_serum:
        for name, s in serums.items():
            told |= {f"{name}_{k}": getattr(s, k) for k in ("free_calcium", "phosphate", "ppi")}
    peaks = {LETTERS[name]: float(f"{case.peak_mg_cm3:.5g}") for name, case in cases.items()}
    return Draw(
        number=number, values=told, held=held, verdicts=verdicts, peaks=peaks, balance=min(worst, 1.0)
    )


def _site_holds(case: Case) -> bool:
    """Return whether an alkaline site passes 10 mg/cm3, and "other" never or at least twice as late."""
    days = {site: found["first_10_days"] for site, found in case.by_site.items()}
    first = min((t for site, t in days.items() if site != "other" and t is not None), default=None)
    rest = days["other"]
    return first is not None and (rest is None or rest >= LATER * first)


def draws(
    count: int,
    *,
    seed: int = 20261125,
    size: int = 24,
    years: float = 10.0,
    spread_serum: bool = False,
    free_tnap: bool = False,
    threads: int = 2,
    progress: Callable[[Draw], None] | None = None,
) -> tuple[Draw, ...]:
    """Return `count` draws of the comparison, each of the four cases on a cube of `size` voxels an edge."""

    def one(number: int) -> Draw:
        result = _one(number, seed, size, years, spread_serum, free_tnap)
        if progress is not None:
            progress(result)
        return result

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return tuple(pool.map(one, range(count)))
