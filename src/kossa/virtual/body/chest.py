"""Lungs with their vessels and airways, heart, and what lies between the lungs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.outline import Surfaces, spine_y
from kossa.virtual.body.shape import FAR, WIDE_EDGE, Shape, add_segments, ellipsoid, rotation, sweep
from kossa.virtual.body.tissue import Tissue
from kossa.virtual.body.vessels import vessel

__all__ = ["Chest", "diaphragm", "paint_airways", "paint_chest"]

Floats = npt.NDArray[np.float64]

TRACHEA = ((0, 4, 640, 8.5), (0, 2, 580, 8.5), (-2, 4, 530, 8.5), (2, 10, 490, 8.8), (2, 12, 484, 9.5))
BRONCHI = {  # the left ones are at x > 0
    "right main": ((0, 12, 487, 8), (-14, 13, 478, 7.2), (-28, 14, 470, 6.6)),
    "right upper": ((-24, 14, 473, 5.5), (-40, 14, 478, 4.4), (-56, 12, 490, 3.4)),
    "right lower": ((-28, 14, 470, 6.4), (-36, 18, 452, 5.4), (-44, 28, 425, 4.2), (-52, 40, 395, 3.0)),
    "right middle": ((-37, 18, 448, 3.6), (-52, -4, 432, 2.8), (-64, -24, 418, 2.2)),
    "left main": ((4, 12, 487, 7.6), (22, 16, 474, 6.6), (40, 20, 462, 6.2)),
    "left upper": ((38, 20, 464, 4.8), (54, 8, 470, 4.0), (64, -6, 484, 3.0)),
    "left lower": ((40, 20, 462, 5.6), (47, 28, 442, 4.8), (54, 40, 412, 3.8), (60, 48, 385, 2.8)),
}
OESOPHAGUS = (
    (2, 18, 640, 6),
    (6, 20, 540, 6),
    (10, 26, 490, 6),
    (8, 30, 440, 6.5),
    (12, 22, 390, 7),
    (22, 12, 350, 7),
    (36, 12, 332, 8),
)


class Chest:
    """The shapes that others need: the lungs, and the root of each."""

    def __init__(self, lungs: dict[float, Shape]) -> None:
        self.lungs = lungs


def diaphragm(canvas: Canvas) -> Shape:
    """Return the space below the domes of the diaphragm."""
    right = ellipsoid(canvas.frame, (-66, 2, 262), (80, 100, 106), edge=WIDE_EDGE)
    left = ellipsoid(canvas.frame, (66, 4, 254), (76, 98, 102), edge=WIDE_EDGE)
    middle = ellipsoid(canvas.frame, (8, -22, 262), (72, 84, 98), edge=WIDE_EDGE)  # the heart rests on it
    return canvas.wobble(right.join(left, blend=22).join(middle, blend=26), 1.2, 38.0)


def _heart(canvas: Canvas) -> tuple[Shape, dict[str, Shape]]:
    """Return the heart inside its sac, and its chambers."""
    turn = rotation(x_deg=8, y_deg=-24, z_deg=-38)
    f = canvas.frame
    left = ellipsoid(f, (38, -28, 394), (47, 37, 38), turn, edge=WIDE_EDGE)
    right = ellipsoid(f, (8, -48, 398), (46, 28, 36), turn, edge=WIDE_EDGE)
    atrium_r = ellipsoid(f, (-26, -26, 408), (24, 27, 34), edge=WIDE_EDGE)
    atrium_l = ellipsoid(f, (4, 8, 430), (34, 19, 22), edge=WIDE_EDGE)
    outflow = sweep(f, [(14, -52, 405, 20), (16, -48, 425, 16), (17, -43, 440, 14)], edge=WIDE_EDGE)
    heart = left.join(right, blend=14).join(atrium_r, blend=10).join(atrium_l, blend=10)
    heart = heart.join(outflow, blend=8)
    rooms = {
        "left ventricle": ellipsoid(f, (38, -26, 395), (35, 25, 26), turn),
        "right ventricle": ellipsoid(f, (8, -50, 398), (40, 21, 29), turn),
        "right atrium": ellipsoid(f, (-26, -26, 408), (21, 24, 31)),
        "left atrium": ellipsoid(f, (4, 8, 430), (31, 16, 19)),
    }
    return heart, rooms


def _between(canvas: Canvas, heart: Shape) -> Shape:
    """Return what the lungs leave free: heart, vessels, gullet, spine, and the fat in front."""
    f = canvas.frame
    out = Shape.empty(f, (-80, -115, 250), (105, 100, 606)).join(heart.grown(5.0))
    core = [
        (-2, -2, 600, 18, 14),
        (0, -6, 545, 24, 22),
        (2, -8, 500, 28, 30),
        (0, -6, 460, 28, 28),
        (2, 0, 425, 24, 24),
    ]
    out.join(sweep(f, core, up=(0.0, 1.0, 0.0)))
    for name in (
        "aorta_ascending",
        "aorta_arch",
        "aorta_descending",
        "vena_cava_upper",
        "pulmonary_trunk",
        "brachiocephalic",
    ):
        out = out.join(vessel(canvas, name, edge=WIDE_EDGE).grown(2.5), blend=8)
    for name in ("carotid", "subclavian"):
        for side in (-1.0, 1.0):
            out = out.join(vessel(canvas, name, side=side, edge=WIDE_EDGE).grown(2.0), blend=6)
    out = out.join(vessel(canvas, "vein_innominate", edge=WIDE_EDGE).grown(2.5), blend=8)
    out = out.join(vessel(canvas, "vena_cava_lower", edge=WIDE_EDGE).grown(2.0), blend=6)
    for rows in (TRACHEA, OESOPHAGUS, BRONCHI["right main"], BRONCHI["left main"]):
        out = out.join(sweep(f, rows, edge=WIDE_EDGE).grown(4.0), blend=8)
    for name, reach in (("pulmonary_right", 40), ("pulmonary_left", 42)):
        root = vessel(canvas, name, edge=WIDE_EDGE)
        out = out.join(
            root.half_space((1.0, 0.0, 0.0), reach).half_space((-1.0, 0.0, 0.0), reach).grown(2), blend=6
        )
    front = sweep(
        f,
        [
            (2, -52, 545, 14, 20),
            (3, -60, 500, 9, 22),
            (5, -72, 460, 8, 18),
            (12, -78, 420, 16, 16),
            (14, -80, 380, 26, 16),
        ],
        up=(0.0, 1.0, 0.0),
    )
    out = out.join(front, blend=12)
    z = np.arange(250.0, 601, 25)
    column = np.column_stack(
        [0 * z, spine_y(z) + 4, z, np.interp(z, [250, 350, 480, 600], [30.0, 25, 22, 24])]
    )
    out = out.join(sweep(f, column, step=10), blend=6)
    pad = ellipsoid(f, (52, -70, 372), (26, 16, 18))  # fat beside the apex of the heart
    return out.join(pad, blend=10).join(ellipsoid(f, (-30, -68, 372), (22, 16, 16)), blend=10)


def _branches(inside: Shape, root: Floats, rng: np.random.Generator, count: int, start: float) -> Floats:
    """Return a vessel tree that fills a lung: rows of segments (x, y, z, r, x, y, z, r).

    Ends are drawn evenly in the lung and joined, nearest first, to the branch from which the way to the
    root bends least; radii follow Murray's law (r^3 adds up) to an end of 0.55 mm.
    """
    m = inside.frame.from_voxel
    k, j, i = np.nonzero(inside.d[::2, ::4, ::4] < -3)
    voxels = np.stack([i * 4 + inside.box[0][2], j * 4 + inside.box[0][1], k * 2 + inside.box[0][0]], -1)
    ends = (voxels @ m[:, :3].T + m[:, 3])[rng.permutation(len(voxels))[:count]]
    ends = ends[np.argsort(np.linalg.norm(ends - root, axis=1))]
    nodes = np.empty((2 * count + 2, 3))
    parent = np.full(2 * count + 2, -1)
    way = np.zeros(2 * count + 2)
    nodes[0], n = root, 1
    for end in ends:
        step = np.linalg.norm(nodes[:n] - end, axis=1)
        best = int(np.argmin(step + 0.35 * way[:n]))
        bend = 0.5 * (nodes[best] + end) + rng.normal(0, 0.06, 3) * step[best]
        for place in (bend, end):
            nodes[n], parent[n] = place, best
            way[n] = way[best] + np.linalg.norm(place - nodes[best])
            best, n = n, n + 1
    flow = np.zeros(n)
    leaf = np.ones(n, bool)
    leaf[parent[1:n]] = False
    flow[leaf] = 0.55**3
    for node in range(n - 1, 0, -1):
        flow[parent[node]] += flow[node]
    radius = np.minimum(np.cbrt(flow), start)
    child = np.arange(1, n)
    up = parent[1:n]
    return np.column_stack(
        [nodes[up], np.minimum(radius[up], 1.25 * radius[child]), nodes[child], radius[child]]
    )


def _paint_lung(canvas: Canvas, side: float, lung: Shape, tissue: Tissue) -> None:
    canvas.paint(lung, tissue.lung, texture=(14.0, 5.0), slope=0.45)
    for root, count, start in (
        ((side * 46, 12, 458), 420, 6.5),  # arteries
        ((side * 38, 6, 440), 220, 4.5),  # veins
    ):
        tree = _branches(lung, np.array(root, dtype=np.float64), canvas.rng, count, start)
        shape = Shape(canvas.frame, lung.box, np.full_like(lung.d, FAR))
        add_segments(shape, tree, edge=2.5)
        shape.keep(lung, grow=1.0)
        canvas.paint(shape, tissue.blood)


def paint_chest(canvas: Canvas, trunk: Surfaces, below: Shape, tissue: Tissue) -> Chest:
    """Paint lungs, heart and gullet above the space `below` the diaphragm; return the lungs' shapes."""
    f = canvas.frame
    heart, rooms = _heart(canvas)
    centre = _between(canvas, heart)
    lungs = {}
    for side in (-1.0, 1.0):
        low = (min(side * 148, -side * 30), -112, 232)
        high = (max(side * 148, -side * 30), 112, 606)
        lung = Shape.empty(f, low, high)
        lung.d[:] = trunk.cavity.on(lung) + 1.0
        lung.half_space((-side, 0.0, 0.0), 1.0 if side < 0 else -1.0)
        lung.cut(centre).cut(below, 1.5)
        lung.half_space((0.0, 0.0, -1.0), -262.0)  # where the domes are widest, they fill the cavity
        lungs[side] = lung
        _paint_lung(canvas, side, lung, tissue)
    dome = below.copy().half_space((0.0, 0.0, -1.0), -262.0)
    np.maximum(dome.d, trunk.cavity.on(dome), out=dome.d)
    canvas.paint(dome, tissue.muscle)
    canvas.paint(dome, tissue.fat, grow=-2.6)
    canvas.paint(heart.grown(2.5), tissue.muscle)  # the sac, thin, over fat
    canvas.paint(heart.grown(1.6), tissue.fat)
    canvas.paint(heart.grown(-1.5), tissue.heart_muscle)
    for room in rooms.values():
        canvas.paint(room, tissue.blood)
    gullet = sweep(f, OESOPHAGUS)
    canvas.shell(gullet, tissue.gut_wall, tissue.gut_fluid, thick=3.6)
    return Chest(lungs)


def paint_airways(canvas: Canvas, tissue: Tissue) -> None:
    """Paint the walls of trachea and bronchi, then the air in all of them."""
    airways = [sweep(canvas.frame, rows) for rows in (TRACHEA, *BRONCHI.values())]
    for airway in airways:
        canvas.paint(airway, tissue.airway_wall, grow=1.0)
    for airway in airways:
        canvas.paint(airway, tissue.air, grow=-0.5)
