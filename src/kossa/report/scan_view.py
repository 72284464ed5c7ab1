"""One scan as rows and pictures for the page."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kossa.evidence import (
    CtDeposit,
    CtReading,
    DepositGroup,
    FilmDeposit,
    Material,
    Workup,
    vocabulary,
)
from kossa.evidence.volume import Examination
from kossa.report import words
from kossa.report.pictures import deposit_planes, projections
from kossa.report.score_view import score_table
from kossa.workup.join import scan_prefix

__all__ = ["group_rows", "scan_view"]

MARKED = 40  # more rings than this hide the picture
NOTABLE = 8  # deposits shown one by one; the rest stand in the table
LISTED = 400  # rows of the long table; deposits.csv has all

COUNTS = (Material.CALCIFICATION, Material.PHYSIOLOGICAL, Material.UNSURE)


def _size(deposit: CtDeposit) -> float:
    mass = deposit.mass_integrated_mg
    if mass is not None and mass.value is not None:
        return mass.value
    return deposit.volume_mm3 or deposit.area_mm2


def group_rows(workup: Workup) -> list[dict[str, Any]]:
    """Return one row a group of the whole person: what counts first, then what is ordinary."""
    scans = len(workup.ct)
    deposits = {
        scan_prefix(n, scans) + d.id: (n, d)
        for n, reading in enumerate(workup.ct, 1)
        for d in reading.deposits
    }
    marks = {d.id: (n, d) for n, film in enumerate(workup.films, 1) for d in film.deposits}
    boxes = {
        m: (n, k)
        for n, film in enumerate(workup.films, 1)
        for k, g in enumerate(film.groups, 1)
        for m in g.members
    }
    shown = [g for g in workup.groups if g.material in (Material.CALCIFICATION, Material.PHYSIOLOGICAL)]
    rows = []
    for number, group in enumerate(shown, 1):
        measured = [deposits[i] for i in group.deposits if i in deposits]
        own = sorted((d for _, d in measured), key=_size, reverse=True)
        scan = f"scan {measured[0][0]}" if measured and scans > 1 else "CT"
        seen = [marks[i] for i in group.deposits if i in marks]
        drawn = sorted({boxes[i] for i in group.deposits if i in boxes})
        rows.append(
            _film_group_row(number, group, seen, drawn) if seen else _group_row(number, group, own, scan)
        )
    return rows


def _film_group_row(
    number: int, group: DepositGroup, seen: list[tuple[int, FilmDeposit]], drawn: list[tuple[int, int]]
) -> dict[str, Any]:
    """Return the row of what films show; `drawn` are (film, its own number of the group) on the pictures."""
    diameters = [d.diameter_mm for _, d in seen if d.diameter_mm is not None]
    parts = []
    for film in sorted({n for n, _ in drawn}):
        numbers = [str(k) for n, k in drawn if n == film]
        parts.append(f"film {film}, group{'s' if len(numbers) > 1 else ''} {words.join(numbers)} there")
    known = "; ".join(parts)
    told = f'; told: "{group.words}"' if group.words else ""
    return {
        "number": str(number),
        "site": group.site,
        "side": group.side,
        "where": words.place(group.site, group.side),
        "certainty": f"{seen[0][1].site_certainty:.2f}" if group.site else None,
        "looks": vocabulary.label(group.pattern) if group.pattern else "form not decided",
        "amount": f"{len(seen)} mark{'s' if len(seen) > 1 else ''}",
        "largest": f"{words.number(max(diameters))} mm across" if diameters else "not measured in mm",
        "known_from": known + told,
    }


def _known_from(group: DepositGroup, own: list[CtDeposit], scan: str) -> str:
    if not own:
        return group.words or "CT"
    ids = [d.id for d in own]
    more = f" and {len(ids) - 4} more" if len(ids) > 4 else ""
    told = f'; told: "{group.words}"' if group.words else ""
    return f"{scan}, deposit{'s' if len(ids) > 1 else ''} {', '.join(ids[:4])}{more}{told}"


def _group_row(number: int, group: DepositGroup, own: list[CtDeposit], scan: str) -> dict[str, Any]:
    diameters = [d.diameter_mm for d in own if d.diameter_mm is not None]
    looks = vocabulary.label(group.pattern) if group.pattern else "not described"
    if group.material is Material.PHYSIOLOGICAL:
        looks += "; ordinary with age, not counted"
    return {
        "number": str(number),
        "site": group.site,
        "side": group.side,
        "where": words.place(group.site, group.side),
        "certainty": f"{own[0].site_certainty:.2f}" if own and group.site else None,
        "looks": looks,
        "amount": words.amount(group),
        "largest": f"{words.number(max(diameters))} mm across" if diameters else "not measured",
        "known_from": _known_from(group, own, scan),
    }


def scan_view(exam: Examination) -> dict[str, Any]:
    """Return what the page shows of one scan."""
    reading = exam.reading
    order = {d.id: i for i, d in enumerate(reading.deposits)}
    counted = sorted(
        (d for d in reading.deposits if d.material is Material.CALCIFICATION and d.kept),
        key=_size,
        reverse=True,
    )
    marked = counted[:MARKED]
    listed = [d for d in reading.deposits if d.material in COUNTS and d.kept]
    listed.sort(key=lambda d: (COUNTS.index(d.material), -_size(d)))
    others = [d for d in reading.deposits if d.material not in COUNTS or not d.kept]
    return {
        "projections": projections(exam, marked={d.id: d.id for d in marked}),
        "unmarked": len(counted) - len(marked),
        "scores": score_table(reading.scores),
        "notable": [_notable(exam, d, order[d.id]) for d in _spread(counted)],
        "rows": [_deposit_row(d) for d in listed[:LISTED]],
        "others": _others(others),
        "other_count": len(others),
        "how": _how(reading),
        "series": [
            {
                "number": s.number,
                "chosen": s.chosen,
                "slices": s.slices,
                "what": _series_words(s),
                "reason": s.reason,
            }
            for s in reading.series.others
        ],
    }


def _spread(counted: list[CtDeposit]) -> list[CtDeposit]:
    """Return the notable deposits: the largest of each site first, then the next largest."""
    seen: set[str | None] = set()
    first = []
    for deposit in counted:
        if deposit.site not in seen:
            seen.add(deposit.site)
            first.append(deposit)
    rest = [d for d in counted if d not in first]
    return (first + rest)[:NOTABLE]


def _notable(exam: Examination, deposit: CtDeposit, index: int) -> dict[str, Any]:
    parts = [
        f"{words.number(deposit.diameter_mm)} mm across",
        f"volume {words.number(deposit.volume_mm3)} mm³" if deposit.volume_mm3 is not None else "",
        f"mass {words.interval(deposit.mass_integrated_mg, 'mg')}",
        f"peak {deposit.hu_peak:.0f} HU, mean {deposit.hu_mean:.0f} HU",
        f"Agatston {words.number(deposit.agatston)}" if deposit.agatston is not None else "",
        words.join([vocabulary.label(p) for p in deposit.patterns]),
    ]
    return {
        "id": deposit.id,
        "where": words.place(deposit.site, deposit.side),
        "planes": deposit_planes(exam, index),
        "numbers": "; ".join(p for p in parts if p) + ".",
        "why": "; ".join(w for w in (deposit.reason.rstrip("."), deposit.site_reason) if w),
    }


def _deposit_row(deposit: CtDeposit) -> dict[str, Any]:
    noise = deposit.noise_probability
    return {
        "id": deposit.id,
        "material": deposit.material.value,
        "where": words.place(deposit.site, deposit.side),
        "volume": words.number(deposit.volume_mm3),
        "mass": words.interval(deposit.mass_integrated_mg, "mg"),
        "agatston": words.number(deposit.agatston) if deposit.agatston is not None else "not given",
        "peak": f"{deposit.hu_peak:.0f}",
        "diameter": words.number(deposit.diameter_mm),
        "noise": "not known" if noise is None else (f"{noise:.2f}" if noise >= 0.005 else "under 0.01"),
        "reason": deposit.reason,
    }


def _others(others: list[CtDeposit]) -> list[dict[str, Any]]:
    by_kind: dict[str, list[CtDeposit]] = defaultdict(list)
    for deposit in others:
        by_kind[deposit.material.value if deposit.kept else "noise"].append(deposit)
    rows = []
    for kind, members in sorted(by_kind.items()):
        largest = max(members, key=lambda d: d.voxels)
        peak = max(d.hu_peak for d in members)
        rows.append(
            {"material": kind, "count": len(members), "peak": f"{peak:.0f}", "reason": largest.reason}
        )
    return rows


def _series_words(row: Any) -> str:
    parts = [
        row.modality,
        row.description,
        f"kernel {row.kernel}" if row.kernel else None,
        f"{row.kvp:g} kV" if row.kvp else None,
        f"{row.thickness_mm:g} mm" if row.thickness_mm else None,
        "x".join(map(str, row.matrix)) if row.matrix else None,
    ]
    return ", ".join(p for p in parts if p)


HOW_FOUND = (
    "Voxels at or above the threshold are joined in each slice and across slices; each object is then "
    "judged by rules from body, lung, skeleton and vessel landmarks. The reason stands beside it."
)
HOW_WEIGHED = (
    "Integrated mass sums what a deposit adds above its own surroundings, blur included; threshold mass "
    "sums what lies above the threshold and reads 20 to 30 percent high. Without a calibration factor the "
    "interval is wide."
)


def _how(reading: CtReading) -> list[tuple[str, str]]:
    geometry, contrast = reading.geometry, reading.contrast
    z, y, x = geometry.spacing_mm
    step = "one slice, no gap to measure" if z is None else f"{z:.3g} mm from slice to slice"
    place = f"{' x '.join(map(str, geometry.shape))} voxels; {step}; pixel {y:.3g} x {x:.3g} mm; "
    place += f"tilt {geometry.tilt_deg:.2f} degrees. {' '.join(geometry.causes)}"
    noise = "not measured"
    if reading.noise_hu is not None:
        noise = f"{reading.noise_hu:.3g} HU (standard deviation in soft tissue)"
    return [
        ("Series", reading.series.reason),
        ("Geometry", place),
        ("Noise", noise),
        ("Contrast medium", f"{'yes' if contrast.enhanced else 'no'}: {contrast.reason}"),
        ("Finding", HOW_FOUND),
        ("Mass", HOW_WEIGHED),
    ]
