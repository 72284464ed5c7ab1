"""Form of a deposit on a radiograph, from its pixels: ring, line, rails, grains, sheet, lobes or cloud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.rails import Rails, find_rails

__all__ = ["Outline", "describe_outline"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
EIGHT = np.ones((3, 3), bool)

RIM_MM = 6.5  # ring from which on it is a rim round something, below a lucent centre; judgement
RING_OFF = 0.14  # scatter of a ring's pixels about its circle, as a share of the radius; judgement
RING_ROUND = 0.65  # share of all directions in which a ring is seen; judgement
GRAINS, GRAIN_LONG, ALIGNED = 4, 1.7, 0.6  # number, elongation and alignment of rice grains; judgement
LINE_WIDE_MM, LINE_LONG = 2.4, 5.0  # a line is thinner, and longer by this factor; judgement
LONG_LINE_MM = 30.0  # a meniscus or the cartilage of a joint is shorter; judgement
SHEET_LONG_MM = 16.0  # judgement
DENSE, LOBES_MM2 = 0.1, 80.0  # share of the step from soft tissue to bone, and area, of a lump; judgement
TRAM_MM, THIN_MM = 12.0, 2.2  # length of an artery that is seen, mean width of its walls; judgement
TOGETHER = 0.6  # share of its length on which both walls are seen; grains come near; judgement
NEAR_MM, TALL = 5.0, 0.62  # a wall is as tall as this share of the top near it; judgement
COURSE_LONG_MM, COURSE_WIDE_MM = (
    60.0,
    9.0,
)  # of an artery in pieces; judgement: grains lie spread over a muscle
COURSE_ORDER = 3  # of the polynomial that follows it
STEP_MM, GAP_MM, SEEN_BOTH = 1.0, 0.7, 0.3  # along it, between its walls, share with both walls; judgement
CLEAR, BOTH = 0.08, 0.6  # points between them, and length with both, of walls that are read so; judgement
SOLID_BALL = 1.4  # the shadow of a ball, r < 0.3 R over 0.55-0.85 R: mean of sqrt(1 - (r/R)^2)
WALL, HOLLOW = 0.55, 0.7  # height of a ring's wall that is fitted, and its middle over its wall; judgement

PATTERN = {
    "tram_track": ("pattern_tram_track", "pattern_along_vessel"),
    "rim": ("pattern_rim",),
    "lucent_centre": ("pattern_lucent_center", "pattern_ring"),
    "rice_grain": ("pattern_rice_grain",),
    "linear_cartilage": ("pattern_linear_cartilage", "pattern_shape_linear"),
    "vessel_line": ("pattern_along_vessel", "pattern_shape_linear"),
    "sheet": ("pattern_sheet_fascial",),
    "lobulated": ("pattern_nodular_clumped",),
    "amorphous": ("pattern_amorphous",),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """The word, its vocabulary ids, and the numbers behind it."""

    word: str
    patterns: tuple[str, ...]
    because: str


def _made(word: str, because: str) -> Outline:
    return Outline(word, PATTERN[word], because)


def describe_outline(  # noqa: PLR0911 - one return a pattern, in their order of thought
    body: Mask, rise: Image, pixel_mm: float
) -> Outline:
    """Describe the pixels `body` (y, x) of one deposit; `rise` is its height over the ground."""
    points = np.argwhere(body).astype(float) * pixel_mm
    wall = body & (rise >= WALL * float(np.percentile(rise[body], 95)))
    ring = _ring(wall, body, rise, pixel_mm)
    if ring is not None:
        return ring
    grains = _grains(body, pixel_mm)
    hollow = _walls(body, rise, pixel_mm)
    if hollow is not None:
        return hollow
    rails = find_rails(points)
    peak, area = float(np.percentile(rise[body], 98)), float(body.sum()) * pixel_mm**2
    length, width = _length_and_width(body, pixel_mm)
    if peak >= DENSE and area >= LOBES_MM2 and width >= LINE_WIDE_MM:
        return _lump("lobulated", body, peak, length, width)
    if rails is not None and rails.share >= TOGETHER and _is_tube(rails, area):
        return _tram(rails)
    if grains is not None:
        return (
            _broken_walls(points, np.argwhere(_tall(body, rise, pixel_mm)).astype(float) * pixel_mm) or grains
        )
    if width <= LINE_WIDE_MM and length >= LONG_LINE_MM:
        return _made(
            "vessel_line",
            f"one line {length:.0f} mm long and {width:.1f} mm wide, longer than the cartilage of a joint",
        )
    if width <= LINE_WIDE_MM and length >= LINE_LONG * width:
        return _made("linear_cartilage", f"one line {length:.0f} mm long and {width:.1f} mm wide")
    if length >= SHEET_LONG_MM and length >= 2.2 * width:
        return _made("sheet", f"a band {length:.0f} mm long and {width:.1f} mm wide")
    return _lump("amorphous", body, peak, length, width)


def _is_tube(rails: Rails, area: float) -> bool:
    """Tell whether two walls are as long and thin as those of an artery; `area` in mm2 is of both."""
    return rails.length_mm >= TRAM_MM and area <= THIN_MM * 2 * rails.length_mm * rails.share


def _tram(rails: Rails) -> Outline:
    return _made(
        "tram_track",
        f"two parallel lines {rails.apart_mm:.1f} mm apart, as the walls of a vessel, seen together "
        f"along {rails.share:.0%} of {rails.length_mm:.0f} mm",
    )


def _broken_walls(points: Floats, walls: Floats) -> Outline | None:
    """Tell pieces of a vessel's walls from grains that lie alike: they keep to one narrow course."""
    middle = points.mean(0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    along, across = (points - middle) @ axes[0], (points - middle) @ axes[1]
    length = float(np.ptp(np.percentile(along, [1, 99])))
    course = np.polynomial.Polynomial.fit(along, across, COURSE_ORDER)
    wide = float(np.ptp(np.percentile(across - course(along), [2, 98])))
    if length < COURSE_LONG_MM or wide > COURSE_WIDE_MM:
        return None
    along = (walls - middle) @ axes[0]
    off = (walls - middle) @ axes[1] - course(along)
    steps = np.floor(along / STEP_MM).astype(int)
    # both walls are seen where the tall pixels of one step leave a gap between them
    gaps = [np.diff(np.sort(off[steps == k])).max(initial=0.0) for k in np.unique(steps)]
    both = float(np.mean(np.array(gaps) >= GAP_MM))
    told = f"pieces along one course {length:.0f} mm long and {wide:.0f} mm wide"
    if both < SEEN_BOTH:
        return _made("vessel_line", told)
    return _made("tram_track", f"{told}; on {both:.0%} of it two lie side by side, as walls of a vessel")


def _tall(body: Mask, rise: Image, pixel_mm: float) -> Mask:
    """Return the pixels that are tall beside those near them: the walls of a tube, not its middle."""
    size = max(3, round(NEAR_MM / pixel_mm) | 1)
    height = np.where(body, rise, 0)
    tops = ndi.gaussian_filter(ndi.maximum_filter(height, size), size / 4)
    return np.asarray(body & (rise >= TALL * tops))


def _walls(body: Mask, rise: Image, pixel_mm: float) -> Outline | None:
    """Find the walls of a tube whose middle is dense too, where the ray meets its front and back."""
    walls = _tall(body, rise, pixel_mm)
    rails = find_rails(np.argwhere(walls).astype(float) * pixel_mm)
    if rails is None or rails.middle > CLEAR or rails.share < BOTH:
        return None
    if not _is_tube(rails, float(walls.sum()) * pixel_mm**2):
        return None
    return _tram(rails)


def _ring(wall: Mask, body: Mask, rise: Image, pixel_mm: float) -> Outline | None:
    """Fit a circle to the wall; a ring has it near one, in most directions, and a lower middle."""
    points = np.argwhere(wall).astype(float) * pixel_mm
    if len(points) < 12:
        return None
    y, x = points[:, 0], points[:, 1]
    weight = np.sqrt(np.maximum(rise[wall], 0) + 1e-9)
    solved = np.linalg.lstsq(
        np.column_stack([y, x, np.ones_like(y)]) * weight[:, None], (y * y + x * x) * weight, rcond=None
    )[0]
    cy, cx = solved[0] / 2, solved[1] / 2
    radius = float(np.sqrt(max(solved[2] + cy * cy + cx * cx, 1e-9)))
    away = np.hypot(y - cy, x - cx)
    filled = ndi.binary_fill_holes(body)
    assert filled is not None
    angle = np.histogram(np.arctan2(y - cy, x - cx), 24, (-np.pi, np.pi))[0]
    seen = float((angle > 0).mean())
    off = float(np.median(np.abs(away - np.median(away)))) / max(radius, 1e-6)
    iy, ix = np.indices(body.shape)
    from_centre = np.hypot(iy * pixel_mm - cy, ix * pixel_mm - cx)
    outer = float(np.percentile(away, 95))
    middle, border = from_centre < 0.3 * outer, (from_centre > 0.55 * outer) & (from_centre < 0.85 * outer)
    dip = 1.0
    if middle.any() and border.any():
        dip = float(rise[middle].mean() / max(float(rise[border].mean()), 1e-9))
    hollow = float(rise[middle].mean() / max(float(rise[wall].mean()), 1e-9)) if middle.any() else 1.0
    told = (
        f"a ring {2 * outer:.1f} mm across, seen over {seen:.0%} of its circle; its middle is {hollow:.2f} "
        "times as dense as its wall"
    )
    if seen >= RING_ROUND and off < RING_OFF and hollow < HOLLOW and 2 * outer >= RIM_MM:
        return _made("rim", told)
    length, width = _length_and_width(filled, pixel_mm)
    if seen >= 0.9 and 2 * outer < 9.0 and length < 1.35 * width and dip < 1.15:
        lucent = (
            f"a round mark {2 * outer:.1f} mm across; its middle is {dip:.2f} times as dense as its border "
            f"(a solid ball: about {SOLID_BALL:g})"
        )
        return _made("lucent_centre", lucent)
    return None


def _grains(body: Mask, pixel_mm: float) -> Outline | None:
    """Several separate marks, each longer than wide, that lie alike."""
    parts, count = ndi.label(body, EIGHT)
    if count < GRAINS:
        return None
    turn, longs, sizes = [], [], []
    for k, box in enumerate(ndi.find_objects(parts), 1):
        places = np.argwhere(parts[box] == k).astype(float)
        if len(places) * pixel_mm**2 < 1.0:
            continue
        spread = np.cov(places.T, bias=True) + np.eye(2) / 12
        values, vectors = np.linalg.eigh(spread)
        longs.append(float(np.sqrt(values[1] / values[0])))
        sizes.append(float(4 * np.sqrt(values[1]) * pixel_mm))
        turn.append(2 * np.arctan2(vectors[0, 1], vectors[1, 1]))
    if len(longs) < GRAINS:
        return None
    alike = float(np.hypot(np.mean(np.cos(turn)), np.mean(np.sin(turn))))
    if np.median(longs) < GRAIN_LONG or alike < ALIGNED or np.median(sizes) > 14:
        return None
    return _made(
        "rice_grain",
        f"{len(longs)} separate marks, median length {np.median(sizes):.1f} mm, "
        f"{np.median(longs):.1f} times as long as wide; they lie alike ({alike:.2f} of 1)",
    )


def _length_and_width(body: Mask, pixel_mm: float) -> tuple[float, float]:
    """Return length along the main axis, and width as area over the length of its course."""
    points = np.argwhere(body).astype(float) * pixel_mm
    if len(points) < 3:
        return pixel_mm, pixel_mm
    centred = points - points.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along = centred @ axes[0]
    low, high = np.percentile(along, [1, 99])
    length = float(high - low) + pixel_mm
    return length, float(body.sum()) * pixel_mm**2 / length


def _lump(word: str, body: Mask, peak: float, length: float, width: float) -> Outline:
    """Tell of a lump or a cloud, how large and how dense it is."""
    depth = ndi.distance_transform_edt(np.pad(body, 1))[1:-1, 1:-1]
    tops = (depth == ndi.maximum_filter(depth, 7)) & (depth > 0.5 * depth.max())
    lobes = int(ndi.label(ndi.binary_dilation(tops, EIGHT), EIGHT)[1])
    return _made(
        word,
        f"{length:.0f} x {width:.0f} mm, {lobes} lobe{'' if lobes == 1 else 's'}; at its densest it adds "
        f"{peak:.0%} of what the bone adds",
    )
