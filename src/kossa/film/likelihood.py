"""What a spot's figures say: how much likelier a deposit shows them than the film itself does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.film.spots import Spots

__all__ = ["COEFFICIENTS", "NAMES", "figures", "log_ratio"]

Floats = npt.NDArray[np.float64]

WEAK, CLEAR = (
    3.5,
    5.5,
)  # rise in the finest band: counts in two pieces, and beyond CLEAR says no more; judgement
SECOND = 5.0  # rise in the second band beyond which it says no more; judgement
BROAD = (-1.0, 4.0)  # the same of the broadest: a bright large deposit rises there as tissue does; judgement
LINE = (-0.2, 1.2)  # range of the share of a line; judgement

# Names of the columns of `figures`, and what each adds to the natural log of the odds. `python -m
# validate.film spots` trains them on made groups in the films of two women, deposits and noise weighing
# alike, and tells how those of either woman do on the other.
NAMES = ("finest to 3.5", "finest to 5.5", "second", "broadest", "line", "round")
COEFFICIENTS = (-11.14, 3.09, 1.57, 0.04, -0.4, -5.67, 2.23)  # the constant first


def figures(spots: Spots) -> Floats:
    """Return (n, 6) what is told of every spot: rise by band, share of a line, roundness."""
    finest = spots.rise[:, 0]
    return np.column_stack(
        [
            np.minimum(finest, WEAK),
            np.clip(finest - WEAK, 0, CLEAR - WEAK),
            np.clip(spots.rise[:, 1], 0, SECOND),
            np.clip(spots.rise[:, 2], *BROAD),
            np.clip(spots.line, *LINE),
            spots.round,
        ]
    )


def log_ratio(spots: Spots, coefficients: tuple[float, ...] = COEFFICIENTS) -> Floats:
    """Return (n,) the natural log of how much likelier a deposit is than noise; constant first."""
    return np.asarray(coefficients[0] + figures(spots) @ np.array(coefficients[1:]))
