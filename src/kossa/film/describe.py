"""From marks to the envelope: deposits, groups, findings and notices, in the words that a page may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kossa.evidence import (
    Category,
    FilmDeposit,
    FilmGroup,
    Finding,
    Material,
    Modality,
    Notice,
    Score,
    Severity,
    Side,
    Source,
)
from kossa.evidence.vocabulary import term
from kossa.film.detect import Detection
from kossa.film.mammogram import Group, Marks
from kossa.film.measure import Mark
from kossa.film.morphology import PATTERNS

__all__ = ["Told", "describe_mammogram"]

BIGGEST_UNSIZED_MM = 0.3  # below this the size is that of pixel and blur (films_and_sections.md 7, row 5)
MANY_SPECKS = 1.0  # specks a cm2 from which on the film is called dusty (same, 1.3)

WORDS = {
    Category.TYPICALLY_BENIGN: "form described as typically benign; a radiologist must read this film",
    Category.SUSPICIOUS: "form described as suspicious; a radiologist must read this film",
    Category.INDETERMINATE: "form not decided from this film; a radiologist must read it",
}
SPREAD = {
    "grouped": "spread_mammo_grouped",
    "linear": "spread_mammo_linear",
    "regional": "spread_mammo_regional",
}


@dataclass(frozen=True)
class Told:
    """What stands in the reading; places are pixels of the film as it was given."""

    deposits: tuple[FilmDeposit, ...] = ()
    groups: tuple[FilmGroup, ...] = ()
    findings: tuple[Finding, ...] = ()
    scores: tuple[Score, ...] = ()
    notices: tuple[Notice, ...] = field(default=())


def describe_mammogram(found: Detection, marks: Marks, *, mm: bool, side: Side, source: Source) -> Told:
    """Name every mark and group; `mm` tells whether lengths may be said."""
    prefix = f"film{source.file}" if source.file is not None else "film"
    owner = {i: f"{prefix}-g{n}" for n, g in enumerate(marks.groups, 1) for i in g.members}
    deposits = tuple(
        _deposit(
            f"{prefix}-d{i + 1}", mark, found, marks.words[i], owner.get(i), mm=mm, side=side, source=source
        )
        for i, mark in enumerate(marks.marks)
    )
    groups = tuple(
        _group(f"{prefix}-g{n}", g, marks.marks, found, prefix, mm=mm, side=side)
        for n, g in enumerate(marks.groups, 1)
    )
    findings = tuple(f for g in groups for f in _findings(g, source))
    return Told(deposits, groups, findings, (), tuple(_notices(found, marks, mm=mm, source=source)))


def _native(found: Detection, y: float, x: float) -> tuple[float, float]:
    """Turn a place of the part into pixels of the film."""
    offset = (found.factor - 1) / 2
    oy, ox = found.origin
    return round((y + oy) * found.factor + offset, 2), round((x + ox) * found.factor + offset, 2)


def _deposit(
    id_: str,
    mark: Mark,
    found: Detection,
    word: str | None,
    group: str | None,
    *,
    mm: bool,
    side: Side,
    source: Source,
) -> FilmDeposit:
    word = word if mm else None  # each word rests on a length
    size = mark.diameter * found.pixel_mm
    because = (
        f"its top stands {mark.z:.1f} times the noise of the film above the ground round it "
        f"({mark.height:.0f} of 255 grey levels); its edge is {mark.steep:.1f} times as steep as is usual "
        "on this film"
    )
    if mm:
        because += f"; {size:.2f} mm across"
    if mm and size < BIGGEST_UNSIZED_MM:
        because += f" (below {BIGGEST_UNSIZED_MM:g} mm pixel and blur limit what is known of the size)"
    return FilmDeposit(
        id=id_,
        modality=Modality.FILM,
        material=Material.CALCIFICATION,
        reason="small and bright against the tissue round it; one film does not tell it from every fault",
        site="site_breast_artery" if word == "vascular" else "site_breast",
        site_certainty=0.9,
        side=side,
        group=group,
        patterns=PATTERNS[word] if word else (),
        diameter_mm=round(size, 3) if mm else None,
        area_mm2=round(mark.area * found.pixel_mm**2, 4) if mm else None,
        centroid_px=_native(found, mark.y, mark.x),
        contrast_noise=round(mark.z, 2),
        morphology=word,
        because=because,
        source=source,
    )


def _group(
    id_: str, group: Group, marks: Sequence[Mark], found: Detection, prefix: str, *, mm: bool, side: Side
) -> FilmGroup:
    inside = [marks[i] for i in group.members]
    low = [min(m.box[0][k] for m in inside) + found.origin[k] for k in (0, 1)]
    high = [max(m.box[1][k] for m in inside) + found.origin[k] for k in (0, 1)]
    f = found.factor
    form = group.form
    because = form.because if mm else "spacing unknown: no size-based word is given"
    where = "; lies over the pectoral muscle" if group.pectoral else ""
    span = max(high[k] - low[k] for k in (0, 1)) * found.pixel_mm
    lie = f"; {group.distribution}, {span:.0f} mm from end to end" if mm and len(inside) > 1 else ""
    score = (
        "; found by its marks' size and edges"
        if group.score is None
        else f"; score of its spots {group.score:.1f} (a group is told from {found.passed:.1f} on)"
    )
    category = form.category if mm else Category.INDETERMINATE
    word = form.word if mm else None
    return FilmGroup(
        id=id_,
        members=tuple(f"{prefix}-d{i + 1}" for i in group.members),
        bbox_px=((low[0] * f, low[1] * f), (high[0] * f, high[1] * f)),
        distribution=group.distribution if mm else None,
        morphology=word,
        category=category,
        patterns=form.patterns if mm else (),
        site="site_breast_artery" if word == "vascular" else "site_breast",
        side=side,
        because=f"{WORDS[category]}: {because}{lie}{score}{where}",
    )


def _findings(group: FilmGroup, source: Source) -> list[Finding]:
    ids = [group.site or "site_breast", *group.patterns]
    if group.distribution in SPREAD and group.morphology != "vascular":
        ids.append(SPREAD[group.distribution])
    certainty = (
        0.5 if group.category is Category.INDETERMINATE else 0.7
    )  # judgement: one view, no patient truth
    return [
        Finding(
            id=term(i).id,
            certainty=certainty,
            site=group.site,
            side=group.side,
            group=group.id,
            source=source,
        )
        for i in dict.fromkeys(ids)
    ]


def _notices(found: Detection, marks: Marks, *, mm: bool, source: Source) -> list[Notice]:
    told = [
        Notice(
            code="made-clusters-only",
            severity=Severity.INFO,
            what="How small and faint a group may be and still be found was measured on made clusters only, "
            "not on patients.",
            todo="A radiologist must read this film.",
            source=source,
        )
    ]
    if not marks.groups:
        pixel = f"at {found.pixel_mm:.2f} mm a pixel" if mm else "at this pixel size"
        told.append(
            Notice(
                code="nothing-above-limit",
                severity=Severity.INFO,
                what=f"Nothing was found above the detection limit {pixel} (docs/validation/film.md).",
                todo="A radiologist must read this film.",
                source=source,
            )
        )
    if found.sharp.any():
        rate = found.sharp.sum() / max(found.breast_cm2, 1e-6)
        density = f" ({rate:.1f} per cm2)" if mm else ""
        stand = "group stands" if found.dust_groups == 1 else "groups stand"
        groups = f" {found.dust_groups} {stand} on them alone." if found.dust_groups else ""
        told.append(
            Notice(
                code="dust",
                severity=Severity.WARNING if rate >= MANY_SPECKS or found.dust_groups else Severity.INFO,
                what=f"{int(found.sharp.sum())} specks{density} are as sharp as dust or a fault "
                f"of the emulsion.{groups}",
                done="They were left out of groups and get no word of form.",
                todo="Look at the film itself, or at the other view: calcium is seen on both.",
                source=source,
            )
        )
    if marks.left_out:
        told.append(
            Notice(
                code="too-many-marks",
                severity=Severity.WARNING,
                what=f"{marks.left_out} more places stand out than are described; no mammogram has so many.",
                done="The brightest were described.",
                todo="Look at the film: noise, a grid or a print of it may have made them.",
                source=source,
            )
        )
    if found.dust is not None and mm:
        dusty = found.dust.rate >= MANY_SPECKS
        told.append(
            Notice(
                code="dust-rate",
                severity=Severity.WARNING if dusty else Severity.INFO,
                what="Bright specks beside the breast (dust or faults of the emulsion): "
                f"{found.dust.rate:.1f} per cm2 ({found.dust.specks} on {found.dust.cm2:.0f} cm2).",
                done="As many may lie over the breast, where they look like calcium." if dusty else "",
                todo="Look at the film itself, or at the other view: calcium is seen on both."
                if dusty
                else "",
                source=source,
            )
        )
    if found.mended:
        told.append(
            Notice(
                code="scan-lines",
                severity=Severity.INFO,
                what="A line of the scanner runs through the film."
                if found.mended == 1
                else f"{found.mended} lines of the scanner run through the film.",
                done="Filled from its neighbours." if found.mended == 1 else "Filled from their neighbours.",
                source=source,
            )
        )
    return told
