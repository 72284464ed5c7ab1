"""Figures of the film reader: `python -m validate.film [NAME of a study below ...]`."""

from __future__ import annotations

import csv
import importlib.util
import os
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from kossa.film import examine
from kossa.film.detect import detect
from kossa.film.kernels.smooth import block_mean
from kossa.film.mammogram import mark_groups
from kossa.film.radiograph import find_lumps
from kossa.intake.dicom import pixels, read_header
from validate.film_clusters import film_of, limits

SHARED = Path(os.environ.get("KOSSA_SHARED", "../shared")) / "data"
SIZES, CONTRASTS = (0.15, 0.2, 0.3, 0.45, 0.6), (2, 4, 8, 16, 32)
# bold figures of films_and_sections.md 2.2 (D50, D90)
BARS = {
    "200 um": ((18.1, 26.0), (11.2, 18.0), (5.7, 8.5), (4.1, 4.8), (3.7, 5.1)),
    "100 um": ((23.4, 31.3), (14.4, 16.6), (8.1, 9.5), (5.7, 7.4), (4.7, 5.4)),
}


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def picture(name: str) -> np.ndarray:
    a = np.array(Image.open(SHARED / "mammogram" / name))
    return a.astype(np.float32) / (257 if a.dtype == np.uint16 else 1)


def native() -> np.ndarray:
    data = (SHARED / "mammogram/cbis_P00173_LCC.dcm").read_bytes()
    return pixels(data, read_header(data)[0])[0].astype(np.float32) / 257


def views() -> dict[str, np.ndarray]:
    out = {n: picture(f"cbis_P00173_{n}_100um.png") for n in ("LMLO", "RCC", "RMLO")}
    return {"LCC": np.round(block_mean(native() * 257, 2)) / 257, **out}


def scores(film: np.ndarray, mm: float) -> list[float]:
    return [c.score for c in detect(film, mm, threshold=0.0).clusters]


def threshold(films: list[np.ndarray], mm: float) -> float:
    """The score passed by at most half a group a film."""
    every = sorted((s for film in films for s in scores(film, mm)), reverse=True)
    return every[len(films) // 2] + 1e-6


def _insert(film, mm, maker, places, d, c, rng, scale):
    a = film.copy()
    for p in places:
        patch, _ = maker.cluster(mm, d, c / 100 * 255, rng)
        h = patch.shape[0] // 2
        y, x = (int(min(max(v * scale, h), s - patch.shape[0] + h)) for v, s in zip(p, a.shape, strict=True))
        a[y - h : y - h + patch.shape[0], x - h : x - h + patch.shape[1]] += patch
    return a


def insertion(seed: int = 7, least: int = 54) -> None:
    maker = _module(SHARED / "mammogram/make_clusters.py")
    rng = np.random.default_rng(seed)
    mias = [picture("mdb003.pgm"), picture("mdb004.pgm")]
    lcc = native()
    four = list(views().values())
    cases = (
        ("200 um", mias, 0.2, 0.2, threshold(mias, 0.2), 1, 255, least),
        ("100 um", [four[0]], 0.1, 0.05, threshold(four, 0.1), 2, 65535, least * 2 // 3),
    )
    for name, films, mm, insert_mm, passed, scale, levels, count in cases:
        print(f"{name}: threshold {passed:.2f} (same films or views without insertion)")
        for d, bar in zip(SIZES, BARS[name], strict=True):
            hits, shown = [], []
            for c in CONTRASTS:
                hit = total = 0
                while total < count:
                    for film in films:
                        found = detect(film, mm, threshold=0.75 * passed).clusters
                        avoid = np.array([[k.y, k.x] for k in found]) if found else np.zeros((0, 2))
                        origin = detect(film, mm, threshold=1e9).origin
                        places = _places(maker, film, mm, avoid + origin, rng)
                        base = lcc if scale == 2 else film
                        a = _insert(base, insert_mm, maker, places, d, c, rng, scale)
                        a = np.clip(np.round(a * (levels / 255)), 0, levels) * (255 / levels)
                        a = block_mean(a.astype(np.float32), 2) if scale == 2 else a.astype(np.float32)
                        got = detect(a, mm, threshold=passed)
                        at = np.array([[k.y, k.x] for k in got.clusters]).reshape(-1, 2) + got.origin
                        for p in places:
                            total += 1
                            hit += bool(len(at)) and bool((np.hypot(*(at - p).T) * mm <= 5).any())
                hits.append(hit)
                shown.append(total)
            d50, d90 = limits(CONTRASTS, np.array(hits), np.array(shown))
            met = "met" if d50 <= bar[0] and d90 <= bar[1] else "NOT MET"
            told = " ".join(f"{h}/{n}" for h, n in zip(hits, shown, strict=True))
            print(
                f"  {d} mm: D50 {d50:.1f} D90 {d90:.1f} (bar {bar[0]} / {bar[1]}) {met}; {told}", flush=True
            )


def at_bar(seed: int = 12, count: int = 60) -> None:
    """Found share of groups made at the very contrast of the bar's D90: 90 % or more meets it."""
    maker = _module(SHARED / "mammogram/make_clusters.py")
    rng = np.random.default_rng(seed)
    mias, lcc, four = [picture("mdb003.pgm"), picture("mdb004.pgm")], native(), list(views().values())
    for name, films, mm, passed, scale, levels in (
        ("200 um", mias, 0.2, threshold(mias, 0.2), 1, 255),
        ("100 um", [four[0]], 0.1, threshold(four, 0.1), 2, 65535),
    ):
        for d, bar in zip(SIZES, BARS[name], strict=True):
            hit = total = 0
            while total < count:
                for film in films:
                    found = detect(film, mm, threshold=0.75 * passed)
                    avoid = np.array([[k.y, k.x] for k in found.clusters]).reshape(-1, 2) + found.origin
                    places = _places(maker, film, mm, avoid, rng)
                    base, step = (lcc, 0.05) if scale == 2 else (film, mm)
                    a = _insert(base, step, maker, places, d, bar[1], rng, scale)
                    a = (np.clip(np.round(a * (levels / 255)), 0, levels) * (255 / levels)).astype(np.float32)
                    got = detect(block_mean(a, 2) if scale == 2 else a, mm, threshold=passed)
                    at = np.array([[k.y, k.x] for k in got.clusters]).reshape(-1, 2) + got.origin
                    total += len(places)
                    hit += sum(bool((np.hypot(*(at - p).T) * mm <= 5).any()) for p in places)
            share = f"{hit}/{total} ({hit / total:.0%}; bar 90 %)"
            print(f"{name}, {d} mm at {bar[1]} % of full scale: {share}", flush=True)


def _places(maker, film, mm, avoid, rng, count=10):
    inside, out = maker.inside(film, mm), []
    for _ in range(3000):
        q = inside[rng.integers(len(inside))]
        far = all(np.hypot(*(q - o)) * mm > 22 for o in out)
        if far and (not len(avoid) or np.hypot(*(avoid - q).T).min() * mm > 12):
            out.append(q)
        if len(out) == count:
            break
    return out


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
        *((n, v, 0.1) for n, v in views().items()), ("LCC at 50 um", native(), 0.05),
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
    maker = _module(SHARED / "radiograph/make_radiographs.py")
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
    "shipped": shipped, "swap": swap, "real": real, "forms": forms, "radiographs": radiographs,
    "insertion": insertion, "at_bar": at_bar, "amorphous": amorphous,
}  # fmt: skip

if __name__ == "__main__":
    for name in sys.argv[1:] or STUDIES:
        print(f"== {name}")
        STUDIES[name]()
