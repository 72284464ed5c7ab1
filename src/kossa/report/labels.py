"""Numbers beside rings so that they do not lie on one another."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["label_places"]

RING = 7.0  # radius of a ring, pixels
HIGH, WIDE = 13.0, 8.5  # of a figure, pixels
#: where a number may stand beside its ring, the usual place first; (towards x, towards y) and how far
DIRECTIONS = ((1, -1), (1, 1), (-1, -1), (-1, 1), (1, 0), (-1, 0), (0, -1), (0, 1))
STEPS = (0.0, 9.0, 20.0, 34.0)

Box = tuple[float, float, float, float]


def label_places(marks: Sequence[tuple[str, float, float]]) -> list[tuple[float, float]]:
    """Return the left end of the base line of each number, for (number, x, y) of the rings in pixels.

    A number that finds no free place within reach stands at its usual one.
    """
    rings = [(x - RING, y - RING, x + RING, y + RING) for _, x, y in marks]
    taken: list[Box] = []
    places = []
    for number, (text, x, y) in enumerate(marks):
        usual = _box(text, x, y, DIRECTIONS[0], STEPS[0])
        free = (
            box
            for step in STEPS
            for way in DIRECTIONS
            if not _meets(box := _box(text, x, y, way, step), taken)
            and not _meets(box, [r for n, r in enumerate(rings) if n != number])
        )
        box = next(free, usual)
        taken.append(box)
        places.append((box[0], box[3] - 2.0))
    return places


def _box(text: str, x: float, y: float, way: tuple[int, int], step: float) -> Box:
    """Return the box of a number that stands `step` pixels off its ring."""
    width = WIDE * max(len(text), 1)
    reach = RING + 1.0 + step
    left = x - width / 2 if way[0] == 0 else (x + reach if way[0] > 0 else x - reach - width)
    # beside the ring a number is centred on it; diagonal ones begin at the ring's height
    middle = y + way[1] * (step + (6.0 if way[0] else reach + HIGH / 2 - 1.0))
    return (left, middle - HIGH / 2, left + width, middle + HIGH / 2)


def _meets(box: Box, others: Sequence[Box]) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in others
    )
