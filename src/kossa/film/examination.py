"""What reading a film gives back: the reading, and the picture that marks are drawn on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence import FilmReading

__all__ = ["FilmExamination"]


@dataclass(frozen=True, eq=False)
class FilmExamination:
    """`pixels` float32 (y, x), dense is bright, in grey levels of 255; places of `reading` are its pixels.

    `spacing_mm` is that of a pixel, None where it is not known. `body` (y, x) bool tells, on the same
    pixels coarsened by `body_block`, where marks were looked for. `burned_in` is what the file says of words
    within the picture, None where it does not say.
    """

    reading: FilmReading
    pixels: npt.NDArray[np.float32]
    spacing_mm: float | None
    body: npt.NDArray[np.bool_] | None = None
    body_block: int = 1
    burned_in: bool | None = None
