"""From the numbers of a group's marks to one BI-RADS word, and to whether its form is typically benign.

The words and limits: films_and_sections.md 3.1 (BI-RADS, 5th edition, by way of the HL7 breast radiology
guide); the cuts between words that it leaves open are marked judgement and were set on made clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kossa.evidence import Category
from kossa.film.measure import Mark
from kossa.film.signs import POPCORN_MM, ROD_MM, STEEP, THIN, area_share, benign_sign, is_line

__all__ = ["Form", "distribution_of", "form_of", "word_of"]

LINEAR_SHARE, LINEAR_AREA = 0.25, 0.4  # of the marks, or of their area, that is lines; judgement
SMALL_MM = 0.5  # fine below, coarse from here on
DYSTROPHIC_MM = 1.0  # coarser than coarse heterogeneous
HAZY = 9.0  # median z below which small marks count as hazy; judgement
HAZY_STEEP = 4.5  # slope of edges below which larger faint marks do so too; judgement
EVEN = 0.21  # spread of sizes and of heights together of marks that are alike; judgement
ROUND, DOT = 1.18, 1.25  # median elongation of round marks, and of dots whose pixels blur it; judgement
FEW = 3  # marks from which on a group has a form: some call as many in 1 cm2 a cluster (same page, 3.1)
GROUP = 5  # marks make a group of their own beside a large one; films_and_sections.md 3.1
COARSE_MM, COARSE_PX = 0.15, 5.0  # on coarser pixels a form needs as many across (issue: 200 um)
LINE_RATIO = 4.0  # axis ratio from which on a distribution is linear; films_and_sections.md 8.7
REGIONAL_MM = 20.0  # larger than grouped

SUSPICIOUS = {"amorphous", "coarse_heterogeneous", "fine_pleomorphic", "fine_linear"}
OF_MANY = SUSPICIOUS - {"fine_linear"}  # words for how the marks of a group differ: one or two show none
BENIGN = {"vascular", "rim", "lucent_centred", "popcorn", "large_rod_like", "dystrophic"}

PATTERNS = {
    "vascular": ("pattern_mammo_vascular", "pattern_tram_track"),
    "rim": ("pattern_rim",),
    "lucent_centred": ("pattern_lucent_center",),
    "popcorn": ("pattern_popcorn",),
    "large_rod_like": ("pattern_rod",),
    "dystrophic": ("pattern_coarse_dystrophic",),
    "round": ("pattern_mammo_round",),
    "punctate": ("pattern_mammo_punctate",),
    "amorphous": ("pattern_mammo_amorphous",),
    "coarse_heterogeneous": ("pattern_coarse_heterogeneous",),
    "fine_pleomorphic": ("pattern_fine_pleomorphic",),
    "fine_linear": ("pattern_fine_linear",),
}


@dataclass(frozen=True, slots=True)
class Form:
    """A BI-RADS word (None: none can be given), what it counts as, and the numbers behind it."""

    word: str | None
    category: Category
    because: str
    patterns: tuple[str, ...] = ()


def form_of(marks: Sequence[Mark], pixel_mm: float) -> Form:
    """Describe a group of marks whose pixels measure `pixel_mm`."""
    sizes = np.array([m.diameter for m in marks]) * pixel_mm
    sign = benign_sign(marks, pixel_mm)
    if sign is not None:
        return _beside(marks, sizes, pixel_mm, sign) or _form(*sign)
    across = float(np.median(sizes)) / pixel_mm
    if pixel_mm > COARSE_MM and across < COARSE_PX:
        return Form(
            None,
            Category.INDETERMINATE,
            f"spacing too coarse: marks of {np.median(sizes):.2f} mm are {across:.1f} pixels "
            f"of {pixel_mm:.2f} mm, which show no form",
        )
    word, because = _small_sign(marks, sizes, pixel_mm)
    if len(marks) < FEW and word in OF_MANY:
        many = "1 mark stands" if len(marks) == 1 else f"{len(marks)} marks stand"
        return _form(None, f"{many} out, too few for the form of a group; {because}")
    if pixel_mm > COARSE_MM and word == "fine_linear":
        because = f"spacing too coarse to tell fine lines from the wall of a vessel or a rod: {because}"
        word = None
    return _form(word, because)


def _beside(marks: Sequence[Mark], sizes: np.ndarray, pixel_mm: float, sign: tuple[str, str]) -> Form | None:
    """Return the form of distinct small marks that lie with a benign one, where it is the more worrying."""
    small = [m for m, d in zip(marks, sizes, strict=True) if d < SMALL_MM and m.z >= HAZY]
    if sign[0] == "vascular" or len(small) < GROUP or pixel_mm > COARSE_MM:
        return None
    word, why = _small_sign(small, np.array([m.diameter for m in small]) * pixel_mm, pixel_mm)
    return _form(word, f"{why}; beside them lies {sign[1]}") if word in SUSPICIOUS else None


def word_of(mark: Mark, pixel_mm: float) -> str | None:
    """Return the word for one mark alone, None where its form says nothing."""
    found = benign_sign([mark], pixel_mm)
    return None if found is None else found[0]


def _form(word: str | None, because: str) -> Form:
    if word is None:
        return Form(None, Category.INDETERMINATE, because)
    if word in BENIGN:
        category = Category.TYPICALLY_BENIGN
    else:
        category = Category.SUSPICIOUS if word in SUSPICIOUS else Category.INDETERMINATE
    patterns = PATTERNS[word]
    if category is Category.SUSPICIOUS:
        patterns = (*patterns, "pattern_mammo_suspicious")
    return Form(word, category, because, patterns)


def _spread(values: np.ndarray) -> float:
    """Return the deviation over the median, from the 10th and 90th percentile of a normal spread.

    One pair of dots that merged does not change it.
    """
    low, median, high = np.percentile(values, [10, 50, 90])
    return float((high - low) / 2.56 / max(median, 1e-6))


def _small_sign(marks: Sequence[Mark], sizes: np.ndarray, pixel_mm: float) -> tuple[str | None, str]:
    """Return the word for many small marks, None where they show no form."""
    count, median = len(marks), float(np.median(sizes))
    shape = float(np.median([m.elongation for m in marks]))
    fine = [is_line(m) and m.calibre * pixel_mm < ROD_MM * THIN for m in marks]
    lines = sum(fine)
    z = float(np.median([m.z for m in marks]))
    told = f"{count} mark{'s' if count > 1 else ''}, median diameter {median:.2f} mm"
    if lines >= 2 and (lines >= LINEAR_SHARE * count or area_share(marks, fine) >= LINEAR_AREA):
        return "fine_linear", (
            f"{told}; {lines} of them are thinner than {ROD_MM * THIN:.2f} mm and long for it, straight or "
            "branching"
        )
    spread, varied = _spread(sizes), _spread(np.array([m.height for m in marks]))
    even = np.hypot(spread, varied) < EVEN and shape < (ROUND if median >= SMALL_MM else DOT)
    figures = (
        f"{told}; diameters vary by {spread:.0%}, heights by {varied:.0%}; half of them are more than "
        f"{shape:.1f} times as long as wide; their tops stand {z:.0f} times the noise of the film above "
        "the ground"
    )
    steep = float(np.median([m.steep for m in marks]))
    thick = float(np.median([m.calibre for m in marks])) * pixel_mm
    word, why = _small_word(median, thick, z, steep, even=bool(even), count=count)
    return word, f"{figures}; {why}"


def _small_word(  # noqa: PLR0911 - one return a word
    median: float, thick: float, z: float, steep: float, *, even: bool, count: int
) -> tuple[str | None, str]:
    """Return the word for marks of this median diameter and calibre in mm and height in noise, and why."""
    if median >= DYSTROPHIC_MM and thick >= SMALL_MM and steep >= STEEP:
        return "dystrophic", f"larger than {DYSTROPHIC_MM:g} mm with sharp edges"
    if median >= POPCORN_MM:
        return None, "so large and with edges so soft that this may be tissue"
    if z < HAZY and (median < SMALL_MM or steep < HAZY_STEEP):
        return "amorphous", f"faint (below {HAZY:g} times the noise) and small or without a sharp edge"
    if median >= SMALL_MM:
        if even:
            return "round", f"round and alike, {SMALL_MM:g} mm or larger"
        return "coarse_heterogeneous", f"{SMALL_MM:g} mm or larger, and uneven in size or form"
    if even and count >= 3:
        return "punctate", f"round and alike, smaller than {SMALL_MM:g} mm"
    return "fine_pleomorphic", f"distinct, smaller than {SMALL_MM:g} mm, and uneven in size or form"


def distribution_of(marks: Sequence[Mark], pixel_mm: float) -> str:
    """Return grouped, linear or regional; segments and ducts are not told from one picture."""
    places = np.array([[m.y, m.x] for m in marks]) * pixel_mm
    if len(places) < 3:
        return "grouped"
    centred = places - places.mean(0)
    long, wide = (4 * np.linalg.svd(centred, compute_uv=False) / np.sqrt(len(places)))[:2]
    if len(places) >= 4 and long > LINE_RATIO * wide:
        return "linear"
    return "regional" if np.ptp(places, axis=0).max() > REGIONAL_MM else "grouped"
