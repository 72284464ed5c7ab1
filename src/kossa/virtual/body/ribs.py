"""Ribs, their cartilage, and the breastbone: oblique arcs on the wall of the chest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.outline import EXPONENT, Habitus, cavity_half_axes, spine_y
from kossa.virtual.body.shape import Shape, curve, sweep
from kossa.virtual.body.spine import vertebra_z
from kossa.virtual.body.tissue import Tissue

__all__ = ["RIBS", "paint_cage"]

Floats = npt.NDArray[np.float64]

# rib: fall of its front end below its head (mm), angle of its front end (deg from the back),
# where its cartilage goes: (x, distance in front of the cavity, z), or None for the free ribs.
# Falls and angles after ribs in CT of adults, rounded: judgement.
RIBS: tuple[tuple[float, float, tuple[float, float, float] | None], ...] = (
    (30, 150, (20, 5, 522)),
    (50, 142, (17, 5, 487)),
    (66, 140, (15, 5, 462)),
    (80, 138, (15, 5, 441)),
    (90, 136, (15, 5, 424)),
    (97, 132, (14, 5, 408)),
    (103, 126, (14, 5, 396)),
    (108, 118, (58, 4, 352)),
    (108, 110, (78, 4, 322)),
    (102, 98, (98, 4, 292)),
    (72, 74, None),
    (46, 46, None),
)
OUT_MM = 5.5  # the middle of a rib lies this far outside of the pleura


def _on_wall(turn_deg: npt.ArrayLike, z: npt.ArrayLike, out: float, habitus: Habitus) -> Floats:
    """Return points on the wall of the cavity, `out` mm outside; 0 degrees is behind, 180 in front."""
    t, z = np.radians(np.asarray(turn_deg, dtype=np.float64)), np.asarray(z, dtype=np.float64)
    w, front, back = cavity_half_axes(z, habitus)
    middle, depth = (front + back) / 2, (back - front) / 2
    s, c = np.sin(t), np.cos(t)
    power = 2 / EXPONENT
    x = (w + out) * np.sign(s) * np.abs(s) ** power
    y = middle + (depth + out) * np.sign(c) * np.abs(c) ** power
    return np.stack(np.broadcast_arrays(x, y, z), -1)


def _rib(number: int, habitus: Habitus) -> Floats:
    """Return the path of the left rib: head, neck, angle, shaft to its front end."""
    fall, end, _ = RIBS[number - 1]
    z0 = vertebra_z(f"T{number}") + 6
    y0 = float(spine_y(z0))
    start = 34 if number < 11 else 30
    turn = np.linspace(start, end, 14)
    u = (turn - start) / (end - start)
    z = z0 - 9 - fall * (0.25 * u + 0.75 * np.sin(u * np.pi / 2) ** 1.6)
    shaft = _on_wall(turn, z, OUT_MM, habitus)
    neck = [[18, y0 + 4, z0 - 1], [30, y0 + 22, z0 + 1]]
    return np.vstack([neck, shaft])


def _section(path: Floats, habitus: Habitus) -> Floats:
    """Return the direction from the middle of the chest outwards at points of a rib."""
    _, front, back = cavity_half_axes(path[:, 2], habitus)
    out = np.column_stack([path[:, 0], path[:, 1] - (front + back) / 2, 0 * path[:, 2]])
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True))


def _ribs(canvas: Canvas, number: int, side: float, habitus: Habitus) -> tuple[Shape, Shape | None]:
    path = curve(_rib(number, habitus), 6.0)
    n = len(path)
    tall = np.full(n, 5.6 if number > 1 else 6.5)
    tall[:3] = 4.4
    flat = np.full(n, 3.4 if number > 1 else 2.8)
    if number > 10:
        taper = np.linspace(1, 0.55, n)
        tall, flat = tall * taper, flat * taper
    up = _section(path, habitus)
    mirror = np.array([side, 1.0, 1.0])
    bone = sweep(
        canvas.frame, np.column_stack([path * mirror, tall, flat]), up=up * mirror, smooth=False, step=6
    )
    target = RIBS[number - 1][2]
    if target is None:
        return bone, None
    x, out, z = target
    _, front, _ = cavity_half_axes(z, habitus)
    end = np.array([x, float(front) - out, z])
    if number >= 8:  # joins the arch of cartilage above it
        end = _on_wall(180 - np.degrees(np.arctan2(x, 95)), z, out + 1, habitus)
    half = (path[-1] + end) / 2
    bow = _on_wall(180 - np.degrees(np.arctan2(half[0], 95)), half[2] - 6, OUT_MM, habitus)
    gristle = np.vstack([path[-2], path[-1], 0.5 * (half + bow), end]) * mirror
    cartilage = sweep(canvas.frame, np.column_stack([gristle, [4.4, 4.6, 4.4, 4.0]]), step=6)
    return bone, cartilage


def _sternum(canvas: Canvas, habitus: Habitus) -> list[Shape]:
    """Return manubrium, body and xiphoid."""

    def rows(table: list[tuple[float, float, float]]) -> Floats:
        z = np.array([r[0] for r in table])
        _, front, _ = cavity_half_axes(z, habitus)
        return np.column_stack([0 * z, front - 6.0, z, [r[1] for r in table], [r[2] for r in table]])

    manubrium = rows([(532, 24, 6.5), (520, 28, 6.2), (505, 20, 5.4), (490, 16, 5.0)])
    body = rows([(484, 15, 5.0), (460, 16, 4.8), (430, 18, 4.8), (405, 19, 4.6), (393, 15, 4.2)])
    xiphoid = rows([(386, 8, 3.2), (372, 6, 2.6), (360, 4, 2.2)])
    return [sweep(canvas.frame, r, up=(0.0, 1.0, 0.25)) for r in (manubrium, body, xiphoid)]


def paint_cage(canvas: Canvas, tissue: Tissue, habitus: Habitus) -> None:
    """Paint ribs, cartilage and breastbone."""
    for side in (-1.0, 1.0):
        for number in range(1, 13):
            bone, cartilage = _ribs(canvas, number, side, habitus)
            if cartilage is not None:
                canvas.paint(cartilage, tissue.cartilage, texture=(12.0, 5.0))
            canvas.paint(bone, tissue.cortex * 0.85)
            canvas.paint(bone, tissue.spongiosa - 30, grow=-1.1, texture=(46.0, 2.5))
    for part in _sternum(canvas, habitus):
        canvas.paint(part, tissue.cortex * 0.6)
        canvas.paint(part, tissue.spongiosa - 40, grow=-1.0, texture=(42.0, 2.5))
