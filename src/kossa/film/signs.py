"""Signs of typically benign calcium that one large mark shows, or marks together: vessel, ring, rod, popcorn.

Words and limits: films_and_sections.md 3.1 (BI-RADS, 5th edition, by way of the HL7 breast radiology guide).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kossa.film.measure import SPHERE, Mark
from kossa.film.rails import Rails, find_rails
from kossa.film.rings import find_ring

__all__ = ["POPCORN_MM", "ROD_MM", "STEEP", "THIN", "area_share", "benign_sign", "is_line", "is_steep"]

POPCORN_MM = 2.0  # coarse: larger than 2-3 mm
ROD_MM = 0.5  # rods are mostly at least this wide, fine lines are narrower
ROD_LENGTH_MM = 2.0  # judgement
FINE = 0.9  # share of a rod's seen width below which a line is fine; judgement
LONG = 3.0  # length over width of a rod; judgement
SMOOTH = 0.75  # share of its hull that a rod fills; judgement
LINEAR = 2.2  # length over width of a line, which blur shortens; judgement
SLENDER = 4.0  # course over calibre of a line that bends or branches; judgement
THIN = 1.3  # what blur adds to the width of a fine line, as a factor; judgement
WALLS_AREA = 0.5  # of the area of a vessel's or a rim's marks that is lines: dots in two rows are no walls;
# judgement
WALL_OFF_MM, WALL_OFF = 0.2, 0.08  # half of a wall's points lie nearer to its middle: in mm, or as a share of
# the way from wall to wall; walls are thin, rods are not; judgement
APART, ALL_ALONG = 0.15, 0.75  # walls that scatter by more of the way between them have to be seen together
# on so much of it; judgement
VESSEL_MM = 8.0  # a shorter course may be that of a duct; judgement
HOLE, THIN_WALL = 0.12, 0.45  # share of a ring that is empty: lucent centre, rim; judgement
CORE = 0.78  # middle over border of a ring whose hole the blur fills; judgement
CORE_TOGETHER, ROUND_RING = 0.92, 1.35  # the same, and elongation, where many marks are rings; judgement
RING_PX = 5  # a smaller ring shows no hole; judgement
RING_SOLID = 0.8  # share of its hull that a ring fills, which lines that cross do not; judgement
OPEN_RING = 8.0  # course over calibre from which on a ring with gaps is looked for; judgement
STEEP = 6.0  # slope of a large mark's edge over the usual one; tissue of real films reaches 5.7; judgement
CLOSED, CLOSED_ROUND, RING_STEEP = 0.25, 1.5, 4.5  # hole, elongation, slope of a closed ring; judgement


def benign_sign(marks: Sequence[Mark], pixel_mm: float) -> tuple[str, str] | None:
    """Return the first typically benign sign that any mark or all together show."""
    points = np.concatenate([m.outline for m in marks]).astype(float) * pixel_mm
    rails = find_rails(points) if area_share(marks, [is_line(m) for m in marks]) >= WALLS_AREA else None
    if rails is not None and _is_vessel(rails, pixel_mm):
        return "vascular", (
            f"two parallel lines {rails.apart_mm:.1f} mm apart, as the walls of a vessel, seen together "
            f"along {rails.share:.0%} of {rails.length_mm:.0f} mm"
        )
    together = _ring_of_pieces(marks, pixel_mm) or _rings_together(marks)
    if together is not None:
        return together
    fine = sum(m.area for m in marks if is_line(m) and m.calibre * pixel_mm < SPHERE * ROD_MM * FINE)
    signs = (_sign_of(m, pixel_mm, fine) for m in sorted(marks, key=lambda m: -m.area) if is_steep(m))
    return next((s for s in signs if s is not None), None)


def _sign_of(m: Mark, pixel_mm: float, fine: float) -> tuple[str, str] | None:
    """Return the sign that one mark shows; `fine` is the area of fine lines in its group."""
    wide = 2 * np.sqrt(m.area / max(1 - m.hole, 1e-3) / np.pi)
    hollow = m.hole >= HOLE or (m.core is not None and m.core < CORE)
    if hollow and wide >= RING_PX and m.elongation < 2.0 and m.solid >= RING_SOLID:
        word = "rim" if m.hole >= THIN_WALL else "lucent_centred"
        core = "" if m.core is None else f"; its middle is {m.core:.2f} times as bright as its border"
        return word, f"a ring {wide * pixel_mm:.1f} mm across, {m.hole:.0%} of it empty{core}"
    length, width, size = m.length * pixel_mm, m.width * pixel_mm, m.diameter * pixel_mm
    rod = length >= ROD_LENGTH_MM and width >= ROD_MM and m.elongation >= LONG and m.solid >= SMOOTH
    if rod and fine <= m.area:
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


def is_steep(mark: Mark) -> bool:
    """Say whether a mark ends as calcium does; a closed ring has its form as evidence, and needs less."""
    closed = (mark.hole >= CLOSED or _is_open_ring(mark)) and mark.elongation < CLOSED_ROUND
    return mark.steep >= (RING_STEEP if closed else STEEP)


def _is_open_ring(mark: Mark) -> bool:
    return mark.slender >= OPEN_RING and find_ring(mark.outline.astype(float)) is not None


def area_share(marks: Sequence[Mark], chosen: Sequence[bool]) -> float:
    """Return which share of the area of all marks the chosen ones have."""
    area = np.array([m.area for m in marks], float)
    return float(area[np.array(chosen, bool)].sum() / area.sum())


def _ring_of_pieces(marks: Sequence[Mark], pixel_mm: float) -> tuple[str, str] | None:
    """Return the sign of a rim that is seen in pieces."""
    pieces = [m.slender >= SLENDER and m.steep >= RING_STEEP for m in marks]
    if not any(pieces) or area_share(marks, pieces) < WALLS_AREA:
        return None
    points = np.concatenate([m.outline for m, piece in zip(marks, pieces, strict=True) if piece])
    ring = find_ring(points.astype(float) * pixel_mm)
    if ring is None or 2 * ring.radius < RING_PX * pixel_mm:
        return None
    return "rim", (
        f"a ring {2 * ring.radius:.1f} mm across with a thin wall, seen on {ring.share:.0%} of its way round"
    )


def _rings_together(marks: Sequence[Mark]) -> tuple[str, str] | None:
    """Return the sign of several rings: two, and half of the marks large enough to show it.

    One faint ring may be chance; tissue makes no group of them.
    """
    wide = [m for m in marks if m.core is not None or m.hole >= HOLE]
    rings = [
        m
        for m in wide
        if (m.hole >= HOLE or (m.core is not None and m.core < CORE_TOGETHER))
        and m.elongation < ROUND_RING
        and m.solid >= RING_SOLID
    ]
    sharp = any(m.steep >= RING_STEEP for m in rings)
    if not sharp or len(rings) < max(2, len(wide) / 2, len(marks) / 4):
        return None
    return "lucent_centred", f"{len(rings)} round marks that are darker in the middle than at the border"


def _is_vessel(rails: Rails, pixel_mm: float) -> bool:
    """Say whether two lines are as long, as thin and as far apart as a vessel's walls."""
    thin = rails.off_mm <= max(WALL_OFF_MM, WALL_OFF * rails.apart_mm, pixel_mm)
    clear = rails.off_mm <= APART * rails.apart_mm or rails.share >= ALL_ALONG
    return clear and rails.length_mm >= VESSEL_MM and rails.apart_mm >= 3 * pixel_mm and thin
