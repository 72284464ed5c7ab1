"""Clavicles, shoulder blades and the heads of the humeri, with the arms raised beside the head."""

from __future__ import annotations

import numpy as np

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.shape import Shape, ellipsoid, sweep, united
from kossa.virtual.body.tissue import Tissue

__all__ = ["paint_shoulders"]


def _blade(canvas: Canvas, side: float) -> Shape:
    """Return the shoulder blade: a thin plate behind the ribs with a thicker rim, spine and acromion."""
    m = np.array([side, 1.0, 1.0])
    outward = np.array([side * 0.55, 0.83, 0.05])
    neck = np.array([146, 38, 528])
    plates = []
    fan = [(82, 90, 535), (90, 88, 500), (101, 81, 462), (116, 69, 428)]
    for x, y, z in fan:  # the plate, as a fan of ribbons from the neck
        end = np.array([x, y, z])
        mid = 0.5 * (neck + end) + [2, 4, 0]
        rows = [
            [*(neck * m), 7, 3.4],
            [*(mid * m), 15, 1.4],
            [*(end * m), 19, 1.8],
        ]
        plates.append(sweep(canvas.frame, rows, up=outward))
    rim = [
        [*(np.array(p) * m), r]
        for p, r in (((143, 44, 520), 4.6), ((134, 58, 470), 4.0), ((118, 69, 422), 3.6))
    ]
    spine = [
        [*(np.array(p) * m), r]
        for p, r in (
            ((84, 91, 514), 3.0),
            ((112, 86, 532), 4.0),
            ((150, 66, 556), 5.2),
            ((170, 46, 572), 5.5),
        )
    ]
    socket = ellipsoid(canvas.frame, neck * m + [side * 4, -3, 4], (7, 11, 17))
    blade = united(plates, blend=2)
    return united((blade, sweep(canvas.frame, rim), sweep(canvas.frame, spine), socket), blend=3)


def paint_shoulders(canvas: Canvas, tissue: Tissue) -> None:
    """Paint both shoulders."""
    for side in (-1.0, 1.0):
        m = np.array([side, 1.0, 1.0])
        clavicle = [
            [*(np.array(p) * m), r]
            for p, r in (
                ((24, -50, 534), 8.5),
                ((52, -50, 545), 6.0),
                ((95, -22, 560), 5.4),
                ((150, 30, 576), 6.5),
            )
        ]
        bone = sweep(canvas.frame, clavicle)
        canvas.paint(bone, tissue.cortex)
        canvas.paint(bone, tissue.spongiosa, grow=-1.8, texture=(42.0, 2.5))
        blade = _blade(canvas, side)
        canvas.paint(blade, tissue.cortex * 0.85)
        canvas.paint(blade, tissue.spongiosa + 20, grow=-1.3, texture=(42.0, 2.5))
        head = ellipsoid(canvas.frame, np.array([168, 30, 548]) * m, (22, 23, 23))
        shaft = sweep(
            canvas.frame,
            [
                [*(np.array(p) * m), r]
                for p, r in (((170, 30, 556), 18), ((176, 29, 590), 12.5), ((180, 28, 660), 12))
            ],
        )
        gap = 2.0  # cartilage keeps ball and socket apart
        humerus = head.join(shaft, blend=6).cut(blade, gap)
        canvas.paint(humerus, tissue.cortex)
        canvas.paint(humerus, tissue.spongiosa, grow=-1.8, texture=(46.0, 2.5))
        hollow = sweep(
            canvas.frame, [[*(np.array(p) * m), r] for p, r in (((176, 29, 592), 5), ((180, 28, 660), 7.5))]
        )
        canvas.paint(hollow, tissue.marrow)
