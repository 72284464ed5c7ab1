"""Hip bones, sacrum and coccyx, hips and the upper femora."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.outline import spine_y
from kossa.virtual.body.shape import Shape, ellipsoid, rotation, sweep, united
from kossa.virtual.body.spine import tilt
from kossa.virtual.body.tissue import Tissue

__all__ = ["HIP", "paint_pelvis"]

Floats = npt.NDArray[np.float64]

HIP = (89.0, 2.0, 0.0)  # middle of the left femoral head
HEAD_MM = 23.5  # its radius
S1_MM = (47.5, 97.0)  # y, z of the middle of the upper face of the sacrum
JOINT_MM = 3.6  # cartilage of both sides


def _rows(side: float, *knots: tuple[float, ...]) -> Floats:
    rows = np.array(knots, dtype=np.float64)
    rows[:, 0] *= side
    return rows


def _wing(canvas: Canvas, side: float) -> Shape:
    """Return the ilium: a fan of ribbons from the roof of the socket to the crest, and the crest."""
    roof = (91.0, 12.0, 30.0)
    crest = [  # place, half width, half thickness, direction of the outer face
        ((50, 88, 112), 15, 6.0, (0.56, 0.83)),
        ((72, 78, 134), 16, 4.4, (0.60, 0.80)),
        ((97, 56, 147), 18, 3.2, (0.74, 0.67)),
        ((116, 28, 151), 18, 3.0, (0.86, 0.50)),
        ((128, -4, 142), 18, 3.4, (0.95, 0.30)),
        ((131, -32, 118), 15, 4.2, (0.97, 0.20)),
        ((124, -42, 98), 14, 4.4, (0.97, 0.20)),
    ]
    pieces = []
    for (x, y, z), wide, thick, (out, back) in crest:
        mid = (0.5 * (roof[0] + x) - 3, 0.5 * (roof[1] + y) + 1, 0.5 * (roof[2] + z))
        rows = _rows(side, (*roof, 15, 8.5), (*mid, wide - 3, thick), (x, y, z, wide, thick + 1.2))
        pieces.append(sweep(canvas.frame, rows, up=(side * out, back, 0.0)))
    wing = united(pieces, blend=3)
    rim = _rows(
        side,
        (44, 92, 92, 8.5),
        (48, 92, 116, 7),
        (72, 80, 138, 6.4),
        (97, 57, 152, 6.0),
        (117, 28, 156, 6.0),
        (130, -6, 146, 6.4),
        (128, -38, 112, 6.4),
        (118, -50, 92, 6.0),
    )
    front = _rows(side, (119, -48, 92, 6.0), (108, -38, 66, 6.0), (100, -32, 42, 8.5), (94, -20, 24, 10))
    joint = _rows(side, (47, 80, 98, 9), (52, 70, 72, 10), (66, 52, 50, 9.5), (84, 28, 32, 12))
    for knots in (rim, front, joint):
        wing = wing.join(sweep(canvas.frame, knots, step=6), blend=5)
    return wing


def _hip_bone(canvas: Canvas, side: float) -> Shape:
    """Return one hip bone with its socket."""
    x, y, z = HIP
    bone = _wing(canvas, side)
    cup = ellipsoid(canvas.frame, (side * (x - 4), y + 1, z + 3), (30, 31, 31))
    upper = _rows(side, (76, -12, 4, 11), (56, -32, 0, 8), (34, -48, -8, 7.5), (14, -57, -20, 9.5))
    lower = _rows(side, (11, -55, -30, 8.5), (22, -38, -50, 6.5), (38, -14, -64, 6.5), (52, 16, -74, 9))
    ischium = _rows(side, (84, 24, 4, 17), (74, 36, -22, 15), (62, 38, -50, 15), (56, 32, -72, 15))
    for part in (cup, sweep(canvas.frame, upper), sweep(canvas.frame, lower), sweep(canvas.frame, ischium)):
        bone = bone.join(part, blend=5)
    socket = ellipsoid(canvas.frame, (side * x, y, z), (HEAD_MM + JOINT_MM,) * 3)
    mouth = ellipsoid(
        canvas.frame,
        (side * (x + 26), y - 6, z - 16),
        (34, 30, 30),
        rotation(y_deg=side * 30),
    )
    return bone.cut(socket).cut(mouth)


def _sacrum(canvas: Canvas) -> Shape:
    z = np.array([101.0, 86, 62, 38, 14, -6, -22, -34])
    half = np.array([46.0, 56, 51, 38, 27, 14, 8, 4])
    deep = np.array([15.0, 17, 15, 12, 9, 6.5, 5, 3.5])
    y = np.array([50.0, 57, 74, 87, 92, 90, 82, 74])
    lean = np.column_stack([0 * z, np.full(z.size, 0.9), np.interp(z, [-40, 20, 90], [-0.5, 0.1, 0.75])])
    bone = sweep(canvas.frame, np.column_stack([0 * z, y, z, half, deep]), up=lean, step=6)
    promontory = ellipsoid(canvas.frame, (0, float(spine_y(92)) - 1, 90), (25, 16, 12), rotation(x_deg=-32))
    bone = bone.join(promontory, blend=6)
    axis = tilt(S1_MM[1]) @ np.array([0.0, 0.0, 1.0])  # flat on top, for the last disc
    bone.half_space(tuple(axis), float(axis @ np.array([0.0, *S1_MM])))
    crest = sweep(canvas.frame, [(0, 74, 92, 4), (0, 94, 66, 4.5), (0, 103, 38, 4), (0, 103, 14, 3)], step=6)
    bone = bone.join(crest, blend=5)
    for height, x, depth in ((72, 23, 68), (50, 20, 81), (27, 17, 90)):
        for side in (-1.0, 1.0):  # the holes through which the nerves leave
            hole = sweep(
                canvas.frame,
                [
                    (side * x, depth - 26, height - 12, 5),
                    (side * (x - 3), depth, height, 4),
                    (side * (x - 2), depth + 24, height + 6, 3.4),
                ],
            )
            bone.cut(hole)
    return bone


def _femur(canvas: Canvas, side: float) -> tuple[Shape, Shape]:
    """Return the upper femur and the hollow of its shaft."""
    x, y, z = HIP
    head = ellipsoid(canvas.frame, (side * x, y, z), (HEAD_MM,) * 3)
    neck = sweep(canvas.frame, _rows(side, (x, y, z, 19), (107, 6, -10, 15.5), (124, 12, -28, 17)))
    trochanter = sweep(canvas.frame, _rows(side, (138, 22, 4, 11), (138, 20, -16, 15), (134, 16, -38, 17)))
    shaft = sweep(
        canvas.frame,
        _rows(side, (130, 14, -36, 18), (128, 12, -70, 15.5), (124, 8, -100, 14), (118, 4, -150, 13.5)),
    )
    lesser = ellipsoid(canvas.frame, (side * 112, 28, -58), (9, 8, 11))
    bone = head
    for part in (neck, trochanter, shaft, lesser):
        bone = bone.join(part, blend=6)
    hollow = sweep(
        canvas.frame,
        _rows(side, (129, 13, -62, 6), (127, 11, -80, 8.5), (124, 8, -100, 8.5), (118, 4, -150, 8)),
    )
    return bone, hollow


def paint_pelvis(canvas: Canvas, tissue: Tissue) -> None:
    """Paint the bony pelvis and the femora, with cartilage in the joints between them."""
    grain = (48.0, 2.5)
    sacrum = _sacrum(canvas)
    for side in (-1.0, 1.0):
        x, y, z = HIP
        capsule = ellipsoid(canvas.frame, (side * x, y, z), (HEAD_MM + JOINT_MM + 1,) * 3)
        hip = _hip_bone(canvas, side).cut(sacrum, 2.2)
        canvas.paint(capsule, 60)
        canvas.paint(hip, tissue.cortex)
        canvas.paint(hip, tissue.spongiosa - 10, grow=-1.7, texture=grain)
        femur, hollow = _femur(canvas, side)
        canvas.paint(femur, tissue.cortex)
        canvas.paint(femur, tissue.spongiosa + 20, grow=-1.7, texture=grain)
        canvas.paint(hollow, tissue.marrow)
        canvas.paint(ellipsoid(canvas.frame, (0, -57, -22), (6, 11, 19)), 70)
    canvas.paint(sacrum, tissue.cortex * 0.85)
    canvas.paint(sacrum, tissue.spongiosa - 60, grow=-1.4, texture=grain)  # fattier than the spine
