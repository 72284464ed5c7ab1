"""Figures of the film reader: `python -m validate.film [NAME of a study below ...]`."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from functools import cache

import numpy as np

from kossa.film import examine
from kossa.film.detect import detect
from kossa.film.kernels.smooth import block_mean
from kossa.film.mammogram import mark_groups
from kossa.film.radiograph import find_lumps
from validate.film_clusters import film_of, limits
from validate.film_sets import (
    BARS,
    CONTRASTS,
    SHARED,
    SIZES,
    Film,
    films,
    maker,
    module,
    natives,
    other_woman,
    picture,
    places,
    put,
    views,
)
from validate.film_spots import spots

SHIPPED_PERCENT = (4, 6, 8, 12, 16, 24)  # of full scale: what make_clusters.py draws from


def scores(film: np.ndarray, mm: float) -> list[float]:
    return [c.score for c in detect(film, mm, threshold=0.0).clusters]


def threshold(chosen: list[np.ndarray], mm: float) -> float:
    """The score passed by at most half a group a film."""
    every = sorted((s for film in chosen for s in scores(film, mm)), reverse=True)
    return every[len(chosen) // 2] + 1e-6


def _hits(found, centres, mm: float) -> int:
    """How many of the groups put in have a group found within 5 mm."""
    at = np.array([[k.y, k.x] for k in found.clusters]).reshape(-1, 2) + found.origin
    return sum(bool((np.hypot(*(at - p).T) * mm <= 5).any()) for p in centres)


def _case(name: str) -> tuple[list[Film], float, float]:
    """The films that groups are put into, their pixel, and the threshold of their woman's films."""
    if name == "200 um":
        mias = films("MIAS 200")
        return mias, 0.2, threshold([f.working for f in mias], 0.2)
    return films("P00173 100")[:1], 0.1, threshold(list(views().values()), 0.1)


@cache
def _taken(film: Film, passed: float) -> np.ndarray:
    """Places near the threshold on a film without insertion."""
    near = detect(film.working, film.mm, threshold=0.75 * passed)
    return np.array([[k.y, k.x] for k in near.clusters]).reshape(-1, 2) + near.origin


def _try(film: Film, d: float, percent: float, passed: float, rng) -> tuple[int, int]:
    """Groups found and put in, on one film made anew."""
    centres = places(film, _taken(film, passed), rng)
    image, _ = put(film, maker().cluster, centres, d, percent, rng)
    return _hits(detect(image, film.read_mm, threshold=passed), centres, film.mm), len(centres)


def _tries(chosen: list[Film], d: float, percent: float, passed: float, count: int, rng) -> tuple[int, int]:
    hit = total = 0
    while total < count:
        for film in chosen:
            got = _try(film, d, percent, passed, rng)
            hit, total = hit + got[0], total + got[1]
    return hit, total


def insertion(seed: int = 21, least: int = 54, names: tuple[str, ...] = ("200 um", "100 um")) -> None:
    for name in names:
        rng, count = (
            np.random.default_rng((seed, name == "100 um")),
            least if name == "200 um" else least * 2 // 3,
        )
        chosen, _, passed = _case(name)
        print(f"{name}: threshold {passed:.2f} (same films or views without insertion)")
        for d, bar in zip(SIZES, BARS[name], strict=True):
            told = [_tries(chosen, d, c, passed, count, rng) for c in CONTRASTS]
            d50, d90 = limits(CONTRASTS, np.array([h for h, _ in told]), np.array([n for _, n in told]))
            met = "met" if d50 <= bar[0] and d90 <= bar[1] else "NOT MET"
            cells = " ".join(f"{h}/{n}" for h, n in told)
            print(
                f"  {d} mm: D50 {d50:.1f} D90 {d90:.1f} (bar {bar[0]} / {bar[1]}) {met}; {cells}", flush=True
            )


def at_bar(seed: int = 22, count: int = 120, names: tuple[str, ...] = ("200 um", "100 um")) -> None:
    """Found share of groups made at the very contrast of the bar's D90: 90 % or more meets it."""
    for name in names:
        rng = np.random.default_rng((seed, name == "100 um"))
        chosen, _, passed = _case(name)
        for d, bar in zip(SIZES, BARS[name], strict=True):
            hit, total = _tries(chosen, d, bar[1], passed, count, rng)
            share = f"{hit}/{total} ({hit / total:.0%}; bar 90 %)"
            print(f"{name}, {d} mm at {bar[1]} % of full scale: {share}", flush=True)


def shipped() -> None:
    found_all = other_all = 0
    for view in ("LCC", "RMLO"):
        name = SHARED / f"mammogram/inserted_P00173_{view}_100um"
        groups = examine(name.with_suffix(".png"), kind="mammogram", spacing_mm=0.1).reading.groups
        with name.with_suffix(".csv").open() as file:
            truth = np.array([[float(r["row_px"]), float(r["col_px"])] for r in csv.DictReader(file)])
        at = np.array([np.mean(g.bbox_px, axis=0) for g in groups]).reshape(-1, 2)
        away = np.hypot(*(at[:, None] - truth).transpose(2, 0, 1)) * 0.1
        hit, other = int((away.min(0) <= 5).sum()), int((away.min(1) > 5).sum())
        found_all, other_all = found_all + hit, other_all + other
        print(f"{view}: {hit} of {len(truth)} clusters, {other} other groups")
    print(f"shipped inserted films: {found_all} of 16 (bar > 10, aim 13), {other_all} other (bar <= 2)")


def alike(seed: int = 500, times: int = 5) -> None:
    """Films made as the shipped ones are, many of them: groups found of 16, and other groups a film."""
    for name, pictures in (("P00173", list(views().values())), ("another woman", other_woman())):
        hit = total = other = clean = 0
        for film in pictures:
            clean += len(mark_groups(detect(film, 0.1)).groups)
            for k in range(times):
                image, truth = _made(film, np.random.default_rng((seed, k)))
                found = detect(image, 0.1)
                told = mark_groups(found)
                at = [
                    np.mean([[told.marks[i].y, told.marks[i].x] for i in g.members], 0) for g in told.groups
                ]
                away = np.hypot(*((np.array(at).reshape(-1, 2) + found.origin)[:, None] - truth).T) * 0.1
                total += len(truth)
                if at:
                    hit, other = hit + int((away.min(1) <= 5).sum()), other + int((away.min(0) > 5).sum())
        if pictures:
            print(
                f"{name}: {16 * hit / total:.1f} of 16 clusters ({hit}/{total}), {other / len(pictures) / times:.2f} "
                f"other groups a film; without clusters {clean} groups on {len(pictures)} films"
            )


def _made(film: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """Eight clusters put into a film of 100 um as make_clusters.py does, and their middles (8, 2)."""
    image, inside, chosen = film.copy(), maker().inside(film, 0.1), []
    while len(chosen) < 8:
        q = inside[rng.integers(len(inside))]
        if all(np.hypot(*(q - p)) * 0.1 > 20 for p in chosen):
            percent = rng.choice(SHIPPED_PERCENT)
            patch, _ = maker().cluster(0.1, rng.choice(SIZES), percent / 100 * 255, rng)
            h = patch.shape[0] // 2
            y, x = (int(min(max(v, h), s - patch.shape[0] + h)) for v, s in zip(q, image.shape, strict=True))
            image[y - h : y - h + patch.shape[0], x - h : x - h + patch.shape[1]] += patch
            chosen.append(np.array([y, x]))
    return np.clip(np.round(image * 257), 0, 65535).astype(np.float32) / 257, np.array(chosen, float)


def swap() -> None:
    """Threshold fixed on one set, rate on the other, both at 200 um; and the shipped thresholds."""
    mias = [picture("mdb003.pgm"), picture("mdb004.pgm")]
    four = [block_mean(v, 2) for v in views().values()]
    for name, fix, rate in (("MIAS -> P00173", mias, four), ("P00173 -> MIAS", four, mias)):
        passed = threshold(fix, 0.2)
        count = sum(s > passed for film in rate for s in scores(film, 0.2))
        print(f"{name} at 200 um: threshold {passed:.2f}, {count} groups on {len(rate)} films")
    for name, film, mm in (
        ("mdb003", mias[0], 0.2), ("mdb004", mias[1], 0.2),
        *((n, v, 0.1) for n, v in views().items()), ("LCC at 50 um", natives()["LCC"], 0.05),
    ):  # fmt: skip
        found = detect(film, mm)
        marks = mark_groups(found)
        inside = sum(found.breast.holds(m.y, m.x) for m in marks.marks)
        print(
            f"{name}: {len(marks.groups)} groups, {len(marks.marks)} marks, {inside} inside the mask, "
            f"sharp specks {int(found.sharp.sum())} ({found.sharp.sum() / found.breast_cm2:.2f} per cm2), "
            f"groups on them alone {found.dust_groups}, beside the breast "
            + ("no bare film" if found.dust is None else f"{found.dust.rate:.2f} specks per cm2")
        )


def _form_at(film: np.ndarray, mm: float, centre: tuple[int, int]):
    """The form of the largest group within 9 mm of a place, None where there is none."""
    found = detect(film, mm)
    told = mark_groups(found)
    places = [
        [np.add((told.marks[i].y, told.marks[i].x), found.origin) * found.factor for i in g.members]
        for g in told.groups
    ]
    near = [
        g
        for g, at in zip(told.groups, places, strict=True)
        if (np.hypot(*(np.array(at) - centre).T) * mm < 9).any()
    ]
    return max(near, key=lambda g: len(g.members)).form if near else None


def forms(seed: int = 5000, each: int = 12) -> None:
    """The first recipe; `python -m validate.film_forms` has both, and what the table says."""
    from validate.film_forms import SPACINGS, drawn, table

    for mm in SPACINGS:
        table(f"{mm} mm, drawn", drawn(seed, each, mm))


def amorphous(seed: int = 1300, each: int = 12) -> None:
    """The made amorphous group at 1 to 4 times its height: from where on it is found, and what it is called."""
    for times in (1, 2, 3, 4):
        words = []
        for k in range(each):
            rng = np.random.default_rng((seed, times, k))
            film, centre = film_of("amorphous", rng, 0.1, times=times)
            form = _form_at(film, 0.1, centre)
            words.append("not found" if form is None else form.word or "none")
        print(f"{times} x: " + ", ".join(f"{w} {words.count(w)}" for w in sorted(set(words))), flush=True)


NAMES = {"lucent_centre": "lucent_centre", "cartilage_line": "linear_cartilage"}


def radiographs(first: int = 7002, count: int = 81) -> None:
    maker = module(SHARED / "radiograph/make_radiographs.py")
    located, right, centred = defaultdict(list), defaultdict(list), []
    marks = empty = extra = 0
    for seed in range(first, first + count):
        film, mask, row = maker.make(seed)
        image = film.astype(np.float32) / 257
        image = 255 - image if row[2] == "inverted" else image
        lumps, _, _ = find_lumps(image, row[3])
        if row[1] == "none":
            empty, marks = empty + 1, marks + len(lumps)
            continue
        places = np.argwhere(mask)
        near = [k for k in lumps if np.hypot(*(places - [k.y, k.x]).T).min() * row[3] <= 5]
        located[row[1]].append(bool(near))
        centred.append(any(np.hypot(k.y - row[4], k.x - row[5]) * row[3] <= 5 for k in lumps))
        extra += len(lumps) - len(near)
        if near:
            right[row[1]].append(near[0].outline.word == NAMES.get(row[1], row[1]))
    for kind, hits in located.items():
        print(f"{kind}: located {sum(hits)}/{len(hits)}, pattern right {sum(right[kind])}/{len(right[kind])}")
    every = [h for hits in located.values() for h in hits]
    named = [r for rights in right.values() for r in rights]
    print(
        f"located within 5 mm of the deposit {np.mean(every):.0%} (bar 85 %); "
        f"of its centroid {np.mean(centred):.0%}"
    )
    print(
        f"pattern right {np.mean(named):.0%} of those (bar 85 %); other marks a film {extra / len(every):.2f}"
    )
    print(f"empty films: {marks} marks on {empty} (bar 0.1 a film)")


def real() -> None:
    found = examine(SHARED / "radiograph/RG1_J2KI.dcm")
    r = found.reading
    print(f"RG1: spacing {r.spacing_mm} ({r.spacing_source}), {len(r.deposits)} marks, notices "
          f"{sorted({n.code for n in r.notices})}")  # fmt: skip
    for d in r.deposits:
        print(f"    {d.id} at {d.centroid_px}, {d.material.value}: {d.because}")


STUDIES = {
    "shipped": shipped, "alike": alike, "swap": swap, "real": real, "forms": forms, "radiographs": radiographs,
    "insertion": insertion, "at_bar": at_bar, "amorphous": amorphous, "spots": spots,
}  # fmt: skip

if __name__ == "__main__":
    for name in sys.argv[1:] or STUDIES:
        print(f"== {name}")
        STUDIES[name]()
