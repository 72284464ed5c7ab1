"""Folders of small CT series, as a hospital would export them or not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from kossa.ct.read import ScanRead, read_volume
from kossa.intake.entry import Survey
from kossa.intake.survey import survey
from tests.intake.dicom_bytes import Ct

SIDE = 12


def hu_slice(z: float, *, seed: int = 0) -> np.ndarray:
    """Return HU of one slice: air, a body with noise, a bright spot that moves with z."""
    rng = np.random.default_rng(round(z * 100) + 1000 * seed + 50_000)
    out = np.full((SIDE, SIDE), -1000, np.int16)
    out[2:10, 2:10] = 40 + rng.integers(-15, 16, (8, 8))
    out[3 + int(abs(z)) % 5, 4] = 600
    return out


def slices(heights: Iterable[float], *, prefix: str = "s", seed: int = 0, **options: object) -> list[Ct]:
    """Return sound slices at these heights; options are fields of `Ct`."""
    return [
        Ct(
            **{
                "uid": f"{prefix}.{k}".replace("s", "1"),
                "z": z,
                "instance": k + 1,
                "stored": (hu_slice(z, seed=seed) + 1024).astype(np.uint16),
                **options,
            }
        )
        for k, z in enumerate(heights)
    ]


def put(folder: Path, files: Iterable[Ct | bytes], *, names: Iterable[str] | None = None) -> Path:
    """Write files as 001.dcm, 002.dcm, ... or under the given names."""
    folder.mkdir(parents=True, exist_ok=True)
    every = list(files)
    for name, file in zip(names or [f"{k:03d}.dcm" for k in range(1, len(every) + 1)], every, strict=True):
        (folder / name).write_bytes(file if isinstance(file, bytes) else file.encoded())
    return folder


def read(folder: Path, **options: object) -> tuple[ScanRead, Survey]:
    met = survey(folder)
    return read_volume(met, **options), met


def codes(found: ScanRead) -> list[str]:
    return [notice.code for notice in found.notices]


def outcomes(met: Survey) -> list[tuple[str, str | None]]:
    return [(e.outcome.outcome.value, e.outcome.reason) for e in met.entries if e.outcome is not None]
