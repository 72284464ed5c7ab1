"""What lies on the walls of one artery is one deposit, in however many pieces it was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from scipy.spatial import cKDTree

from kossa.film.lump import Lump, grown
from kossa.film.outline import EIGHT, PATTERN, Outline
from kossa.film.walls import Walls, follow_walls

__all__ = ["with_vessels"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

RINGS = ("rim", "lucent_centre")
BESIDE_MM, LIES_ON = 1.2, 0.6  # from a wall outwards, and share of a mark that lies there; judgement
WALL_MM = 0.5  # half of a wall's width as it is drawn; judgement
MOST = 12  # marks that are tried, the strongest


def with_vessels(lumps: Sequence[Lump], image: Image, clear: Mask, pixel_mm: float) -> list[Lump]:
    """Return the marks on `image` (y, x), those on two walls that can be followed as one, strongest first."""
    left, out = list(lumps), []
    for lump in lumps[:MOST]:
        if not any(k is lump for k in left) or lump.outline.word in RINGS or lump.metal is not None:
            continue
        walls = follow_walls(image, clear, _places(lump), pixel_mm)
        if walls is None or not _lies_on(lump, walls, pixel_mm):
            continue
        members = [k for k in left if k.metal is None and k.outline.word not in RINGS]
        members = [k for k in members if _lies_on(k, walls, pixel_mm)]
        left = [k for k in left if not any(k is m for m in members)]
        out.append(_vessel(members, walls, image.shape, pixel_mm))
    return sorted([*left, *out], key=lambda k: -k.z)


def _places(lump: Lump) -> npt.NDArray[np.intp]:
    return np.asarray(np.argwhere(lump.body) + np.array(lump.corner), np.intp)


def _lies_on(lump: Lump, walls: Walls, pixel_mm: float) -> bool:
    away = cKDTree(walls.middle).query(_places(lump))[0] * pixel_mm
    return bool((away <= walls.apart_mm / 2 + BESIDE_MM).mean() >= LIES_ON)


def _vessel(members: list[Lump], walls: Walls, shape: tuple[int, ...], pixel_mm: float) -> Lump:
    """Draw both walls where they were seen."""
    drawn = np.zeros(shape, bool)
    y, x = np.rint(walls.places).astype(int).T
    drawn[np.clip(y, 0, shape[0] - 1), np.clip(x, 0, shape[1] - 1)] = True
    drawn = grown(drawn, WALL_MM / pixel_mm)
    ys, xs = np.nonzero(drawn)
    box = slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1)
    return Lump(
        body=drawn[box],
        half=int(drawn.sum()),
        corner=(box[0].start, box[1].start),
        y=float(ys.mean()),
        x=float(xs.mean()),
        z=max(k.z for k in members),
        outline=Outline("tram_track", PATTERN["tram_track"], _because(walls)),
        parts=int(ndi.label(drawn[box], EIGHT)[1]),
        on_bone=False,
    )


def _because(walls: Walls) -> str:
    return (
        f"two parallel lines {walls.apart_mm:.1f} mm apart, as the walls of a vessel, followed along "
        f"{walls.length_mm:.0f} mm of one course and seen together on {walls.share:.0%} of it"
    )
