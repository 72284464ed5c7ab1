"""A chart of sizes: how many deposits have which diameter, in classes that double."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Column", "SizesChart", "sizes_chart"]

CLASS_WIDTH, MARGIN, HEIGHT = 46, 18, 96  # pixels: of a column, beside all of them, of the tallest one
CLASSES = 14  # columns at most; what is smaller than the first stands in it
FEWEST = 3  # deposits that make a chart; fewer are told in words
BELOW = -1  # the class of what is smaller than can be told apart
ROUNDING = 1e-9  # a size on an edge belongs to the class above it, whatever its last digit


@dataclass(frozen=True)
class Column:
    """One class: deposits from `low` (empty: from nothing) to `high`, and the column's height in pixels."""

    low: str
    high: str
    count: int
    height: float


@dataclass(frozen=True)
class SizesChart:
    """Columns of a chart, left to right, and what they say in words."""

    columns: tuple[Column, ...]
    unit: str
    words: str

    @property
    def width(self) -> int:
        """Width of the drawing, pixels."""
        return CLASS_WIDTH * len(self.columns) + 2 * MARGIN


def sizes_chart(sizes: Iterable[float], unit: str, *, least: float | None = None) -> SizesChart | None:
    """Return the chart of diameters in `unit`, each class twice as wide as the last; None for too few.

    `least` is the size below which none is told apart (a pixel): the classes double from there, and what
    is smaller stands in one class of its own.
    """
    start, smallest = (1.0, -math.inf) if least is None else (least, BELOW)
    logs = (math.log2(s / start) + ROUNDING for s in sizes if s > 0)
    classes = Counter(int(max(smallest, math.floor(log))) for log in logs)
    if sum(classes.values()) < FEWEST:
        return None
    last = max(classes)
    first = max(min(classes), last - CLASSES + 1)
    for small in [e for e in classes if e < first]:
        classes[first] += classes.pop(small)
    tallest = max(classes.values())
    columns = []
    for number in range(first, last + 1):
        low = "" if number == smallest else _number(start * 2.0**number)
        count = classes.get(number, 0)
        columns.append(Column(low, _number(start * 2.0 ** (number + 1)), count, HEIGHT * count / tallest))
    parts = [
        f"{c.count} from {c.low} to {c.high}" if c.low else f"{c.count} below {c.high}"
        for c in columns
        if c.count
    ]
    return SizesChart(tuple(columns), unit, f"diameters in {unit}: {', '.join(parts)}")


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
