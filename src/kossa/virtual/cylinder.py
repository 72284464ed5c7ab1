"""The thinnest virtual scan: a cylinder of water on a table with three deposits of known mass."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kossa.evidence import Truth
from kossa.virtual import calcium, files
from kossa.virtual.calcium import Calcium
from kossa.virtual.identity import Patient
from kossa.virtual.scanner import Scanner, expose
from kossa.virtual.series import Protocol
from kossa.virtual.space import Space

__all__ = ["write"]

RADIUS_MM = 90.0
SPACE = Space(shape=(20, 256, 256), pixel_mm=0.9, slice_mm=3.0, origin_mm=(-114.75, -114.75, -28.5))
NOISE_HU = 12.0
# (mass mg, diameter mm, centre LPS mm): 1.2, 0.9 and 0.7 mg per mm3, which is dense but not solid mineral
DEPOSITS = (
    (78.5, 5.0, (-40.3, -10.2, 6.4)),
    (30.2, 4.0, (22.7, 34.1, -7.7)),
    (9.9, 3.0, (35.4, -38.6, 11.2)),
)
PATIENT = Patient("VIRT-C0001", "Cylinder^Water", "19700101", "056Y", "O", 0.06, 2)
PROTOCOL = Protocol("Phantom", "Cylinder 3.0", "B35f", "20260105", "KOSSA VIRTUAL", "Cylinder")


def write(folder: Path, *, seed: int = 0, noise: bool = True) -> Truth:
    """Write `folder/scan/...` (a series, its localizer, its dose sheet) and `folder/truth.json`.

    The same seed gives the same bytes. Raises `CannotFinish` where the folder cannot be written, and
    `WrongCall` where `folder/scan` holds something that was not made here.
    """
    rng = np.random.default_rng([0xC11, seed])
    scanner = Scanner.draw(rng, noise_hu=NOISE_HU)
    deposits = [
        Calcium(f"c{n}", mass, *calcium.ball(centre, (size, size, size)), site="site_soft_tissue")
        for n, (mass, size, centre) in enumerate(DEPOSITS, 1)
    ]
    exposure = expose(_water(), deposits, SPACE, scanner, rng if noise else None)
    truth = Truth(
        deposits=tuple(d.truth() for d in deposits),
        factor_mg_per_mm3_hu=scanner.factor_mg_per_mm3_hu,
        noise_hu=round(exposure.noise_hu, 2),
        note="A cylinder of water, 180 mm across, with three balls of hydroxyapatite.",
    )
    files.write_case(folder, exposure, PATIENT, PROTOCOL, truth, seed=seed)
    return truth


def _water() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return the cylinder without deposits: water 0 HU in air, on a thin plate."""
    y, x = SPACE.axis_mm(1)[:, None], SPACE.axis_mm(2)[None]
    depth = RADIUS_MM - np.hypot(x, y)
    inside = np.clip(depth / SPACE.pixel_mm + 0.5, 0, 1)
    plane = -1000 + 1000 * inside
    table = (np.abs(y - RADIUS_MM - 6) < 1.5) & (np.abs(x) < 100)
    plane = np.where(table, -150, plane)
    return np.repeat(plane[None].astype(np.float32), SPACE.shape[0], axis=0)
