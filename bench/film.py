"""CPU seconds of reading mammograms, beside one Gaussian of the same film: `python -m bench.film`."""

from __future__ import annotations

import time

import numpy as np
from scipy import ndimage as ndi

from kossa.film.detect import detect
from kossa.film.mammogram import mark_groups


def made(rows: int, columns: int) -> np.ndarray:
    """A half disc of tissue with noise, bright on dark."""
    rng = np.random.default_rng(0)
    y, x = np.indices((rows, columns), np.float32)
    r = np.hypot((y - rows / 2) / (rows * 0.42), x / (columns * 0.8))
    noise = rng.standard_normal((rows, columns), np.float32)
    return (100 * np.clip((1 - r) * 6, 0, 1) + 10 + 2 * noise).astype(np.float32)


def main() -> None:
    for shape, mm, bar in (((1024, 1024), 0.2, 0.3), ((4096, 3328), 0.05, 3.0), ((4096, 3328), 0.07, 3.0)):
        film = made(*shape)
        mark_groups(detect(film, mm))
        begin = time.process_time()
        mark_groups(detect(film, mm))
        spent = time.process_time() - begin
        begin = time.process_time()
        ndi.gaussian_filter(film, 3.0)
        one = time.process_time() - begin
        print(f"{shape} at {mm} mm: {spent:.2f} s (bar {bar}), {spent / one:.1f} x one Gaussian of sigma 3")


if __name__ == "__main__":
    main()
