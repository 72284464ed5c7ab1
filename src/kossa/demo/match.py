"""Truth beside reading, deposit by deposit.

A reading's deposit belongs to the true one whose centre is nearest, if it lies within that one's own
reach; several pieces of one true deposit count as one, their masses added. A true deposit is found
when the centre of its pieces lies within 3 mm and they were called calcification (or an ordinary one
of its kind, as pelvic phleboliths are).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kossa.demo.places import right_site
from kossa.evidence import CtDeposit, CtReading, Interval, Material, Record, Side, TrueDeposit, Truth

__all__ = ["Comparison", "Match", "compare"]

FOUND_MM = 3.0  # issue: each found within 3 mm
REACH_MM = 1.5  # beyond half of the longest side, for the blur: judgement
COUNTS = (Material.CALCIFICATION, Material.PHYSIOLOGICAL)


class Match(Record, frozen=True, kw_only=True):
    """One true deposit and what was read of it; masses in mg.

    `mass_given_mg` is the integrated mass with the scanner's own factor, `mass` the one without it.
    """

    truth: TrueDeposit
    above_limit: bool
    found: bool
    pieces: tuple[str, ...] = ()
    place_error_mm: float | None = None
    site: str | None = None
    site_certainty: float | None = None
    site_right: bool = False
    side_right: bool | None = None
    called: str = "nothing"
    mass: Interval | None = None
    mass_given_mg: float | None = None
    mass_error: float | None = None
    in_interval: bool | None = None


class Comparison(Record, frozen=True, kw_only=True):
    """A person's truth beside the reading; `surplus` are deposits read where none was put."""

    person: str
    rows: tuple[Match, ...]
    surplus: tuple[CtDeposit, ...]
    limit_mg: float | None
    noise_hu_true: float | None
    noise_hu_read: float | None
    factor_mg_per_mm3_hu: float
    factor_assumed: float | None


def compare(person: str, truth: Truth, reading: CtReading) -> Comparison:
    """Lay a reading beside the truth; rows stand in the order of the truth."""
    assumed = assumed_factor(reading)
    kept = [d for d in reading.deposits if d.kept and d.material in (*COUNTS, Material.UNSURE)]
    owner = _owners(truth.deposits, kept)
    limit = reading.limits.smallest_mass_mg
    rows = []
    for number, true in enumerate(truth.deposits):
        pieces = [d for d, own in zip(kept, owner, strict=True) if own == number]
        ratio = truth.factor_mg_per_mm3_hu / assumed if assumed else None
        rows.append(_row(true, pieces, limit=limit, ratio=ratio))
    surplus = [
        d for d, own in zip(kept, owner, strict=True) if own is None and d.material is Material.CALCIFICATION
    ]
    return Comparison(
        person=person,
        rows=tuple(rows),
        surplus=tuple(surplus),
        limit_mg=limit,
        noise_hu_true=truth.noise_hu,
        noise_hu_read=reading.noise_hu,
        factor_mg_per_mm3_hu=truth.factor_mg_per_mm3_hu,
        factor_assumed=assumed,
    )


def assumed_factor(reading: CtReading) -> float | None:
    """Return the factor that the reading's masses were made with, as its scores tell."""
    for score in reading.scores:
        factor = score.convention.get("mg_per_mm3_hu")
        if isinstance(factor, float):
            return factor
    return None


def _owners(true: Sequence[TrueDeposit], read: Sequence[CtDeposit]) -> list[int | None]:
    """Return the true deposit that each deposit read belongs to."""
    if not true:
        return [None] * len(read)
    centres = np.array([t.centroid_mm for t in true])
    reach = np.array([max(FOUND_MM, (t.diameter_mm or 0.0) / 2 + REACH_MM) for t in true])
    owners: list[int | None] = []
    for deposit in read:
        away = np.linalg.norm(centres - np.array(deposit.centroid_mm), axis=1)
        inside = np.where(away <= reach, away, np.inf)
        best = int(np.argmin(inside))
        owners.append(best if np.isfinite(inside[best]) else None)
    return owners


def _weight(deposit: CtDeposit) -> float:
    mass = deposit.mass_integrated_mg
    return mass.value if mass is not None and mass.value and mass.value > 0 else float(deposit.voxels) * 1e-3


def _row(
    true: TrueDeposit, pieces: Sequence[CtDeposit], *, limit: float | None, ratio: float | None
) -> Match:
    above = limit is not None and true.mass_mg >= limit
    if not pieces:
        return Match(truth=true, above_limit=above, found=False)
    weights = np.array([_weight(p) for p in pieces])
    centre = weights @ np.array([p.centroid_mm for p in pieces]) / weights.sum()
    away = float(np.linalg.norm(centre - np.array(true.centroid_mm)))
    main = pieces[int(np.argmax(weights))]
    mass = _sum([p.mass_integrated_mg for p in pieces])
    given = mass.value * ratio if mass is not None and mass.value is not None and ratio else None
    return Match(
        truth=true,
        above_limit=above,
        found=away <= FOUND_MM and main.material in COUNTS,
        pieces=tuple(p.id for p in pieces),
        place_error_mm=round(away, 2),
        site=main.site,
        site_certainty=main.site_certainty,
        site_right=right_site(main.site, true.site),
        side_right=_same_side(main.side, true.side),
        called=main.material.value,
        mass=mass,
        mass_given_mg=given,
        mass_error=given / true.mass_mg - 1 if given is not None else None,
        in_interval=_inside(true.mass_mg, mass),
    )


def _sum(masses: Sequence[Interval | None]) -> Interval | None:
    """Add masses of pieces; their errors share the factor, so the ends add as well."""
    known = [m for m in masses if m is not None and m.value is not None]
    if not known or len(known) < len(masses):
        return None
    ends = [
        [end for m in known if (end := getattr(m, name)) is not None] for name in ("value", "low", "high")
    ]
    value, low, high = (sum(e) if len(e) == len(known) else None for e in ends)
    return Interval(
        value=value, low=low, high=high, level=known[0].level, below_limit=all(m.below_limit for m in known)
    )


def _inside(mass_mg: float, interval: Interval | None) -> bool | None:
    if interval is None or interval.low is None or interval.high is None:
        return None
    return interval.low <= mass_mg <= interval.high


def _same_side(read: Side, true: Side) -> bool | None:
    if Side.UNKNOWN in (read, true):
        return None
    return read is true
