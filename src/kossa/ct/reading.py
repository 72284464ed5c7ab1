"""A path, or a folder already surveyed, in; one scan's examination out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kossa.ct.assess import assess
from kossa.ct.presets import DEFAULT, load
from kossa.ct.read import read_volume
from kossa.ct.roi import read_roi
from kossa.evidence import File, FileKind, Notice, SeveralPeople, WrongCall
from kossa.evidence.progress import Progress, silent
from kossa.evidence.volume import Examination
from kossa.intake.entry import Survey
from kossa.intake.files_table import files, notices, settle_rest
from kossa.intake.people import people
from kossa.intake.survey import survey

__all__ = ["examine"]

READ = frozenset({FileKind.CT, FileKind.MASK, FileKind.SIDECAR})  # kinds that this reader alone uses


def examine(
    source: Path | str | Survey,
    *,
    preset: str = DEFAULT,
    series: int | None = None,
    roi: Path | str | None = None,
    mg_per_mm3_hu: float | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Find and measure the calcium of one CT scan.

    Parameters
    ----------
    source
        A folder, a DICOM file, a zip or a NIfTI file; or what `intake.survey` made of one.
    preset
        Scoring convention, a name of `ct.presets.names`.
    series
        Number in the table of series, read instead of the one that suits calcium best.
    roi
        NIfTI label map on the scan's grid; narrows the reading and names regions.
    mg_per_mm3_hu
        The scanner's calibration factor, from a phantom; without it masses carry the vendors' spread.
    progress
        Called with a stage in words, steps done and steps in all.

    Raises
    ------
    NothingUsable, SeveralPeople, WrongCall, Refused
        Each with one sentence: no scan can be read, more than one person, a wrong option, a label map that
        does not fit.
    """
    tell = progress or silent
    if mg_per_mm3_hu is not None and not (math.isfinite(mg_per_mm3_hu) and mg_per_mm3_hu > 0):
        raise WrongCall(f"mg_per_mm3_hu has to be a number above 0, and {mg_per_mm3_hu} is none")
    convention = load(preset)
    whole = _surveyed(source, tell)
    scan = read_volume(whole.survey, series=series, progress=tell)
    regions = None if roi is None else read_roi(Path(roi), scan.volume.grid)
    exam = assess(scan, preset=convention, regions=regions, mg_per_mm3_hu=mg_per_mm3_hu, progress=tell)
    told = (*(regions.notices if regions else ()), *whole.notices())
    reading = msgspec.structs.replace(
        exam.reading, files=whole.files(), notices=(*exam.reading.notices, *told)
    )
    return Examination(reading, exam.volume, exam.runs)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A survey, and whether this call made it and so speaks for all its files."""

    survey: Survey
    own: bool

    def files(self) -> tuple[File, ...]:
        """Return the table of files: all of them, or those of scans where others read the rest."""
        if self.own:
            settle_rest(self.survey, READ)
            return files(self.survey)
        return tuple(f for f in files(self.survey) if f.kind in READ)

    def notices(self) -> tuple[Notice, ...]:
        """Return what was met in the folder, where nobody else tells."""
        return notices(self.survey) if self.own else ()


def _surveyed(source: Path | str | Survey, progress: Progress) -> _Folder:
    """Survey a path, which must hold one person's scans."""
    if isinstance(source, Survey):
        return _Folder(source, own=False)
    met = survey(Path(source), progress=progress)
    found = people(met, READ)
    if len(found.persons) > 1:
        raise SeveralPeople(found.sentence())
    return _Folder(met, own=True)
