"""What a result was measured in, as far as its row or record says: blood, urine or something else."""

from __future__ import annotations

import re
from functools import cache

from kossa.blood.analytes import Analyte, rows
from kossa.blood.row import Reading
from kossa.evidence import Severity

__all__ = ["fluid", "of_other_fluid"]

_BOTH = frozenset({"urine_ca_cr_ratio"})  # computed from blood and urine


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((r["fluid"], re.compile(r["words"], re.IGNORECASE)) for r in rows("specimens.csv"))


def fluid(words: str) -> str | None:
    """Return blood, urine or other; None where the words name none of them, or two."""
    met = {kind for kind, pattern in _table() if pattern.search(words.strip())}
    return met.pop() if len(met) == 1 else None


def _expected(analyte: Analyte) -> str:
    return "urine" if "urine" in analyte.id else "blood"


def of_other_fluid(reading: Reading) -> bool:
    """Say whether a result is of another fluid than its test is judged in, which is told.

    The ranges, bands and findings of a test are those of blood (of urine for a test of urine): calcium
    of 5 mmol/L in urine is no emergency.
    """
    row, analyte = reading.row, reading.analyte
    words = row.specimen.strip()
    if analyte is None or not words or analyte.id in _BOTH:
        return False
    found, expected = fluid(words), _expected(analyte)
    if found == expected:
        return False
    if found is None:
        if any(map(str.isalpha, words)):
            reading.tell(
                "specimen-unknown",
                f"the sample that is named for {row.name} is not known here",
                f"It was taken for {expected}.",
                "Check what it was measured in.",
                Severity.INFO,
            )
        return False
    meant = "urine" if found == "urine" else "blood" if found == "blood" else "another material"
    reading.tell(
        "other-specimen",
        f"{row.name} was measured in {meant}, and is judged here in {expected} only",
        "It is shown and not weighed.",
        "If the sample was named wrongly, correct it and read again.",
    )
    return True
