"""A stained section with a known share of mineral: tissue, nuclei and silver as optical density.

Light falls by 10 to the minus density; each dye has a colour vector. Vectors of fast red and of silver are
those of common use in histology (Ruifrok and Johnston 2001 for the idea; the numbers are judgement).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage as ndi

from kossa.evidence import TrueSection
from kossa.evidence.atomic import write_bytes

__all__ = ["Biopsy", "write_section"]

Floats = npt.NDArray[np.float64]

PINK, SILVER = (0.21, 0.85, 0.48), (0.60, 0.58, 0.55)  # density in red, green, blue, before normalising
LIGHT = (244.0, 241.0, 236.0)  # of the lamp through glass
NOISE = 2.0  # grey levels of the camera; judgement
SIDE, UM = 960, 0.5  # pixels a side, micrometres a pixel


@dataclass(frozen=True)
class Biopsy:
    """What a section is of. `grain_um` is the size of deposits, `share` how much of the tissue they fill.

    `open_share` is what holes (alveoli, vessels) take of it; deposits near their walls are `along_walls`.
    """

    grain_um: float
    share: float
    open_share: float
    along_walls: bool


def write_section(folder: Path, name: str, biopsy: Biopsy, seed: int) -> TrueSection:
    """Write `name`.png and its sidecar; return the truth. The mineral is drawn to its share exactly."""
    draw = np.random.default_rng([seed, 51])
    tissue = _tissue(draw, biopsy)
    mineral = _mineral(draw, biopsy, tissue)
    density = _vector(PINK) * (0.28 + 0.10 * _smooth(draw, 18.0))[..., None] * tissue[..., None]
    nuclei = _nuclei(draw) & tissue & ~mineral
    density = density + 0.45 * _soft(nuclei)[..., None] * _vector(PINK)
    density = density + 1.25 * _soft(mineral)[..., None] * _vector(SILVER)
    seen = np.asarray(LIGHT) * 10.0 ** -np.maximum(density, 0) + draw.normal(0, NOISE, density.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(np.rint(seen), 0, 255).astype(np.uint8)).save(out, "PNG")
    write_bytes(folder / f"{name}.png", out.getvalue())
    told = f'kind = "section"\nstain = "von_kossa"\num_per_px = {UM}\n'
    write_bytes(folder / f"{name}.toml", told.encode("utf-8"))
    return TrueSection(stain="von_kossa", mineral_percent=100.0 * float(mineral.sum() / tissue.sum()))


def _vector(colour: tuple[float, float, float]) -> Floats:
    return np.asarray(colour, np.float64) / float(np.linalg.norm(colour))


def _smooth(draw: np.random.Generator, sigma: float) -> Floats:
    """Return a smooth random field of mean 0 and deviation 1."""
    field = ndi.gaussian_filter(draw.standard_normal((SIDE, SIDE)), sigma, mode="wrap")
    return np.asarray((field - field.mean()) / field.std())


def _soft(mask: npt.NDArray[np.bool_]) -> Floats:
    """Return a mask with edges as blurred as a lens leaves them."""
    return np.asarray(ndi.gaussian_filter(mask.astype(np.float64), 0.8))


def _tissue(draw: np.random.Generator, biopsy: Biopsy) -> npt.NDArray[np.bool_]:
    field = _smooth(draw, 40.0)
    cut = np.quantile(field, biopsy.open_share) if biopsy.open_share > 0 else -np.inf
    tissue = field > cut
    tissue[:, : SIDE // 8] = False  # the edge of the piece, with empty glass beside it
    return np.asarray(tissue)


def _mineral(
    draw: np.random.Generator, biopsy: Biopsy, tissue: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    field = _smooth(draw, biopsy.grain_um / UM / 2)
    if biopsy.along_walls:
        inside = np.asarray(ndi.distance_transform_edt(tissue))
        field = field - 0.12 * inside
    cut = np.quantile(field[tissue], 1 - biopsy.share)
    return np.asarray((field > cut) & tissue)


def _nuclei(draw: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return nuclei of 5 to 8 um, about 900 in a mm2 (judgement)."""
    y, x = np.ogrid[:SIDE, :SIDE]
    mask = np.zeros((SIDE, SIDE), bool)
    count = round(900 * (SIDE * UM / 1000) ** 2)
    places, radii = draw.uniform(0, SIDE, (count, 2)), draw.uniform(5, 8, count)
    for (cy, cx), r in zip(places, radii, strict=True):
        box = (slice(max(0, int(cy - 9)), int(cy + 10)), slice(max(0, int(cx - 9)), int(cx + 10)))
        mask[box] |= (y[box[0]] - cy) ** 2 + (x[:, box[1]] - cx) ** 2 < r * r
    return mask
