"""Grow one scenario: injury, cells, crystals, deposit, over years; and hand back what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.evidence.errors import WrongCall
from kossa.evidence.notice import Notice, Severity
from kossa.process.crystals import gate_index, groups, make_law, resting_ppi, shortest_length
from kossa.process.evolve import Run, Tissue
from kossa.process.injury import SITES, Harm, Lesion, depth_of, harm, site_map
from kossa.process.kernels.deposit import MOLAR
from kossa.process.mesh import Mesh, choose_mesh, run_bytes
from kossa.process.multigrid import NotConverged
from kossa.process.outcome import (
    ADVICE,
    BALANCE_BAR,
    Balance,
    Fields,
    Grown,
    Numerics,
    Outcome,
    Point,
    Saturation,
    Visible,
    judged,
    middle,
    spacing,
    unfold,
)
from kossa.process.parameters import digest
from kossa.process.pattern import pattern_of, peak_radius, profile
from kossa.process.scenario import Scenario, Setting, fix, scenario_by_id
from kossa.process.serum import CA_P, Serum, database_spread, saturation_table
from kossa.process.visibility import CT_DENSITY, areal_threshold, on_ct, on_xray

__all__ = ["HA_PER_MM", "Course", "assemble", "events", "follow", "grow", "lesion_of"]

Floats = npt.NDArray[np.float64]

HA_PER_MM = 0.1005  # mg hydroxyapatite per cm3 and mM calcium: 502.3 g/mol for 5 Ca
DAYS = 365.25
SNAPSHOTS = (0.1, 0.2, 0.35, 0.6, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0)  # years
LONGEST_YEARS = 100.0
PPI_CRYSTALS = (
    5.0  # umol/L in a joint above which pyrophosphate crystals are expected (simulation 6, row 3; assumed)
)

Progress = Callable[[float, float], None]


@dataclass
class Course:
    """What is noted while a run goes on."""

    points: list[Point] = field(default_factory=list)
    xray_days: float | None = None
    ct_days: float | None = None
    first_10: float | None = None
    first_100: float | None = None
    peak_ever: float = 0.0
    slice_days: list[float] = field(default_factory=list)
    slices: list[npt.NDArray[np.float32]] = field(default_factory=list)
    profiles: list[Floats] = field(default_factory=list)
    sites_10: dict[str, float | None] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    t_before: float = 0.0

    def crossing(self, t: float, name: str, value: float, level: float) -> float:
        """Return when `name` passed `level` between the last note and now, on a straight line."""
        last = self.before.get(name, 0.0)
        return self.t_before + (t - self.t_before) * (level - last) / (value - last) if value > last else t


def lesion_of(setting: Setting) -> Lesion:
    """Return the region of a setting."""
    place = setting.scenario.place
    spread = setting.p[place.spread] if place.spread else 0.0
    return Lesion(place.form, setting.extents(), place.count, spread)


def assemble(setting: Setting, mesh: Mesh, depth: Floats, *, smooth: bool = False) -> tuple[Run, float]:
    """Return the tissue before its injury, ready to run, and the error of its saturation table (SI)."""
    p, serum = setting.p, setting.serum
    region = np.clip(0.5 + depth / mesh.h, 0.0, 1.0)
    ph = np.full(mesh.shape, p["ph_tissue"] + serum.ph_shift)
    if setting.scenario.place.form == "sites":
        ph += np.array([0.0, *(p[f"ph_{site}"] for site in SITES[1:])])[site_map(mesh)]
    else:
        ph += p["ph_site"] * region
    low = min(float(ph.min()), p["ph_dead_start"], p["ph_dead_end"])
    high = max(float(ph.max()), p["ph_dead_start"], p["ph_dead_end"])
    table, u_max, error = saturation_table(serum, low, high)
    scattered = p["local_dead"] * region
    tissue = Tissue.of(
        mesh,
        alive=1.0 - scattered,
        exchange=p["exchange"] * p["perfusion_tissue"],
        diffusivity=p["diffusion_ions"],
        site_ph=ph,
        scaffold=p["scaffold"] * region if p["scaffold"] > 0.0 else 0.0,
        debris=p["scaffold"] * region + scattered * p["debris_share"],
    )
    weight: float | Floats = 1.0
    if p["border_nuclei"] > 0.0:
        weight = mesh.pad(np.clip(0.5 + (p["border_nuclei"] - depth) / mesh.h, 0.0, 1.0))
    law = make_law(p, u_max, smooth=smooth)
    return Run(mesh, tissue, law, table, p, serum.ppi, debris_weight=weight), error


def events(setting: Setting, mesh: Mesh, depth: Floats) -> list[Harm]:
    """Return the injuries of a setting in the order of time."""
    injury, p = setting.scenario.injury, setting.p
    if injury.driver is None:
        return []
    count = max(1, round(p["episodes"]))
    deepest = float(depth.max())
    out = []
    for n in range(count):
        at = depth - deepest * (1.0 - (n + 1) / count) if injury.course == "layers" else depth
        one = harm(
            injury.driver, injury.tissue, at, mesh, day=n * p["episode_days"], load_mM=p["calcium_load"]
        )
        if injury.course == "pulses":
            share = p["episode_share"]
            one = Harm(
                one.day,
                1.0 - share * (1.0 - one.alive),
                share * one.necrotic,
                share * one.apoptotic,
                None if one.load is None else np.float32(share) * one.load,
            )
        out.append(one)
    return out if injury.course != "once" else out[:1]


def _note(run: Run, course: Course, setting: Setting, threshold: float) -> None:
    """Write down where the run stands."""
    mesh, share = run.mesh, setting.p["share_of_volume"]
    density = run.phi[1:-1, 1:-1, 1:-1].astype(np.float32)
    density *= np.float32(HA_PER_MM / MOLAR)
    peak = float(run.phi.max()) * HA_PER_MM / MOLAR
    course.peak_ever = max(course.peak_ever, peak)
    dense = density >= CT_DENSITY
    weight = mesh.volume[1:-1] * mesh.copies * share
    volume = float(np.dot(weight, dense.sum(axis=(1, 2))))
    mass = mesh.total(run.phi) * (HA_PER_MM / MOLAR) * 1e-3 * share
    held = float(np.dot(weight, density.sum(axis=(1, 2), where=dense, dtype=float)))
    course.points.append(
        Point(t_days=run.t, mass_mg=mass, volume_mm3=volume, density_mg_cm3=held / volume if volume else 0.0)
    )
    if course.first_10 is None and peak >= 10.0:
        course.first_10 = course.crossing(run.t, "peak", peak, 10.0)
    if course.first_100 is None and peak >= 100.0:
        course.first_100 = course.crossing(run.t, "peak", peak, 100.0)
    if course.ct_days is None and on_ct(density, mesh, share):
        course.ct_days = run.t
    if course.xray_days is None and on_xray(density, mesh, share, threshold):
        course.xray_days = run.t
    if setting.scenario.place.form == "sites":
        where = site_map(mesh)
        for n, site in enumerate(SITES):
            mean = float(density[where == n].mean())
            if mean >= 10.0 and course.sites_10.get(site) is None:
                course.sites_10[site] = course.crossing(run.t, site, mean, 10.0)
            course.before[site] = mean
    course.before["peak"] = peak
    course.t_before = run.t


def follow(
    run: Run, setting: Setting, depth: Floats, years: float, progress: Progress | None = None
) -> tuple[Course, str | None]:
    """Run through all injuries and years; return the course and, where it stopped early, why."""
    course = Course()
    end = years * DAYS
    threshold = areal_threshold(setting.scenario.xray_kev)
    harms = [h for h in events(setting, run.mesh, depth) if h.day < end]
    stops = sorted({end, *(y * DAYS for y in SNAPSHOTS if y < years), *(h.day for h in harms)})
    try:
        for stop in stops:
            while run.t < stop - 1e-9:
                run.step(stop)
                _note(run, course, setting, threshold)
                if progress is not None:
                    progress(run.t, end)
            while harms and harms[0].day == stop:
                run.suffer(harms.pop(0))
            if stop > 0.0:
                density = run.phi[1:-1, 1:-1, 1:-1] * (HA_PER_MM / MOLAR)
                course.slice_days.append(run.t)
                course.slices.append(middle(run.mesh, density))
                course.profiles.append(profile(density, depth, run.mesh)[1])
    except NotConverged as stopped:
        return course, str(stopped)
    return course, None


def grow(
    scenario: str | Scenario,
    *,
    serum: str | Serum | None = None,
    years: float | None = None,
    size: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, str | float] | None = None,
    progress: Progress | None = None,
) -> Grown:
    """Grow a deposit, or show that none grows.

    `serum` is a name (`named_serums`) or a person's own; `years` and `size` (voxels an edge) default to the
    scenario's; `seed` draws one of its population, without it the centre is run; `overrides` sets
    parameters by name with their unit (`{"tnap_dead": "300/d"}`). Raises `UnknownTerm` for an unknown
    scenario, `WrongCall` for what cannot be asked so.
    """
    what = scenario_by_id(scenario) if isinstance(scenario, str) else scenario
    setting = fix(what, serum=serum, seed=seed, overrides=overrides)
    span = what.years if years is None else years
    if not 0.0 < span <= LONGEST_YEARS:
        raise WrongCall(f"--years {span:g}: a run lasts more than 0 and at most {LONGEST_YEARS:g} years")
    lesion = lesion_of(setting)
    widths, copies = lesion.extents, 1.0
    if lesion.form == "line":
        width = max(widths[:2]) + 1.76
        widths, copies = (*widths[:2], 0.0), max(1.0, widths[2] / width)
    injured = what.injury.driver is not None
    mesh, told = choose_mesh(
        lesion.form, widths, shortest_length(setting.p, injured=injured), size,
        copies=copies * setting.p["share_of_volume"],
    )  # fmt: skip
    notices = [Notice(code=code, severity=Severity.INFO, what=words) for code, words in told]
    depth = depth_of(lesion, mesh, setting.rng)
    run, error = assemble(setting, mesh, depth)
    if setting.p.get("ppi_joint", 0.0) >= PPI_CRYSTALS:
        span, stopped, course = 0.0, None, Course()
    else:
        course, stopped = follow(run, setting, depth, span, progress)
    return _handed_back(setting, run, depth, course, stopped, span, seed, error, notices)


def _word(setting: Setting, run: Run, course: Course, stopped: str | None) -> tuple[str, str]:
    """Return the outcome's word and its advice."""
    density = run.phi[1:-1, 1:-1, 1:-1] * (HA_PER_MM / MOLAR)
    if setting.p.get("ppi_joint", 0.0) >= PPI_CRYSTALS:
        return "phase_not_modelled", ADVICE["phase_not_modelled"]
    if stopped is not None:
        return "not_converged", f"{ADVICE['not_converged']} {stopped}."
    if run.ledger.error() > BALANCE_BAR:
        return (
            "not_converged",
            f"The calcium ledger is off by {run.ledger.error():.1e}: do not use this run.",
        )
    space = run.mesh.total(run.mesh.pad(1.0))
    mean = run.mesh.total(run.mesh.pad(density)) / space
    word = judged(course.peak_ever, float(density.max()), mean)
    advice = ADVICE[word]
    asleep = float(run.nuclei.max())
    if word == "clean" and asleep > 1.0:
        advice += f" It holds up to {asleep:.0f} nuclei per mm3 that would grow if pyrophosphate fell."
    return word, advice


def _handed_back(
    setting: Setting, run: Run, depth: Floats, course: Course, stopped: str | None, span: float,
    seed: int | None, error: float, notices: list[Notice],
) -> Grown:  # fmt: skip
    """Make the records and the arrays of a finished run."""
    what, p, serum, mesh = setting.scenario, setting.p, setting.serum, run.mesh
    word, advice = _word(setting, run, course, stopped)
    density = run.phi[1:-1, 1:-1, 1:-1] * (HA_PER_MM / MOLAR)
    radius, mineral = profile(density, depth, mesh)
    some = float(density.max()) > 1.0
    dead = serum.index(p["ph_dead_end"])
    ledger = run.ledger.error()
    last = (
        course.points[-1]
        if course.points
        else Point(t_days=0.0, mass_mg=0.0, volume_mm3=0.0, density_mg_cm3=0.0)
    )
    if mesh.form == "box" and what.place.form in {"cluster", "sites"}:
        look = "diffuse" if some else "none"
    else:
        look = pattern_of(radius, mineral)
    outcome = Outcome(
        scenario=what.id,
        outcome=word,
        advice=advice,
        years=run.t / DAYS if stopped else span,
        mass_mg=last.mass_mg,
        volume_mm3=last.volume_mm3,
        peak_mg_cm3=float(density.max()),
        first_10_days=course.first_10,
        first_100_days=course.first_100,
        series=tuple(course.points),
        visible=Visible(xray_days=course.xray_days, ct_days=course.ct_days),
        pattern=look,
        peak_radius=peak_radius(radius, mineral) if some and radius.size else None,
        phase="apatite, nucleated as octacalcium phosphate" if some else None,
        ca_p_molar=CA_P if some else None,
        balance=Balance(calcium=ledger, phosphate=ledger),
        saturation=Saturation(
            blood=serum.index(7.40),
            dead_tissue=dead,
            spread=database_spread(),
            gate_living=gate_index(p, resting_ppi(p, serum.ppi)),
            gate_core=gate_index(p, float(run.ppi[1:-1, 1:-1, 1:-1].min())),
        ),
        groups=groups(p, serum.ppi, dead["OCP"], max(0.0, float(depth.max())) if what.injury.driver else 0.0),
        numerics=Numerics(
            steps=run.steps,
            iterations=run.grid.iterations,
            bytes=run_bytes(mesh.shape),
            form=mesh.form,
            voxels=mesh.shape,
            voxel_mm=mesh.h,
            table_error_si=error,
        ),
        seed=seed,
        parameters=setting.parameters,
        parameters_sha256=digest(setting.parameters),
        notices=tuple(notices),
    )
    return Grown(outcome, _fields(run, setting, course, radius))


def _fields(run: Run, setting: Setting, course: Course, radius: Floats) -> Fields:
    """Return the arrays of a finished run, unfolded."""
    core = (slice(1, -1),) * 3
    tissue, mesh, serum = run.tissue, run.mesh, setting.serum
    run.grid.release()
    parts: dict[
        str, Callable[[], npt.NDArray[Any]]
    ] = {  # one after the other, so that memory is asked for once
        "mineral_mg_cm3": lambda: run.phi * (HA_PER_MM / MOLAR),
        "alive": lambda: tissue.alive,
        "debris": lambda: tissue.debris,
        "ph": lambda: tissue.site_ph + (1.0 - tissue.alive) * (run.dead_ph - tissue.site_ph),
        "ppi_umol_l": lambda: run.ppi,
        "calcium_mmol_l": lambda: serum.calcium - run.u,
        "phosphate_mmol_l": lambda: serum.phosphate - run.u / CA_P,
        "macrophages": lambda: run.macrophages,
        "nuclei_mm3": lambda: run.nuclei,
    }
    empty = np.zeros((0, 1, 1), np.float32)
    return Fields(
        spacing_mm=spacing(mesh),
        volumes={name: unfold(mesh, values()[core]) for name, values in parts.items()},
        slice_days=np.array(course.slice_days),
        slices=np.stack(course.slices) if course.slices else empty,
        radius=radius,
        profiles=np.array(course.profiles),
    )
