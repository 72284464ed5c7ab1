"""The body map: front and back, with a number at each place that the vocabulary can put there.

`body_map.csv` gives a place for the person's right side on a figure 150 by 320; the left side is its
mirror image. A site without a place of its own takes its nearest parent's; a site of tissue alone (skin,
muscle) has none, and is listed beside the map.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.evidence import Side, vocabulary

__all__ = ["Spot", "place_on_body", "spots"]

WIDTH = 150.0
MIDDLE = WIDTH / 2
OFF_MIDDLE = 12.0  # from the middle from which on a place is of one side (the half width of the neck)
HEIGHT, MARGIN = 320.0, 8.0
APART = 15.0  # numbers nearer than this are moved apart so that each can be read
FARTHEST, STEP = 60, 3  # how far a number is moved at the most, and in which steps
_OFFSETS = [
    (dx, dy) for dx in range(-FARTHEST, FARTHEST + 1, STEP) for dy in range(-FARTHEST, FARTHEST + 1, STEP)
]
_AROUND = sorted(_OFFSETS, key=lambda d: (math.hypot(*d), -d[1], d[0]))  # nearest first, below before above


@dataclass(frozen=True, slots=True)
class Spot:
    """A number on the map, in its coordinates (the back view stands to the right of the front)."""

    label: str
    x: float
    y: float
    colour: str


@cache
def _places() -> dict[str, tuple[str, float, float]]:
    text = files("kossa.report").joinpath("body_map.csv").read_text(encoding="utf-8")
    return {r["site"]: (r["view"], float(r["x"]), float(r["y"])) for r in csv.DictReader(text.splitlines())}


def place_on_body(site: str | None, side: Side) -> tuple[float, float] | None:
    """Return where a site lies on the map, or None where it has no place of its own or its side is not told.

    Of both sides the right one is returned.
    """
    if site is None:
        return None
    level = [site]
    while level:
        for name in level:
            if name in _places():
                view, x, y = _places()[name]
                # in front the person's right is on the left of the picture; from behind it is on the right
                mirrored = (side is Side.LEFT) == (view == "front")
                if side is Side.MIDLINE:
                    mirrored = view == "back"
                elif side is Side.UNKNOWN:
                    if vocabulary.term(site).sided and abs(x - MIDDLE) > OFF_MIDDLE:
                        return None  # a hand whose side nobody told is on neither of the two
                    mirrored = view == "back"
                at = WIDTH - x if mirrored else x
                return (at + (WIDTH if view == "back" else 0), y)
        level = [parent for name in level for parent in vocabulary.term(name).parents]
    return None


def _free(place: tuple[float, float], placed: Iterable[Spot]) -> tuple[float, float]:
    """Return the nearest place where a number hides no other: a node of the chest stays in the chest."""
    taken = list(placed)
    for dx, dy in _AROUND:
        x, y = place[0] + dx, min(max(place[1] + dy, MARGIN), HEIGHT - MARGIN)
        if all(abs(s.x - x) >= APART or abs(s.y - y) >= APART for s in taken):
            return x, y
    return place


def spots(groups: Iterable[tuple[str, str | None, Side, str]]) -> tuple[list[Spot], list[str]]:
    """Return the spots of (label, site, side, colour) rows, moved apart, and the labels without a place."""
    placed: list[Spot] = []
    homeless = []
    for label, site, side, colour in groups:
        sides = (Side.RIGHT, Side.LEFT) if side is Side.BOTH else (side,)
        found = dict.fromkeys(at for one in sides if (at := place_on_body(site, one)) is not None)
        if not found:
            homeless.append(label)
        placed += [Spot(label, *_free(place, placed), colour) for place in found]
    return placed, homeless
