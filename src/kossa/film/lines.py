"""A film smoothed along many directions, so that faint lines rise out of the noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["oriented"]

Image = npt.NDArray[np.float32]


def oriented(image: Image, across: float, along: float, directions: int) -> list[Image]:
    """Return `image` (y, x) smoothed by Gaussians of `across` x `along` pixels in each direction.

    Done by Fourier transform, with a margin of zeros of three times `along`.
    """
    rows, columns = image.shape
    margin = int(3 * along) + 1
    shape = rows + margin, columns + margin
    spectrum = np.fft.rfft2(image, shape)
    ky = 2 * np.pi * np.fft.fftfreq(shape[0])[:, None]
    kx = 2 * np.pi * np.fft.rfftfreq(shape[1])[None]
    out = []
    for d in range(directions):
        angle = np.pi * d / directions
        u, v = kx * np.cos(angle) + ky * np.sin(angle), ky * np.cos(angle) - kx * np.sin(angle)
        damped = spectrum * np.exp(-0.5 * ((u * along) ** 2 + (v * across) ** 2))
        out.append(np.fft.irfft2(damped, shape)[:rows, :columns].astype(np.float32))
    return out
