"""The first question of care: does the deposit cause a problem? Unknown is asked, never assumed."""

from __future__ import annotations

from dataclasses import dataclass

from kossa.diagnosis.evidence import Evidence
from kossa.evidence.vocabulary import label

__all__ = ["ASK", "Problem", "problem"]

# clinical reference, section 6: pain, stiffness, ulcer or infection, function, mass effect, stenosis, stone
SIGNS = (
    "sx_pain", "sx_function_loss", "sx_skin_ulcer", "sx_infected_ulcer", "sx_painful_necrosis", "sx_fistula",
    "sx_abscess", "sx_inflammation", "sx_claudication", "sx_limb_ischaemia", "sx_syncope",
    "sx_nerve_pressure", "sx_myelopathy", "sx_focal_deficit", "sx_hydronephrosis", "sx_bowel_obstruction",
    "sx_joint_locking", "sx_skin_threatened", "sx_mass_over_5cm", "sx_seizure", "sx_jaundice",
    "sx_haematuria", "sx_haemoptysis",
    "hx_aortic_stenosis_severe", "hx_kidney_stone", "sx_symptomatic",
)  # fmt: skip
ASK = "does it cause a problem: pain, stiffness, ulcer, infection, narrowing of a vessel, pressure, or worry?"


@dataclass(frozen=True, slots=True)
class Problem:
    """`value` None where nobody asked; `signs` are the problems found."""

    value: bool | None
    signs: tuple[str, ...]
    sentence: str


def problem(evidence: Evidence) -> Problem:
    """Return whether the deposit is known to cause a problem."""
    found = tuple(s for s in SIGNS if evidence.state.get(s) is True)
    if found:
        return Problem(True, found, "it causes: " + ", ".join(label(s) for s in found))
    if evidence.state.get("neg_no_symptoms") is True or evidence.state.get("sx_symptomatic") is False:
        return Problem(False, (), "it is told to cause no problem")
    return Problem(None, (), ASK)
