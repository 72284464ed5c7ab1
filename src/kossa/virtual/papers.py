"""The papers beside a virtual scan: results as a FHIR bundle, and a clinic letter.

They fit what was put in: A has normal serum and damaged tissue, B raised phosphate and a failed kidney.
Values are typical ones, judgement.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kossa.evidence.atomic import write_bytes
from kossa.virtual.identity import Patient

__all__ = ["PAPERS", "Papers", "write"]

DAY = "2026-03-02"
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"


@dataclass(frozen=True)
class Papers:
    """Results as (LOINC, name, value, UCUM unit, low, high), and the body of a letter."""

    results: tuple[tuple[str, str, float, str, float, float], ...]
    letter: str


PAPERS: dict[str, Papers] = {
    "A": Papers(
        (
            ("2000-8", "Calcium", 2.36, "mmol/L", 2.15, 2.55),
            ("1751-7", "Albumin", 42.0, "g/L", 35.0, 50.0),
            ("14879-1", "Phosphate", 1.05, "mmol/L", 0.8, 1.45),
            ("14682-9", "Creatinine", 88.0, "umol/L", 60.0, 105.0),
            ("14866-8", "Parathyrin intact", 4.6, "pmol/L", 1.6, 6.9),
        ),
        "Thank you for seeing this retired teacher before an operation of his hernia.\n"
        "Tuberculosis of the lung in 1968, treated, no relapse. Smoker, high blood pressure, pain in both\n"
        "calves after 300 metres. Injections into the right buttock for years in his youth. No kidney\n"
        "disease. No cough, no fever, no weight loss.\n",
    ),
    "B": Papers(
        (
            ("2000-8", "Calcium", 2.58, "mmol/L", 2.15, 2.55),
            ("1751-7", "Albumin", 38.0, "g/L", 35.0, 50.0),
            ("14879-1", "Phosphate", 2.45, "mmol/L", 0.8, 1.45),
            ("14682-9", "Creatinine", 790.0, "umol/L", 45.0, 90.0),
            ("14866-8", "Parathyrin intact", 88.0, "pmol/L", 1.6, 6.9),
        ),
        "End-stage renal disease from chronic glomerulonephritis, on haemodialysis for 11 years.\n"
        "Secondary hyperparathyroidism. Takes calcium carbonate and alfacalcidol, no warfarin. Short of\n"
        "breath on exertion.\n"
        "No skin ulcer, no painful skin. No injury. No tuberculosis.\n",
    ),
}


def write(folder: Path, key: str, patient: Patient) -> None:
    """Write `labs.json` and `letter.txt` of person `key` into the folder that will be read."""
    if key not in PAPERS:
        return
    papers = PAPERS[key]
    bundle = json.dumps(_bundle(papers, patient), indent=1) + "\n"
    write_bytes(folder / "labs.json", bundle.encode("utf-8"))
    write_bytes(folder / "letter.txt", _letter(papers, patient).encode("utf-8"))


def _name(patient: Patient) -> tuple[str, str]:
    family, _, given = patient.name.partition("^")
    return given.replace("^", " ").strip(), family


def _letter(papers: Papers, patient: Patient) -> str:
    given, family = _name(patient)
    title = "Mrs" if patient.sex == "F" else "Mr"
    return f"Dear colleague,\n\nRe: {title} {given} {family}\n\n{papers.letter}\nYours sincerely\n"


def _bundle(papers: Papers, patient: Patient) -> dict[str, Any]:
    given, family = _name(patient)
    born = patient.birth_date
    who = {
        "resourceType": "Patient",
        "id": "person",
        "name": [{"family": family, "given": given.split()}],
        "gender": {"F": "female", "M": "male"}.get(patient.sex, "unknown"),
        "birthDate": f"{born[:4]}-{born[4:6]}-{born[6:8]}",
    }
    results = [_observation(n, *row) for n, row in enumerate(papers.results, 1)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in (who, *results)],
    }


def _observation(
    number: int, loinc: str, name: str, value: float, unit: str, low: float, high: float
) -> dict[str, Any]:
    def quantity(amount: float) -> dict[str, Any]:
        return {"value": amount, "unit": unit, "system": UCUM, "code": unit}

    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": loinc, "display": name}], "text": name},
        "subject": {"reference": "Patient/person"},
        "effectiveDateTime": DAY,
        "valueQuantity": quantity(value),
        "referenceRange": [{"low": quantity(low), "high": quantity(high)}],
    }
