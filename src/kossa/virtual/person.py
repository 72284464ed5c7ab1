"""`VirtualPerson`: body, deposits, department and scanner of one made case, and the case on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kossa.evidence import Truth
from kossa.evidence.progress import Progress, silent
from kossa.virtual import files
from kossa.virtual.body.frame import Frame
from kossa.virtual.body.whole import Body, Build, build
from kossa.virtual.calcium import Calcium
from kossa.virtual.identity import Patient
from kossa.virtual.scanner import Exposure, Scanner, expose
from kossa.virtual.series import Protocol
from kossa.virtual.space import Space

__all__ = ["Made", "VirtualPerson", "make", "write"]

BOTTOM_MM, TOP_MM = -100.0, 606.0  # of the scan, reference anatomy
MATRIX = 512
# noise relative to the middle of the abdomen, by reference height: more through shoulders and hips, less
# through the lungs, as tube current modulation leaves it (Kalra, Radiology 2004;233:649): judgement
NOISE_BY_HEIGHT = np.array(
    [
        (-100, 1.05),
        (0, 1.25),
        (60, 1.15),
        (180, 1.0),
        (280, 0.95),
        (420, 0.8),
        (500, 0.9),
        (550, 1.3),
        (606, 1.2),
    ]
)


@dataclass(frozen=True)
class VirtualPerson:
    """One person to be made. Ranges are drawn from by the seed."""

    key: str
    patient: Patient
    protocol: Protocol
    build: Build
    stretch: tuple[float, float, float]
    fov_mm: float
    noise_hu: float
    note: str
    deposits: Callable[[Body, np.random.Generator], list[Calcium]]


@dataclass(frozen=True, eq=False)
class Made:
    """The exposure of a person, and what was put in (LPS)."""

    exposure: Exposure
    deposits: tuple[Calcium, ...]
    truth: Truth


def _frame(person: VirtualPerson, rng: np.random.Generator, slice_mm: float, matrix: int) -> Frame:
    grow = rng.uniform(0.97, 1.03, 3)
    x, y, z = (s * g for s, g in zip(person.stretch, grow, strict=True))
    pixel = person.fov_mm / matrix
    bottom = round(-930.0 + float(rng.uniform(-40, 40)), 1)
    shift = (float(rng.uniform(-4, 4)), float(rng.uniform(-6, 2)), bottom - BOTTOM_MM * z)
    count = int(np.ceil((TOP_MM - BOTTOM_MM) * z / slice_mm))
    corner = -pixel * (matrix - 1) / 2
    space = Space((count, matrix, matrix), pixel, slice_mm, (round(corner, 4), round(corner, 4), bottom))
    roll, lean = float(rng.uniform(-2.5, 2.5)), float(rng.uniform(-0.012, 0.012))
    return Frame(space, (x, y, z), roll, lean, shift)


def _noise_map(frame: Frame) -> Callable[[int], npt.NDArray[np.float32]]:
    """Return the noise of slice k relative to the scanner's: highest in the middle of the body."""
    space = frame.space
    r2 = (space.axis_mm(1)[:, None] / 105) ** 2 + (space.axis_mm(2)[None] / 150) ** 2
    plane = (0.68 + 0.34 * np.exp(-r2)).astype(np.float32)
    z = frame.from_voxel[2, 2] * np.arange(space.shape[0]) + frame.from_voxel[2, 3]
    along = np.interp(z, NOISE_BY_HEIGHT[:, 0], NOISE_BY_HEIGHT[:, 1]).astype(np.float32)
    return lambda k: plane * along[k]


def make(
    person: VirtualPerson,
    *,
    seed: int = 0,
    slice_mm: float = 3.0,
    matrix: int = MATRIX,
    noise: bool = True,
    calcium: bool = True,
    progress: Progress = silent,
) -> Made:
    """Build and scan a person; the same seed gives the same scan.

    Without `calcium` the body is scanned as it would be without any deposit: validation subtracts it.
    """
    rng = np.random.default_rng([seed, *person.key.encode()])
    scanner = Scanner.draw(rng, noise_hu=person.noise_hu)
    frame = _frame(person, rng, slice_mm, matrix)
    progress(f"person {person.key}: painting the body", 0, 0)
    body = build(frame, person.build, rng)
    deposits = tuple(d.moved(frame.place) for d in person.deposits(body, rng))

    def told(done: int, total: int) -> None:
        progress(f"person {person.key}: scanning", done, total)

    exposure = expose(
        body.canvas.hu,
        deposits if calcium else (),
        frame.space,
        scanner,
        rng if noise else None,
        local_noise=_noise_map(frame),
        progress=told,
    )
    truth = Truth(
        deposits=tuple(d.truth() for d in deposits),
        factor_mg_per_mm3_hu=scanner.factor_mg_per_mm3_hu,
        noise_hu=round(exposure.noise_hu, 2),
        note=person.note,
    )
    return Made(exposure, deposits, truth)


def write(
    person: VirtualPerson,
    folder: Path,
    *,
    seed: int = 0,
    slice_mm: float = 3.0,
    matrix: int = MATRIX,
    noise: bool = True,
    progress: Progress = silent,
) -> Truth:
    """Make a person and write `folder/scan/...` and `folder/truth.json` beside it; return the truth.

    Raises `WrongCall` where `folder/scan` holds something that was not made here, and `CannotFinish`
    where the folder cannot be written.
    """
    files.refuse_foreign(folder)
    made = make(person, seed=seed, slice_mm=slice_mm, matrix=matrix, noise=noise, progress=progress)
    progress(f"person {person.key}: writing the files", 0, 0)
    files.write_case(folder, made.exposure, person.patient, person.protocol, made.truth, seed=seed)
    return made.truth
