"""From the numbers of a group's marks to one BI-RADS word, and to whether its form is typically benign.

The words and limits: films_and_sections.md 3.1 (BI-RADS, 5th edition, by way of the HL7 breast radiology
guide); the cuts between words that it leaves open are marked judgement and were set on made clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kossa.evidence import Category
from kossa.film.measure import Mark
from kossa.film.rails import Rails, find_rails
from kossa.film.rings import find_ring

__all__ = ["Form", "distribution_of", "form_of", "is_line", "is_steep", "word_of"]

POPCORN_MM = 2.0  # coarse: larger than 2-3 mm
ROD_MM = 0.5  # rods are mostly at least this wide, fine lines are narrower
ROD_LENGTH_MM = 2.0  # judgement
LONG = 3.0  # length over width of a rod; judgement
LINEAR = 2.2  # the same of a fine line, which blur shortens; judgement
SLENDER = 4.0  # course over calibre of a line that bends or branches; judgement
THIN = 1.3  # what blur adds to the width of a fine line, as a factor; judgement
LINEAR_SHARE, LINEAR_AREA = 0.25, 0.4  # of the marks, or of their area, that is lines; judgement
WALLS_AREA = 0.5  # of the area of a vessel's marks that is lines: dots in two rows are no walls; judgement
WALL_OFF_MM = 0.2  # half of a wall's points lie nearer to its middle: walls are thin, rods are not; judgement
VESSEL_MM = 8.0  # a shorter course may be that of a duct; judgement
SMALL_MM = 0.5  # fine below, coarse from here on
DYSTROPHIC_MM = 1.0  # coarser than coarse heterogeneous
HOLE, THIN_WALL = 0.12, 0.45  # share of a ring that is empty: lucent centre, rim; judgement
CORE = 0.78  # middle over border of a ring whose hole the blur fills; judgement
RING_PX = 5  # a smaller ring shows no hole; judgement
OPEN_RING = 8.0  # course over calibre from which on a ring with gaps is looked for; judgement
RING_SOLID = 0.8  # share of its hull that a ring fills, which lines that cross do not; judgement
SMOOTH = 0.75  # share of its hull that a rod fills; judgement
HAZY = 9.0  # median z below which small marks count as hazy; judgement
HAZY_STEEP = 4.5  # slope of edges below which larger faint marks do so too; judgement
STEEP = 6.0  # slope of a large mark's edge over the usual one; tissue of real films reaches 5.7; judgement
CLOSED, CLOSED_ROUND, RING_STEEP = 0.25, 1.5, 4.5  # hole, elongation, slope of a closed ring; judgement
EVEN = (
    0.22  # spread of sizes and of heights together, from their quartiles, of marks that are alike; judgement
)
ROUND, DOT = 1.18, 1.25  # median elongation of round marks, and of dots whose pixels blur it; judgement
COARSE_MM, COARSE_PX = 0.15, 5.0  # on coarser pixels a form needs as many across (issue: 200 um)
LINE_RATIO = 4.0  # axis ratio from which on a distribution is linear; films_and_sections.md 8.7
REGIONAL_MM = 20.0  # larger than grouped

SUSPICIOUS = {"amorphous", "coarse_heterogeneous", "fine_pleomorphic", "fine_linear"}
BENIGN = {"vascular", "rim", "lucent_centred", "popcorn", "large_rod_like", "dystrophic"}

PATTERNS = {
    "vascular": ("pattern_mammo_vascular", "pattern_tram_track"),
    "rim": ("pattern_rim",),
    "lucent_centred": ("pattern_lucent_center",),
    "popcorn": ("pattern_popcorn",),
    "large_rod_like": ("pattern_rod",),
    "dystrophic": ("pattern_coarse_dystrophic",),
    "round": ("pattern_mammo_round",),
    "punctate": ("pattern_mammo_punctate",),
    "amorphous": ("pattern_mammo_amorphous",),
    "coarse_heterogeneous": ("pattern_coarse_heterogeneous",),
    "fine_pleomorphic": ("pattern_fine_pleomorphic",),
    "fine_linear": ("pattern_fine_linear",),
}


@dataclass(frozen=True, slots=True)
class Form:
    """A BI-RADS word (None: none can be given), what it counts as, and the numbers behind it."""

    word: str | None
    category: Category
    because: str
    patterns: tuple[str, ...] = ()


def form_of(marks: Sequence[Mark], pixel_mm: float) -> Form:
    """Describe a group of marks whose pixels measure `pixel_mm`."""
    large = _large_sign(marks, pixel_mm)
    if large is not None:
        return _form(*large)
    sizes = np.array([m.diameter for m in marks]) * pixel_mm
    across = float(np.median(sizes)) / pixel_mm
    if pixel_mm > COARSE_MM and across < COARSE_PX:
        return Form(
            None,
            Category.INDETERMINATE,
            f"spacing too coarse: marks of {np.median(sizes):.2f} mm are {across:.1f} pixels "
            f"of {pixel_mm:.2f} mm, which show no form",
        )
    word, because = _small_sign(marks, sizes, pixel_mm)
    if pixel_mm > COARSE_MM and word == "fine_linear":
        because = f"spacing too coarse to tell fine lines from the wall of a vessel or a rod: {because}"
        word = None
    return _form(word, because)


def word_of(mark: Mark, pixel_mm: float) -> str | None:
    """Return the word for one mark alone, None where its form says nothing."""
    found = _large_sign([mark], pixel_mm)
    return None if found is None else found[0]


def is_steep(mark: Mark) -> bool:
    """Say whether a mark ends as calcium does; a closed ring has its form as evidence, and needs less."""
    closed = (mark.hole >= CLOSED or _is_open_ring(mark)) and mark.elongation < CLOSED_ROUND
    return mark.steep >= (RING_STEEP if closed else STEEP)


def _form(word: str | None, because: str) -> Form:
    if word is None:
        return Form(None, Category.INDETERMINATE, because)
    if word in BENIGN:
        category = Category.TYPICALLY_BENIGN
    else:
        category = Category.SUSPICIOUS if word in SUSPICIOUS else Category.INDETERMINATE
    patterns = PATTERNS[word]
    if category is Category.SUSPICIOUS:
        patterns = (*patterns, "pattern_mammo_suspicious")
    return Form(word, category, because, patterns)


def _large_sign(marks: Sequence[Mark], pixel_mm: float) -> tuple[str, str] | None:
    """Return the first typically benign sign that any mark or all together show."""
    points = np.concatenate([m.outline for m in marks]).astype(float) * pixel_mm
    rails = find_rails(points) if _area_share(marks, [is_line(m) for m in marks]) >= WALLS_AREA else None
    if rails is not None and _is_vessel(rails, pixel_mm):
        return "vascular", (
            f"two parallel lines {rails.apart_mm:.1f} mm apart, as the walls of a vessel, seen together "
            f"along {rails.share:.0%} of {rails.length_mm:.0f} mm"
        )
    pieces = [m for m in marks if m.slender >= SLENDER and m.steep >= RING_STEEP]
    if pieces and _area_share(marks, [m in pieces for m in marks]) >= WALLS_AREA:
        ring = find_ring(np.concatenate([m.outline for m in pieces]).astype(float) * pixel_mm)
        if ring is not None and 2 * ring.radius >= RING_PX * pixel_mm:
            return "rim", (
                f"a ring {2 * ring.radius:.1f} mm across with a thin wall, seen on {ring.share:.0%} of its "
                "way round"
            )
    for m in sorted(marks, key=lambda m: -m.area):
        if not is_steep(m):
            continue  # tissue fades out like this, and tissue must not make a group look harmless
        wide = 2 * np.sqrt(m.area / max(1 - m.hole, 1e-3) / np.pi)
        hollow = m.hole >= HOLE or (m.core is not None and m.core < CORE)
        if hollow and wide >= RING_PX and m.elongation < 2.0 and m.solid >= RING_SOLID:
            word = "rim" if m.hole >= THIN_WALL else "lucent_centred"
            core = "" if m.core is None else f"; its middle is {m.core:.2f} times as bright as its border"
            return word, f"a ring {wide * pixel_mm:.1f} mm across, {m.hole:.0%} of it empty{core}"
        length, width, size = m.length * pixel_mm, m.width * pixel_mm, m.diameter * pixel_mm
        if length >= ROD_LENGTH_MM and width >= ROD_MM and m.elongation >= LONG and m.solid >= SMOOTH:
            return "large_rod_like", (
                f"a smooth rod {length:.1f} mm long and {width:.1f} mm wide (a fine line is narrower than "
                f"{ROD_MM:g} mm)"
            )
        if size >= POPCORN_MM and m.elongation < LONG and m.calibre * pixel_mm >= ROD_MM * THIN:
            return "popcorn", f"one mark {size:.1f} mm across (coarse: more than {POPCORN_MM:g} mm)"
    return None


def is_line(mark: Mark) -> bool:
    """Say whether a mark is long for its calibre, straight or bent."""
    return mark.elongation >= LINEAR or mark.slender >= SLENDER


def _is_open_ring(mark: Mark) -> bool:
    return mark.slender >= OPEN_RING and find_ring(mark.outline.astype(float)) is not None


def _area_share(marks: Sequence[Mark], chosen: Sequence[bool]) -> float:
    """Return which share of the area of all marks the chosen ones have."""
    area = np.array([m.area for m in marks], float)
    return float(area[np.array(chosen, bool)].sum() / area.sum())


def _is_vessel(rails: Rails, pixel_mm: float) -> bool:
    """Say whether two lines are as long, as thin and as far apart as a vessel's walls."""
    thin = rails.off_mm <= max(WALL_OFF_MM, pixel_mm)
    return rails.length_mm >= VESSEL_MM and rails.apart_mm >= 3 * pixel_mm and thin


def _spread(values: np.ndarray) -> float:
    """Return the deviation over the median, from the 10th and 90th percentile of a normal spread.

    One pair of dots that merged does not change it.
    """
    low, median, high = np.percentile(values, [10, 50, 90])
    return float((high - low) / 2.56 / max(median, 1e-6))


def _small_sign(marks: Sequence[Mark], sizes: np.ndarray, pixel_mm: float) -> tuple[str | None, str]:
    """Return the word for many small marks, None where they show no form."""
    count, median = len(marks), float(np.median(sizes))
    shape = float(np.median([m.elongation for m in marks]))
    fine = [is_line(m) and m.calibre * pixel_mm < ROD_MM * THIN for m in marks]
    lines = sum(fine)
    z = float(np.median([m.z for m in marks]))
    told = f"{count} mark{'s' if count > 1 else ''}, median diameter {median:.2f} mm"
    if lines >= 2 and (lines >= LINEAR_SHARE * count or _area_share(marks, fine) >= LINEAR_AREA):
        return "fine_linear", (
            f"{told}; {lines} of them are thinner than {ROD_MM * THIN:.2f} mm and at least {LINEAR:g} "
            "times as long as wide, or bent or branching lines"
        )
    spread, varied = _spread(sizes), _spread(np.array([m.height for m in marks]))
    even = np.hypot(spread, varied) < EVEN and shape < (ROUND if median >= SMALL_MM else DOT)
    figures = (
        f"{told}; diameters vary by {spread:.0%}, heights by {varied:.0%}; half of them are more than "
        f"{shape:.1f} times as long as wide; their tops stand {z:.0f} times the noise of the film above "
        "the ground"
    )
    steep = float(np.median([m.steep for m in marks]))
    thick = float(np.median([m.calibre for m in marks])) * pixel_mm
    word, why = _small_word(median, thick, z, steep, even=bool(even), count=count)
    return word, f"{figures}; {why}"


def _small_word(  # noqa: PLR0911 - one return a word
    median: float, thick: float, z: float, steep: float, *, even: bool, count: int
) -> tuple[str | None, str]:
    """Return the word for marks of this median diameter and calibre in mm and height in noise, and why."""
    if median >= DYSTROPHIC_MM and thick >= SMALL_MM and steep >= STEEP:
        return "dystrophic", f"larger than {DYSTROPHIC_MM:g} mm with sharp edges"
    if median >= POPCORN_MM:
        return None, "so large and with edges so soft that this may be tissue"
    if z < HAZY and (median < SMALL_MM or steep < HAZY_STEEP):
        return "amorphous", f"faint (below {HAZY:g} times the noise) and small or without a sharp edge"
    if median >= SMALL_MM:
        if even:
            return "round", f"round and alike, {SMALL_MM:g} mm or larger"
        return "coarse_heterogeneous", f"{SMALL_MM:g} mm or larger, and uneven in size or form"
    if even and count >= 3:
        return "punctate", f"round and alike, smaller than {SMALL_MM:g} mm"
    return "fine_pleomorphic", f"distinct, smaller than {SMALL_MM:g} mm, and uneven in size or form"


def distribution_of(marks: Sequence[Mark], pixel_mm: float) -> str:
    """Return grouped, linear or regional; segments and ducts are not told from one picture."""
    places = np.array([[m.y, m.x] for m in marks]) * pixel_mm
    if len(places) < 3:
        return "grouped"
    centred = places - places.mean(0)
    long, wide = (4 * np.linalg.svd(centred, compute_uv=False) / np.sqrt(len(places)))[:2]
    if len(places) >= 4 and long > LINE_RATIO * wide:
        return "linear"
    return "regional" if np.ptp(places, axis=0).max() > REGIONAL_MM else "grouped"
