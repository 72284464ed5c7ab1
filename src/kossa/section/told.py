"""What is told of a section, given in the call, or recognised: stain, size of a pixel, place."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kossa.evidence import Finding, Notice, Refused, Severity, Side, Stain, State, WrongCall
from kossa.intake.entry import Entry
from kossa.section.describe import MINERAL
from kossa.section.figures import Spacing
from kossa.section.recognise import Guess
from kossa.section.slide import Slide
from kossa.section.stain import RULES

__all__ = ["check_given", "place_of", "spacing_of", "stain_of"]

NAMED = 0.2  # a likelier stain than this is named where it is asked for (judgement)
CERTAIN = 0.8  # below, a stain is asked for and not guessed (issue: untagged pictures)
#: um of a pixel that a microscope's camera or a slide scanner may have; else it is dots an inch (judgement)
FINEST_UM, COARSEST_UM = 0.02, 15.0
WIDEST_UM = 100.0  # that is believed where a person says so: a photograph through a lens (judgement)
TOLD_PLACE = 0.9  # certainty of the place that is told beside a picture (judgement)
PLACE = "place of the tissue, told beside the picture"


def check_given(um_per_px: float | None) -> None:
    """Raise `WrongCall` where a number given in the call is no length of a pixel."""
    if um_per_px is None:
        return
    if not (math.isfinite(um_per_px) and um_per_px > 0):
        raise WrongCall(f"um_per_px = {um_per_px} is no length above 0; leave it out where it is not known.")
    if not FINEST_UM <= um_per_px <= WIDEST_UM:
        raise WrongCall(
            f"A pixel of {um_per_px:g} um is no microscope's; give {FINEST_UM:g} to {WIDEST_UM:g} um, "
            "or leave it out where it is not known."
        )


def place_of(entry: Entry, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return where the tissue was taken, if that is told and mineral was seen in it."""
    site = entry.told.site if entry.told else None
    mineral = (f.id in MINERAL and f.state is State.PRESENT for f in findings)
    if site is None or not any(mineral):
        return ()
    side = entry.told.side if entry.told and entry.told.side is not None else Side.UNKNOWN
    return (Finding(id=site, certainty=TOLD_PLACE, side=side, words=PLACE, source=entry.source()),)


def stain_of(told: Stain | None, seen: Guess, *, untold: bool) -> tuple[Stain, str]:
    """Return the stain and how it is known; raises `Refused` where it is neither told nor certain."""
    if told is not None and told is not Stain.UNKNOWN and not untold:
        return told, "told"
    if seen.certainty < CERTAIN or seen.stain is Stain.UNKNOWN:
        likely = (
            f"; the likeliest is {RULES[seen.stain].name}, with certainty {seen.certainty:.2f}"
            if seen.stain in RULES and seen.certainty >= NAMED
            else "; none of the three is likely"
        )
        raise Refused(
            "stain-unknown",
            f"The stain of this picture was not told and is not certain by its colours{likely}. "
            "Say which it is: von_kossa, alizarin_red or h_and_e.",
        )
    return seen.stain, "recognised"


def spacing_of(entry: Entry, slide: Slide, um: float | None) -> tuple[Spacing, list[Notice]]:
    """Return um per pixel: given, from the sidecar, or the file's where it can be a microscope's."""
    if um is not None:
        return Spacing(um, "given"), []
    beside = entry.told.um_per_px if entry.told else None
    if beside is not None and FINEST_UM <= beside <= WIDEST_UM:
        return Spacing(beside, "sidecar"), []
    if beside is not None:
        return Spacing(None, None), [
            _warn(
                f"The TOML beside the picture says {beside:g} um a pixel, which is no microscope's: lengths "
                "are in pixels, and there is no number for each mm2.",
                f"Give um_per_px between {FINEST_UM:g} and {WIDEST_UM:g}.",
            )
        ]
    claimed = slide.info.um_per_px
    if claimed is not None and FINEST_UM <= claimed <= COARSEST_UM:
        return Spacing(claimed, "file"), []
    why = (
        "The file names no size of its pixels"
        if claimed is None
        else f"The file claims {claimed:.4g} um a pixel, which is a screen's or printer's and no microscope's"
    )
    return Spacing(None, None), [
        _warn(
            f"{why}: lengths are in pixels, and there is no number for each mm2.",
            "Give um_per_px, or a NAME.toml beside the picture with um_per_px.",
        )
    ]


def _warn(what: str, todo: str) -> Notice:
    return Notice(code="spacing-unknown", severity=Severity.WARNING, what=what, todo=todo)
