"""Vertebrae from T1 to S1's border, discs, the canal and what lies in it.

Sizes by level after Panjabi et al., Spine 1991;16:888 (thoracic) and 1992;17:299 (lumbar), rounded.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.outline import spine_y
from kossa.virtual.body.shape import Shape, ellipsoid, rotation, sweep, united
from kossa.virtual.body.tissue import Tissue

__all__ = ["LEVELS", "paint_canal", "paint_spine", "tilt", "vertebra_z"]

Floats = npt.NDArray[np.float64]

# level: z of the body's middle, half width, half depth, half height of the body (mm)
LEVELS: dict[str, tuple[float, float, float, float]] = {
    "C7": (586, 13, 8, 7),
    "T1": (564, 14, 8.5, 7.8),
    "T2": (543, 14, 9, 8.4),
    "T3": (521, 13.5, 10, 8.7),
    "T4": (499, 13.5, 11, 9),
    "T5": (476, 14, 12, 9.3),
    "T6": (452, 14, 13, 9.6),
    "T7": (428, 14.5, 14, 9.9),
    "T8": (403, 15, 14.5, 10.2),
    "T9": (377, 16, 15, 10.6),
    "T10": (350, 17, 15.5, 11.2),
    "T11": (322, 18.5, 15.5, 11.6),
    "T12": (292, 20, 16, 12.4),
    "L1": (259, 21, 16.5, 13.2),
    "L2": (224, 22, 17, 13.4),
    "L3": (188, 23.5, 17, 13.4),
    "L4": (151, 24.5, 17, 13.2),
    "L5": (115, 25.5, 17, 12.6),
}
ENDPLATE_MM = 1.2  # with its calcified cartilage: 0.6-1.5


def vertebra_z(level: str) -> float:
    """Return the height of the middle of a vertebra."""
    return LEVELS[level][0]


def tilt(z: float) -> Floats:
    """Return the turn that lays a vertebra at height z square to the curve of the spine."""
    slope = float(spine_y(z + 8) - spine_y(z - 8)) / 16
    return rotation(x_deg=float(np.degrees(np.arctan(-slope))))


def _body(canvas: Canvas, level: str) -> Shape:
    z, wide, deep, high = LEVELS[level]
    y, turn = float(spine_y(z)), tilt(z)
    axis = turn @ np.array([0.0, 0.0, 1.0])
    middle = np.array([0.0, y, z])
    # waisted: a stack of ellipses, narrower in the middle
    heights = np.linspace(-high, high, 7)
    waist = 1 - 0.10 * (1 - (heights / high) ** 2)
    rows = np.array([[*(middle + h * axis), wide * w, deep * w] for h, w in zip(heights, waist, strict=True)])
    body = sweep(canvas.frame, rows, up=turn @ np.array([0.0, 1.0, 0.0]), smooth=False)
    # flat ends, and the dent for the canal
    top = float(axis @ middle)
    body.half_space(tuple(axis), top + high)
    body.half_space(tuple(-axis), -top + high)
    canal = ellipsoid(canvas.frame, middle + turn @ [0, deep + 6.5, 0], (11, 8.5, high + 6), turn)
    return body.cut(canal)


def _arch(canvas: Canvas, level: str) -> Shape:
    """Return pedicles, laminae, facets, transverse processes and the spinous process of a vertebra."""
    z, wide, deep, high = LEVELS[level]
    y, turn = float(spine_y(z)), tilt(z)
    lumbar = level.startswith("L")
    back, up = deep, high * 0.45

    def at(dx: float, dy: float, dz: float) -> list[float]:
        x, dy2, dz2 = turn @ np.array([dx, dy, dz])
        return [float(x), float(y + dy2), float(z + dz2)]

    droop = -10 if lumbar else -24  # thoracic spinous processes point down
    tip = 50 if lumbar else 42
    spinous = [
        [*at(0, back + 19, up - 6), 4.2, 8 if lumbar else 5],
        [*at(0, back + 27, up - 8 + droop * 0.4), 3.2, 10 if lumbar else 5.5],
        [*at(0, back + tip - 17, up - 8 + droop), 3.8, 9 if lumbar else 4.5],
    ]
    pieces = [sweep(canvas.frame, spinous, up=turn @ np.array([0.0, 0.25, 1.0]))]
    for side in (-1.0, 1.0):
        pedicle = [
            [*at(side * (wide - 6), back - 4, up), 4.5],
            [*at(side * (wide - 5), back + 9, up - 1), 4.2],
        ]
        lamina = [
            [*at(side * (wide - 6), back + 11, up - 3), 3.2, 8],
            [*at(side * 7, back + 18, up - 6), 3.0, 8],
            [*at(0, back + 21, up - 7), 3.2, 8],
        ]
        reach = wide + (20 if lumbar else 12)
        transverse = [
            [*at(side * (wide - 5), back + 9, up - 1), 4.0],
            [*at(side * (wide + 7), back + (10 if lumbar else 17), up), 3.3],
            [*at(side * reach, back + (9 if lumbar else 20), up + 1), 3.8],
        ]
        facet = [
            [*at(side * (wide - 5), back + 12, up + 13), 4.6],
            [*at(side * (wide - 6), back + 13, up - 2), 5.0],
            [*at(side * (wide - 8), back + 14, up - 15), 4.6],
        ]
        pieces += [sweep(canvas.frame, rows) for rows in (pedicle, transverse, facet)]
        pieces.append(sweep(canvas.frame, lamina, up=turn @ np.array([0.0, 0.3, 1.0])))
    return united(pieces, blend=2.5)


def _canal(canvas: Canvas) -> tuple[Shape, Shape]:
    """Return the dural sac and the cord in it, from C7 to L1 and on as the cauda."""
    z = np.array([640.0, 586, 499, 403, 322, 259, 188, 115, 92, 60, 30])
    depth = np.interp(z, [92, 115, 292, 452, 586], [17.0, 17, 16, 13, 8.5])
    y = spine_y(z) + depth + 8.0
    sac = np.column_stack([0 * z, y, z, np.interp(z, [30, 92, 188, 640], [3.0, 7.5, 8.5, 7.5])])
    cord = np.column_stack([0 * z, y, z, np.interp(z, [30, 200, 255, 320, 640], [0.5, 1.5, 4, 4.6, 5.2])])
    return sweep(canvas.frame, sac, step=8), sweep(canvas.frame, cord, step=8)


def paint_spine(canvas: Canvas, tissue: Tissue) -> None:
    """Paint discs and vertebrae; the sacrum belongs to the pelvis."""
    names = list(LEVELS)
    grain = (46.0, 2.4)  # trabeculae: SD about 30 HU in a region, as in spines of adults: judgement
    for upper, lower in zip(names, [*names[1:], "S1"], strict=True):
        z0, wide, deep, high = LEVELS[upper]
        z1, high1 = (LEVELS[lower][0], LEVELS[lower][3]) if lower in LEVELS else (83.0, 12.0)
        middle = (z0 - high + z1 + high1) / 2
        half = max(1.5, (z0 - high - z1 - high1) / 2 + 1.5)
        disc = ellipsoid(
            canvas.frame,
            (0, float(spine_y(middle)), middle),
            (wide + 0.5, deep + 0.5, half * 2.2),
            tilt(middle),
        )
        axis = tilt(middle) @ np.array([0.0, 0.0, 1.0])
        top = float(axis @ np.array([0.0, float(spine_y(middle)), middle]))
        disc.half_space(tuple(axis), top + half).half_space(tuple(-axis), -top + half)
        canvas.paint(disc, tissue.disc)
    for level in names:
        arch = _arch(canvas, level)
        body = _body(canvas, level)
        canvas.paint(arch, tissue.cortex * 0.8)
        canvas.paint(arch, tissue.spongiosa + 60, grow=-1.6, texture=grain)
        canvas.paint(body, tissue.endplate)
        canvas.paint(body, tissue.spongiosa, grow=-ENDPLATE_MM, texture=grain)


def paint_canal(canvas: Canvas, tissue: Tissue) -> None:
    """Paint the canal through spine and sacrum: fat, the sac with its fluid, the cord."""
    sac, cord = _canal(canvas)
    canvas.paint(sac.grown(1.8), tissue.fat)
    canvas.paint(sac, tissue.csf + 8)
    canvas.paint(cord, tissue.cord)
