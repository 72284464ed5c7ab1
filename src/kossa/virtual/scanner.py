"""The virtual scanner: what blurs, what adds noise, and how many HU a milligram makes.

The factor is drawn here and told in truth.json only; the readers never see it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import special

from kossa.virtual import noise
from kossa.virtual.calcium import Calcium
from kossa.virtual.space import Space

__all__ = ["Exposure", "Scanner", "expose", "through_slice"]

Floats = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

# mg/(mm3 HU) at 120 kV: spread of four vendors' calibrations (design.md; research page ct.md 3.3)
FACTOR_LOW, FACTOR_HIGH = 0.66e-3, 0.95e-3
# widths of a soft body kernel and of the detector row: judgement, within what vendors' data sheets
# state for 3 mm body protocols (50 % MTF near 0.35 cycles per mm)
PSF_SIGMA_MM = 0.55
COLLIMATION_MM = 0.75
BODY_HU = -200  # above it, noise counts as noise of the body
HU_LOW, HU_HIGH = -1024, 3071  # 12 bit with an intercept of -1024


@dataclass(frozen=True)
class Scanner:
    """One machine and protocol. `noise_hu` is the SD in the middle of the body."""

    noise_hu: float
    factor_mg_per_mm3_hu: float
    psf_sigma_mm: float = PSF_SIGMA_MM
    collimation_mm: float = COLLIMATION_MM
    kvp: int = 120

    @classmethod
    def draw(cls, rng: np.random.Generator, *, noise_hu: float) -> Scanner:
        """Return a scanner whose factor is drawn from the vendors' spread."""
        factor = float(rng.uniform(FACTOR_LOW, FACTOR_HIGH))
        return cls(noise_hu=noise_hu, factor_mg_per_mm3_hu=round(factor, 8))


@dataclass(frozen=True, eq=False)
class Exposure:
    """A scan: `hu` int16 [z, y, x], clean of padding; `inside` (y, x) is the measured circle.

    `noise_hu` is the SD of the noise that was added inside the body, 0 where none was.
    """

    hu: npt.NDArray[np.int16]
    inside: npt.NDArray[np.bool_]
    space: Space
    scanner: Scanner
    noise_hu: float = 0.0


def expose(
    body: Floats,
    calcium: Sequence[Calcium],
    space: Space,
    scanner: Scanner,
    rng: np.random.Generator | None,
    *,
    local_noise: Callable[[int], Floats] | None = None,
    progress: Progress | None = None,
) -> Exposure:
    """Scan a body, which is changed in place, and return the picture in HU.

    `body` is float32 [z, y, x] with partial volume already in it; it is blurred and used up, the
    deposits are added with the same blur, then noise (none where `rng` is None), then it is rounded.
    `local_noise` gives the noise of slice k relative to the scanner's, as an array or a number.
    """
    taps = _in_plane(scanner.psf_sigma_mm / space.pixel_mm)
    neighbour = np.arange(0.505, 1.5, 0.01)  # what is painted fills its slice
    spill = through_slice(neighbour, space.slice_mm, scanner.collimation_mm).mean()
    _blur_plane(body, taps)
    _blur_slices(body, np.float32(spill))
    for one in calcium:
        add_calcium(body, one, space, scanner)
    out = np.empty(space.shape, np.int16)
    count, rows, columns = space.shape
    grain = noise.slices(count, rows, columns, space.pixel_mm, rng) if rng is not None else None
    squares, voxels = 0.0, 0
    for k in range(count):
        picture = body[k]
        if grain is not None:
            gain = scanner.noise_hu * (local_noise(k) if local_noise else np.float32(1.0))
            added = next(grain) * gain
            inside = added[picture > BODY_HU]
            squares += float(np.square(inside).sum(dtype=np.float64))
            voxels += inside.size
            picture += added
        np.clip(np.rint(picture, out=picture), HU_LOW, HU_HIGH, out=picture)
        out[k] = picture
        if progress is not None:
            progress(k + 1, count)
    measured = float(np.sqrt(squares / voxels)) if voxels else 0.0
    return Exposure(out, _circle(space), space, scanner, measured)


def add_calcium(hu: Floats, one: Calcium, space: Space, scanner: Scanner) -> None:
    """Add the HU of one deposit to `hu` in place, blurred by the scanner.

    The weights of a point add up to one over the voxels, so that the sum over the voxels times voxel
    volume times factor is the mass; a point beyond the scan loses its share, as in life.
    """
    places = (one.points_mm[:, ::-1] - np.array(space.start_mm)) / np.array(space.step_mm)
    amount = one.mass_mg * one.share / (scanner.factor_mg_per_mm3_hu * space.voxel_mm3)
    _splat(hu, places, amount, scanner.psf_sigma_mm / space.pixel_mm, scanner.collimation_mm / space.slice_mm)


def through_slice(
    distance: npt.NDArray[np.float64], slice_mm: float, blur_mm: float
) -> npt.NDArray[np.float64]:
    """Return the share of a thin sheet that falls on a slice whose centre is `distance` slices away.

    The profile is a box of one slice, blurred by a normal curve whose full width at half height is
    `blur_mm`: contiguous slices share everything, wherever the sheet lies.
    """
    sigma = blur_mm / slice_mm / 2.3548
    edge = sigma * sqrt(2)
    share = special.erf((distance + 0.5) / edge) - special.erf((distance - 0.5) / edge)
    return np.asarray(0.5 * share, dtype=np.float64)


def _in_plane(sigma_px: float) -> Floats:
    reach = int(np.ceil(3.5 * sigma_px))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


def _circle(space: Space) -> npt.NDArray[np.bool_]:
    """Return where the scanner measured: the largest circle in the square picture."""
    _, rows, columns = space.shape
    y = (np.arange(rows) - (rows - 1) / 2)[:, None]
    x = (np.arange(columns) - (columns - 1) / 2)[None]
    return np.asarray(y * y + x * x <= (min(rows, columns) / 2) ** 2)


@njit(cache=True, nogil=True)
def _blur_plane(v: Floats, taps: Floats) -> None:
    nz, ny, nx = v.shape
    reach = taps.size // 2
    row = np.empty((ny, nx), np.float32)
    for z in range(nz):
        plane = v[z]
        for y in range(ny):
            for x in range(nx):
                if reach <= x < nx - reach:
                    s = taps[0] * plane[y, x - reach]
                    for t in range(1, taps.size):
                        s += taps[t] * plane[y, x + t - reach]
                    row[y, x] = s
                else:
                    row[y, x] = plane[y, x]
        for y in range(reach, ny - reach):
            for x in range(nx):
                plane[y, x] = taps[0] * row[y - reach, x]
            for t in range(1, taps.size):
                for x in range(nx):
                    plane[y, x] += taps[t] * row[y + t - reach, x]


@njit(cache=True, nogil=True)
def _blur_slices(v: Floats, spill: np.float32) -> None:
    nz, ny, nx = v.shape
    before = v[0].copy()
    here = np.empty_like(before)
    keep = np.float32(1) - np.float32(2) * spill
    for z in range(nz):
        after = v[min(z + 1, nz - 1)]
        for y in range(ny):
            for x in range(nx):
                here[y, x] = v[z, y, x]
                v[z, y, x] = keep * here[y, x] + spill * (before[y, x] + after[y, x])
        before, here = here, before


@njit(cache=True, nogil=True)
def _splat(
    hu: Floats, places: npt.NDArray[np.float64], amount: npt.NDArray[np.float64], sigma: float, blur: float
) -> None:
    nz, ny, nx = hu.shape
    reach = int(np.ceil(3.5 * sigma))
    n = 2 * reach + 1
    wx, wy, wz = np.empty(n), np.empty(n), np.empty(3)
    edge = blur / 2.3548 * np.sqrt(2.0)
    for i in range(amount.size):
        iz, iy, ix = int(np.rint(places[i, 0])), int(np.rint(places[i, 1])), int(np.rint(places[i, 2]))
        sx = sy = 0.0
        for t in range(n):
            wx[t] = np.exp(-0.5 * ((ix + t - reach - places[i, 2]) / sigma) ** 2)
            wy[t] = np.exp(-0.5 * ((iy + t - reach - places[i, 1]) / sigma) ** 2)
            sx += wx[t]
            sy += wy[t]
        for t in range(3):
            d = iz + t - 1 - places[i, 0]
            wz[t] = 0.5 * (erf((d + 0.5) / edge) - erf((d - 0.5) / edge))
        scale = amount[i] / (sx * sy * (wz[0] + wz[1] + wz[2]))
        for tz in range(3):
            z = iz + tz - 1
            if z < 0 or z >= nz or wz[tz] < 1e-6:
                continue
            for ty in range(n):
                y = iy + ty - reach
                if y < 0 or y >= ny:
                    continue
                w = scale * wz[tz] * wy[ty]
                for tx in range(n):
                    x = ix + tx - reach
                    if 0 <= x < nx:
                        hu[z, y, x] += np.float32(w * wx[tx])
