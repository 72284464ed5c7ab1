"""`Canvas`: the body's picture in HU, painted shape upon shape with partial volume at every edge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import ndimage

from kossa.virtual.body.frame import Frame
from kossa.virtual.body.shape import Shape

__all__ = ["AIR", "Canvas", "Field"]

Floats = npt.NDArray[np.float64]
Plane = npt.NDArray[np.float32]

AIR = -1000.0
GRAIN = 64  # a power of two: nodes along each side of the periodic lattice of smooth random numbers
MASK = GRAIN - 1
STRIDE = 6  # pixels between the places where a `Field` is computed


@dataclass(eq=False)
class Field:
    """A smooth distance over the whole scan, computed on every sixth pixel of every slice."""

    values: Plane

    def on(self, shape: Shape) -> Plane:
        """Return the distance on the voxels of a shape."""
        out = np.empty(shape.d.shape, np.float32)
        _enlarge(self.values, shape.box[0], out)
        return out


@dataclass(eq=False)
class Canvas:
    """`hu` float32 [z, y, x] in reference anatomy; `rng` makes what differs between people."""

    frame: Frame
    rng: np.random.Generator

    @cached_property
    def hu(self) -> Plane:
        """The picture, air at first."""
        return np.full(self.frame.space.shape, AIR, np.float32)

    @cached_property
    def grain(self) -> Plane:
        """Smooth periodic random numbers of SD 1, looked up for texture and for uneven surfaces."""
        raw = ndimage.gaussian_filter(self.rng.standard_normal((GRAIN,) * 3), 0.8, mode="wrap")
        return np.asarray(raw / raw.std(), dtype=np.float32)

    def coarse(self) -> tuple[Floats, Floats, Floats]:
        """Return x, y (slices, rows, columns) and z (slices, 1, 1) of the places of a `Field`."""
        m = self.frame.from_voxel
        nz, ny, nx = self.frame.space.shape
        k = np.arange(nz, dtype=np.float64)[:, None, None]
        j = np.arange(-(-ny // STRIDE) + 1, dtype=np.float64)[None, :, None] * STRIDE
        i = np.arange(-(-nx // STRIDE) + 1, dtype=np.float64)[None, None, :] * STRIDE
        x = m[0, 0] * i + m[0, 1] * j + m[0, 2] * k + m[0, 3]
        y = m[1, 0] * i + m[1, 1] * j + m[1, 2] * k + m[1, 3]
        return x, y, m[2, 2] * k + m[2, 3]

    def paint(
        self,
        shape: Shape,
        hu: float,
        *,
        grow: float = 0.0,
        texture: tuple[float, float] = (0.0, 10.0),
        slope: float = 0.0,
    ) -> None:
        """Fill a shape with `hu`.

        `texture` is the SD in HU and the scale in mm of its unevenness, `slope` HU per mm towards the
        back. Voxels on the border get the share that lies inside.
        """
        m = self.frame.from_voxel
        _paint(self.hu, self.grain, shape.d, shape.box[0], m, hu, grow, texture[0], texture[1], slope)

    def shell(
        self,
        shape: Shape,
        wall: float,
        inside: float,
        *,
        thick: float,
        texture: tuple[float, float] = (0.0, 10.0),
    ) -> None:
        """Paint a wall of `thick` mm inside the surface of a shape, and what it holds."""
        self.paint(shape, wall)
        self.paint(shape, inside, grow=-thick, texture=texture)

    def wobble(self, shape: Shape, amount: float, scale: float, *, seed: int = 0) -> Shape:
        """Make a surface uneven by `amount` mm (SD) over `scale` mm, in place."""
        _wobble(shape.d, shape.box[0], self.frame.from_voxel, self.grain, amount, scale, 7.31 * seed)
        return shape


@njit(cache=True, nogil=True)
def _enlarge(values: Plane, low: npt.NDArray[np.int64], out: Plane) -> None:
    for k in range(out.shape[0]):
        plane = values[k + low[0]]
        for j in range(out.shape[1]):
            y = (j + low[1]) / STRIDE
            j0 = min(int(y), plane.shape[0] - 2)
            fy = np.float32(y - j0)
            for i in range(out.shape[2]):
                x = (i + low[2]) / STRIDE
                i0 = min(int(x), plane.shape[1] - 2)
                fx = np.float32(x - i0)
                a = plane[j0, i0] + fx * (plane[j0, i0 + 1] - plane[j0, i0])
                b = plane[j0 + 1, i0] + fx * (plane[j0 + 1, i0 + 1] - plane[j0 + 1, i0])
                out[k, j, i] = a + fy * (b - a)


@njit(cache=True, nogil=True, fastmath=True)
def random_at(grain: Plane, x: float, y: float, z: float) -> float:
    """Return the periodic random lattice at a place, smooth between its nodes."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    ax, ay, az = x - fx, y - fy, z - fz
    ax, ay, az = ax * ax * (3 - 2 * ax), ay * ay * (3 - 2 * ay), az * az * (3 - 2 * az)
    i, j, k = int(fx) & MASK, int(fy) & MASK, int(fz) & MASK
    i1, j1, k1 = (i + 1) & MASK, (j + 1) & MASK, (k + 1) & MASK
    c00 = grain[k, j, i] + ax * (grain[k, j, i1] - grain[k, j, i])
    c01 = grain[k, j1, i] + ax * (grain[k, j1, i1] - grain[k, j1, i])
    c10 = grain[k1, j, i] + ax * (grain[k1, j, i1] - grain[k1, j, i])
    c11 = grain[k1, j1, i] + ax * (grain[k1, j1, i1] - grain[k1, j1, i])
    c0 = c00 + ay * (c01 - c00)
    c1 = c10 + ay * (c11 - c10)
    return float(c0 + az * (c1 - c0))


@njit(cache=True, nogil=True, fastmath=True)
def _paint(
    hu: Plane,
    grain: Plane,
    d: Plane,
    low: npt.NDArray[np.int64],
    m: Floats,
    value: float,
    grow: float,
    amount: float,
    scale: float,
    slope: float,
) -> None:
    nz, ny, nx = d.shape
    step_x = np.float32(np.hypot(m[0, 0], m[1, 0]))
    step_y = np.float32(np.hypot(m[0, 1], m[1, 1]))
    step_z = np.float32(m[2, 2])
    border = np.float32(0.5) * (step_x + step_y + step_z)
    off = np.float32(grow)
    for k in range(nz):
        for j in range(ny):
            for i in range(nx):
                s = d[k, j, i] - off
                if s >= border:
                    continue
                share = np.float32(1.0)
                if s > -border:
                    gx = abs(d[k, j, min(i + 1, nx - 1)] - d[k, j, max(i - 1, 0)]) * np.float32(0.5)
                    gy = abs(d[k, min(j + 1, ny - 1), i] - d[k, max(j - 1, 0), i]) * np.float32(0.5)
                    gz = abs(d[min(k + 1, nz - 1), j, i] - d[max(k - 1, 0), j, i]) * np.float32(0.5)
                    width = min(gx, step_x) + min(gy, step_y) + min(gz, step_z) + np.float32(0.2)
                    share = min(np.float32(1.0), max(np.float32(0.0), np.float32(0.5) - s / width))
                    if share <= 0:
                        continue
                new = value
                if amount > 0 or slope != 0:
                    ix, iy, iz = i + low[2], j + low[1], k + low[0]
                    x = m[0, 0] * ix + m[0, 1] * iy + m[0, 2] * iz + m[0, 3]
                    y = m[1, 0] * ix + m[1, 1] * iy + m[1, 2] * iz + m[1, 3]
                    z = m[2, 2] * iz + m[2, 3]
                    new += slope * y
                    if amount > 0:
                        new += amount * random_at(grain, x / scale, y / scale, z / scale)
                old = hu[k + low[0], j + low[1], i + low[2]]
                hu[k + low[0], j + low[1], i + low[2]] = old + share * (np.float32(new) - old)


@njit(cache=True, nogil=True, fastmath=True)
def _wobble(
    d: Plane, low: npt.NDArray[np.int64], m: Floats, grain: Plane, amount: float, scale: float, phase: float
) -> None:
    for k in range(d.shape[0]):
        iz = k + low[0]
        z = (m[2, 2] * iz + m[2, 3]) / scale + phase
        for j in range(d.shape[1]):
            iy = j + low[1]
            for i in range(d.shape[2]):
                if abs(d[k, j, i]) < 25:
                    ix = i + low[2]
                    x = (m[0, 0] * ix + m[0, 1] * iy + m[0, 2] * iz + m[0, 3]) / scale
                    y = (m[1, 0] * ix + m[1, 1] * iy + m[1, 2] * iz + m[1, 3]) / scale
                    d[k, j, i] += np.float32(amount * random_at(grain, x + phase, y, z))
