"""Which series of a folder is read for calcium, and why; `series=` overrides by number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kossa.ct.series_rules import meanings, sharpness
from kossa.ct.stacks import Stack, build_stacks, kernel_name
from kossa.evidence import FileKind, Refused, SeriesRow
from kossa.intake.dicom import CT_CLASSES
from kossa.intake.dicom_pixels import check_syntax
from kossa.intake.entry import Entry, Survey
from kossa.intake.nifti import NiftiHeader, read_nifti_header

__all__ = ["Candidate", "choose", "find_candidates", "reason", "rows", "worth_reading"]

AXIAL = np.cos(
    np.radians(35.0)
)  # gantries tilt by 30 degrees at most; steeper slices are reformats (judgement)
MANY = 10  # slices that make a scan (ct.md 3.11)
NO_AGENT = frozenset(("", "NONE", "NO", "N", "0", "NATIVE", "NO CONTRAST", "WITHOUT"))
NOT_FOR_CALCIUM = "not made for calcium scoring"
SAME_REGION = 0.5  # share of the shorter series that another covers, to be the same scan (judgement)
THICKNESS = ((1.0, 2), (2.0, 1), (3.5, 0), (5.0, 3))
"""Upper bound in mm -> rank: 2 to 3.5 mm is what scores were made for, thinner is noisier, thicker
blurs small deposits away (ct.md 3.11 and section 6 row 18)."""


@dataclass(slots=True)
class Candidate:
    """One stack of slices or one NIfTI file. `barred` says why it cannot be read by choice.

    `code` is the short reason of `barred`; `refused` marks a fault of the files rather than another
    use of them. `merits` are (rank, words) by criterion, the lower the better.
    """

    stack: Stack | None
    entry: Entry | None = None
    nifti: NiftiHeader | None = None
    number: int = 0
    barred: str = ""
    code: str = ""
    refused: bool = False
    merits: tuple[tuple[float, str], ...] = field(default=())

    @property
    def slices(self) -> int:
        """Return how many slices there are, those that could not be used left out."""
        if self.stack is not None:
            return len(self.stack.slices)
        return self.nifti.grid.shape[0] if self.nifti is not None else 0

    def entries(self) -> list[Entry]:
        """Return the files."""
        if self.stack is not None:
            return self.stack.entries()
        return [self.entry] if self.entry is not None else []


def find_candidates(survey: Survey) -> list[Candidate]:
    """Return every series of the folder, numbered from 1 in an order that files' names do not touch."""
    kinds = (FileKind.CT, FileKind.DICOM_OTHER)
    entries = [e for e in survey.entries if e.kind in kinds and e.header is not None and e.header.frames]
    found = [_judged(Candidate(stack)) for stack in build_stacks(entries)]
    found.sort(key=_order)
    plain = [e for e in survey.entries if e.kind is FileKind.CT and e.header is None]
    found += [_nifti(entry) for entry in sorted(plain, key=lambda e: e.location)]
    for number, candidate in enumerate(found, 1):
        candidate.number = number
    return found


def _order(candidate: Candidate) -> tuple[object, ...]:
    assert candidate.stack is not None
    header = candidate.stack.header
    number = header.series_number
    return (
        header.study_uid,
        number is None,
        number or 0,
        header.series_uid,
        kernel_name(header) or "",
        header.kvp or 0.0,
        header.rows,
        header.columns,
        -len(candidate.stack.slices),
        candidate.stack.frame.orientation or (),
        candidate.stack.turn,
        header.sop_instance_uid,
    )


def _nifti(entry: Entry) -> Candidate:
    try:
        header = read_nifti_header(entry.read())
    except Refused as refused:
        return Candidate(None, entry, barred=str(refused), code=refused.code, refused=True)
    if header.label_map:
        words = "it is a label map and no scan (give it as --roi)"
        return Candidate(None, entry, header, barred=words, code="label-map")
    count, gap = header.grid.shape[0], header.grid.spacing_mm[0] or header.grid.single_thickness_mm or 0.0
    merits = (
        (0.0, ""),
        _few(count),
        (0.0, "no contrast medium told"),
        (1.0, "kernel not told"),
        (1.0, NOT_FOR_CALCIUM),
        (0.0, ""),
        _thin(gap, count),
        (-count * gap, f"{count * gap:.0f} mm long" if count > 1 else ""),
    )
    return Candidate(None, entry, header, merits=merits)


def _judged(candidate: Candidate) -> Candidate:
    """Say why a stack cannot be read, or how good it is."""
    stack = candidate.stack
    assert stack is not None
    told = meanings(stack.header)
    for rule in (_class_bar, _syntax_bar, _word_bar, _place_bar, _turn_bar, _conflict_bar):
        bar = rule(stack, told)
        if bar is not None:
            candidate.code, candidate.barred, candidate.refused = bar
            return candidate
    candidate.merits = _merits(stack, told)
    return candidate


Bar = tuple[str, str, bool] | None  # code, sentence, whether the files are at fault


def _class_bar(stack: Stack, _told: dict[str, str]) -> Bar:
    header = stack.header
    if header.modality and header.modality != "CT":
        return "not-ct", f"its modality is {header.modality}", False
    if header.sop_class_uid not in CT_CLASSES:
        return "not-ct", "it is not a CT image object (a captured screen, a sheet or a derived object)", False
    if header.samples != 1:
        return "not-ct", "it is in colour", False
    return None


def _syntax_bar(stack: Stack, _told: dict[str, str]) -> Bar:
    try:
        check_syntax(stack.header.transfer_syntax_uid)
    except Refused as refused:
        return refused.code, str(refused), True
    return None


def _word_bar(_stack: Stack, told: dict[str, str]) -> Bar:
    words = told.get("pass_over")
    if words is None:
        return None
    return ("localizer" if "localizer" in words else "derived"), words, False


def _place_bar(stack: Stack, _told: dict[str, str]) -> Bar:
    if not stack.placed:
        return "invalid-geometry", "it does not say where its slices lie and how they are turned", True
    if stack.frame.pixel_mm is None:
        return "invalid-geometry", "it has no pixel spacing, so nothing in it can be measured", True
    return None


def _turn_bar(stack: Stack, _told: dict[str, str]) -> Bar:
    turn = np.asarray(stack.frame.orientation, np.float64)
    normal = np.abs(np.cross(turn[:3], turn[3:]))
    if normal[2] >= AXIAL:
        return None
    name = ("sagittal", "coronal", "oblique")[int(normal.argmax())]
    return "reformat", f"its slices are {name} and not axial: it is a reformat of another series", False


def _conflict_bar(stack: Stack, _told: dict[str, str]) -> Bar:
    if not stack.conflicts:
        return None
    pairs = "; ".join(f"{a.name} and {b.name} at {a.height_mm:.2f} mm" for a, b in stack.conflicts[:4])
    more = f" and {len(stack.conflicts) - 4} more" if len(stack.conflicts) > 4 else ""
    return (
        "conflicting-slices",
        f"different slices claim the same place ({pairs}{more}) and nothing tells them apart",
        True,
    )


def _merits(stack: Stack, told: dict[str, str]) -> tuple[tuple[float, str], ...]:
    """Return (rank, words) by criterion, the most important first (issue 10; ct.md 3.11)."""
    header = stack.header
    low, high = stack.extent_mm
    kernel = kernel_name(header)
    soft = sharpness(kernel)
    gap = (high - low) / (len(stack.slices) - 1) if len(stack.slices) > 1 else stack.frame.thickness_mm or 0.0
    derived = "DERIVED" in header.image_type
    contrast = _contrast(stack, told)
    return (
        _scaled(stack, told),
        _few(len(stack.slices)),
        contrast,
        (
            {"soft": 0.0, "sharp": 2.0}.get(soft, 1.0),
            f"{soft} kernel ({kernel})" if kernel and soft != "unknown" else f"kernel {kernel or 'not told'}",
        ),
        (0.0, told["calcium"]) if "calcium" in told else (1.0, NOT_FOR_CALCIUM),
        (float(derived), "derived images" if derived else ""),
        _thin(gap, len(stack.slices)),
        (low - high, f"{high - low:.0f} mm long" if high > low else ""),
    )


def _scaled(stack: Stack, told: dict[str, str]) -> tuple[float, str]:
    if "not_hounsfield" in told:
        return 2.0, f"{told['not_hounsfield']}, whose values are not Hounsfield units"
    if stack.frame.slope is None or stack.frame.intercept is None:
        return 1.0, "no rescale to Hounsfield units"
    if "mono" in told:
        return 0.5, told["mono"]
    return 0.0, ""


def _few(count: int) -> tuple[float, str]:
    rank = 0.0 if count >= MANY else (1.0 if count > 1 else 2.0)
    return rank, f"{count} slices" if count > 1 else "a single slice"


def _thin(gap_mm: float, count: int) -> tuple[float, str]:
    rank = next((rank for bound, rank in THICKNESS if gap_mm <= bound), 4)
    return float(rank), f"slices every {gap_mm:.2f} mm" if count > 1 else f"{gap_mm:.2f} mm thick"


def _contrast(stack: Stack, told: dict[str, str]) -> tuple[float, str]:
    """Judge by the tag and the words; what the pixels say is seen later."""
    agent = (stack.header.contrast_agent or "").strip().upper()
    route = (stack.header.contrast_route or "").upper()
    if "no_contrast" in told:
        return 0.0, "no contrast medium told"
    if agent not in NO_AGENT and route not in ("ORAL", "RECTAL"):
        return 1.0, "contrast medium told"
    if "contrast" in told:
        return 1.0, told["contrast"]
    return 0.0, "no contrast medium told"


def _rank(candidate: Candidate) -> tuple[float, ...]:
    return (*(rank for rank, _ in candidate.merits), float(candidate.number))


def choose(candidates: list[Candidate]) -> Candidate | None:
    """Return the best series that can be read, None where there is none."""
    usable = [c for c in candidates if not c.barred]
    return min(usable, key=_rank, default=None)


def reason(chosen: Candidate, candidates: list[Candidate]) -> str:
    """Return the sentence that says what a series is, and why it was read."""
    words = [words for _, words in chosen.merits if words and words != NOT_FOR_CALCIUM]
    told = ", ".join(words) if words else chosen.barred
    readable = [c for c in candidates if not c.barred]
    if readable == [chosen]:
        return f"The only series that can be read: {told}."
    if chosen in worth_reading(candidates):
        return f"The best for calcium of its scan: {told}."
    return f"Asked for by its number: {told}."


def rows(candidates: list[Candidate], chosen: set[int]) -> tuple[SeriesRow, ...]:
    """Return the table of series, those in `chosen` marked."""
    best = [c for c in candidates if c.number in chosen]
    return tuple(_row(c, best, candidates) for c in candidates)


def _row(candidate: Candidate, best: list[Candidate], candidates: list[Candidate]) -> SeriesRow:
    picked = candidate in best
    stack = candidate.stack
    header = stack.header if stack is not None else None
    return SeriesRow(
        number=candidate.number,
        chosen=picked,
        reason=reason(candidate, candidates) if picked else _why_not(candidate, best),
        slices=candidate.slices,
        modality=header.modality if header else "CT",
        description=header.series_description if header else "NIfTI",
        kernel=kernel_name(header) if header else None,
        kvp=header.kvp if header else None,
        thickness_mm=stack.frame.thickness_mm if stack is not None else None,
        matrix=(header.rows, header.columns) if header else _matrix(candidate.nifti),
        image_type="\\".join(header.image_type) if header and header.image_type else None,
    )


def _matrix(nifti: NiftiHeader | None) -> tuple[int, int] | None:
    return None if nifti is None else nifti.grid.shape[1:]


def _why_not(candidate: Candidate, best: list[Candidate]) -> str:
    """Name the first criterion in which the series is worse than the one that was chosen."""
    if candidate.barred:
        return f"Passed over: {candidate.barred}."
    rivals = [other for other in best if _same_scan(candidate, other)] or best
    rival = min(rivals, key=_rank, default=None)
    if rival is None:
        return "Not read."
    for mine, other in zip(candidate.merits, rival.merits, strict=False):
        if mine[0] != other[0]:
            better = "" if mine[0] > other[0] else " (though better in this)"
            return f"Not chosen: {mine[1]}; series {rival.number} has {other[1] or 'none of this'}{better}."
    return f"Not chosen: it equals series {rival.number} in all that counts."


def worth_reading(candidates: list[Candidate]) -> list[Candidate]:
    """Return the best series of each scan: of each region and study that a series covers."""
    left = sorted((c for c in candidates if not c.barred), key=_rank)
    kept: dict[str, list[Candidate]] = {}
    for one in left:
        if kept and one.merits[0][0] >= 1:  # without Hounsfield units: only where there is nothing else
            continue
        of_study = kept.setdefault(one.stack.header.study_uid if one.stack is not None else "", [])
        if not any(_same_scan(one, other) for other in of_study):
            of_study.append(one)
    return sorted((c for every in kept.values() for c in every), key=lambda c: c.number)


def _same_scan(one: Candidate, other: Candidate) -> bool:
    if one.stack is None or other.stack is None:
        return False
    a, b = one.stack, other.stack
    if a.header.study_uid != b.header.study_uid:
        return False
    if a.header.frame_of_reference_uid != b.header.frame_of_reference_uid:
        return False
    low, high = max(a.extent_mm[0], b.extent_mm[0]), min(a.extent_mm[1], b.extent_mm[1])
    shorter = min(a.extent_mm[1] - a.extent_mm[0], b.extent_mm[1] - b.extent_mm[0])
    return high >= low if shorter <= 0 else high - low > SAME_REGION * shorter
