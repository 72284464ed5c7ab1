"""Small made sections, and how they are written and read in the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from kossa.evidence import Stain
from kossa.section.reading import SectionExamination, examine

DYES = {
    "haem": (0.650, 0.704, 0.286),
    "eosin": (0.072, 0.990, 0.105),
    "fast_red": (0.214, 0.851, 0.478),
    "silver": (0.585, 0.575, 0.572),
    "alizarin": (0.130, 0.800, 0.585),
    "brown": (0.268, 0.570, 0.776),
    "blue_ink": (0.88, 0.45, 0.10),
}
LIGHT = np.array([243.0, 238.0, 230.0])
SIDE = 320


class Field:
    """A field to which dyes are added; tissue is everything right of column 90."""

    def __init__(self, side: int = SIDE) -> None:
        self.side = side
        self.density = np.zeros((side, side, 3))
        self.y, self.x = np.mgrid[:side, :side]
        self.tissue = self.x >= 90 * side // SIDE

    def add(self, dye: str, amount: float, where: np.ndarray | None = None) -> Field:
        vector = np.array(DYES[dye]) / np.linalg.norm(DYES[dye])
        place = self.tissue if where is None else where
        self.density += amount * place[..., None] * vector
        return self

    def disc(self, y: float, x: float, radius: float) -> np.ndarray:
        return (self.y - y) ** 2 + (self.x - x) ** 2 <= radius**2

    def pixels(self, *, depth: int = 8, noise: float = 1.0, bowl: float = 0.0) -> np.ndarray:
        draw = np.random.default_rng(3)
        r2 = ((self.y / self.side - 0.5) ** 2 + (self.x / self.side - 0.5) ** 2)[..., None]
        values = LIGHT * (1 - bowl * r2) * 10**-self.density + draw.normal(0, noise, self.density.shape)
        if depth == 16:
            return np.clip(np.rint(values * 256), 0, 65535).astype(np.uint16)
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def von_kossa(*, mineral: bool = True, side: int = SIDE) -> tuple[Field, np.ndarray]:
    """Two silver discs in pink tissue, and where they are."""
    field = Field(side).add("fast_red", 0.2)
    truth = np.zeros((side, side), bool)
    if mineral:
        truth = field.disc(100, 160, 20) | field.disc(200, 240, 9)
        field.add("silver", 1.2, truth)
    return field, truth


def write_tiled(path: Path, pixels: np.ndarray, *, tile: int = 64, **more: object) -> Path:
    tifffile.imwrite(path, pixels, tile=(tile, tile), photometric="rgb", compression="zlib", **more)
    return path


def write_png(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def read(path: Path, pixels: np.ndarray, stain: Stain | None = Stain.VON_KOSSA, **more) -> SectionExamination:
    return examine(write_png(path / "section.png", pixels), stain=stain, **more)


def codes(exam: SectionExamination) -> set[str]:
    return {notice.code for notice in exam.reading.notices}


def states(exam: SectionExamination) -> dict[str, str]:
    return {f.id: str(f.state) for f in exam.reading.findings}
