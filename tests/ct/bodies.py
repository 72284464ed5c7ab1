"""Simple bodies for tests of the rules: a trunk, a limb, a head, painted in millimetres.

x to the left, y to the back, z up; the origin lies in the middle of the picture at the lowest slice.
"""

from __future__ import annotations

import numpy as np

from kossa.ct.judge import judge
from kossa.ct.judgement import Judged, Judgement
from kossa.evidence import Geometry
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume

AIR, FAT, MUSCLE, BLOOD, LUNG, SPONGE, CORTEX = -1000.0, -100.0, 55.0, 42.0, -850.0, 170.0, 900.0


class Body:
    """A picture in HU that shapes are painted on."""

    def __init__(self, slices, rows, columns, pixel=2.0, gap=4.0):
        self.hu = np.full((slices, rows, columns), AIR, np.float32)
        self.pixel, self.gap = pixel, gap
        self.z = np.arange(slices) * gap
        self.y = (np.arange(rows) - (rows - 1) / 2) * pixel
        self.x = (np.arange(columns) - (columns - 1) / 2) * pixel

    def _paint(self, inside, hu):
        self.hu[inside] = hu

    def column(self, hu, centre, radii, low=-1e9, high=1e9):
        """An upright elliptic cylinder: centre (y, x), radii (y, x)."""
        flat = ((self.y[:, None] - centre[0]) / radii[0]) ** 2 + (
            (self.x[None] - centre[1]) / radii[1]
        ) ** 2 <= 1
        tall = (self.z >= low) & (self.z <= high)
        self._paint(tall[:, None, None] & flat[None], hu)
        return self

    def ring(self, hu, inner, centre, radii, wall, low=-1e9, high=1e9):
        """A column of `hu` filled with `inner`."""
        self.column(hu, centre, radii, low, high)
        return self.column(inner, centre, (radii[0] - wall, radii[1] - wall), low, high)

    def ball(self, hu, centre, radii):
        """An ellipsoid: centre (z, y, x), radii (z, y, x)."""
        d = sum(
            ((axis - c) / r).reshape([-1 if i == k else 1 for i in range(3)]) ** 2
            for k, (axis, c, r) in enumerate(zip((self.z, self.y, self.x), centre, radii, strict=True))
        )
        self._paint(d <= 1, hu)
        return self

    def block(self, hu, low, high):
        """A box between two corners (z, y, x)."""
        inside = [
            (a >= lo) & (a <= hi) for a, lo, hi in zip((self.z, self.y, self.x), low, high, strict=True)
        ]
        self._paint(np.ix_(*inside), hu)
        return self

    def volume(self, sigma=6.0, seed=5, kvp=120.0, row=1.0, column=1.0):
        """The scan with white noise; `row` and `column` -1 store it turned, as other positions do."""
        rng = np.random.default_rng(seed)
        hu = self.hu + rng.normal(0, sigma, self.hu.shape) * (self.hu > AIR)
        hu = np.clip(np.round(hu), -2048, 3071).astype(np.int16)
        if column < 0:
            hu = hu[:, ::-1]
        if row < 0:
            hu = hu[:, :, ::-1]
        heights = self.z
        if row * column < 0:
            hu, heights = hu[::-1], -self.z[::-1]
            heights = -heights[::-1][::-1]
        origins = np.stack(
            [0 * heights, 0 * heights, np.sort(self.z)[:: 1 if row * column > 0 else -1]], axis=1
        )
        grid = Grid(
            shape=hu.shape,
            pixel_mm=(self.pixel, self.pixel),
            row_direction=np.array([row, 0, 0]),
            column_direction=np.array([0, column, 0]),
            origins_mm=origins,
            single_thickness_mm=3.0 if hu.shape[0] == 1 else None,
        )
        return Volume(hu=np.ascontiguousarray(hu), grid=grid, kvp=kvp)


def geometry(volume: Volume, **more) -> Geometry:
    grid = volume.grid
    return Geometry(
        spacing_mm=grid.spacing_mm,
        gaps_mm=tuple(grid.gaps_mm.tolist()),
        tilt_deg=grid.tilt_deg,
        shape=grid.shape,
        **more,
    )


def judged(volume: Volume, *, sigma=6.0, threshold=130.0, agent=None, roi=None, missing=()) -> Judged:
    return judge(
        volume,
        threshold_hu=threshold,
        inclusive=True,
        sigma_hu=sigma,
        geometry=geometry(volume, missing_after=tuple(missing)),
        kvp=volume.kvp,
        contrast_agent=agent,
        roi=roi,
    )


def at(found: Judged, body: Body, place, *, reach=8.0) -> Judgement:
    """Return the judgement of the object nearest to a place (z, y, x) in mm of a scan stored unturned."""
    step = np.array([body.gap, body.pixel, body.pixel])
    first = np.array([body.z[0], body.y[0], body.x[0]])
    gap = np.linalg.norm(found.components.centre * step + first - np.array(place), axis=1)
    best = int(np.argmin(gap))
    assert gap[best] <= reach, f"nothing within {reach} mm of {place}: {gap[best]:.1f} mm"
    return found.judgements[best]


def holding(found: Judged, body: Body, place) -> Judgement:
    """Return the judgement of the object that a place lies in."""
    step = np.array([body.gap, body.pixel, body.pixel])
    z, y, x = np.rint((np.array(place) - [body.z[0], body.y[0], body.x[0]]) / step).astype(int)
    c = found.components
    run = np.flatnonzero((c.z == z) & (c.y == y) & (c.x0 <= x) & (c.x1 > x))
    return found.judgements[c.object[run[0]]]


def limb(slices=40) -> Body:
    """A thigh with the edge of the other one: fat, muscle, a straight femur that widens at the lower end."""
    b = Body(slices, 110, 130)
    b.column(FAT, (0, 15), (88, 82)).column(MUSCLE, (0, 15), (68, 62))
    b.column(FAT, (0, -150), (60, 60)).column(MUSCLE, (0, -150), (45, 45))
    b.ring(CORTEX, -20, (0, 25), (15, 15), 5)
    b.column(FAT, (30, -5), (7, 7))
    return b.ring(CORTEX, SPONGE, (0, 25), (26, 30), 4, high=24)


def trunk() -> Body:
    """From the shoulders to the thighs: lungs, heart, aorta, spine, ribs, kidneys, stomach, hips."""
    b = Body(150, 130, 190)
    b.column(FAT, (0, 0), (118, 172), low=-1).column(MUSCLE, (0, 0), (104, 156))
    b.column(FAT, (0, 0), (86, 136), high=330)  # the belly's fat
    b.column(MUSCLE, (60, 0), (40, 95), high=330)
    for side in (-1, 1):
        b.ball(LUNG, (440, 0, side * 78), (120, 78, 58))
        b.ball(MUSCLE - 20, (240, 15, side * 62), (50, 24, 27))  # kidney
        b.ring(CORTEX, SPONGE, (20, side * 100), (24, 26), 4, 20, 90)  # hip joint
        b.ring(CORTEX, SPONGE, (35, side * 72), (40, 9), 3, 90, 170)  # iliac wing
        b.ring(CORTEX, -20, (0, side * 90), (14, 14), 5, high=20)
        for z in range(330, 560, 36):
            b.ring(CORTEX, SPONGE, (0, side * 146), (16, 6), 2, z, z + 12)  # ribs
    b.ball(MUSCLE - 8, (400, -30, 15), (60, 45, 55))  # heart
    b.column(FAT, (0, 0), (12, 20), 470, 560)
    b.column(MUSCLE - 10, (5, 0), (26, 30), 440, 560)  # mediastinum
    b.column(AIR, (-6, 0), (9, 9), 470, 600)  # windpipe
    b.column(BLOOD, (36, 30), (13, 13), 330, 500)  # descending aorta
    b.column(BLOOD, (-30, -18), (16, 16), 440, 500)  # ascending aorta
    b.column(FAT, (14, 8), (22, 24), 170, 330).column(BLOOD, (16, 6), (11, 11), 170, 330)
    b.ball(MUSCLE, (290, -20, 60), (40, 32, 38)).ball(15, (290, -20, 60), (36, 28, 34))  # stomach
    inside = (self_ball(b, (290, -20, 60), (36, 28, 34))) & (b.y < -28)[None, :, None]
    b.hu[inside] = AIR
    b.ring(CORTEX, SPONGE, (56, 0), (18, 24), 3, 60, 600)  # vertebral bodies
    b.ring(CORTEX, 20, (84, 0), (14, 14), 4, 60, 600)  # arch and canal
    b.block(CORTEX, (60, 96, -3), (600, 112, 3))
    b.ring(CORTEX, SPONGE, (-98, 0), (7, 18), 2, 380, 520)  # breastbone
    return b


def self_ball(b: Body, centre, radii):
    """Voxels of an ellipsoid."""
    d = sum(
        ((axis - c) / r).reshape([-1 if i == k else 1 for i in range(3)]) ** 2
        for k, (axis, c, r) in enumerate(zip((b.z, b.y, b.x), centre, radii, strict=True))
    )
    return d <= 1


def head() -> Body:
    """Brain in a skull, ventricles beside the midline, face and sinus below."""
    b = Body(32, 110, 96, gap=5.0)
    b.ball(MUSCLE, (60, 0, 0), (104, 96, 78))
    b.ball(CORTEX, (60, 0, 0), (100, 92, 74)).ball(35, (60, 0, 0), (92, 84, 66))
    b.hu[b.z < 20] = AIR
    b.column(MUSCLE, (0, 0), (80, 62), high=20)
    b.ring(CORTEX, AIR, (-45, 0), (22, 24), 3, high=20)
    for side in (-1, 1):
        b.ball(8, (80, 22, side * 26), (14, 20, 12))
    return b
