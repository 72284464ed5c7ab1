"""Colon with stool and gas, loops of small bowel, and the organs of the true pelvis."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.outline import Surfaces
from kossa.virtual.body.shape import Shape, ellipsoid, rotation, sweep
from kossa.virtual.body.tissue import Tissue
from kossa.virtual.body.vessels import vessel

__all__ = ["paint_bowel", "paint_pelvic_floor", "paint_pelvic_organs"]

Floats = npt.NDArray[np.float64]

COLON = {
    "right": (
        (-88, -2, 92, 24),
        (-94, 4, 125, 24),
        (-98, 10, 165, 22),
        (-92, 6, 195, 21),
        (-74, -28, 205, 20),
    ),
    "across": (
        (-74, -28, 205, 20),
        (-52, -62, 192, 18),
        (-18, -72, 172, 18),
        (20, -72, 176, 18),
        (58, -62, 206, 18),
        (84, -26, 248, 18),
        (98, 8, 268, 18),
    ),
    "left": ((98, 8, 268, 18), (104, 28, 240, 17), (102, 30, 190, 16), (98, 24, 140, 16), (92, 6, 100, 15)),
    "sigmoid": (
        (92, 6, 100, 15),
        (74, -14, 70, 15),
        (40, 8, 52, 15),
        (10, 28, 62, 15),
        (-8, 46, 56, 15),
        (-2, 64, 40, 16),
    ),
    "rectum": ((-2, 64, 40, 16), (2, 66, 16, 19), (0, 58, -12, 19), (0, 48, -34, 12), (0, 52, -56, 10)),
}
MIDDLE, REACH = (0.0, -36.0, 122.0), (74.0, 34.0, 72.0)  # where the small bowel lies
RETROPERITONEUM_MM = 4.0  # of fat between the great vessels and the bowel: judgement
LOOPS = 24  # of small bowel, each of about 150 mm: what fits between the other organs


def _paint_colon(canvas: Canvas, trunk: Surfaces, tissue: Tissue) -> list[Shape]:
    painted = []
    for number, (name, rows) in enumerate(COLON.items()):
        tube = sweep(canvas.frame, rows)
        canvas.wobble(tube, 2.2, 13.0, seed=10 + number)  # haustra
        np.maximum(tube.d, trunk.cavity.on(tube) + 1.5, out=tube.d)
        canvas.paint(tube, tissue.gut_wall)
        lumen = tube.grown(-2.6)
        canvas.paint(lumen, tissue.stool, texture=(50.0, 5.0))
        level = {"right": -6.0, "across": -62.0, "left": 14.0, "sigmoid": 0.0, "rectum": 44.0}[name]
        gas = lumen.copy().half_space((0.0, 1.0, 0.0), level)
        canvas.paint(gas, tissue.air)
        painted.append(tube)
    return painted


def _loop(canvas: Canvas, start: Floats) -> Floats:
    """Return a winding path that stays in the middle of the abdomen: rows x, y, z, radius."""
    rng = canvas.rng
    middle, reach = np.array(MIDDLE), np.array(REACH)
    place, heading = start.copy(), rng.normal(size=3)
    rows = [[*place, 11.0]]
    for _ in range(9):
        heading = 0.55 * heading / np.linalg.norm(heading) + rng.normal(0, 0.7, 3) * [1, 0.7, 0.6]
        away = (place - middle) / reach
        heading -= 0.8 * away * max(0.0, float(np.linalg.norm(away)) - 0.7)
        place = place + 18.0 * heading / np.linalg.norm(heading)
        rows.append([*place, float(rng.uniform(9.0, 13.0))])
    return np.array(rows)


def paint_bowel(canvas: Canvas, trunk: Surfaces, tissue: Tissue) -> None:
    """Paint small bowel in a fatty mesentery with its vessels, then the colon around it."""
    rng = canvas.rng
    root = np.array([4.0, -20.0, 215.0])
    behind = [vessel(canvas, name) for name in ("aorta_abdominal", "vena_cava_lower")]
    behind += [vessel(canvas, "iliac_common", side=side) for side in (-1.0, 1.0)]
    colon = [sweep(canvas.frame, rows).grown(1.0) for rows in COLON.values()]
    for number in range(LOOPS):
        start = np.array(MIDDLE) + rng.uniform(-1, 1, 3) * REACH
        tube = sweep(canvas.frame, _loop(canvas, start))
        canvas.wobble(tube, 0.9, 6.0, seed=20 + number)
        np.maximum(tube.d, trunk.cavity.on(tube) + 2.5, out=tube.d)
        for part in colon:
            tube.cut(part)
        for part in behind:
            tube.cut(part, RETROPERITONEUM_MM)
        canvas.paint(tube, tissue.fat, grow=1.2)
        canvas.paint(tube, tissue.gut_wall, texture=(4.0, 6.0))
        canvas.paint(tube, tissue.gut_fluid + 8 * rng.random(), grow=-2.4, texture=(8.0, 5.0))
        if number % 4 == 0:
            canvas.paint(tube.grown(-2.4).half_space((0.0, 1.0, 0.0), float(start[1]) - 6), tissue.air)
        stem = [[*root, 2.2], [*(0.5 * (root + start) + rng.normal(0, 6, 3)), 1.6], [*start, 1.0]]
        canvas.paint(sweep(canvas.frame, stem), tissue.blood)
    _paint_colon(canvas, trunk, tissue)


def paint_pelvic_floor(canvas: Canvas, tissue: Tissue) -> None:
    """Paint the fat beside the anal canal, the canal, and the fat around the vessels of the groin."""
    f = canvas.frame
    for side in (-1.0, 1.0):
        fossa = sweep(f, [(side * 24, 66, -26, 9), (side * 28, 62, -46, 14), (side * 30, 60, -66, 11)])
        canvas.paint(canvas.wobble(fossa, 1.5, 12.0, seed=40), tissue.fat)
        groin = [
            (side * 64, -44, 26, 14),
            (side * 70, -62, 0, 17),
            (side * 72, -58, -32, 15),
            (side * 74, -44, -80, 10),
        ]
        canvas.paint(canvas.wobble(sweep(f, groin), 2.0, 10.0, seed=41), tissue.fat)
        node = ellipsoid(f, (side * 56, -66, -6), (4.5, 3.5, 8))
        canvas.paint(node, tissue.node)
    canvas.paint(sweep(f, [(0, 48, -34, 13), (0, 54, -54, 12), (0, 60, -78, 11)]), tissue.muscle - 6)


def paint_pelvic_organs(canvas: Canvas, tissue: Tissue, *, female: bool) -> None:
    """Paint bladder, and prostate with seminal vesicles or uterus with ovaries."""
    f = canvas.frame
    if female:
        uterus = sweep(f, [(2, 20, -10, 13), (2, 12, 10, 17), (4, -4, 34, 23), (5, -12, 48, 20)])
        canvas.paint(uterus, tissue.muscle - 4, texture=(4.0, 8.0))
        for side in (-1.0, 1.0):
            canvas.paint(ellipsoid(f, (side * 36, 16, 34), (10, 9, 14)), 24.0)
    bladder = ellipsoid(
        f, (0, -26, 4 if not female else -6), (38, 28, 28 if not female else 20), rotation(x_deg=-12)
    )
    canvas.wobble(bladder, 1.0, 22.0, seed=30)
    canvas.shell(bladder, tissue.gut_wall, tissue.urine, thick=3.0)
    if not female:
        canvas.paint(ellipsoid(f, (0, 4, -32), (23, 18, 19)), tissue.muscle - 10, texture=(5.0, 6.0))
        for side in (-1.0, 1.0):
            vesicle = sweep(f, [(side * 6, 20, -10, 5), (side * 20, 26, -2, 6), (side * 32, 24, 8, 4)])
            canvas.paint(canvas.wobble(vesicle, 1.0, 5.0, seed=31), 26.0)
