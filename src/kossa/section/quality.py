"""What the picture does to its figures: blur, compression, coloured or missing light, coarse pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.evidence import Notice, Severity
from kossa.section.deposits import LEAST_PIXELS
from kossa.section.frame import Frame
from kossa.section.glass import WHITE, Glass
from kossa.section.recipe import Recipe
from kossa.section.slide import Block

__all__ = ["blockiness", "blur_px", "quality_notices"]

Floats = npt.NDArray[np.float64]

STEP = 0.3  # of the light: edges of so much tell how wide they are (judgement)
EDGES = 20  # of them at the least
STEEPEST = 0.25  # quantile of widths: tissue's own soft edges are wider than the lens's (judgement)
BLURRED = 1.6  # pixels (standard deviation): scans in focus gave 0.6 to 1.2 on made fields (judgement)
BLOCKS, BLOCKY = 8, 1.06  # JPEG's squares; steps at their borders over steps elsewhere (judgement: pictures
# that were never compressed give 0.98 to 1.02)
COARSE_UM = 1.5  # a pixel: nuclei have 4 pixels there, and deposits of 3 um are one (judgement)
LOOKED_AT, LEAST_SIDE = 4, 64  # blocks of the sample, and their pixels a side (judgement: what a picture's
# size leaves over at its border is too narrow to tell of edges)


def blur_px(blocks: Sequence[Block], glass: Glass) -> float | None:
    """Return the standard deviation of the blur in pixels, None where there are no clear edges.

    A step blurred by a Gaussian is steepest by its height over sigma times the root of 2 pi.
    """
    widths: list[Floats] = [np.zeros(0)]
    for block in _large(blocks):
        light = block.pixels[..., 1].astype(np.float64) / glass.light[1, 0]
        height = ndi.maximum_filter(light, 11) - ndi.minimum_filter(light, 11)
        slope = np.hypot(*np.gradient(light))
        edge = (slope >= ndi.maximum_filter(slope, 5)) & (height > STEP) & (slope > 0.01)
        widths.append(height[edge] / (slope[edge] * np.sqrt(2.0 * np.pi)))
    found = np.concatenate(widths)
    if found.size < EDGES:
        return None
    # a slope is taken over two pixels, which adds a third of a square pixel
    return float(np.sqrt(max(float(np.quantile(found, STEEPEST)) ** 2 - 1.0 / 3.0, 0.0)))


def _large(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks that are looked at."""
    return [block for block in blocks if min(block.pixels.shape[:2]) >= LEAST_SIDE][:LOOKED_AT]


def blockiness(blocks: Sequence[Block]) -> float:
    """Return the steps of light at every eighth column and row over those elsewhere; 0 where none is seen."""
    at, elsewhere = [], []
    for block in _large(blocks):
        light = block.pixels.astype(np.float64).sum(axis=2)
        for axis, corner in ((0, block.y), (1, block.x)):
            # tissue's own steps are the same at borders and elsewhere, but for strong ones, which are few
            step = np.abs(np.diff(light, axis=axis))
            step = np.minimum(step, 12.0).mean(axis=1 - axis)
            border = (np.arange(step.size) + corner + 1) % BLOCKS == 0
            at.append(step[border].mean())
            elsewhere.append(step[~border].mean())
    return float(np.mean(at) / max(float(np.mean(elsewhere)), 1e-6)) if at else 0.0


def quality_notices(
    blocks: Sequence[Block], recipe: Recipe, frame: Frame, um: float | None
) -> tuple[Notice, ...]:
    """Return what is to be said of the picture before its figures are believed."""
    return (*_of_light(recipe, frame), *_of_sharpness(blocks, recipe.glass, um))


def _of_light(recipe: Recipe, frame: Frame) -> list[Notice]:
    out, glass = [], recipe.glass
    if any(frame):
        widths = ", ".join(str(w) for w in frame)
        out.append(
            _notice(
                "black-border",
                Severity.INFO,
                f"A black frame lies around the picture (top, bottom, left, right: {widths} pixels).",
                done="It was left out, as was never scanned.",
            )
        )
    if glass.dark:
        out.append(
            _notice(
                "dark-picture",
                Severity.WARNING,
                "Even the brightest part of this picture is dark and no glass shows: either all of it is "
                "stained, or it was exposed too little. The two cannot be told apart.",
                done="A usual exposure was assumed, and nothing is called mineral.",
                todo="Take the picture so that empty glass shows, or a blank field with the same exposure.",
            )
        )
    elif not glass.assumed and glass.tint < WHITE:
        out.append(
            _notice(
                "strong-cast",
                Severity.WARNING,
                f"The light of the glass is coloured: its weakest colour has {100 * glass.tint:.0f} % of its "
                "strongest.",
                done="Every colour was measured against the glass.",
                todo="Set the white balance on empty glass before the picture is taken.",
            )
        )
    if recipe.doubted_level is not None:
        out.append(
            _notice(
                "too-pale",
                Severity.WARNING,
                "Pale tissue could not be told from glass. Every share is of the whole picture: the least "
                "that the share of the tissue can be. Where much of the picture is glass, it is higher.",
                done="The interval reaches from there to the share of what is certainly tissue.",
                todo="Use a counterstain, take a picture with empty glass in it, or cut it to the tissue.",
            )
        )
    return out


def _of_sharpness(blocks: Sequence[Block], glass: Glass, um: float | None) -> list[Notice]:
    out = []
    blur = blur_px(blocks, glass)
    if blur is not None and blur >= BLURRED:
        size = f" ({2.4 * blur * um:.1f} um)" if um else ""
        out.append(
            _notice(
                "out-of-focus",
                Severity.WARNING,
                f"The picture is blurred (standard deviation {blur:.1f} pixels): deposits narrower than "
                f"{2.4 * blur:.0f} pixels{size} are lost, joined or made paler.",
                todo="Focus and take it again; do not compare numbers of deposits with a sharp picture.",
            )
        )
    if blockiness(blocks) >= BLOCKY:
        out.append(
            _notice(
                "jpeg-artefacts",
                Severity.INFO,
                "The picture was compressed (JPEG): the colours of small deposits run into their "
                "surroundings, and the smallest are missed.",
                todo="Export it without loss where small deposits matter.",
            )
        )
    if um is not None and um >= COARSE_UM:
        least = 2.0 * um * (LEAST_PIXELS / np.pi) ** 0.5
        out.append(
            _notice(
                "too-coarse",
                Severity.WARNING,
                f"With {um:g} um a pixel deposits below {least:.1f} um are not counted, and neighbours join.",
                todo="Compare numbers of deposits only with pictures of the same size of pixel.",
            )
        )
    return out


def _notice(code: str, severity: Severity, what: str, *, done: str = "", todo: str = "") -> Notice:
    return Notice(code=code, severity=severity, what=what, done=done, todo=todo)
