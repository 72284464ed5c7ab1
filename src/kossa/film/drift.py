"""How each line along a shaft drifts: limbs taper and bones are bowed, so that no line keeps one density."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

__all__ = ["drift", "flesh_columns", "near_bone", "without_lines"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

DEGREE = 2  # a taper and a bow; more would follow a long deposit (judgement)
ROUNDS = 6  # of the robust fit; it moves by less than a grey level after four (judgement)
FAR = 1.5  # robust deviations from which on a pixel counts less, bright ones twice as soon (judgement)
ROWS_SEEN = 0.35  # of a column's length that has to lie in the body (judgement)
NEAR_BONE_MM, NEAR_SKIN_MM = 2.5, 4.0  # where edges are ground and no lines (judgement)
LINES_MM = 5.0  # a calcified wall or vessel is narrower than half of it (judgement)
ACROSS_MM = 0.6  # of smoothing across lines, less than the wall of a bone (judgement)


def drift(rest: Image, inside: Mask, pixel_mm: float) -> Image:
    """Return the slow change (y, x) along y of every column of `rest`, 0 where too little is seen.

    A polynomial a column, fitted to what is `inside` by iterated weights in which what stands out, and a
    deposit is bright, counts little.
    """
    rows = rest.shape[0]
    s = np.linspace(-1.0, 1.0, rows)
    basis = np.stack([s**k for k in range(DEGREE + 1)])  # (k, y)
    products = basis[:, None, :] * basis[None, :, :]  # (k, k, y)
    seen = inside.mean(axis=0) >= ROWS_SEEN
    if not seen.any():
        return np.zeros_like(rest)
    values, weight = rest[:, seen].astype(np.float64), inside[:, seen].astype(np.float64)
    used = weight.copy()
    fitted = np.zeros_like(values)
    for _ in range(ROUNDS):
        normal = np.einsum("kly,yx->xkl", products, used) + 1e-6 * np.eye(DEGREE + 1)
        right = np.einsum("ky,yx->xk", basis, used * values)
        coefficients = np.linalg.solve(normal, right[..., None])[..., 0]
        fitted = np.einsum("ky,xk->yx", basis, coefficients)
        off = values - fitted
        spread = 1.4826 * np.median(np.abs(np.where(weight > 0, off, 0.0)), axis=0) + 1e-6
        far = np.where(off > 0, 2.0, 1.0) * np.abs(off) / (FAR * spread)
        used = weight / np.maximum(1.0, far) ** 2
    out = np.zeros(rest.shape, np.float32)
    out[:, seen] = fitted
    share = ndi.gaussian_filter1d(seen.astype(np.float32), ACROSS_MM / pixel_mm)
    smooth = ndi.gaussian_filter1d(out, ACROSS_MM / pixel_mm, axis=1) / np.maximum(share, 1e-3)
    return np.where(seen, smooth, 0).astype(np.float32)


def flesh_columns(bone: npt.NDArray[np.bool_], inside: Mask, pixel_mm: float) -> npt.NDArray[np.bool_]:
    """Return the columns (x,) of soft tissue: away from the edges of bone and of the limb."""
    seen = inside.mean(axis=0) >= ROWS_SEEN
    deep = ndi.binary_erosion(seen, iterations=max(1, round(NEAR_SKIN_MM / pixel_mm)))
    return np.asarray(deep & ~near_bone(bone, pixel_mm))


def near_bone(bone: npt.NDArray[np.bool_], pixel_mm: float) -> npt.NDArray[np.bool_]:
    """Return the columns (x,) on bone or so near that its edges are their ground."""
    return np.asarray(ndi.binary_dilation(bone, iterations=max(1, round(NEAR_BONE_MM / pixel_mm))))


def without_lines(
    values: npt.NDArray[np.floating], flesh: npt.NDArray[np.bool_], pixel_mm: float
) -> npt.NDArray[np.float32]:
    """Return `values` (..., x) with narrow lines taken out in `flesh`: an artery runs along the limb as well.

    What runs along all of a shaft is its ground only where anatomy has edges; elsewhere a narrow line of it
    may be a calcified wall.
    """
    width = max(3, round(LINES_MM / pixel_mm) | 1)
    size = (1,) * (values.ndim - 1) + (width,)
    smooth = ndi.median_filter(values, size=size, mode="nearest")
    return np.where(flesh, smooth, values).astype(np.float32)
