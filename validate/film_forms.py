"""Forms of groups named right, by two recipes: `python -m validate.film_forms [drawn|physical] [SEED [EACH]]`.

Each group is read twice: as the reader finds it, and with its place told, so that naming is seen apart from
finding. `physical` puts groups into a virtual ground and into real normal films.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from kossa.evidence import Category
from kossa.film.detect import Detection, detect
from kossa.film.groups import REACH_MM, Cluster
from kossa.film.mammogram import mark_groups
from kossa.film.morphology import Form
from validate import film_clusters
from validate import film_forms_physical as physical
from validate.film_sets import BARS, SIZES, maker, natives, picture

NEAR_MM = 9.0  # from the middle of a group to a mark of what was found
FILMS_APART_MM, EDGE_MM, AVOID_MM = 26.0, 9.0, 14.0
SPACINGS = (0.05, 0.07, 0.1, 0.2)


@dataclass
class Case:
    """One group: its kind, whether its marks stand below the limit of their size, what was said of it."""

    kind: str
    below: bool
    found: Form | None
    told: Form | None


def wanted(kind: str) -> Category:
    if kind in physical.UNDECIDED:
        return Category.INDETERMINATE
    return Category.TYPICALLY_BENIGN if kind in physical.BENIGN else Category.SUSPICIOUS


def _largest(found: Detection, centre: tuple[float, float], mm: float) -> Form | None:
    """The form of the group with most marks that comes near a place (native pixels)."""
    told = mark_groups(found)
    near = []
    for g in told.groups:
        at = np.array([(told.marks[i].y, told.marks[i].x) for i in g.members]) + found.origin
        if (np.hypot(*(at * found.factor - centre).T) * mm < NEAR_MM).any():
            near.append(g)
    return max(near, key=lambda g: len(g.members)).form if near else None


def read_at(film: np.ndarray, mm: float, centres: list[tuple[float, float]]) -> list[tuple]:
    """What the reader says at each place, as found and with the places told."""
    found = detect(film, mm)
    spots, reach = found.spots, REACH_MM / found.pixel_mm
    clusters = []
    for centre in centres:
        y, x = np.array(centre) / found.factor - found.origin
        near = (np.hypot(spots.y - y, spots.x - x) <= reach) & ~found.sharp
        clusters.append(Cluster(float(y), float(x), 0.0, np.flatnonzero(near)))
    placed = replace(found, clusters=clusters)
    return [(_largest(found, c, mm), _largest(placed, c, mm)) for c in centres]


def _below(canvas: np.ndarray, mm: float) -> bool:
    """Whether half of such groups would not be found, by the page's own D50 at this pixel."""
    size, height = physical.contrast(canvas)
    limits = BARS["200 um" if mm > 0.15 else "100 um"]
    d50 = np.exp(np.interp(np.log(max(size, 1e-3)), np.log(SIZES), np.log([b[0] for b in limits])))
    return height < d50


def drawn(seed: int, each: int, mm: float) -> list[Case]:
    """The first recipe."""
    out = []
    for number, kind in enumerate((*film_clusters.BENIGN, *film_clusters.SUSPICIOUS)):
        for k in range(each):
            film, centre = film_clusters.film_of(kind, np.random.default_rng((seed, number, k)), mm)
            rng = np.random.default_rng((seed, number, k))
            rng.standard_normal(film.shape)  # film_of draws its ground first
            canvas = film_clusters.draw(kind, rng)
            below = _below(canvas / (255 * physical.SCALE_PER_MM), mm)
            out.append(Case(kind, below, *read_at(film, mm, [centre])[0]))
    return out


def virtual(seed: int, each: int, mm: float) -> list[Case]:
    """The second recipe in virtual ground."""
    out = []
    for number, kind in enumerate(physical.KINDS):
        for k in range(each):
            rng = np.random.default_rng((seed, number, k))
            canvas = physical.draw(kind, rng)
            film, centre = physical.ground(rng, mm)
            physical.put(film, canvas, centre, mm)
            film = np.clip(np.round(film), 0, 255).astype(np.float32)
            out.append(Case(kind, _below(canvas, mm), *read_at(film, mm, [centre])[0]))
    return out


def real(seed: int, each: int, mm: float) -> list[Case]:
    """The second recipe in real films: P00173_LCC put in at 50 um, averaged to the pixel asked; MIAS at 200 um."""
    fine = mm < 0.15
    films = [natives()["LCC"]] if fine else [picture("mdb003.pgm"), picture("mdb004.pgm")]
    step, levels = (0.05, 65535) if fine else (mm, 255)
    inside = [maker().inside(f, step, EDGE_MM) for f in films]
    avoid = [_groups_near_threshold(f, step) for f in films]
    rng = np.random.default_rng((seed, 77))
    waiting = [(number, kind, k) for k in range(each) for number, kind in enumerate(physical.KINDS)]
    out = []
    while waiting:
        which = int(rng.integers(len(films)))
        places = _places(inside[which], avoid[which], step, rng)
        batch, waiting = waiting[: len(places)], waiting[len(places) :]
        film, below = films[which].copy(), []
        for (number, kind, k), at in zip(batch, places, strict=False):
            canvas = physical.draw(kind, np.random.default_rng((seed, number, k)))
            physical.put(film, canvas, at, step)
            below.append(_below(canvas, mm))
        film = (np.clip(np.round(film * (levels / 255)), 0, levels) * (255 / levels)).astype(np.float32)
        if mm != step:
            film = physical.averaged(film, mm / step)
        read = read_at(film, mm, [tuple(p * step / mm) for p in places[: len(batch)]])
        out += [Case(w[1], b, *r) for w, b, r in zip(batch, below, read, strict=True)]
    return out


def _groups_near_threshold(film: np.ndarray, mm: float) -> np.ndarray:
    found = detect(film, mm)
    near = detect(film, mm, threshold=0.75 * found.passed)
    at = np.array([[c.y, c.x] for c in near.clusters]).reshape(-1, 2) + near.origin
    return at * near.factor


def _places(inside: np.ndarray, avoid: np.ndarray, mm: float, rng: np.random.Generator) -> list[np.ndarray]:
    out: list[np.ndarray] = []
    for _ in range(3000):
        q = inside[rng.integers(len(inside))]
        far = all(np.hypot(*(q - o)) * mm > FILMS_APART_MM for o in out)
        if far and (not len(avoid) or np.hypot(*(avoid - q).T).min() * mm > AVOID_MM):
            out.append(q)
    return out


def _share(right: int, of: int) -> str:
    return f"{right}/{of}" + (f" ({right / of:.0%})" if of else "")


def table(name: str, cases: list[Case]) -> None:
    """Print the shares: over all, of those found, with the place told; then what each kind was called."""
    decided = [c for c in cases if c.kind not in physical.UNDECIDED]
    found = [c for c in decided if c.found is not None]
    told = [c for c in decided if c.told is not None]
    coarse = [c for c in decided if c.found is not None and "too coarse" in c.found.because]
    low = [c for c in decided if c.below]
    print(
        f"{name}: benign v suspicious right {_share(sum(_right(c, c.found) for c in decided), len(decided))}; "
        f"found {_share(len(found), len(decided))}, right of those "
        f"{_share(sum(_right(c, c.found) for c in found), len(found))}; drawn below the limit {len(low)}, "
        f"of which found {sum(c.found is not None for c in low)}; place told: right "
        f"{_share(sum(_right(c, c.told) for c in told), len(told))}; 'too coarse' {len(coarse)}"
    )
    kinds: dict[str, list[Case]] = defaultdict(list)
    for c in cases:
        kinds[c.kind].append(c)
    for kind, group in kinds.items():
        print(f"    {kind} ({sum(c.below for c in group)} below): {_words(c.found for c in group)}"
              f" | told: {_words(c.told for c in group)}")  # fmt: skip
    sys.stdout.flush()


def _right(case: Case, form: Form | None) -> bool:
    return form is not None and form.category is wanted(case.kind)


def _words(forms) -> str:
    words = [
        "not found" if f is None else f.word or ("coarse" if "too coarse" in f.because else "none")
        for f in forms
    ]
    return ", ".join(f"{w} {words.count(w)}" for w in sorted(set(words)))


RECIPES = {"drawn": (drawn,), "physical": (virtual, real)}

if __name__ == "__main__":
    recipe = sys.argv[1] if len(sys.argv) > 1 else "physical"
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 12
    pixels = [float(v) for v in sys.argv[4:]] or SPACINGS
    for pixel in pixels:
        for study in RECIPES[recipe]:
            table(f"{pixel} mm, {recipe} {study.__name__}", study(first, number, pixel))
