"""What real slides bring, one thing at a time and all together, on made fields with exact truth.

    python -m validate.section_real_world [FIRST_SEED [FIELDS]] [--only NAME] [--show FOLDER]

A row for each stain and condition: mean absolute error in points, worst, bias, how often the truth lies
within the interval, deposits for each mm2, what was said without being asked for. The fields are made
(validate/section_scene.py); none of this is a sensitivity on real tissue. Seeds below 100 are for
development, figures are reported on 5000 and above.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage as ndi

from kossa.evidence import NothingUsable, Stain
from kossa.section.glass import fit_glass
from kossa.section.overlay import overlay_png
from kossa.section.reading import SectionExamination, examine
from kossa.section.recipe import densities
from kossa.section.recognise import guess
from kossa.section.slide import Block
from kossa.section.told import CERTAIN
from validate.section_scene import COUNTERSTAINS, Scene, made_scene

STAINS = {"von_kossa": Stain.VON_KOSSA, "alizarin": Stain.ALIZARIN_RED, "h_and_e": Stain.HE}
LEAST_UM = 6.0  # diameter of deposits that every size of pixel resolves: 3 pixels of 2 um
SLACK = 0.05  # points by which an interval may miss, as in validate/section.py
CAVEATS = {
    "little-glass", "dark-picture", "strong-cast", "out-of-focus", "jpeg-artefacts", "too-coarse", "too-dense",
    "too-pale", "colours-do-not-fit", "no-tissue", "black-border", "dark-on-glass", "pen", "ring", "fold", "pigment", "brown-cast",
}  # fmt: skip
PIGMENT_WORDS = {
    "pigment",
    "brown-cast",
    "colours-do-not-fit",
    "dark-on-glass",
    "pen",
    "what-the-stain-shows",
}


def conditions(stain: str) -> dict[str, Scene]:
    """Every switch alone, then the usual ones together."""
    plain = Scene(real_silver=stain == "von_kossa")
    out = {"plain": plain}
    if stain == "von_kossa":
        out["Beer-Lambert silver"] = Scene()
    for counter in COUNTERSTAINS[stain][1:]:
        out[f"counterstain {counter}"] = replace(plain, counter=counter)
    out |= {f"JPEG {q}": replace(plain, jpeg=q) for q in (95, 80, 60)}
    out["warm cast"] = replace(plain, cast=(1.0, 0.9, 0.72))
    out["strong warm cast"] = replace(plain, cast=(1.0, 0.8, 0.55))
    out["blue cast"] = replace(plain, cast=(0.84, 0.93, 1.0))
    out["sRGB curve"] = replace(plain, srgb=True)
    out["vignette 20 %"] = replace(plain, vignette=0.2)
    out["vignette 40 %"] = replace(plain, vignette=0.4)
    out["slope 20 %"] = replace(plain, slope=0.2)
    out |= {f"out of focus {b:g} px": replace(plain, defocus=b) for b in (0.5, 1.0, 2.0, 3.0)}
    out["colours shifted 1 px"] = replace(plain, shift=1.0)
    out["noise x 3"] = replace(plain, noise=3.6)
    out["white clipped"] = replace(plain, white=275.0)
    out["black border"] = replace(plain, border=True)
    out["tears"] = replace(plain, tears=True)
    out["bubbles"] = replace(plain, bubbles=True)
    out["fold"] = replace(plain, fold=True)
    out["dust"] = replace(plain, dust=True)
    out["blue pen"] = replace(plain, pen="blue_ink")
    out["red ink"] = replace(plain, pigment="red_ink")
    out["thick x 1.5"] = replace(plain, thick=1.5)
    out["pale x 0.6"] = replace(plain, thick=0.6)
    out["bone, 40 %"] = replace(plain, layout="bone")
    out["all mineral"] = replace(plain, layout="all_mineral", glass=False)
    out["all tissue"] = replace(plain, glass=False)
    out["all glass"] = replace(plain, layout="glass")
    out["tiny, 2-3 px"] = replace(plain, layout="tiny", share=0.005)
    out["large, at the edge"] = replace(plain, layout="large", share=0.2)
    out |= {f"{p}": replace(plain, pigment=p) for p in ("iron", "melanin", "formalin", "carbon")}
    out |= {f"{um:g} um a pixel": replace(plain, um=um) for um in (0.25, 1.0, 2.0)}
    out["all together"] = replace(
        plain, jpeg=80, cast=(1.0, 0.94, 0.82), vignette=0.2, slope=0.1, defocus=0.8, shift=0.5, noise=2.0,
        dust=True, tears=True, thick=1.2,
    )  # fmt: skip
    return out


@dataclass
class Tally:
    """What the fields of one condition gave."""

    errors: list = field(default_factory=list)
    held: list = field(default_factory=list)
    counts: list = field(default_factory=list)
    empty: list = field(default_factory=list)
    told: list = field(default_factory=list)
    wrong_stain: int = 0
    silent: int = 0
    no_figure: int = 0
    called: int = 0

    def line(self, name: str) -> str:
        e = np.array(self.errors) if self.errors else np.array([np.nan])
        counts = f"{100 * np.mean(self.counts):+4.0f} %" if self.counts else "     -"
        empty = f"{max(self.empty):5.2f}" if self.empty else "    -"
        share = f"{sum(self.held)}/{len(self.held)}"
        codes = " ".join(sorted({c for t in self.told for c in t}))
        return (
            f"{name:26s} {np.abs(e).mean():6.2f} {np.abs(e).max():6.2f} {e.mean():+6.2f}  {share:>5s}  {counts}"
            f"  {empty}  {self.called:2d} {self.no_figure:2d} {self.wrong_stain:2d} {self.silent:2d}  {codes}"
        )


def resolved(truth, um: float) -> float:
    """Deposits of at least `LEAST_UM` across."""
    labels, count = ndi.label(truth, np.ones((3, 3)))
    area = np.bincount(labels.ravel(), minlength=count + 1)[1:] * um * um
    return float((2 * np.sqrt(area / np.pi) >= LEAST_UM).sum())


def scored(exam: SectionExamination, truth, tissue, scene: Scene, stain: str, tally: Tally) -> None:
    percent, reading = exam.reading.mineral_percent, exam.reading
    codes = {n.code for n in reading.notices}
    tally.told.append(codes & CAVEATS)
    true = 100.0 * truth.sum() / max(tissue.sum(), 1)
    called = any(f.id == "score_mineral_area_percent" and (f.value or 0) > 0 for f in reading.findings)
    tally.called += called
    if percent.value is None:
        tally.no_figure += 1
        return
    tally.errors.append(percent.value - true)
    tally.held.append(percent.low - SLACK <= true <= percent.high + SLACK)
    if true == 0:
        tally.empty.append(percent.value)
    else:
        said = sum(s >= LEAST_UM for s in reading.sizes)
        tally.counts.append(said / max(resolved(truth, scene.um), 1.0) - 1.0)
    if scene.pigment and called and abs(percent.value - true) > 0.5:
        tally.silent += not codes & (
            PIGMENT_WORDS if stain == "von_kossa" else PIGMENT_WORDS - {"what-the-stain-shows"}
        )


def recognised(picture) -> Stain | None:
    """Return the stain that a picture whose stain was not told is read with, None where it is asked for."""
    block = Block(0, 0, picture)
    glass = fit_glass([block], picture.shape[:2], even=False)
    seen = guess(densities(block, glass, picture.shape[:2]))
    return seen.stain if seen.certainty >= CERTAIN else None


def run(stain: str, name: str, scene: Scene, seeds: range, folder: Path, show: Path | None) -> Tally:
    tally = Tally()
    for seed in seeds:
        picture, truth, tissue = made_scene(seed, stain, scene)
        path = folder / "field.png"
        Image.fromarray(picture).save(path)
        seen = recognised(picture)
        tally.wrong_stain += seen is not None and seen is not STAINS[stain]
        try:
            exam = examine(path, stain=STAINS[stain], um_per_px=scene.um)
        except NothingUsable:
            tally.no_figure += 1
            continue
        scored(exam, truth, tissue, scene, stain, tally)
        if show:
            stem = f"{stain}_{name}_{seed}".replace(" ", "_").replace("%", "").replace(",", "")
            (show / f"{stem}.png").write_bytes(overlay_png(exam))
            rim = ndi.binary_dilation(truth, iterations=1) & ~truth
            picture = picture.copy()
            picture[rim] = (0, 255, 0)
            Image.fromarray(picture).save(show / f"{stem}_truth.png")
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", nargs="?", type=int, default=5000)
    parser.add_argument("fields", nargs="?", type=int, default=4)
    parser.add_argument("--only", default="")
    parser.add_argument("--stain", default="")
    parser.add_argument("--show", type=Path)
    given = parser.parse_args()
    if given.show:
        given.show.mkdir(parents=True, exist_ok=True)
    seeds = range(given.first, given.first + given.fields)
    whole = Tally()
    with tempfile.TemporaryDirectory() as name:
        for stain in STAINS:
            if given.stain not in stain:
                continue
            print(
                f"\n{stain}, seeds {seeds.start}-{seeds.stop - 1}\n{'':26s}   mean  worst   bias   held  per mm2"
                "  empty  called, no figure, wrong stain, pigment silent; caveats"
            )
            for condition, scene in conditions(stain).items():
                if any(word in condition for word in given.only.split(",")):
                    tally = run(stain, condition, scene, seeds, Path(name), given.show)
                    print(tally.line(condition), flush=True)
                    for kept in ("errors", "held", "counts", "empty"):
                        getattr(whole, kept).extend(getattr(tally, kept))
                    for kept in ("called", "no_figure", "wrong_stain", "silent"):
                        setattr(whole, kept, getattr(whole, kept) + getattr(tally, kept))
    print(whole.line("\neverything"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
