"""The reader of sections: a picture in, one reading out, with what is needed to draw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from kossa.evidence import (
    FileKind,
    Interval,
    NothingUsable,
    Notice,
    Outcome,
    Refused,
    SectionReading,
    Severity,
    Stain,
    WrongCall,
)
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.intake.entry import Entry, Survey
from kossa.intake.files_table import files, notices
from kossa.intake.survey import survey
from kossa.section.artefacts import Artefacts, find_artefacts
from kossa.section.deposits import Deposits
from kossa.section.describe import describe
from kossa.section.figures import Spacing, intervals, scores, sizes
from kossa.section.frame import find_frame, without_frame
from kossa.section.glass import fit_glass
from kossa.section.measure import Measured, curve, measure
from kossa.section.pale import with_pale_tissue
from kossa.section.quality import quality_notices
from kossa.section.recipe import Recipe, densities, make_recipe, with_nuclei
from kossa.section.recognise import Guess, guess
from kossa.section.slide import Slide, open_slide
from kossa.section.stain import BROWN, RULES, unit
from kossa.section.told import check_given, place_of, spacing_of, stain_of
from kossa.section.uncertain import spread

__all__ = ["SectionExamination", "examine", "examine_all", "iterate"]

_ROOM = "section"
SMALLEST_PX = 64  # a side; smaller is a thumbnail (judgement)
LITTLE_GLASS = 0.01  # of the sample, below which the light is not known (judgement)
LEAST_TISSUE = 2e-4  # of the picture: less is dust (judgement)


@dataclass(frozen=True, eq=False)
class SectionExamination:
    """A reading, its deposits, and a small copy of the picture: `factor` pixels make one of `picture`."""

    reading: SectionReading
    deposits: Deposits
    picture: npt.NDArray[np.uint8]
    factor: int


def examine(
    found: Survey | Path | str,
    *,
    stain: Stain | None = None,
    um_per_px: float | None = None,
    progress: Progress | None = None,
    acid: bool = False,
) -> SectionExamination:
    """Read the one section of a file, a folder or a survey.

    `stain` and `um_per_px` go before what a sidecar or the file says. `acid` tells that the section was
    treated with acid as a control, as `control = "acid"` in a sidecar does. An interrupt (Ctrl-C) returns
    what was read until then, `partial`. Raises `WrongCall` (a spacing that is none, several sections),
    `NothingUsable` (no section, or one that cannot be read: with the reason).
    """
    alone = isinstance(found, Path | str)
    if isinstance(found, Path | str):
        check_given(um_per_px)
        found = survey(Path(found), progress=progress or silent)
    exams = _whole(
        found, _all(found, stain, um_per_px, progress or silent, acid=acid, alone=alone), alone=alone
    )
    if len(exams) > 1:
        raise WrongCall(f"There are {len(exams)} sections here. Give one file, or read them all.")
    if not exams:
        raise NothingUsable(_nothing(found))
    return exams[0]


def examine_all(
    found: Survey | Path | str,
    *,
    stain: Stain | None = None,
    um_per_px: float | None = None,
    progress: Progress | None = None,
) -> tuple[SectionExamination, ...]:
    """Read every section of a folder or a survey; none gives an empty tuple.

    A picture that nobody told of is read only where its stain is recognised with certainty 0.8 or more.
    """
    alone = isinstance(found, Path | str)
    if isinstance(found, Path | str):
        found = survey(Path(found), progress=progress or silent)
    return _whole(
        found, _all(found, stain, um_per_px, progress or silent, acid=False, alone=alone), alone=alone
    )


def iterate(found: Survey, *, progress: Progress | None = None) -> Iterator[SectionExamination]:
    """Yield the sections of `examine_all` one by one, so that one picture is held at a time."""
    return _all(found, None, None, progress or silent, acid=False, alone=False)


def _all(
    found: Survey, stain: Stain | None, um: float | None, progress: Progress, *, acid: bool, alone: bool
) -> Iterator[SectionExamination]:
    check_given(um)
    for entry in found.of(FileKind.SECTION, FileKind.PICTURE):
        untold = entry.kind is FileKind.PICTURE and not alone
        try:
            with open_slide(entry) as slide:
                exam = _one(entry, slide, stain, um, progress, acid=acid, untold=untold)
        except Refused as refused:
            if not untold:
                entry.refuse(refused)
            continue
        yield exam
        if exam.reading.read_share < 1.0 and exam.reading.partial:
            break


def _whole(
    found: Survey, exams: Iterable[SectionExamination], *, alone: bool
) -> tuple[SectionExamination, ...]:
    """Return all of them, each with the table of files where the path was opened for them alone."""
    read = tuple(exams)
    return tuple(_enveloped(exam, found) for exam in read) if alone else read


def _enveloped(exam: SectionExamination, found: Survey) -> SectionExamination:
    """Return the examination with the table of files and the notices of the folder."""
    reading = replace(exam.reading, files=files(found), notices=(*notices(found), *exam.reading.notices))
    return SectionExamination(reading, exam.deposits, exam.picture, exam.factor)


def _nothing(found: Survey) -> str:
    """Say why, and what to do: a fault of a file goes before a remark on one."""
    told = [n for e in found.entries for n in e.notices if n.severity is not Severity.INFO]
    told.sort(key=lambda n: n.severity is not Severity.ERROR)
    why = f"{told[0].what} {told[0].todo}".strip() if told else ""
    return why or "There is no section here. Give a PNG, JPEG or TIFF in colour, and say its stain."


def _one(
    entry: Entry,
    slide: Slide,
    stain: Stain | None,
    um: float | None,
    progress: Progress,
    *,
    acid: bool,
    untold: bool,
) -> SectionExamination:
    """Read one open picture and settle its file."""
    if min(slide.height, slide.width) < SMALLEST_PX:
        raise Refused(
            "too-small",
            f"This picture has {slide.width} x {slide.height} pixels; nothing can be measured on it. "
            "Give the original.",
        )
    frame = find_frame(slide)
    slide = without_frame(slide, frame) if any(frame) else slide
    blocks = slide.sample()
    if max(int(b.pixels.max()) for b in blocks) == min(int(b.pixels.min()) for b in blocks):
        raise Refused("blank", "This picture has one colour everywhere. Export it again.")
    shape = (slide.height, slide.width)
    glass = fit_glass(blocks, shape, even=slide.info.tiled)
    samples = [densities(block, glass, shape) for block in blocks]
    seen = guess(np.concatenate(samples))
    told = stain or (entry.told.stain if entry.told else None)
    wrong = next((n for n in entry.notices if n.severity is Severity.ERROR), None)
    if told is None and wrong is not None:  # somebody did say the stain: a guess must not stand for it
        raise Refused(wrong.code, f"{wrong.what} Mend it, or say the stain.")
    acid = acid or bool(entry.told and entry.told.control == "acid")
    which, source = stain_of(told, seen, untold=untold)
    depth = 1 << (8 * blocks[0].pixels.dtype.itemsize)
    whole = sum(b.pixels.shape[0] * b.pixels.shape[1] for b in blocks) == shape[0] * shape[1]
    recipe = with_nuclei(make_recipe(RULES[which], glass, samples, depth, shape, whole=whole), blocks)
    recipe = with_pale_tissue(recipe, blocks)
    moved = spread(recipe, blocks)
    measured = measure(slide, recipe, progress)
    spacing, remarks = spacing_of(entry, slide, um)
    if glass.share < LITTLE_GLASS and not glass.dark:
        remarks.append(
            _warn(
                "little-glass",
                "There is hardly any empty glass in this picture, so the light is not known and the share "
                "may be wrong.",
                "Take the picture so that empty glass shows, or scan the whole section.",
                done="White light as bright as the brightest colour was assumed." if glass.assumed else "",
            )
        )
    remarks += quality_notices(blocks, recipe, frame, spacing.um)
    remarks += _recipe_notices(recipe, source, seen)
    reading = _reading(entry, recipe, measured, moved, spacing, remarks, source, seen, acid=acid)
    entry.kind = FileKind.SECTION
    outcome = Outcome.PARTIAL if measured.stopped else Outcome.ACCEPTED
    entry.settle(outcome, reason=measured.stopped or None, used_by=_ROOM)
    picture = measured.small.picture(float(np.max(glass.light[:, 0])))
    return SectionExamination(reading, measured.deposits, picture, measured.small.factor)


def _recipe_notices(recipe: Recipe, source: str, seen: Guess) -> list[Notice]:
    out = []
    if source == "recognised":
        out.append(
            _warn(
                "stain-recognised",
                f"The stain was not told; by its colours it is {recipe.rule.name} (certainty "
                f"{seen.certainty:.2f}).",
                "Say the stain where this is wrong.",
            )
        )
    if recipe.far:
        out.append(
            _warn(
                "vectors-far",
                f"The colour of the {' and of the '.join(recipe.far)} lies far from the printed one.",
                "Check the stain.",
                done="The printed vector was used.",
            )
        )
    return out


def _reading(
    entry: Entry,
    recipe: Recipe,
    measured: Measured,
    moved: dict[str, tuple[float, float, float]],
    spacing: Spacing,
    remarks: list[Notice],
    source: str,
    seen: Guess,
    *,
    acid: bool,
) -> SectionReading:
    stain, deposits = recipe.rule.stain, measured.deposits
    height, width = recipe.shape
    share = measured.rows / height
    mineral = int(deposits.pixels.sum())
    blank = measured.tissue_px < LEAST_TISSUE * measured.rows * width
    at = intervals(measured, moved, spacing, recipe.rule.least_percent)
    percent = Interval(value=None, low=None, high=None) if blank else at["percent"]
    artefacts = (
        Artefacts()
        if blank
        else find_artefacts(
            recipe, measured.small, measured.pigment_px, measured.cast_px, deposits, measured.tissue_px
        )
    )
    points = curve(measured.histogram)
    said = describe(
        stain,
        percent,
        artefacts,
        points,
        degrees=None if blank else seen.off(stain),
        partial=bool(measured.stopped),
        acid=acid,
        dark=recipe.glass.dark,
        of="tissue" if recipe.doubted_level is None else "picture",
        source=entry.source(),
    )
    if blank:
        remarks.append(
            _warn("no-tissue", "No tissue was found on this picture.", "Give a picture with tissue.")
        )
    if measured.stopped:
        remarks.insert(0, _stopped(measured.stopped, share))
    lengths, unit_name = sizes(deposits, spacing)
    findings = (*said.findings, *place_of(entry, said.findings))
    return SectionReading(
        kossa_version=VERSION,
        stain=stain,
        um_per_px=spacing.um,
        um_per_px_source=spacing.source,
        tissue_px=0 if blank else measured.tissue_px,
        mineral_percent=percent,
        per_mm2=None if blank or spacing.um is None else at["per_mm2"].value,
        largest_um=max(lengths, default=0.0) if spacing.um is not None and not blank else None,
        sizes=lengths,
        sizes_unit=unit_name,
        deposits=len(deposits),
        mineral_px=mineral,
        pigment_px=measured.pigment_px,
        shape=recipe.shape,
        stain_source=source,
        stain_certainty=None if source == "told" else round(seen.certainty, 3),
        vectors=tuple(_vector(v) for v in (recipe.mineral, recipe.counter, unit(BROWN))),
        curve=points,
        partial=bool(measured.stopped),
        read_share=share,
        acid=acid,
        artefacts=artefacts.names(),
        scores=() if blank else scores(recipe, at, lengths, unit_name, entry.source()),
        findings=findings,
        notices=(*remarks, *said.notices),
    )


def _vector(v: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    return (round(float(v[0]), 4), round(float(v[1]), 4), round(float(v[2]), 4))


def _stopped(why: str, share: float) -> Notice:
    cause = (
        "Reading was interrupted"
        if why == "cancelled"
        else "There are more deposits than memory is set aside for"
    )
    return _warn(
        why,
        f"{cause}: the figures are of the upper {100 * share:.0f} % of the picture alone.",
        "Read it again for the whole." if why == "cancelled" else "Cut the picture into parts.",
        done="What was read until then is given, marked as partial.",
    )


def _warn(code: str, what: str, todo: str = "", *, done: str = "") -> Notice:
    return Notice(code=code, severity=Severity.WARNING, what=what, done=done, todo=todo)
