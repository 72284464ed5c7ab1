"""A chart of sizes: how many deposits have which diameter, in classes that double."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["SizesChart", "sizes_chart"]

CLASS_WIDTH, HEIGHT = 46, 96  # pixels of a column and of the tallest one
CLASSES = 14  # columns at most; what is smaller than the first stands in it
FEWEST = 3  # deposits that make a chart; fewer are told in words


@dataclass(frozen=True)
class SizesChart:
    """Columns of a chart, left to right, as (label, count, height in pixels), and what they say in words."""

    columns: tuple[tuple[str, int, float], ...]
    unit: str
    words: str

    @property
    def width(self) -> int:
        """Width of the drawing, pixels."""
        return CLASS_WIDTH * len(self.columns) + 12


def sizes_chart(sizes: Iterable[float], unit: str) -> SizesChart | None:
    """Return the chart of diameters in `unit`, each class twice as wide as the last; None for too few."""
    exponents = Counter(math.floor(math.log2(s)) for s in sizes if s > 0)
    if sum(exponents.values()) < FEWEST:
        return None
    last = max(exponents)
    first = max(min(exponents), last - CLASSES + 1)
    for small in [e for e in exponents if e < first]:
        exponents[first] += exponents.pop(small)
    tallest = max(exponents.values())
    columns = []
    for exponent in range(first, last + 1):
        count = exponents.get(exponent, 0)
        columns.append((_number(2.0**exponent), count, HEIGHT * count / tallest))
    parts = [f"{count} from {low} to {_number(2 * float(low))}" for low, count, _ in columns if count]
    return SizesChart(tuple(columns), unit, f"diameters in {unit}: {', '.join(parts)}")


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
