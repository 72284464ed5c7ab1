"""Outlines of deposits as GeoJSON (RFC 7946) in pixels of the picture, as QuPath reads it.

A pixel (y, x) is the square from (x, y) to (x + 1, y + 1). Rings run along the edges of pixels. Where two
pixels touch by a corner the ring is split there, so that every ring is simple.
"""

from __future__ import annotations

import uuid
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from kossa.section.deposits import Deposits

if TYPE_CHECKING:
    from kossa.section.reading import SectionExamination

__all__ = ["geojson", "rings"]

Point = tuple[int, int]
Span = tuple[int, int]
Ring = list[Point]

MOST_OUTLINES = 20_000  # deposits that are outlined, the largest first: QuPath grows slow above (judgement)
COLOUR = (255, 140, 0)


def geojson(exam: SectionExamination) -> bytes:
    """Return a FeatureCollection, one feature a deposit, numbered from the largest.

    Where there are more than 20,000 the smallest have no outline; `omitted` says how many. `called_mineral`
    is false where the reading calls what it found unknown.
    """
    deposits, reading = exam.deposits, exam.reading
    order = np.argsort(-deposits.pixels, kind="stable")[:MOST_OUTLINES]
    sure = any(f.id == "score_mineral_area_percent" for f in reading.findings)
    name = "Mineral" if sure else "Mineral or look-alike"
    um = reading.um_per_px
    begins = deposits.by_object()
    features = []
    for number, at in enumerate(order.tolist(), 1):
        pixels = int(deposits.pixels[at])
        measurements: dict[str, float] = {
            "area_px": pixels,
            "integrated_density": round(float(deposits.density[at]), 3),
        }
        if um is not None:
            measurements["area_um2"] = round(pixels * um * um, 3)
            measurements["diameter_um"] = round(2 * um * (pixels / np.pi) ** 0.5, 3)
        features.append(
            {
                "type": "Feature",
                "id": _identity(number, deposits.box[at], pixels),
                "geometry": _geometry(rings(*_runs(deposits, begins, at))),
                "properties": {
                    "objectType": "annotation",
                    "name": f"d{number}",
                    "classification": {"name": name, "color": COLOUR},
                    "measurements": measurements,
                },
            }
        )
    whole = {
        "type": "FeatureCollection",
        "features": features,
        "omitted": max(0, len(deposits) - MOST_OUTLINES),
        "partial": reading.partial,
        "called_mineral": sure,
    }
    return msgspec.json.encode(whole) + b"\n"


def _identity(number: int, box: npt.NDArray[np.int32], pixels: int) -> str:
    """Return an identifier as QuPath has them (RFC 9562), the same at every reading."""
    place = "/".join(str(n) for n in (number, *box.ravel().tolist(), pixels))
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"kossa/section/{place}"))


def _runs(
    deposits: Deposits, begins: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], at: int
) -> tuple[list[int], list[int], list[int]]:
    order, start = begins
    own = order[start[at] : start[at + 1]]
    return deposits.y[own].tolist(), deposits.x0[own].tolist(), deposits.x1[own].tolist()


def rings(y: list[int], x0: list[int], x1: list[int]) -> list[Ring]:
    """Return the closed rings [(x, y), ...] around runs: outer ones with positive area, holes negative.

    Runs of one row do not touch. What is held grows with the number of runs, not with their length.
    """
    rows: dict[int, list[Span]] = {}
    for row, begin, end in zip(y, x0, x1, strict=True):
        rows.setdefault(row, []).append((begin, end))
    following: dict[Point, list[Point]] = {}
    for row, spans in rows.items():
        spans.sort()
        for begin, end in spans:
            following.setdefault((end, row), []).append((end, row + 1))
            following.setdefault((begin, row + 1), []).append((begin, row))
        for begin, end in _without(spans, sorted(rows.get(row - 1, []))):
            following.setdefault((begin, row), []).append((end, row))
        for begin, end in _without(spans, sorted(rows.get(row + 1, []))):
            following.setdefault((end, row + 1), []).append((begin, row + 1))
    out: list[Ring] = []
    for first in list(following):
        while first in following:
            out += _split(_follow(following, first))
    return [_corners(ring) for ring in out]


def _without(spans: list[Span], others: list[Span]) -> list[Span]:
    """Return what of some spans no other covers; both are sorted and half-open."""
    left: list[Span] = []
    first = 0
    for begin, end in spans:
        here = begin
        while first < len(others) and others[first][1] <= here:
            first += 1
        for other_begin, other_end in islice(others, first, None):
            if other_begin >= end:
                break
            if other_begin > here:
                left.append((here, other_begin))
            here = max(here, other_end)
        if here < end:
            left.append((here, end))
    return left


def _follow(following: dict[Point, list[Point]], first: Point) -> Ring:
    """Take one closed path of edges out of the rest."""
    path, here = [first], first
    while True:
        ways = following[here]
        here_next = ways.pop()
        if not ways:
            del following[here]
        here = here_next
        if here == first:
            return path
        path.append(here)


def _split(path: Ring) -> list[Ring]:
    """Cut a path at points that it visits twice; every part is a simple ring."""
    out: list[Ring] = []
    stack: Ring = []
    place: dict[Point, int] = {}
    for point in path:
        if point in place:
            begin = place[point]
            loop = stack[begin:]
            out.append(loop)
            for passed in loop[1:]:
                del place[passed]
            del stack[begin + 1 :]
        else:
            place[point] = len(stack)
            stack.append(point)
    return [*out, stack]


def _corners(ring: Ring) -> Ring:
    """Return the ring closed, without points on straight stretches."""
    n = len(ring)
    kept = [p for i, p in enumerate(ring) if (ring[i - 1][0] == p[0]) != (p[0] == ring[(i + 1) % n][0])]
    return [*kept, kept[0]]


def _area(ring: Ring) -> float:
    return 0.5 * sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def _inside(point: tuple[float, float], ring: Ring) -> bool:
    """Say whether a point lies inside a ring, by the crossings of a ray along x."""
    x, y = point
    crossings = 0
    for (ax, ay), (_, by) in pairwise(ring):
        crossings += ay != by and (ay > y) != (by > y) and ax > x
    return crossings % 2 == 1


def _geometry(loops: list[Ring]) -> dict[str, Any]:
    """Return a Polygon or MultiPolygon; a hole belongs to the smallest outer ring around it."""
    outer = sorted((r for r in loops if _area(r) > 0), key=_area)
    polygons: list[list[Ring]] = [[ring] for ring in outer]
    for hole in (r for r in loops if _area(r) < 0):
        # holes run clockwise: the point just right of the first edge lies in the hole
        a, b = hole[0], hole[1]
        step = (np.sign(b[0] - a[0]), np.sign(b[1] - a[1]))
        at = (a[0] + 0.5 * step[0] + 0.25 * step[1], a[1] + 0.5 * step[1] - 0.25 * step[0])
        for polygon in polygons:
            if _inside(at, polygon[0]):
                polygon.append(hole)
                break
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}
