"""The saturation of a person's serum with calcium phosphate, as two derived values.

How far the serum lies above the solubility of octacalcium phosphate, and the tissue pH at which the same
fluid becomes dangerous; the databases differ by what is told as the interval. Where the results do not
suffice, or lie outside of living serum, the reason stands in the value's place.
"""

from __future__ import annotations

from collections.abc import Sequence

from kossa.blood.series import current
from kossa.chemistry.serum import SerumSaturation, serum_saturation
from kossa.evidence import OutsideDomain, Result
from kossa.evidence.words_reading import Derived, Reliability

__all__ = ["saturation_of", "serum_values"]

NAMES = {
    "calcium_ionized": "ionised",
    "calcium_total": "total",
    "albumin": "albumin_g_l",
    "phosphate": "phosphate",
    "magnesium": "magnesium",
    "bicarbonate": "bicarbonate",
    "sodium": "sodium",
    "potassium": "potassium",
}
FORMULA = "log10(ion activity product / solubility product), direct speciation at 37 C"
SOURCE = "minteq.v4 with the phases of chemistry/data/phases.csv"


def serum_values(results: Sequence[Result]) -> dict[str, float]:
    """Return the newest sound number, in SI, of each test that a serum is made of."""
    newest = current(r for r in results if r.sound and r.value_si is not None and r.analyte in NAMES)
    return {NAMES[name]: r.value_si for name, r in newest.items() if r.value_si is not None}


def saturation_of(results: Sequence[Result]) -> tuple[Derived, ...]:
    """Return the saturation index and the dangerous tissue pH; nothing where no calcium was measured."""
    values = serum_values(results)
    if not {"ionised", "total"} & set(values):
        return ()
    inputs = tuple(sorted(values))
    phosphate = values.pop("phosphate", None)
    if phosphate is None:
        return (_refused("needs phosphate", inputs),)
    try:
        found = serum_saturation(phosphate, **values)
    except OutsideDomain as outside:
        return (_refused(str(outside), inputs),)
    return (_index(found, inputs), _ph(found, inputs))


def _refused(reason: str, inputs: tuple[str, ...]) -> Derived:
    return Derived(
        name="saturation_octacalcium_phosphate",
        value=None,
        unit="1",
        formula=FORMULA,
        source=SOURCE,
        inputs=inputs,
        reliability=Reliability.NONE,
        reason=reason,
    )


def _assumed(found: SerumSaturation) -> str:
    return f"; assumed: {', '.join(found.assumed)}" if found.assumed else ""


def _index(found: SerumSaturation, inputs: tuple[str, ...]) -> Derived:
    spread = found.spread["OCP"]
    return Derived(
        name="saturation_octacalcium_phosphate",
        value=found.index["OCP"],
        unit="1",
        formula=f"{FORMULA}; databases differ by {spread:.1f} each way{_assumed(found)}",
        source=SOURCE,
        inputs=inputs,
        reliability=Reliability.GOOD if found.calcium_source == "measured" else Reliability.FAIR,
    )


def _ph(found: SerumSaturation, inputs: tuple[str, ...]) -> Derived:
    low, high = found.tissue_ph_low, found.tissue_ph_high
    span = f"{low:.2f} to {high:.2f}" if low is not None and high is not None else "beyond 6.0 to 8.5"
    return Derived(
        name="tissue_ph_of_danger",
        value=found.tissue_ph,
        unit="[pH]",
        formula=f"pH at which this serum reaches an index of {found.danger_index:.2f}; by database {span}",
        source=SOURCE,
        inputs=inputs,
        reliability=Reliability.FAIR if found.tissue_ph is not None else Reliability.NONE,
        reason="" if found.tissue_ph is not None else "not reached between pH 6.0 and 8.5",
    )
