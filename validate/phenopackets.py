"""Heritable calcification as phenopackets, the disease stripped: kind and cause.

python -m validate.phenopackets
"""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

from kossa.diagnosis import weigh
from kossa.evidence import Calcification, Person, Sex
from kossa.history.phenopacket import read_phenopacket

SHARED = Path(os.environ.get("KOSSA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FOLDER = SHARED / "data/phenopackets"
ALIASES = {"nephrocalcinosis_genetic": "nephrocalcinosis_other"}


def person(row):
    m = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", row["age_iso8601"])
    years = sum(float(x or 0) / n for x, n in zip(m.groups(), (1, 12, 365), strict=True)) if m else None
    return Person(age_years=years, sex=Sex({"FEMALE": "F", "MALE": "M"}.get(row["sex"], "U")))


def main(prior="published"):
    with (FOLDER / "expected.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    kind = top1 = top3 = 0
    for row in rows:
        findings, _ = read_phenopacket(json.loads((FOLDER / row["file"]).read_text()))
        said = weigh(findings, person(row), calcification=Calcification.TOLD, prior=prior)
        wanted = ALIASES.get(row["kossa_condition"], row["kossa_condition"])
        order = [c.id for c in said.causes]
        kind += said.kinds[0].id == "genetic" or (order[0] == wanted)
        top1 += order[0] == wanted
        top3 += wanted in order[:3]
        best = ", ".join(f"{c.id} {c.prob:.2f}" for c in said.causes[:3])
        print(f"{row['file'][:34]:36s} {wanted:24s} {said.kinds[0].id} {said.kinds[0].prob:.2f}   {best}")
    n = len(rows)
    print(f"kind genetic {kind}/{n}, condition first {top1}/{n}, among three {top3}/{n}")


if __name__ == "__main__":
    main()
