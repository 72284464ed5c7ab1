"""The trunk's large surfaces: skin, fascia under the fat, and the wall of the cavities.

Tables give half axes in mm along z; between their rows the shape is monotone and smooth. Measures:
a man of 1.72 m and 74 kg (ICRP 110 reference man, rounded): judgement where no figure is published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.interpolate import PchipInterpolator

from kossa.virtual.body.canvas import STRIDE, Canvas, Field, random_at
from kossa.virtual.body.tissue import Tissue

__all__ = ["Habitus", "Surfaces", "cavity_half_axes", "paint_trunk", "spine_y", "surfaces"]

Floats = npt.NDArray[np.float64]

# z, half width, front, back of the skin
SKIN = np.array(
    [
        (-140, 176, 92, 104),
        (-95, 176, 92, 108),
        (-40, 180, 98, 124),
        (0, 180, 106, 130),
        (60, 174, 112, 124),
        (120, 164, 117, 112),
        (180, 153, 118, 106),
        (240, 150, 119, 108),
        (300, 153, 118, 112),
        (360, 160, 115, 115),
        (420, 166, 108, 117),
        (470, 171, 98, 117),
        (510, 176, 84, 116),
        (540, 170, 66, 112),
        (570, 142, 52, 106),
        (600, 96, 46, 98),
        (640, 66, 48, 88),
    ],
    dtype=np.float64,
)
# z, half width, front (y), back (y) of the inside of the wall: pleura, peritoneum, pelvic floor
CAVITY = np.array(
    [
        (-70, 4, 10, 30),
        (-54, 16, -20, 50),
        (-40, 36, -40, 58),
        (-10, 52, -58, 76),
        (20, 58, -68, 80),
        (60, 74, -78, 72),
        (100, 102, -84, 60),
        (140, 108, -88, 58),
        (180, 112, -92, 60),
        (220, 115, -94, 64),
        (260, 118, -95, 72),
        (290, 123, -95, 80),
        (320, 129, -94, 86),
        (360, 134, -91, 90),
        (400, 135, -87, 92),
        (440, 131, -79, 92),
        (480, 122, -67, 90),
        (520, 103, -43, 84),
        (540, 88, -31, 78),
        (560, 66, -13, 70),
        (580, 38, 4, 56),
        (595, 8, 12, 40),
    ],
    dtype=np.float64,
)
# z, y of the middle of the vertebral bodies: sway of a lying back
SPINE = np.array(
    [
        (-25, 74),
        (0, 90),
        (25, 88),
        (50, 78),
        (70, 66),
        (92, 50),
        (115, 37),
        (151, 27),
        (188, 25),
        (224, 28),
        (259, 34),
        (292, 41),
        (322, 47),
        (377, 53),
        (428, 55),
        (476, 52),
        (521, 44),
        (564, 32),
        (620, 18),
    ],
    dtype=np.float64,
)
EXPONENT = 2.35  # of the superellipses: between an ellipse and a box
# z, mm of fat in front, at the side, behind, for a body-mass index near 25: judgement
FAT = np.array(
    [
        (-140, 16, 18, 20),
        (-40, 20, 20, 30),
        (30, 22, 18, 34),
        (100, 24, 22, 24),
        (200, 22, 20, 18),
        (300, 16, 16, 14),
        (400, 10, 12, 11),
        (480, 8, 12, 12),
        (560, 7, 9, 12),
        (640, 7, 7, 10),
    ],
    dtype=np.float64,
)


@dataclass(frozen=True)
class Habitus:
    """What differs in the outline: `fat` scales fat, `belly` mm pushes the front wall out."""

    fat: float = 1.0
    belly: float = 0.0
    breasts: bool = False


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Distances (inside < 0) to the skin, to the fascia, and to the wall of the cavities."""

    skin: Field
    fascia: Field
    cavity: Field


def _table(rows: Floats, z: npt.ArrayLike) -> Floats:
    clipped = np.clip(np.asarray(z, dtype=np.float64), rows[0, 0], rows[-1, 0])
    return np.asarray(PchipInterpolator(rows[:, 0], rows[:, 1:])(clipped))


def spine_y(z: npt.ArrayLike) -> Floats:
    """Return y of the middle of the vertebral bodies at heights z."""
    return _table(SPINE, z)[..., 0]


def cavity_half_axes(z: npt.ArrayLike, habitus: Habitus) -> tuple[Floats, Floats, Floats]:
    """Return half width, front y and back y of the cavity at heights z."""
    w, front, back = np.moveaxis(_table(CAVITY, z), -1, 0)
    return w, front - 0.8 * _belly(z, habitus), back


def _belly(z: npt.ArrayLike, habitus: Habitus) -> Floats:
    """Return how far the front wall is pushed out: most at the navel, nothing on chest and pubis."""
    u = (np.asarray(z, dtype=np.float64) - 180) / 95
    return np.asarray(habitus.belly * np.exp(-(u**2)))


def _superellipse(x: Floats, y: Floats, a: Floats, b: Floats) -> Floats:
    """Return the first-order distance to |x/a|^n + |y/b|^n = 1, exact near the curve."""
    u, v = np.abs(x) / a, np.abs(y) / b
    g = np.maximum((u**EXPONENT + v**EXPONENT) ** (1 / EXPONENT), 0.05)
    slope = np.hypot((u / g) ** (EXPONENT - 1) / a, (v / g) ** (EXPONENT - 1) / b)
    return np.asarray(np.clip((g - 1) / np.maximum(slope, 1e-4), -80, 80))


def _blend(a: Floats, b: Floats, k: float) -> Floats:
    h = np.maximum(k - np.abs(a - b), 0) / k
    return np.asarray(np.minimum(a, b) - h * h * k / 4)


def _skin(x: Floats, y: Floats, z: Floats, habitus: Habitus) -> Floats:
    a, front, back = np.moveaxis(_table(SKIN, z), -1, 0)
    front = front + _belly(z, habitus)
    # the furrow over the spine, and the cleft between the buttocks
    back = back - 5 * np.exp(-((x / 15) ** 2)) * np.clip((z - 60) / 60, 0, 1)
    back = back - 34 * np.exp(-((x / 9) ** 2)) * np.exp(-(((z + 25) / 60) ** 2))
    torso = _superellipse(x, y, a, np.where(y < 0, front, back)) + np.maximum(0, -62 - z) * 1.2
    thigh = _superellipse(np.abs(x) - 90, y - 6, np.full_like(z, 86.0), np.full_like(z, 98.0))
    out = _blend(torso, thigh + np.maximum(0, z + 20) * 1.5, 18)
    lift = np.clip((z - 520) / 110, 0, 1.2)  # raised arms leave the picture upwards
    arm = np.hypot(np.abs(x) - (152 + 24 * lift), (y - 28) * 0.95) - 44
    return _blend(out, arm + np.maximum(0, 520 - z) * 0.9, 26)


def _breasts(x: Floats, y: Floats, z: Floats) -> Floats:
    """Return the distance to the breasts, flat as in one who lies on the back."""
    u, v, w = (np.abs(x) - 88) / 64, (y + 84) / 38, (z - 418) / 54
    r = np.maximum(np.sqrt(u * u + v * v + w * w), 0.05)
    slope = np.sqrt((u / 64) ** 2 + (v / 38) ** 2 + (w / 54) ** 2 + 1e-9)
    return np.asarray(np.clip(r * (r - 1) / slope, -60, 60))


def _fat(x: Floats, y: Floats, z: Floats, habitus: Habitus) -> Floats:
    front, side, behind = np.moveaxis(_table(FAT, z), -1, 0)
    turn = np.arctan2(np.abs(x) / 1.4, y)  # 0 behind, pi in front
    t = np.where(
        turn < np.pi / 2,
        behind + (side - behind) * np.sin(turn) ** 2,
        front + (side - front) * np.sin(turn) ** 2,
    )
    t = t * habitus.fat + 0.5 * _belly(z, habitus) * np.clip(-y / 60, 0, 1)
    return np.asarray(t)


def _cavity(x: Floats, y: Floats, z: Floats, habitus: Habitus) -> Floats:
    w, front, back = cavity_half_axes(z, habitus)
    middle, depth = (front + back) / 2, (back - front) / 2
    wall = _superellipse(x, y - middle, w, depth)
    wall = np.maximum(wall, np.maximum(-62 - z, z - 590))
    # the spine and the long muscles of the back bulge into the cavity from behind
    u, v = x / 47, (y - spine_y(z) - 47) / 37
    r = np.maximum(np.hypot(u, v), 0.05)
    back_muscle = r * (r - 1) / np.maximum(np.hypot(u / 47, v / 37), 1e-6)
    return np.asarray(-_blend(-wall, np.clip(back_muscle, -60, 60), 12))


def surfaces(canvas: Canvas, habitus: Habitus) -> Surfaces:
    """Return the three surfaces of the trunk as fields over the whole scan."""
    x, y, z = canvas.coarse()
    z = np.broadcast_to(z, (z.shape[0], 1, 1))
    skin = _skin(x, y, z, habitus)
    fascia = skin + _fat(x, y, z, habitus)
    if habitus.breasts:
        skin = _blend(skin, _breasts(x, y, z), 14)
    cavity = np.maximum(_cavity(x, y, z, habitus), fascia + 7)
    return Surfaces(*(Field(np.ascontiguousarray(v, dtype=np.float32)) for v in (skin, fascia, cavity)))


def paint_trunk(canvas: Canvas, trunk: Surfaces, tissue: Tissue) -> None:
    """Paint skin, fat, muscle with its planes of fat, and fat in the cavities."""
    values = np.array([tissue.skin, tissue.fat, tissue.muscle], dtype=np.float64)
    _paint_trunk(
        canvas.hu,
        canvas.grain,
        canvas.frame.from_voxel,
        trunk.skin.values,
        trunk.fascia.values,
        trunk.cavity.values,
        values,
    )


@njit(cache=True, nogil=True, fastmath=True)
def _ramp(d: float) -> float:
    return min(1.0, max(0.0, 0.5 - d * 0.8))


@njit(cache=True, nogil=True, fastmath=True)
def _paint_trunk(
    hu: npt.NDArray[np.float32],
    grain: npt.NDArray[np.float32],
    m: Floats,
    skin: npt.NDArray[np.float32],
    fascia: npt.NDArray[np.float32],
    cavity: npt.NDArray[np.float32],
    values: Floats,
) -> None:
    nz, ny, nx = hu.shape
    for k in range(nz):
        z = m[2, 2] * k + m[2, 3]
        for j in range(ny):
            j0 = j // STRIDE
            fy = (j - j0 * STRIDE) / STRIDE
            for i in range(nx):
                i0 = i // STRIDE
                fx = (i - i0 * STRIDE) / STRIDE
                w00, w01, w10, w11 = (1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx
                s = (
                    w00 * skin[k, j0, i0]
                    + w01 * skin[k, j0, i0 + 1]
                    + w10 * skin[k, j0 + 1, i0]
                    + w11 * skin[k, j0 + 1, i0 + 1]
                )
                if s > 1.5:
                    continue
                x = m[0, 0] * i + m[0, 1] * j + m[0, 2] * k + m[0, 3]
                y = m[1, 0] * i + m[1, 1] * j + m[1, 2] * k + m[1, 3]
                f = (
                    w00 * fascia[k, j0, i0]
                    + w01 * fascia[k, j0, i0 + 1]
                    + w10 * fascia[k, j0 + 1, i0]
                    + w11 * fascia[k, j0 + 1, i0 + 1]
                )
                c = (
                    w00 * cavity[k, j0, i0]
                    + w01 * cavity[k, j0, i0 + 1]
                    + w10 * cavity[k, j0 + 1, i0]
                    + w11 * cavity[k, j0 + 1, i0 + 1]
                )
                if c < -1.5:
                    hu[k, j, i] = np.float32(values[1])
                    continue
                new = hu[k, j, i]
                new += _ramp(s) * (values[0] - new)
                if f > -1.5:  # fat, with strands
                    strand = abs(random_at(grain, x / 17.0, y / 17.0, z / 26.0))
                    fat = values[1] + 45.0 * max(0.0, 1.0 - strand / 0.06)
                    new += _ramp(s + 2.0) * (fat - new)
                if f < 1.5:  # muscle: bundles, parted by planes of fat
                    plane = abs(random_at(grain, x / 24.0 + 9.0, y / 24.0, z / 80.0))
                    muscle = values[2] + 6.0 * random_at(grain, x / 4.0, y / 4.0, z / 30.0)
                    if z < 60.0:  # the compartments of buttock and thigh are parted more
                        more = abs(random_at(grain, x / 30.0, y / 30.0 + 5.0, z / 110.0 + 3.0))
                        plane = min(0.8 * plane, 0.7 * more)
                    muscle += 0.8 * max(0.0, 1.0 - plane / 0.07) * (values[1] - muscle)
                    new += _ramp(f) * (muscle - new)
                new += _ramp(c) * (values[1] - new)
                hu[k, j, i] = np.float32(new)
