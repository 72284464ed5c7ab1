"""Liver, gallbladder, spleen, pancreas, adrenals, kidneys, stomach, muscles of the back wall."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.outline import Surfaces
from kossa.virtual.body.shape import WIDE_EDGE, Shape, ellipsoid, rotation, sweep
from kossa.virtual.body.tissue import Tissue

__all__ = [
    "KIDNEY",
    "STOMACH",
    "STOMACH_WALL_MM",
    "kidney_axes",
    "paint_back_wall",
    "paint_organs",
    "paint_stomach",
]

Floats = npt.NDArray[np.float64]

# middle of the kidneys by side (x > 0 is the left one), and their half axes
KIDNEY = {1.0: (61.0, 36.0, 246.0), -1.0: (-61.0, 37.0, 230.0)}
KIDNEY_HALF = (27.0, 24.0, 54.0)
# path of the stomach: x, y, z, radius to the outer face of its wall
STOMACH = (
    (54, 32, 334, 24),
    (57, 22, 314, 31),
    (58, -2, 290, 32),
    (54, -32, 264, 29),
    (40, -54, 244, 25),
    (18, -62, 236, 22),
    (-6, -56, 241, 18),
    (-22, -44, 246, 12),
)
STOMACH_WALL_MM = 4.0
STOMACH_LEVEL_Y = -45.0  # gas lies in front of this plane, fluid behind it
DUODENUM = (
    (-22, -44, 246, 12),
    (-36, -28, 252, 13),
    (-44, -8, 238, 13),
    (-42, -4, 205, 13),
    (-26, -16, 187, 11),
    (4, -31, 184, 10),  # between the aorta and the artery of the mesentery
    (28, -26, 198, 11),
    (40, -34, 214, 11),
)


def kidney_axes(side: float) -> Floats:
    """Return the directions of a kidney's half axes (columns): lower pole outwards and forwards."""
    return rotation(x_deg=-10.0, y_deg=side * -12.0, z_deg=side * 28.0)


def _liver(canvas: Canvas, trunk: Surfaces, below: Shape) -> Shape:
    f = canvas.frame
    right = ellipsoid(f, (-66, -4, 288), (72, 92, 92), edge=WIDE_EDGE)
    tail = ellipsoid(f, (-94, 6, 236), (30, 58, 52), edge=WIDE_EDGE)
    left = ellipsoid(f, (10, -46, 322), (76, 44, 32), rotation(y_deg=-12), edge=WIDE_EDGE)
    liver = right.join(tail, blend=18).join(left, blend=24)
    # the lower face looks down, back and to the left
    hollow = ellipsoid(f, (-6, 20, 216), (76, 74, 66), rotation(y_deg=18))
    liver.cut(hollow)
    liver.cut(ellipsoid(f, KIDNEY[-1.0], np.add(KIDNEY_HALF, 6), kidney_axes(-1.0)))
    stomach = sweep(f, STOMACH).grown(2.0)
    liver.cut(stomach)
    canvas.wobble(liver, 1.4, 30.0, seed=2)
    np.maximum(liver.d, trunk.cavity.on(liver) + 1.5, out=liver.d)
    return liver.keep(below, grow=-3.2)


def _in_cavity(shape: Shape, trunk: Surfaces, gap: float = 2.0) -> Shape:
    np.maximum(shape.d, trunk.cavity.on(shape) + gap, out=shape.d)
    return shape


def _kidney(canvas: Canvas, side: float, tissue: Tissue) -> None:
    f = canvas.frame
    centre, turn = np.array(KIDNEY[side]), kidney_axes(side)
    bean = ellipsoid(f, centre, KIDNEY_HALF, turn)
    inwards = turn @ np.array([-side * 1.0, -0.25, 0.0])
    hilum = ellipsoid(f, centre + 22 * inwards, (16, 12, 20), turn)
    canvas.wobble(bean, 0.7, 18.0, seed=3)
    bean.cut(hilum)
    canvas.paint(bean, tissue.kidney, texture=(3.0, 8.0))
    sinus = ellipsoid(f, centre + 8 * inwards, (13, 10, 27), turn)
    canvas.paint(sinus, tissue.fat + 25)
    pelvis = ellipsoid(f, centre + 13 * inwards, (8, 5, 10), turn)
    canvas.paint(pelvis, tissue.urine + 4)
    for h in (-17.0, 0.0, 17.0):
        calyx = sweep(f, [[*(centre + 13 * inwards), 2.5], [*(centre + turn @ [side * 2.0, 0, h]), 3.2]])
        canvas.paint(calyx, tissue.urine + 8)
    start = centre + 17 * inwards
    ureter = [
        [*start, 3.0],
        [side * 38, 14, start[2] - 34, 2.2],
        [side * 38, 8, 160, 2.0],
        [side * 34, 14, 110, 2.0],
        [side * 46, 44, 50, 2.0],
        [side * 22, 24, 2, 2.0],
    ]
    canvas.paint(sweep(f, ureter), tissue.urine + 18)


def paint_back_wall(canvas: Canvas, tissue: Tissue) -> None:
    """Paint psoas, iliacus, the square muscles of the loin, and the muscles lining the pelvis."""
    f = canvas.frame
    grain = (6.0, 5.0)
    for side in (-1.0, 1.0):

        def rows(*knots: tuple[float, ...], side: float = side) -> Floats:
            out = np.array(knots, dtype=np.float64)
            out[:, 0] *= side
            return out

        psoas = rows(
            (27, 44, 268, 7, 5),
            (32, 40, 230, 13, 9),
            (39, 36, 188, 19, 13),
            (47, 28, 145, 22, 15),
            (58, 10, 100, 22, 16),
            (73, -16, 55, 19, 15),
            (85, -28, 20, 17, 14),
            (98, -16, -20, 14, 11),
            (110, 20, -56, 9, 8),
        )
        loin = rows((52, 58, 286, 14, 6), (66, 60, 235, 18, 8), (76, 62, 180, 20, 9), (82, 66, 146, 18, 8))
        iliacus = rows(
            (88, 20, 136, 22, 6), (88, 10, 105, 26, 9), (86, -6, 72, 24, 11), (86, -22, 40, 16, 12)
        )
        obturator = rows((66, 6, 44, 18, 5), (63, 10, 8, 22, 7), (58, 6, -30, 22, 8), (54, 2, -58, 14, 7))
        levator = rows((56, 14, -8, 12, 2.5), (34, 34, -28, 16, 2.5), (10, 46, -44, 14, 3.0))
        piriformis = rows((24, 84, 42, 10), (60, 72, 34, 13), (100, 44, 18, 9))
        belly = canvas.wobble(sweep(f, psoas, up=(side * 0.75, -0.65, 0.0)), 1.2, 16.0, seed=8)
        canvas.paint(belly, tissue.muscle, texture=grain)
        canvas.paint(sweep(f, piriformis), tissue.muscle, texture=grain)
        canvas.paint(sweep(f, loin, up=(0.0, 1.0, 0.0)), tissue.muscle, texture=grain)
        for knots in (iliacus, obturator):
            canvas.paint(sweep(f, knots, up=(side * 1.0, 0.15, 0.1)), tissue.muscle, texture=grain)
        canvas.paint(sweep(f, levator, up=(side * 0.5, 0.3, 0.8)), tissue.muscle)


def paint_organs(canvas: Canvas, trunk: Surfaces, below: Shape, tissue: Tissue) -> None:
    """Paint the solid organs; those under the domes stay in the space `below` the diaphragm."""
    f = canvas.frame
    for side in (-1.0, 1.0):
        _kidney(canvas, side, tissue)
    for rows in (
        ((-24, 26, 272, 2.2), (-26, 32, 256, 3.2)),
        ((-26, 32, 256, 3.2), (-34, 40, 250, 2.6)),
        ((28, 12, 276, 3.0), (34, 20, 262, 3.0)),
        ((34, 20, 262, 2.6), (42, 30, 258, 2.4)),
    ):
        canvas.paint(sweep(f, rows), tissue.adrenal)
    pancreas = sweep(
        f,
        [
            (-28, -14, 224, 15),
            (-22, -18, 244, 15),
            (-4, -26, 254, 10),
            (24, -18, 262, 10),
            (52, 4, 272, 11),
            (74, 26, 284, 8),
        ],
    )
    canvas.paint(canvas.wobble(pancreas, 1.8, 9.0, seed=4), tissue.pancreas, texture=(16.0, 4.0))
    spleen = ellipsoid(f, (96, 50, 306), (27, 46, 52), rotation(x_deg=28, z_deg=38))
    spleen.cut(sweep(f, STOMACH).grown(3.0))
    spleen.cut(ellipsoid(f, KIDNEY[1.0], np.add(KIDNEY_HALF, 4), kidney_axes(1.0)))
    _in_cavity(canvas.wobble(spleen, 1.2, 25.0, seed=5), trunk).keep(below, grow=-3.2)
    canvas.paint(spleen, tissue.spleen)
    liver = _liver(canvas, trunk, below)
    canvas.paint(liver, tissue.liver, texture=(2.5, 12.0))
    fissure = sweep(
        f, [(-6, -64, 300, 16, 2.2), (-4, -44, 312, 20, 2.6), (2, -24, 322, 16, 1.6)], up=(1.0, 0.2, 0.0)
    )
    canvas.paint(fissure.keep(liver), tissue.fat + 20)
    for vein in _liver_veins():
        canvas.paint(sweep(f, vein).keep(liver), tissue.blood - 4)
    gall = sweep(f, [(-42, -34, 258, 7), (-48, -52, 244, 14), (-52, -66, 232, 13)])
    canvas.shell(gall, tissue.gut_wall, tissue.bile, thick=2.0)


def _liver_veins() -> tuple[tuple[tuple[float, float, float, float], ...], ...]:
    cava = (-26.0, 0.0, 344.0)
    return (
        ((*cava, 4.5), (-60, 6, 336, 4), (-100, 20, 318, 2.5), (-116, 30, 300, 1.5)),
        ((*cava, 4.5), (-46, -22, 336, 4), (-72, -54, 316, 2.5), (-84, -66, 300, 1.5)),
        ((*cava, 4), (-6, -24, 334, 3.4), (24, -48, 326, 2.2), (46, -54, 322, 1.4)),
        ((-40, -14, 286, 5.5), (-66, 0, 290, 4), (-96, 20, 280, 2.6), (-110, 34, 262, 1.5)),
        ((-40, -14, 286, 5), (-64, -32, 292, 3.8), (-92, -50, 286, 2.2)),
        ((-40, -14, 286, 4.5), (-10, -36, 306, 3.6), (22, -54, 314, 2.2)),
    )


def paint_stomach(canvas: Canvas, tissue: Tissue) -> None:
    """Paint stomach and duodenum: wall, fluid behind, gas in front, as in a person who lies on the back."""
    f = canvas.frame
    duodenum = sweep(f, DUODENUM)
    canvas.shell(canvas.wobble(duodenum, 1.0, 8.0, seed=6), tissue.gut_wall, tissue.gut_fluid, thick=3.2)
    stomach = sweep(f, STOMACH)
    canvas.paint(stomach, tissue.gut_wall)
    lumen = canvas.wobble(stomach.grown(-STOMACH_WALL_MM), 0.6, 7.0, seed=7)
    canvas.paint(lumen, tissue.gut_fluid, texture=(9.0, 6.0))
    gas = lumen.half_space((0.0, 1.0, 0.0), STOMACH_LEVEL_Y)
    canvas.paint(gas, tissue.air)
