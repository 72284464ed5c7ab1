"""A person's laboratory results as a serum for the simulation."""

from __future__ import annotations

from collections.abc import Sequence

from kossa.blood.saturation import serum_values
from kossa.chemistry.serum import free_calcium
from kossa.evidence import Result, WrongCall
from kossa.process.serum import Serum, person_serum

__all__ = ["serum_of"]


def serum_of(results: Sequence[Result], *, uraemic: bool = False) -> Serum:
    """Return the serum that these results describe; what they do not tell is that of a normal serum.

    Raises `WrongCall` where phosphate, or calcium in a form that can be used, is missing.
    """
    values = serum_values(results)
    if "phosphate" not in values:
        raise WrongCall("--labs: a serum needs phosphate; the results hold none that can be used")
    if "ionised" in values:
        free = values["ionised"]
    elif "total" in values and "albumin_g_l" in values:
        free = free_calcium(
            values["total"],
            albumin_g_l=values["albumin_g_l"],
            bicarbonate=values.get("bicarbonate"),
            phosphate=values["phosphate"],
        ).free
    else:
        raise WrongCall("--labs: a serum needs ionised calcium, or total calcium with albumin")
    return person_serum(
        free,
        values["phosphate"],
        magnesium=values.get("magnesium"),
        total_co2=values.get("bicarbonate"),
        sodium=values.get("sodium"),
        potassium=values.get("potassium"),
        uraemic=uraemic,
    )
