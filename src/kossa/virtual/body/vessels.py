"""The great vessels, as paths with radii: painted here, and asked for the places of plaques.

Diameters of adults: aorta ascending 33, arch 28, descending 26, abdominal 20, common iliac 11,
external iliac 9, femoral 8.5 mm (Kaiser, Eur J Radiol 2008; Wolak, JACC Img 2008), rounded.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.shape import EDGE, Shape, curve, sweep
from kossa.virtual.body.tissue import Tissue

__all__ = ["PATHS", "paint_trunk_vessels", "path", "vessel"]

Floats = npt.NDArray[np.float64]
Rows = tuple[tuple[float, float, float, float], ...]

# name: rows x, y, z, outer radius; paired vessels are those of the left side
PATHS: dict[str, Rows] = {
    "aorta_ascending": (
        (4, -22, 430, 15),
        (-8, -30, 448, 16.5),
        (-16, -34, 466, 16.5),
        (-16, -31, 486, 15.5),
    ),
    "aorta_arch": (
        (-16, -31, 486, 15.5),
        (-8, -22, 501, 15),
        (6, -4, 509, 14.5),
        (19, 16, 504, 14),
        (27, 33, 490, 13.5),
    ),
    "aorta_descending": (
        (27, 33, 490, 13.5),
        (30, 38, 468, 13),
        (29, 38, 430, 12.8),
        (27, 36, 390, 12.5),
        (21, 29, 345, 12),
        (15, 20, 310, 11.5),
        (10, 11, 285, 11),
    ),
    "aorta_abdominal": (
        (10, 11, 285, 11),
        (6, 2, 258, 10.5),
        (4, -4, 224, 10),
        (3, -7, 188, 9.8),
        (3, -5, 158, 9.8),
    ),
    "iliac_common": ((3, -5, 160, 8.0), (12, -2, 148, 6.2), (26, 10, 124, 5.8), (40, 20, 104, 5.6)),
    "iliac_external": ((40, 20, 104, 5.0), (52, 10, 80, 4.8), (62, -10, 50, 4.6), (68, -38, 22, 4.5)),
    "iliac_internal": ((40, 20, 104, 4.0), (46, 38, 84, 3.6), (47, 50, 60, 3.0), (45, 52, 40, 2.4)),
    "femoral": (
        (68, -38, 22, 4.5),
        (71, -54, 2, 4.6),
        (74, -56, -30, 4.5),
        (76, -46, -80, 4.2),
        (77, -36, -140, 4),
    ),
    "renal": ((9, -2, 240, 3.4), (28, 8, 240, 3.0), (48, 22, 240, 2.8), (64, 30, 240, 2.2)),
    "coeliac": ((6, -6, 268, 4.2), (5, -18, 264, 4.0), (6, -24, 263, 3.8)),
    "splenic": (
        (6, -24, 263, 3.4),
        (22, -14, 270, 3.3),
        (36, -2, 268, 3.2),
        (52, 8, 278, 3.1),
        (66, 22, 281, 3.0),
        (80, 36, 292, 2.6),
    ),
    "hepatic": ((6, -24, 263, 3.2), (-12, -26, 260, 2.9), (-30, -20, 262, 2.6), (-44, -14, 270, 2.2)),
    "mesenteric": (
        (4, -13, 248, 4.0),
        (4, -26, 238, 3.6),
        (3, -32, 215, 3.4),
        (-2, -34, 180, 2.8),
        (-12, -32, 140, 2),
    ),
    "brachiocephalic": (
        (-10, -26, 503, 7),
        (-14, -18, 525, 6.4),
        (-24, -8, 552, 6),
        (-30, 2, 590, 4),
        (-30, 2, 640, 4),
    ),
    "carotid": ((2, -10, 517, 4.6), (9, -6, 540, 4.2), (22, 0, 575, 3.8), (28, 2, 640, 3.8)),
    "subclavian": (
        (20, 12, 513, 5.4),
        (27, 16, 545, 5),
        (48, 10, 572, 4.8),
        (86, 4, 574, 4.4),
        (140, 10, 566, 4),
    ),
    "vena_cava_upper": ((-30, -20, 425, 9.5), (-30, -22, 460, 9.5), (-30, -26, 505, 9), (-30, -24, 525, 7)),
    "vein_innominate": ((-28, -30, 508, 7), (-8, -46, 516, 6), (14, -40, 524, 6), (34, -24, 545, 6)),
    "vena_cava_lower": (
        (-26, -6, 372, 11.5),
        (-26, 2, 350, 11.5),
        (-24, 8, 310, 11),
        (-22, 4, 258, 10.5),
        (-21, -2, 200, 10.5),
        (-20, 2, 158, 10),
    ),
    "vein_iliac_common": ((-20, 2, 158, 8), (-4, 12, 140, 7), (22, 22, 118, 6.6), (38, 30, 98, 6.4)),
    "vein_iliac_right": ((20, 2, 158, 8), (26, 16, 132, 6.6), (38, 30, 98, 6.4)),
    "vein_iliac_external": (
        (38, 30, 98, 6),
        (50, 22, 76, 5.8),
        (58, 0, 46, 5.6),
        (60, -32, 18, 5.4),
        (62, -50, 0, 5.4),
        (65, -50, -30, 5.4),
        (68, -36, -140, 5),
    ),
    "vein_renal": ((-14, 0, 236, 4.2), (12, -10, 236, 4), (30, 6, 236, 4), (60, 26, 236, 3.6)),
    "portal": ((24, -6, 258, 5), (4, -16, 254, 6.5), (-16, -20, 266, 6.5), (-40, -14, 286, 6)),
    "pulmonary_trunk": ((16, -44, 432, 14), (18, -40, 450, 13.8), (18, -24, 466, 12.5), (16, -12, 470, 12)),
    "pulmonary_right": (
        (16, -12, 470, 10.5),
        (-10, -4, 466, 10.5),
        (-36, 4, 464, 10),
        (-52, 10, 457, 8.5),
        (-55, 20, 440, 7.4),
        (-57, 33, 418, 5.8),
        (-61, 42, 394, 4.2),
        (-66, 48, 372, 2.8),
    ),
    "pulmonary_left": (
        (16, -12, 470, 11),
        (34, 4, 474, 10.5),
        (50, 20, 468, 9.5),
        (57, 30, 453, 8),
        (61, 40, 434, 6.6),
        (63, 48, 410, 5.2),
        (67, 54, 386, 3.8),
        (71, 58, 366, 2.6),
    ),
    "pulmonary_vein_upper": ((58, -20, 474, 3.6), (48, -12, 460, 5.0), (34, -4, 444, 6.0), (20, 4, 434, 6.5)),
    "pulmonary_vein_lower": ((66, 44, 404, 3.2), (52, 34, 414, 4.6), (36, 22, 424, 6.0), (20, 10, 428, 6.5)),
}


def path(name: str, *, side: float = 1.0, step: float = 4.0) -> Floats:
    """Return (n, 4) places and radii along a vessel; `side` -1 is the right one of a pair."""
    rows = np.array(PATHS[name], dtype=np.float64)
    if side < 0:
        rows[:, 0] *= -1
    return curve(rows, step)


def vessel(canvas: Canvas, name: str, *, side: float = 1.0, edge: float = EDGE) -> Shape:
    """Return a vessel as a tube."""
    return sweep(canvas.frame, path(name, side=side), smooth=False, edge=edge)


_ONCE = (
    "vena_cava_lower",
    "vena_cava_upper",
    "vein_innominate",
    "vein_iliac_common",
    "portal",
    "pulmonary_trunk",
    "pulmonary_right",
    "pulmonary_left",
    "aorta_ascending",
    "aorta_arch",
    "aorta_descending",
    "aorta_abdominal",
    "coeliac",
    "splenic",
    "hepatic",
    "mesenteric",
    "brachiocephalic",
)
_PAIRED = (
    "pulmonary_vein_upper",
    "pulmonary_vein_lower",
    "vein_iliac_external",
    "iliac_common",
    "iliac_external",
    "iliac_internal",
    "femoral",
    "renal",
    "subclavian",
    "carotid",
    "vein_renal",
)


def paint_trunk_vessels(canvas: Canvas, tissue: Tissue) -> None:
    """Paint the vessels outside of the lungs: blood in a thin wall that looks much like it."""
    shapes = [vessel(canvas, name) for name in _ONCE]
    shapes.append(vessel(canvas, "vein_iliac_right", side=-1.0))
    shapes += [vessel(canvas, name, side=side) for name in _PAIRED for side in (-1.0, 1.0)]
    for shape in shapes:
        canvas.paint(shape, tissue.vessel_wall)
        canvas.paint(shape, tissue.blood, grow=-1.2)
