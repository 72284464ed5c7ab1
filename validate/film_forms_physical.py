"""A second recipe of groups of known form, whose heights follow from what calcium of that thickness absorbs.

Bodies are drawn as depths of solid hydroxyapatite (depth in mm x packing), turned into grey levels by
films_and_sections.md 2.2 ("Physics link"), blurred and averaged as its make_clusters.py does. Numbers, sizes,
relative peaks and spacing of small marks are those of its real groups. Packing, outlines, walls and casts are
judgement. Nothing here is used by the reader, and nothing of `film_clusters.draw` is used here.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi

FINE_MM = 0.025
BLUR_MM = 0.06  # 2.2
# gamma 3 x 0.434 x 2.0 per mm / (1 + SPR 0.5) over the scanner's 3.2 OD: full scale per mm of solid (2.2)
SCALE_PER_MM = 3 * 0.434 * 2.0 / 1.5 / 3.2
BENIGN = ("rim", "lucent_centred", "popcorn", "rod", "vascular", "dystrophic")
SUSPICIOUS = ("amorphous", "coarse_heterogeneous", "fine_pleomorphic", "fine_linear")
UNDECIDED = ("punctate", "round")
KINDS = (*BENIGN, *SUSPICIOUS, *UNDECIDED)
PACKING = {  # share of solid hydroxyapatite: judgement, with 2.2's 0.5 in the middle of small marks
    "rim": (0.6, 1.0), "lucent_centred": (0.6, 1.0), "popcorn": (0.6, 1.0), "rod": (0.6, 1.0),
    "vascular": (0.6, 1.0), "dystrophic": (0.6, 1.0), "amorphous": (0.2, 0.5),
    "coarse_heterogeneous": (0.5, 1.0), "fine_pleomorphic": (0.5, 1.0), "fine_linear": (0.5, 1.0),
    "punctate": (0.5, 1.0), "round": (0.5, 1.0),
}  # fmt: skip
# quantiles of real groups (2.2), ends by judgement
DIAMETER = ((0, 0.05, 0.25, 0.5, 0.75, 0.95, 1), (0.09, 0.11, 0.21, 0.30, 0.40, 0.69, 0.9))
PEAK = ((0, 0.05, 0.25, 0.5, 0.75, 0.95, 1), (0.25, 0.33, 0.60, 0.80, 0.95, 1.0, 1.0))
NEAREST = ((0, 0.05, 0.5, 0.95, 1), (0.4, 0.43, 0.94, 2.5, 3.0))
COUNT = ((0, 0.5, 1), (8, 17, 41))
DEEPEST = 2.0  # a body is at most so many times as deep as it is wide; judgement
SIZE_MM = 24.0


def _draw_from(table, rng, low=0.0, high=np.inf):
    """Draw from a table of quantiles, anew until the value lies within the limits."""
    while True:
        value = float(np.interp(rng.uniform(), *table))
        if low <= value <= high:
            return value


def _window(canvas, y, x, reach):
    """Return the part of the canvas round a place in mm, and the mm from it (y, x)."""
    y0, y1 = (int(np.clip((y + s * reach) / FINE_MM, 0, canvas.shape[0])) for s in (-1, 1))
    x0, x1 = (int(np.clip((x + s * reach) / FINE_MM, 0, canvas.shape[1])) for s in (-1, 1))
    yy, xx = np.mgrid[y0:y1, x0:x1] * FINE_MM
    return canvas[y0:y1, x0:x1], yy + FINE_MM / 2 - y, xx + FINE_MM / 2 - x


def _body(canvas, at, semi, depth, rng, *, rough=0.0, flat=0.5, hollow=0.0):
    """A body of this depth in its middle; `flat` 0.5 is an ellipsoid, less a slab; `hollow` its empty core."""
    part, dy, dx = _window(canvas, *at, 2 * max(semi) + 0.1)
    turn = rng.uniform(0, np.pi)
    u = (dy * np.cos(turn) + dx * np.sin(turn)) / semi[0]
    v = (dx * np.cos(turn) - dy * np.sin(turn)) / semi[1]
    angle = np.arctan2(v, u)
    wave = 1 + rough * sum(
        rng.normal() / k**0.5 * np.cos(k * angle + rng.uniform(0, 6.3)) / 1.5 for k in (2, 3, 4, 5)
    )
    r2 = (u * u + v * v) / np.clip(wave, 0.4, 1.8) ** 2
    shape = np.maximum(0, 1 - r2) ** flat
    if hollow:
        shape -= hollow * np.maximum(0, 1 - r2 / hollow**2) ** flat
    part += (depth * shape).astype(np.float32)


def _cast(canvas, at, turn, length, radius, packing, rng, *, uneven=0.0, hollow=0.0, bend=0.0):
    """What fills a duct: a bent cylinder whose calibre varies by `uneven`; `hollow` is its empty share."""
    part, dy, dx = _window(canvas, *at, length / 2 + 1)
    u, v = dy * np.cos(turn) + dx * np.sin(turn), dx * np.cos(turn) - dy * np.sin(turn)
    knots = np.linspace(-length / 2, length / 2, max(4, int(length / 0.3)))
    calibre = np.clip(1 + uneven * rng.standard_normal(knots.size), 0.1, 1.8)
    ends = np.sqrt(np.clip(1 - (2 * np.abs(u) / length) ** 8, 0, 1)) * (np.abs(u) < length / 2)
    r = radius * np.interp(u, knots, calibre) * ends
    off = v - bend * (u * u - length * length / 12)
    path = np.sqrt(np.maximum(0, r * r - off * off))
    if hollow:
        path -= np.sqrt(np.maximum(0, (hollow * r) ** 2 - off * off))
    part += (2 * packing * path).astype(np.float32)


def _spread(rng, count, radius, stretch=1.0, turn=0.0, least=0.4):
    """Places in mm whose nearest neighbours lie as those of real groups, no nearer than `least`."""
    places = [rng.uniform(-1, 1, 2)]
    for _ in range(4000):
        if len(places) == count:
            break
        angle = rng.uniform(0, 2 * np.pi)
        step = _draw_from(NEAREST, rng) * np.array([np.cos(angle), np.sin(angle)])
        q = places[rng.integers(len(places))] + step
        if np.hypot(*q) < radius and min(np.hypot(*(q - p)) for p in places) >= least:
            places.append(q)
    q = np.array(places) * [1, 1 / stretch]
    along, across = q[:, 0], q[:, 1]
    q = np.column_stack(
        [along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)]
    )
    return q - q.mean(0) + SIZE_MM / 2


def _apart(rng, count, radius, least):
    """Places in mm at least `least` apart."""
    out = []
    for _ in range(4000):
        q = rng.uniform(-radius, radius, 2)
        if np.hypot(*q) < radius and all(np.hypot(*(q - p)) > least for p in out):
            out.append(q)
        if len(out) == count:
            break
    return [q + SIZE_MM / 2 for q in out]


def _small(canvas, rng, kind, packing):
    """Many small marks with the sizes, relative peaks and spacing of real groups."""
    limits = {"amorphous": (0.15, 0.5), "fine_pleomorphic": (0.1, 0.5)}
    least = {"amorphous": 0.4, "fine_pleomorphic": 0.6}.get(kind, 0.7)  # distinct marks stand apart
    places = _spread(rng, round(_draw_from(COUNT, rng)), rng.uniform(4, 7), least=least)
    if kind in limits:
        sizes = np.array([_draw_from(DIAMETER, rng, *limits[kind]) for _ in places])
        peaks = np.array([_draw_from(PEAK, rng) for _ in places])
    else:
        one = rng.uniform(0.25, 0.45) if kind == "punctate" else rng.uniform(0.55, 0.9)
        sizes = one * rng.uniform(0.88, 1.12, len(places))
        peaks = rng.uniform(0.85, 1.0, len(places))
        if kind == "round":
            places = _apart(rng, int(rng.integers(5, 13)), 6.0, 1.8)
            sizes, peaks = sizes[: len(places)], peaks[: len(places)]
    tallest = float(np.quantile(sizes, 0.75))
    for at, d, peak in zip(places, sizes, peaks, strict=False):
        depth = packing * min(peak * tallest, DEEPEST * d)
        if kind == "amorphous":
            _body(canvas, at, d / 2 * rng.uniform(0.7, 1.4, 2), depth, rng, rough=0.2)
        elif kind == "fine_pleomorphic":
            ratio = rng.uniform(1.0, 1.9) ** 0.5
            semi = (d / 2 * ratio, d / 2 / ratio)
            _body(canvas, at, semi, depth, rng, rough=0.3, flat=rng.uniform(0.25, 0.7))
        else:
            _body(canvas, at, d / 2 * rng.uniform(0.96, 1.04, 2), depth, rng)
    if kind == "amorphous":  # powder without a border
        canvas[:] = ndi.gaussian_filter(canvas, rng.uniform(0.05, 0.12) / FINE_MM)


def _vessel(canvas, rng, packing, turn):
    """A tube whose wall holds plaques in patches, seen through both its walls."""
    radius, wall = rng.uniform(0.6, 1.6), rng.uniform(0.08, 0.25)
    length, bend, wave = rng.uniform(12, 20), rng.uniform(0.3, 1.5), rng.uniform(4, 8)
    part, dy, dx = _window(canvas, SIZE_MM / 2, SIZE_MM / 2, SIZE_MM / 2)
    u, v = dy * np.cos(turn) + dx * np.sin(turn), dx * np.cos(turn) - dy * np.sin(turn)
    v = v - bend * np.sin(u / wave + rng.uniform(0, 6.3))
    inside = np.abs(v) < radius
    path = np.sqrt(np.maximum(0, radius**2 - v * v)) - np.sqrt(np.maximum(0, (radius - wall) ** 2 - v * v))
    field = ndi.gaussian_filter(rng.standard_normal((400, 120)), (5, 8), mode="wrap")
    plaque = field > np.quantile(field, rng.uniform(0.2, 0.5))
    row = np.clip(((u / SIZE_MM + 0.5) * 400).astype(int), 0, 399)
    theta = np.arcsin(np.clip(v / radius, -1, 1))
    for side in (theta, np.pi - theta):
        column = (side / (2 * np.pi) * 120).astype(int) % 120
        part += (packing * path * plaque[row, column] * inside * (np.abs(u) < length / 2)).astype(np.float32)


def draw(kind, rng):
    """Return mm of solid hydroxyapatite (y, x) of a group of this kind on a grid of FINE_MM."""
    n = int(SIZE_MM / FINE_MM)
    canvas = np.zeros((n, n), np.float32)
    packing, turn, middle = rng.uniform(*PACKING[kind]), rng.uniform(0, np.pi), (SIZE_MM / 2,) * 2
    if kind == "rim":
        outer, wall = rng.uniform(1.5, 5.0), rng.uniform(0.08, 0.5)
        semi = outer * rng.uniform(0.9, 1.1, 2)
        _body(canvas, middle, semi, 2 * outer * packing, rng, rough=0.02, hollow=1 - wall / outer)
    elif kind == "lucent_centred":
        for at in _apart(rng, int(rng.integers(3, 9)), 4.0, 1.8):
            r = rng.uniform(0.35, 0.75)
            _body(canvas, at, r * rng.uniform(0.9, 1.1, 2), 2 * r * packing, rng, rough=0.04,
                  hollow=rng.uniform(0.5, 0.8))  # fmt: skip
    elif kind == "popcorn":
        size = rng.uniform(1.2, 2.5)
        for _ in range(rng.integers(5, 10)):
            at = middle + rng.normal(0, size / 2.5, 2)
            r = size * rng.uniform(0.3, 0.6, 2)
            _body(canvas, at, r, packing * rng.uniform(0.5, 1.0) * r.mean(), rng, rough=0.12)
    elif kind == "rod":
        for at in _apart(rng, int(rng.integers(2, 7)), 6.0, 2.5):
            hollow = rng.uniform(0.4, 0.6) if rng.uniform() < 0.3 else 0.0
            _cast(canvas, at, turn + rng.normal(0, 0.2), rng.uniform(3, 9), rng.uniform(0.25, 0.5), packing,
                  rng, uneven=0.06, hollow=hollow, bend=rng.normal(0, 0.01))  # fmt: skip
    elif kind == "vascular":
        _vessel(canvas, rng, packing, turn)
    elif kind == "dystrophic":
        for at in _apart(rng, int(rng.integers(2, 7)), 5.0, 2.6):
            r = rng.uniform(0.55, 1.2)
            hollow = rng.uniform(0.3, 0.6) if rng.uniform() < 0.4 else 0.0
            _body(canvas, at, r * rng.uniform(0.75, 1.3, 2), packing * r, rng, rough=0.25,
                  flat=rng.uniform(0.25, 0.6), hollow=hollow)  # fmt: skip
    elif kind == "coarse_heterogeneous":
        for at in _apart(rng, int(rng.integers(6, 16)), rng.uniform(4, 7), 0.8):
            d = rng.uniform(0.5, 1.0)
            _body(canvas, at, d / 2 * rng.uniform(0.75, 1.3, 2), packing * d * _draw_from(PEAK, rng), rng,
                  rough=0.3, flat=rng.uniform(0.25, 0.7))  # fmt: skip
    elif kind == "fine_linear":
        for at in _spread(rng, int(rng.integers(6, 16)), 7.0, rng.uniform(1.5, 3.0), turn, least=0.9):
            radius, length, way = rng.uniform(0.06, 0.2), rng.uniform(0.6, 2.5), turn + rng.normal(0, 0.35)
            _cast(canvas, at, way, length, radius, packing, rng, uneven=0.35, bend=rng.normal(0, 0.1))
            if rng.uniform() < 0.25:
                tip = np.array(at) + length / 2 * np.array([np.cos(way), np.sin(way)])
                _cast(canvas, tip, way + rng.choice([-1, 1]) * rng.uniform(0.5, 0.9), length * 0.7, radius,
                      packing, rng, uneven=0.35)  # fmt: skip
    else:
        _small(canvas, rng, kind, packing)
    return canvas


def averaged(image, ratio):
    """Return the means over squares of `ratio` pixels, which need not be whole."""
    for _ in range(2):
        total = np.concatenate([np.zeros((1, image.shape[1])), np.cumsum(image, 0, dtype=np.float64)])
        edges = np.arange(int(image.shape[0] / ratio + 1e-6) + 1) * ratio
        low = np.minimum(edges.astype(int), image.shape[0])
        high, part = np.minimum(low + 1, image.shape[0]), (edges - low)[:, None]
        image = (np.diff(total[low] * (1 - part) + total[high] * part, axis=0) / ratio).T
    return image.astype(np.float32)


def shadow(canvas, pixel_mm):
    """Return grey levels of 255 that a group adds to a film of this pixel."""
    blurred = ndi.gaussian_filter(canvas * np.float32(255 * SCALE_PER_MM), BLUR_MM / FINE_MM)
    return averaged(blurred, pixel_mm / FINE_MM)


def contrast(canvas):
    """Return the median diameter in mm and the median height in % of full scale, before blur, of its parts."""
    parts, count = ndi.label(canvas > 0.3 * canvas.max())
    if not count:
        return 0.0, 0.0
    each = range(1, count + 1)
    area = ndi.sum_labels(np.ones_like(canvas), parts, each) * FINE_MM**2
    height = ndi.maximum(canvas, parts, each)
    return float(np.median(2 * np.sqrt(area / np.pi))), float(np.median(height)) * SCALE_PER_MM * 100


def put(film, canvas, centre, pixel_mm):
    """Add a group to a film (y, x) in place, its middle at this pixel."""
    patch = shadow(canvas, pixel_mm)
    y, x = (int(c) - s // 2 for c, s in zip(centre, patch.shape, strict=True))
    y0, x0 = max(0, y), max(0, x)
    part = film[y0 : y + patch.shape[0], x0 : x + patch.shape[1]]
    part += patch[y0 - y : y0 - y + part.shape[0], x0 - x : x0 - x + part.shape[1]]


def ground(rng, pixel_mm, breast_mm=(90.0, 65.0)):
    """A half disc of tissue whose structure falls as f^-1.5, grain over it; level, structure, grain vary."""
    rows, columns = (int(v / pixel_mm) for v in breast_mm)
    y, x = np.indices((rows, columns), np.float32)
    r = np.hypot((y - rows / 2) / (rows * 0.46), x / (columns * 0.9))
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    white = np.fft.rfft2(rng.standard_normal((rows, columns)))
    tissue = np.fft.irfft2(white / (np.hypot(fy, fx) + 1 / rows) ** 1.5, (rows, columns))
    film = rng.uniform(70, 130) * np.clip((1 - r) * 6, 0, 1) + 12
    film = film + rng.uniform(6, 16) * tissue / tissue.std() * (r < 1)
    grain = ndi.gaussian_filter(rng.standard_normal(film.shape), 0.6)
    film = film + grain / grain.std() * rng.uniform(0.8, 2.0) * (0.1 / pixel_mm) ** 0.5
    return film.astype(np.float32), (rows // 2, int(columns * 0.38))
