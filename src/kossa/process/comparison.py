"""Dystrophic against metastatic, computed: four cases, one parameter set, only the inputs differ.

    injured_normal    dead tissue, normal blood              must calcify, and only where it is dead
    healthy_normal    healthy tissue, normal blood           must stay clean
    healthy_uraemic   healthy tissue, raised Ca x P          must calcify, alkaline sites first
    injured_ppi       dead tissue, ten times pyrophosphate   must not calcify

The phosphatase of dead tissue is calibrated, not predicted: it is set so that pyrophosphate in the core is
0.3 of what would close the growth gate. That is the price of the contrast between the first and the
last case, and `PRICE` says so wherever the figures are shown.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import numpy.typing as npt

from kossa.evidence.base import Record, from_plain
from kossa.evidence.errors import WrongCall
from kossa.evidence.notice import Notice, Severity
from kossa.process.crystals import closing_ppi, gate_index
from kossa.process.evolve import Run
from kossa.process.growth import DAYS, HA_PER_MM, Course, assemble, events, follow, lesion_of
from kossa.process.injury import SITES, depth_of, site_map
from kossa.process.kernels.deposit import MOLAR
from kossa.process.mesh import LARGEST, SMALLEST, STEP, Mesh, box, wells
from kossa.process.outcome import BALANCE_BAR, Balance, judged
from kossa.process.parameters import Parameter, digest, law, read_toml
from kossa.process.pattern import profile
from kossa.process.scenario import Scenario, Setting, fix, scenario_by_id
from kossa.process.serum import Serum, database_spread, serum_by_name
from kossa.process.well import well_run

__all__ = [
    "CASES",
    "PRICE",
    "Case",
    "CaseFields",
    "Comparison",
    "calibrated",
    "compare",
    "ranges_digest",
    "site_days",
]

Floats = npt.NDArray[np.float64]

EDGE_MM = 3.2
SMOOTH_SIZE = 24  # voxels an edge of the runs with the smooth law, which stand beside and need no detail
CORE_SHARE = 0.3  # of the closing pyrophosphate p*, in the core of the injured tissue (simulation 8.2)
PPI_TIMES = 10.0  # plasma pyrophosphate of the protected case (simulation 8.2; five times fails more often)
CASES = {
    "injured_normal": ("normal", True, 1.0),
    "healthy_normal": ("normal", False, 1.0),
    "healthy_uraemic": ("ckd", False, 1.0),
    "injured_ppi": ("normal", True, PPI_TIMES),
}
# What must hold (mg/cm3), stated before the draws (simulation 8.4)
CALCIFIED, CLEAN, PROTECTED, SITE, LATER = 100.0, 1.0, 10.0, 10.0, 2.0
AUTOPSY = ("heart", "lungs", "stomach", "kidneys")  # order in 74 uraemic autopsies, Am J Pathol 1977;86:403
PRICE = (
    (
        "The phosphatase of dead tissue is calibrated for each parameter set, so injured against injured "
        "with pyrophosphate is a calibrated contrast, not a prediction."
    ),
    "The protected case has ten times the plasma pyrophosphate; five times protects in fewer draws.",
    "Serum calcium is anchored on free calcium (1.23 mmol/L); 1.35 mmol/L filterable fails more often.",
    "The range of the gate (0.75-0.90) is narrower than its evidence (0.51-1.06).",
    "The serum lies near its mean; the spread between people is reported apart.",
    "The pH of the sites is an assumption: with the map off all are alike, permuted the order follows it.",
)


class Chemistry(Record, frozen=True, kw_only=True):
    """Why: the blood, the saturation with octacalcium phosphate (SI) where it matters, and the gate there.

    `index_here` is of late dead tissue, or of the most alkaline site; `gate_here` is the index that
    adsorbed pyrophosphate asks for before crystals grow there. Absolute indices hold to `spread`.
    """

    free_calcium_mmol_l: float
    phosphate_mmol_l: float
    ppi_here_umol_l: float
    ph_here: float
    index_here: float
    index_other: float
    gate_here: float
    spread: float


class Case(Record, frozen=True, kw_only=True):
    """One of the four; `by_site`: mean mg/cm3 and day of 10 mg/cm3.

    Sites of healthy tissue by name; of injured tissue "inside" (mean) and "outside" (its largest value).
    """

    name: str
    outcome: str
    mass_mg: float
    peak_mg_cm3: float
    first_10_days: float | None
    first_100_days: float | None
    by_site: dict[str, dict[str, float | None]]
    balance: Balance
    series: tuple[tuple[float, float], ...]
    steps: int
    serum: str
    nuclei_mm3: float
    chemistry: Chemistry


class Comparison(Record, frozen=True, kw_only=True):
    """The four cases, what they show, and what stands beside them."""

    cases: tuple[Case, ...]
    verdicts: dict[str, bool]
    years: float
    size: int
    smooth_law: tuple[Case, ...]
    smooth_verdicts: dict[str, bool]
    site_maps: dict[str, dict[str, float | None]]
    autopsy_order: tuple[str, ...]
    price: tuple[str, ...]
    ranges_sha256: str
    parameters: tuple[Parameter, ...]
    parameters_sha256: str
    notices: tuple[Notice, ...]


CaseFields = dict[str, tuple[Floats, npt.NDArray[np.float32], Floats, Floats]]
"""By case: days (s,), slices (s, n, n) mg/cm3, share of the radius, profiles (s, bins)."""


def ranges_digest() -> str:
    """Return the sha256 of every range that is drawn from, and of what must hold: fixed before the draws."""
    lines = [
        f"{n} {s.value!r} {s.unit} {s.spread} {s.low!r} {s.high!r} {s.sd!r}" for n, s in sorted(law().items())
    ]
    lines.append(f"{CALCIFIED} {CLEAN} {PROTECTED} {SITE} {LATER} {CORE_SHARE} {PPI_TIMES}")
    lines.append(msgspec.json.encode(read_toml("comparison"), order="sorted").decode())
    lines.append(msgspec.json.encode(read_toml("serums"), order="sorted").decode())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _scenario(injured: bool) -> Scenario:
    return from_plain(read_toml("comparison"), Scenario) if injured else scenario_by_id("healthy")


def setting_of(
    name: str, *, values: dict[str, float] | None = None, serums: dict[str, Serum] | None = None
) -> Setting:
    """Return one case as a setting, with `values` of shared parameters put in."""
    blood, injured, times = CASES[name]
    serum = (serums or {}).get(blood) or serum_by_name(blood)
    setting = fix(_scenario(injured), serum=serum)
    setting.p.update(values or {})
    setting.p["ppi_plasma_factor"] = times
    return setting


def calibrated(setting: Setting, mesh: Mesh) -> float:
    """Return the phosphatase (1/day) at which pyrophosphate in the core is `CORE_SHARE` of p*.

    The core is the least pyrophosphate of the injured tissue with plasma pyrophosphate as it is; p* belongs
    to the late pH of dead tissue with this blood.
    """
    p = setting.p
    times, p["ppi_plasma_factor"] = p["ppi_plasma_factor"], 1.0
    wanted = CORE_SHARE * closing_ppi(setting.serum.index(p["ph_dead_end"])["OCP"], p)
    depth = depth_of(lesion_of(setting), mesh)
    run, _ = assemble(setting, mesh, depth)
    for one in events(setting, mesh, depth):
        run.suffer(one)
    low, high = math.log(1.0), math.log(1e5)
    core = (slice(1, -1),) * 3
    for _ in range(24):
        middle = 0.5 * (low + high)
        p["tnap_dead"] = math.exp(middle)
        run.inhibit(0.0)
        if float(run.ppi[core].min()) > wanted:
            low = middle
        else:
            high = middle
    p["ppi_plasma_factor"] = times
    p["tnap_dead"] = math.exp(0.5 * (low + high))
    return p["tnap_dead"]


def run_case(
    setting: Setting,
    mesh: Mesh,
    years: float,
    *,
    smooth: bool = False,
    progress: Callable[[float, float], None] | None = None,
) -> tuple[Run, Course, Floats, str | None]:
    """Run one case to its end."""
    depth = depth_of(lesion_of(setting), mesh)
    run, _ = assemble(setting, mesh, depth, smooth=smooth)
    course, stopped = follow(run, setting, depth, years, progress)
    return run, course, depth, stopped


def _by_site(setting: Setting, run: Run, course: Course, depth: Floats) -> dict[str, dict[str, float | None]]:
    density = run.phi[1:-1, 1:-1, 1:-1] * (HA_PER_MM / MOLAR)
    if setting.scenario.place.form == "sites":
        where = site_map(run.mesh)
        return {
            site: {
                "mean_mg_cm3": float(density[where == n].mean()),
                "first_10_days": course.sites_10.get(site),
            }
            for n, site in enumerate(SITES)
        }
    inside = depth > -run.mesh.h
    return {
        "inside": {"mean_mg_cm3": float(density[inside].mean()), "first_10_days": course.first_10},
        "outside": {"mean_mg_cm3": float(density[~inside].max()), "first_10_days": None},
    }


def _chemistry(setting: Setting, run: Run) -> Chemistry:
    p, serum = setting.p, setting.serum
    injured = setting.scenario.injury.driver is not None
    other = p["ph_tissue"] + serum.ph_shift
    here = p["ph_dead_end"] if injured else other + p["ph_gastric"]
    ppi = float(run.ppi[1:-1, 1:-1, 1:-1].min())
    return Chemistry(
        free_calcium_mmol_l=serum.free_calcium,
        phosphate_mmol_l=serum.phosphate,
        ppi_here_umol_l=ppi,
        ph_here=here,
        index_here=serum.index(here)["OCP"],
        index_other=serum.index(other)["OCP"],
        gate_here=gate_index(p, ppi),
        spread=database_spread()["OCP"],
    )


def case_record(
    name: str, setting: Setting, run: Run, course: Course, depth: Floats, stopped: str | None
) -> Case:
    """Return what a finished case is told as."""
    density = run.phi[1:-1, 1:-1, 1:-1] * (HA_PER_MM / MOLAR)
    error = run.ledger.error()
    failed = stopped is not None or error > BALANCE_BAR
    return Case(
        name=name,
        outcome="not_converged"
        if failed
        else judged(course.peak_ever, float(density.max()), float(density.mean())),
        mass_mg=course.points[-1].mass_mg if course.points else 0.0,
        peak_mg_cm3=float(density.max()),
        first_10_days=course.first_10,
        first_100_days=course.first_100,
        by_site=_by_site(setting, run, course, depth),
        balance=Balance(calcium=error, phosphate=error),
        series=tuple((round(pt.t_days, 3), float(f"{pt.mass_mg:.6g}")) for pt in course.points),
        steps=run.steps,
        serum=CASES[name][0],
        nuclei_mm3=float(run.nuclei.max()),
        chemistry=_chemistry(setting, run),
    )


def verdicts_of(cases: dict[str, Case]) -> dict[str, bool]:
    """Return what held, by the numbers stated above."""
    a, b, c, d = (cases[name] for name in CASES)
    days = {site: c.by_site[site]["first_10_days"] for site in SITES}
    alkaline = [days[s] for s in SITES[1:]]
    first = min((t for t in alkaline if t is not None), default=None)
    rest = days["other"]
    order = [math.inf if t is None else t for t in alkaline]
    outside = a.by_site["outside"]["mean_mg_cm3"] or 0.0
    return {
        "injured tissue with normal blood calcifies": a.peak_mg_cm3 >= CALCIFIED,
        "and only where it is injured": outside < CLEAN,
        "healthy tissue with normal blood stays clean": b.peak_mg_cm3 < CLEAN,
        "healthy tissue with raised calcium x phosphate calcifies": first is not None,
        "alkaline sites first": first is not None
        and (rest is None or rest >= LATER * first)
        and order == sorted(order),
        "injured tissue with raised pyrophosphate does not calcify": d.peak_mg_cm3 < PROTECTED,
    }


def site_days(setting: Setting, rises: dict[str, float], years: float) -> dict[str, float | None]:
    """Return by site the first day of 10 mg/cm3 in separate wells with their own blood, for a map of pH."""
    p, mesh = setting.p, wells(len(SITES))
    p = {**p, **{f"ph_{site}": rises[site] for site in SITES[1:]}}
    ph = p["ph_tissue"] + setting.serum.ph_shift + np.array([rises[site] for site in SITES])
    run = well_run(setting.serum, p, mesh, ph, alive=1.0)
    days: dict[str, float | None] = dict.fromkeys(SITES)
    while run.t < years * DAYS - 1e-9:
        run.step(years * DAYS)
        density = run.phi[1:-1, 1, 1] * (HA_PER_MM / MOLAR)
        for n, site in enumerate(SITES):
            if days[site] is None and density[n] >= SITE:
                days[site] = run.t
    return days


def _maps(setting: Setting, years: float) -> dict[str, dict[str, float | None]]:
    """Return the days by site with the pH map on, off and permuted."""
    on = {"other": 0.0, **{site: setting.p[f"ph_{site}"] for site in SITES[1:]}}
    turned = dict(zip(SITES[1:], reversed([on[s] for s in SITES[1:]]), strict=True))
    return {
        "on": site_days(setting, on, years),
        "off": site_days(setting, dict.fromkeys(SITES, 0.0), years),
        "permuted": site_days(setting, {"other": 0.0, **turned}, years),
    }


def compare(
    *,
    size: int | None = None,
    years: float = 10.0,
    progress: Callable[[str, float], None] | None = None,
    threads: int = 2,
) -> tuple[Comparison, CaseFields]:
    """Run the four cases with the central parameter set, and the smooth law that fails beside them.

    `size` is voxels an edge of the 3.2 mm cube (32). Returns the records and, by case, what the page draws.
    Raises `WrongCall` for a size or a time out of range.
    """
    asked = 32 if size is None else size
    if not SMALLEST <= asked <= LARGEST:
        raise WrongCall(f"--size {asked}: voxels an edge are {SMALLEST} to {LARGEST}")
    if not 0.0 < years <= 100.0:
        raise WrongCall(f"--years {years:g}: a run lasts more than 0 and at most 100 years")
    n = STEP * math.ceil(asked / STEP)
    mesh = box(n, EDGE_MM)
    phosphatase = calibrated(setting_of("injured_normal"), mesh)
    settings = {name: setting_of(name, values={"tnap_dead": phosphatase}) for name in CASES}

    def one(job: tuple[str, bool]) -> tuple[Case, tuple[Floats, npt.NDArray[np.float32], Floats, Floats]]:
        name, smooth = job
        grid = box(min(n, SMOOTH_SIZE), EDGE_MM) if smooth else mesh
        run, course, depth, stopped = run_case(settings[name], grid, years, smooth=smooth)
        if progress is not None:
            progress(f"{name}{' (smooth law)' if smooth else ''}", years)
        density = run.phi[1:-1, 1:-1, 1:-1] * (HA_PER_MM / MOLAR)
        radius = profile(density, depth, grid)[0]
        drawn_ = (np.array(course.slice_days), np.stack(course.slices), radius, np.array(course.profiles))
        return case_record(name, settings[name], run, course, depth, stopped), drawn_

    # the two long ones first, so that two threads end together
    order = ("injured_normal", "healthy_uraemic", "injured_ppi", "healthy_normal")
    jobs = [(name, False) for name in order] + [(name, True) for name in order]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        done = dict(zip(jobs, pool.map(one, jobs), strict=True))
    cases = {name: done[name, False][0] for name in CASES}
    smooth = {name: done[name, True][0] for name in CASES}
    shown = settings["injured_normal"].parameters
    parameters = tuple(
        msgspec.structs.replace(q, value=phosphatase, source="calibrated: core pyrophosphate 0.3 p*")
        if q.name == "tnap_dead"
        else q
        for q in shown
    )
    notices = [
        Notice(
            code="ph-maps-assumed",
            severity=Severity.INFO,
            what="The pH of the sites is an assumption, not a measurement.",
        ),
    ]
    if mesh.h > 0.075:
        notices.append(
            Notice(
                code="coarse",
                severity=Severity.INFO,
                what=f"A voxel of {mesh.h:.3f} mm is wider than half of the shortest length (0.15 mm).",
            )
        )
    return (
        Comparison(
            cases=tuple(cases.values()),
            verdicts=verdicts_of(cases),
            years=years,
            size=n,
            smooth_law=tuple(smooth.values()),
            smooth_verdicts=verdicts_of(smooth),
            site_maps=_maps(settings["healthy_uraemic"], years),
            autopsy_order=AUTOPSY,
            price=PRICE,
            ranges_sha256=ranges_digest(),
            parameters=parameters,
            parameters_sha256=digest(parameters),
            notices=tuple(notices),
        ),
        {name: done[name, False][1] for name in CASES},
    )
