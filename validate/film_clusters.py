"""Virtual groups of known form, and the fit of the insertion study.

Sizes, spacing and numbers after real groups (films_and_sections.md 2.2); none of this is used by the reader.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi
from scipy.optimize import minimize

BENIGN = ("rim", "popcorn", "rod", "vascular")
SUSPICIOUS = ("amorphous", "coarse_heterogeneous", "fine_pleomorphic", "fine_linear")
FINE_MM = 0.025


def _dots(canvas, places, draw):
    for y, x in places:
        draw(canvas, y / FINE_MM, x / FINE_MM)


def _blob(canvas, y, x, semi, turn, height, rng, rough=0.0):
    """Draw an ellipsoid's shadow, its outline uneven by `rough`."""
    r = int(max(semi) / FINE_MM) + 4
    y0, x0 = int(y) - r, int(x) - r
    yy, xx = np.mgrid[y0 : y0 + 2 * r, x0 : x0 + 2 * r]
    u = ((yy - y) * np.cos(turn) + (xx - x) * np.sin(turn)) * FINE_MM / semi[0]
    v = (-(yy - y) * np.sin(turn) + (xx - x) * np.cos(turn)) * FINE_MM / semi[1]
    angle = np.arctan2(v, u)
    wave = 1 + rough * sum(rng.normal() / k * np.cos(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 4))
    shadow = height * np.sqrt(np.maximum(0, 1 - (u * u + v * v) / np.maximum(wave, 0.3) ** 2))
    part = canvas[max(0, y0) : y0 + 2 * r, max(0, x0) : x0 + 2 * r]
    cut = shadow[max(0, -y0) : max(0, -y0) + part.shape[0], max(0, -x0) : max(0, -x0) + part.shape[1]]
    np.maximum(part, cut, out=part)


def _places(rng, centre, count, radius, apart):
    out = []
    for _ in range(4000):
        q = rng.uniform(-radius, radius, 2)
        if q @ q < radius**2 and all((q - p) @ (q - p) > apart**2 for p in out):
            out.append(q)
        if len(out) == count:
            break
    return [centre + q for q in out]


def draw(kind, rng, size_mm=24.0):
    """Return heights of a group (y, x) on a grid of FINE_MM, in grey levels of 255 before blur."""
    n = int(size_mm / FINE_MM)
    canvas = np.zeros((n, n), np.float32)
    middle = np.array([size_mm / 2, size_mm / 2])
    turn = rng.uniform(0, np.pi)
    if kind == "rim":
        outer = rng.uniform(2.0, 4.5)
        wall = rng.uniform(0.3, 0.7)
        y, x = (np.indices(canvas.shape) * FINE_MM) - middle[:, None, None]
        away = np.hypot(y, x)
        shell = np.sqrt(np.maximum(0, outer**2 - away**2)) - np.sqrt(
            np.maximum(0, (outer - wall) ** 2 - away**2)
        )
        canvas += (rng.uniform(50, 90) * shell / shell.max()).astype(np.float32)
    elif kind == "popcorn":
        for _ in range(rng.integers(5, 9)):
            y, x = (middle + rng.normal(0, 0.8, 2)) / FINE_MM
            _blob(canvas, y, x, rng.uniform(0.7, 1.3, 2), turn, rng.uniform(50, 90), rng, 0.1)
    elif kind == "rod":
        for q in _places(rng, middle, rng.integers(2, 5), 6.0, 3.5):
            semi = rng.uniform(1.6, 3.0), rng.uniform(0.3, 0.5)
            _blob(canvas, *(q / FINE_MM), semi, turn + rng.normal(0, 0.15), rng.uniform(40, 70), rng)
    elif kind == "vascular":
        y, x = (np.indices(canvas.shape) * FINE_MM) - middle[:, None, None]
        u, v = y * np.cos(turn) + x * np.sin(turn), -y * np.sin(turn) + x * np.cos(turn)
        bend = rng.uniform(0.5, 1.5) * np.sin(u / rng.uniform(4, 7))
        half, length = rng.uniform(0.5, 1.2), rng.uniform(12, 18)
        for sign in (-1, 1):
            gap = ndi.gaussian_filter(rng.standard_normal((n // 8 + 1, n // 8 + 1)), 4)
            gap = ndi.zoom(gap, 8, order=1)[:n, :n]
            line = np.exp(-(((v - bend - sign * half) / 0.18) ** 2)) * (np.abs(u) < length / 2)
            canvas += (rng.uniform(45, 70) * line * (gap > np.quantile(gap, 0.2))).astype(np.float32)
    elif kind == "amorphous":
        for q in _places(rng, middle, rng.integers(10, 20), 5.0, 0.6):
            _blob(canvas, *(q / FINE_MM), rng.uniform(0.1, 0.2, 2), 0, rng.uniform(10, 18), rng)
        canvas = ndi.gaussian_filter(canvas, 0.12 / FINE_MM) * 1.6
    elif kind == "coarse_heterogeneous":
        for q in _places(rng, middle, rng.integers(6, 13), 5.0, 1.2):
            _blob(
                canvas,
                *(q / FINE_MM),
                rng.uniform(0.25, 0.5, 2),
                rng.uniform(0, 3),
                rng.uniform(35, 70),
                rng,
                0.25,
            )
    elif kind == "fine_pleomorphic":
        for q in _places(rng, middle, rng.integers(8, 18), 5.0, 0.6):
            semi = rng.uniform(0.09, 0.24, 2)
            _blob(canvas, *(q / FINE_MM), semi, rng.uniform(0, 3), rng.uniform(35, 90), rng, 0.3)
    elif kind == "fine_linear":
        for q in _places(rng, middle, rng.integers(6, 12), 5.0, 1.2):
            semi = rng.uniform(0.5, 1.2), rng.uniform(0.08, 0.15)
            _blob(canvas, *(q / FINE_MM), semi, turn + rng.normal(0, 0.4), rng.uniform(40, 80), rng, 0.1)
    return canvas


def film_of(kind, rng, pixel_mm, *, breast_mm=(90.0, 60.0), times=1.0):
    """Return a virtual mammogram (y, x) float32 of 255 with one group `times` as high; the group's centre."""
    rows, columns = (int(v / pixel_mm) for v in breast_mm)
    y, x = np.indices((rows, columns))
    r = np.hypot((y - rows / 2) / (rows * 0.45), x / (columns * 0.85))
    film = 100 * np.clip((1 - r) * 6, 0, 1) + 10
    coarse = rng.standard_normal((rows, columns))
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    tissue = np.fft.irfft2(np.fft.rfft2(coarse) / (np.hypot(fy, fx) + 1 / rows) ** 1.5, (rows, columns))
    film = film + 12 * tissue / tissue.std() * (r < 1)
    group = times * draw(kind, rng)
    step = round(pixel_mm / FINE_MM * 1000) / 1000
    blurred = ndi.gaussian_filter(group, 0.06 / FINE_MM)
    size = int(group.shape[0] / step)
    edges = (np.arange(size + 1) * step).astype(int)
    summed = np.add.reduceat(np.add.reduceat(blurred, edges[:-1], 0), edges[:-1], 1)
    areas = np.diff(np.append(edges[:-1], blurred.shape[0]))
    small = summed / (areas[:, None] * areas[None])
    cy, cx = rows // 2, int(columns * 0.35)
    film[cy - size // 2 : cy - size // 2 + size, cx - size // 2 : cx - size // 2 + size] += small
    noise = ndi.gaussian_filter(rng.standard_normal(film.shape), 0.6)
    film = film + noise / noise.std() * 1.2 * (0.1 / pixel_mm) ** 0.5
    return np.clip(np.round(film), 0, 255).astype(np.float32), (cy, cx)


def limits(contrast, hits, shown):
    """Return D50 and D90 of a logistic fit of found / shown on the logarithm of contrast."""
    x = np.log(np.asarray(contrast, float))

    def cost(q):
        p = 1 / (1 + np.exp(-np.clip((x - q[0]) * np.exp(min(q[1], 4.0)), -500, 500)))
        p = np.clip(p, 1e-9, 1 - 1e-9)
        return -np.sum(hits * np.log(p) + (shown - hits) * np.log(1 - p))

    starts = [(np.log(a), 1.5) for a in (3, 6, 12, 20)]
    best = min((minimize(cost, s, method="Nelder-Mead") for s in starts), key=lambda r: r.fun)
    return float(np.exp(best.x[0])), float(np.exp(best.x[0] + np.log(9) / np.exp(min(best.x[1], 4.0))))
