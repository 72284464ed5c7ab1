"""The radiograph reader on a second recipe, scene by scene: `python -m validate.film_limbs [FIRST_SEED [COUNT]]`.

COUNT films of each of eight kinds and of none in each scene. `pictures` as a third word writes films with
something wrong on them into the folder named after it.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage as ndi

from kossa.film.radiograph import Lump, find_lumps
from validate.film_limb_scenes import BODY, KINDS, LETTER, METAL, MM, SCENES, SHUTTER, Scene, make

NEAR_MM, ON_MM = 5.0, 1.5
ZONES = {LETTER: "letters", METAL: "metal", SHUTTER: "shutters or frame", BODY: "body"}


def zone_of(scene: Scene, lump: Lump) -> str:
    """What a mark lies on: the first of letters, metal and shutters within 1.5 mm of its pixels, or its place."""
    mine = np.zeros(scene.zone.shape, bool)
    rows, columns = lump.body.shape
    mine[lump.corner[0] : lump.corner[0] + rows, lump.corner[1] : lump.corner[1] + columns] = lump.body
    near = ndi.binary_dilation(mine, iterations=round(ON_MM / MM))
    for value in (LETTER, METAL, SHUTTER):
        if (scene.zone[near] == value).any():
            return ZONES[value]
    y, x = (int(np.clip(round(v), 0, s - 1)) for v, s in zip((lump.y, lump.x), scene.zone.shape, strict=True))
    return "body" if scene.zone[y, x] == BODY else "outside of the body"


def draw(scene: Scene, lumps: list[Lump], path: Path) -> None:
    low, high = np.percentile(scene.film, [1, 99.8])
    grey = np.clip((scene.film - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    picture = Image.fromarray(np.dstack([grey] * 3))
    pen = ImageDraw.Draw(picture)
    if scene.mask.any():
        ys, xs = np.nonzero(scene.mask)
        pen.rectangle((int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())), outline=(0, 255, 0))
    for lump in lumps:
        for y, x in np.argwhere(lump.body ^ ndi.binary_erosion(lump.body)) + lump.corner:
            picture.putpixel((int(x), int(y)), (255, 60, 60))
        word = "metal" if getattr(lump, "metal", False) else lump.outline.word
        pen.text((lump.x + 8, lump.y - 12), f"{word} {lump.z:.1f}", fill=(255, 200, 0))
    picture.save(path)


def study(first: int = 61002, count: int = 2, folder: str | None = None, only: str | None = None) -> None:
    total: Counter[str] = Counter()
    for scene in SCENES if only is None else only.split(","):
        seen: Counter[str] = Counter()
        words: Counter[str] = Counter()
        missed: Counter[str] = Counter()
        for kind in KINDS:
            for seed in range(first, first + count * (1 if kind != "none" else 4)):
                made = make(scene, kind, seed)
                found, _, shaft = find_lumps(made.film, MM)
                lumps = [k for k in found if not getattr(k, "metal", False)]
                seen["metal told"] += len(found) - len(lumps)
                seen["no shaft"] += shaft is None
                places = np.argwhere(made.mask)
                near = [
                    k for k in lumps
                    if len(places) and np.hypot(*(places - [k.y, k.x]).T).min() * MM <= NEAR_MM
                ]  # fmt: skip
                other = [k for k in lumps if k not in near]
                seen["empty" if kind == "none" else "films"] += 1
                seen["marks on empty" if kind == "none" else "other"] += len(other)
                for k in other:
                    seen["on " + zone_of(made, k)] += 1
                named = bool(near) and near[0].outline.word == kind
                seen["located"] += bool(near)
                seen["named"] += named
                if near and not named:
                    words[f"{kind} -> {near[0].outline.word}"] += 1
                if kind != "none" and not near:
                    missed[kind] += 1
                if folder is not None and (other or (kind != "none" and not named)):
                    draw(made, found, Path(folder) / f"{scene}-{kind}-{seed}.png")
        total += seen
        _tell(scene, seen)
        print(f"    not found: {dict(missed)}; misnamed: {dict(words)}", flush=True)
    _tell("all scenes", total)


def _tell(name: str, seen: Counter[str]) -> None:
    films, empty = max(seen["films"], 1), max(seen["empty"], 1)
    on = {k: v for k, v in seen.items() if k.startswith("on ")}
    print(
        f"{name}: located {seen['located'] / films:.0%}, named {seen['named'] / max(seen['located'], 1):.0%} "
        f"of those, other marks a film {seen['other'] / films:.2f}, on empty films "
        f"{seen['marks on empty']}/{empty}; {on}; metal told {seen['metal told']}, no shaft {seen['no shaft']}"
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    study(
        *(int(v) for v in given[:2]),
        folder=given[3] if given[2:3] == ["pictures"] else None,
        only=given[4] if len(given) > 4 else None,
    )
