"""From the files of a folder to one scan in Hounsfield units, its geometry, and what must be told."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.geometry import Diagnosis, diagnose
from kossa.ct.hounsfield import corner_padding, header_padding, not_hounsfield
from kossa.ct.outcomes import nothing_usable, settle_others
from kossa.ct.read_nifti import read_nifti_scan
from kossa.ct.read_notices import scale_of_slices, stack_notices
from kossa.ct.series import Candidate, choose, find_candidates, reason, rows, worth_reading
from kossa.ct.series_rules import meanings
from kossa.ct.slice_source import SliceSource
from kossa.ct.stacks import Failure, Slice, Stack, kernel_name
from kossa.evidence import (
    Geometry,
    NothingUsable,
    Notice,
    Outcome,
    Refused,
    SeriesChoice,
    SeriesRow,
    Severity,
    WrongCall,
)
from kossa.evidence.progress import Progress, silent
from kossa.evidence.volume import Volume
from kossa.intake.entry import Survey

__all__ = ["ScanRead", "list_scans", "probe_others", "read_volume", "series_table"]

VOLUME_BYTES = 8 << 30  # of one scan as int16 (judgement; 16,000 slices of 512 x 512)
SIDE = 4096  # largest matrix of a CT (judgement)
SMALL_SLICES, SMALL_VOXELS = 4, 16_000_000  # of a series that is looked into unasked (judgement)
SMALL_SIDE = 64  # rows or columns that are looked at where there are more (judgement)
SAMPLE = (16, 4, 4)  # slices, rows and columns that are left out when looking at the values


@dataclass(frozen=True, eq=False)
class ScanRead:
    """One scan as it was read.

    `hounsfield` False: it may be shown and not scored, for the reason in `not_hounsfield`.
    `slice_files` names the file each slice came from; `contrast_agent` and `contrast_route` are
    what the header claims.
    """

    volume: Volume
    series: SeriesChoice
    geometry: Geometry
    notices: tuple[Notice, ...]
    hounsfield: bool
    not_hounsfield: str = ""
    slice_files: tuple[int, ...] = ()
    contrast_agent: str | None = None
    contrast_route: str | None = None
    description: str | None = None
    protocol: str | None = None
    body_part: str | None = None


@dataclass(frozen=True, eq=False)
class _Pixels:
    """A stack as it came out of its files, failures left out."""

    hu: npt.NDArray[np.int16]
    slices: list[Slice]
    failures: list[Failure]
    padding_hu: int | None


def list_scans(survey: Survey) -> tuple[int, ...]:
    """Return the numbers of the series worth reading: the best of each study and region."""
    return tuple(c.number for c in worth_reading(find_candidates(survey)))


def series_table(survey: Survey) -> tuple[SeriesRow, ...]:
    """Return every series with its reason, those worth reading marked as chosen."""
    candidates = find_candidates(survey)
    return rows(candidates, {c.number for c in worth_reading(candidates)})


def read_volume(survey: Survey, *, series: int | None = None, progress: Progress = silent) -> ScanRead:
    """Read the series that suits calcium best, or the one asked for, and settle its files.

    Parameters
    ----------
    survey
        What the folder holds; the `outcome` of each CT entry is set.
    series
        Number of a series in the table of series, read instead of the choice.

    Raises
    ------
    NothingUsable
        No series can be read; the sentence says why.
    WrongCall
        There is no series of that number.
    """
    candidates = find_candidates(survey)
    while True:
        chosen = choose(candidates) if series is None else _asked(candidates, series)
        if chosen is None:
            settle_others(candidates, None)
            raise NothingUsable(nothing_usable(survey, candidates))
        try:
            found = _read(chosen, candidates, progress)
        except Refused as refused:
            chosen.barred, chosen.code, chosen.refused = str(refused), refused.code, True
            if series is not None:
                settle_others(candidates, None)
                raise NothingUsable(f"Series {series} cannot be read: {refused}.") from refused
            continue
        settle_others(candidates, chosen)
        return found


def probe_others(survey: Survey) -> None:
    """Look into the small series that were not chosen: a file with a fault is told, not passed over.

    What can be read stays `not-chosen`; a broken file is rejected with its reason, one without Hounsfield
    units is partial. Large series are left alone: looking would cost as much as reading them.
    """
    for candidate in find_candidates(survey):
        entries = candidate.entries()
        passed = [e for e in entries if e.outcome is not None and e.outcome.reason == "not-chosen"]
        if candidate.barred or len(passed) != len(entries) or not _small(candidate):
            continue
        try:
            found = _read(candidate, [candidate], silent)
        except Refused as refused:
            for entry in entries:
                entry.refuse(refused)
        else:
            if found.hounsfield:
                for entry in entries:
                    entry.settle(Outcome.IGNORED, reason="not-chosen")


def _small(candidate: Candidate) -> bool:
    """Say whether a look into all of a series costs little."""
    if candidate.nifti is not None:
        return math.prod(candidate.nifti.grid.shape) <= SMALL_VOXELS
    return candidate.slices <= SMALL_SLICES


def _asked(candidates: list[Candidate], series: int) -> Candidate:
    for candidate in candidates:
        if candidate.number == series:
            stack = candidate.stack
            if candidate.refused or (stack is not None and stack.conflicts):
                raise NothingUsable(f"Series {series} cannot be read: {candidate.barred}.")
            return candidate
    known = f"there are series 1 to {len(candidates)}" if candidates else "there is no series here"
    raise WrongCall(f"There is no series {series}: {known}.")


def _read(chosen: Candidate, candidates: list[Candidate], progress: Progress) -> ScanRead:
    if chosen.stack is not None:
        return _read_stack(chosen, chosen.stack, candidates, progress)
    assert chosen.entry is not None
    scan = read_nifti_scan(chosen.entry)
    notices = [*scan.notices, *_value_notices(scan.why_not)]
    _settle_used(chosen, [], scan.diagnosis.geometry, scan.why_not)
    return ScanRead(
        volume=scan.volume,
        series=SeriesChoice(
            number=chosen.number,
            reason=reason(chosen, candidates),
            slices=scan.volume.hu.shape[0],
            kind="nifti",
            files=(chosen.entry.number,),
            others=rows(candidates, {chosen.number}),
        ),
        geometry=scan.diagnosis.geometry,
        notices=tuple(notices),
        hounsfield=scan.why_not is None,
        not_hounsfield=scan.why_not or "",
        slice_files=(chosen.entry.number,) * scan.volume.hu.shape[0],
    )


def _read_stack(chosen: Candidate, stack: Stack, candidates: list[Candidate], progress: Progress) -> ScanRead:
    got = _load(stack, progress)
    header, frame = got.slices[0].header, got.slices[0].frame
    diagnosis = _diagnosed(got.slices, stack)
    hu, padding = got.hu, got.padding_hu
    told = meanings(header)
    mono = "mono" in told
    why_not = told.get("not_hounsfield") or not_hounsfield(
        hu[:: max(1, len(hu) // SAMPLE[0]), :: SAMPLE[1], :: SAMPLE[2]],
        padding_hu=padding,
        scaled=all(s.frame.slope is not None and s.frame.intercept is not None for s in got.slices),
        rescale_type=header.rescale_type,
        intercept=frame.intercept,
        bits_allocated=header.bits_allocated,
        slope=frame.slope,
    )
    thin = min(SAMPLE[1], max(1, min(hu.shape[1:]) // SMALL_SIDE))
    scales, left = scale_of_slices(hu[:, ::thin, ::thin], got.slices, padding)
    why_not = why_not or left
    notices = [*diagnosis.notices, *stack_notices(chosen, candidates, got.failures), *scales]
    notices += _value_notices(why_not)
    _settle_used(chosen, got.failures, diagnosis.geometry, why_not)
    return ScanRead(
        volume=Volume(hu, diagnosis.grid, kvp=None if mono else header.kvp, padding_hu=padding),
        series=_choice(chosen, got.slices, candidates),
        geometry=diagnosis.geometry,
        notices=tuple(notices),
        hounsfield=why_not is None,
        not_hounsfield=why_not or "",
        slice_files=tuple(s.entry.number for s in got.slices),
        contrast_agent=header.contrast_agent,
        contrast_route=header.contrast_route,
        description=header.series_description,
        protocol=header.protocol,
        body_part=header.body_part,
    )


def _load(stack: Stack, progress: Progress) -> _Pixels:
    """Read all slices into one array; those that cannot be decoded are left out and named."""
    rows_, columns, count = stack.header.rows, stack.header.columns, len(stack.slices)
    if max(rows_, columns) > SIDE or count * rows_ * columns * 2 > VOLUME_BYTES:
        raise Refused(
            "too-large", f"{count} slices of {rows_} x {columns} are more than kossa reads as one scan"
        )
    padding = next(
        (value for s in stack.slices if (value := header_padding(s.header, s.frame)) is not None),
        None,
    )
    hu = np.empty((count, rows_, columns), np.int16)
    failed = SliceSource(padding).write_all(
        stack.slices, hu, lambda done: progress("reading slices", done, count)
    )
    failures = [*stack.failures, *(Failure(stack.slices[k], r.code, str(r)) for k, r in failed.items())]
    good = [k for k in range(count) if k not in failed]
    if not good:
        first = failures[0]
        raise Refused(first.code, first.what)
    if len(good) < count:
        hu = hu[good]
    corner = corner_padding(hu)
    return _Pixels(hu, [stack.slices[k] for k in good], failures, padding if corner is None else corner)


def _diagnosed(slices: list[Slice], stack: Stack) -> Diagnosis:
    header, frame = stack.header, stack.frame
    assert frame.orientation is not None
    assert frame.pixel_mm is not None
    return diagnose(
        np.array([s.frame.position_mm for s in slices], np.float64),
        frame.orientation,
        frame.pixel_mm,
        (header.rows, header.columns),
        thickness_mm=[s.frame.thickness_mm for s in slices],
        numbers=[s.header.instance_number for s in slices] if len(header.frames) == 1 else (),
    )


def _choice(chosen: Candidate, slices: list[Slice], candidates: list[Candidate]) -> SeriesChoice:
    header, frame = slices[0].header, slices[0].frame
    many = len(header.frames) > 1
    return SeriesChoice(
        number=chosen.number,
        reason=reason(chosen, candidates),
        slices=len(slices),
        kind="enhanced" if many else ("single slice" if len(slices) == 1 else "slices"),
        kvp=header.kvp,
        kernel=kernel_name(header),
        manufacturer=header.manufacturer,
        thickness_mm=frame.thickness_mm,
        files=tuple(sorted({s.entry.number for s in slices})),
        others=rows(candidates, {chosen.number}),
    )


def _value_notices(why_not: str | None) -> list[Notice]:
    if why_not is None:
        return []
    return [
        Notice(
            code="no-hounsfield",
            severity=Severity.WARNING,
            what=f"The values of this scan are not Hounsfield units: {why_not}.",
            done="It is shown and not scored.",
            todo="Export the original CT series.",
        )
    ]


def _settle_used(chosen: Candidate, failures: list[Failure], geometry: Geometry, why_not: str | None) -> None:
    """Settle the files of the series that was read: whole, with a limit, or not at all."""
    failed = {f.slice.entry.number: f for f in failures}
    limit = "no-hounsfield" if why_not else ("missing-slices" if geometry.missing_after else None)
    dropped = {d.entry.number for d, _ in chosen.stack.duplicates} if chosen.stack is not None else set()
    kept = {s.entry.number for s in chosen.stack.slices} if chosen.stack is not None else set()
    for entry in chosen.entries():
        if entry.number in failed:
            entry.refuse(Refused(failed[entry.number].code, failed[entry.number].what))
        elif limit is not None:
            entry.settle(Outcome.PARTIAL, reason=limit, used_by="ct")
        else:
            again = entry.number in dropped - kept
            entry.settle(Outcome.ACCEPTED, reason="duplicate" if again else None, used_by="ct")
