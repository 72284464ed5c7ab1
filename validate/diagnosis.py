"""Score the diagnosis on the development cases: predictions, the scorer's table, calibration, ablations.

python -m validate.diagnosis [--with-biopsy] [--prior life|published] [--without history|labs|imaging]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kossa.blood.results import read_rows
from kossa.diagnosis.answer import kind_shares, prepare
from kossa.history.case import read_case

SHARED = Path(os.environ.get("KOSSA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
CASES = SHARED / "data/cases"
FIELDS = {"history": ("history", "symptoms"), "labs": ("labs",), "imaging": ("imaging",)}


def read(case, hide=()):
    told = read_case(case, hide=hide)
    return told.with_labs(*read_rows(told.labs, told.person))


def predict(case, prior="published", hide=("biopsy",), about=None):
    told = read(case, hide)
    ready = prepare(
        told.findings,
        told.person,
        results=told.results,
        groups=told.groups,
        prior=prior,
        about=about or told.about,
        history_told=told.has_history,
    )
    p = ready.main.posterior()
    model = ready.model
    kinds = kind_shares(model, p)
    kinds = kinds / kinds.sum()
    causes = [
        {"id": c, "group": model.knowledge.conditions[c].case_group, "prob": float(p[i])}
        for i, c in enumerate(model.causes)
        if model.knowledge.conditions[c].case_group
    ]
    causes.sort(key=lambda c: -c["prob"])
    return (
        {
            "id": case["id"],
            "kinds": dict(zip(model.scale.kinds, map(float, kinds), strict=True)),
            "causes": causes,
        },
        ready,
        told,
    )


def load(path=CASES / "dev.jsonl"):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def score(rows, *more):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "p.jsonl"
        out.write_text("".join(json.dumps(r) + "\n" for r in rows))
        done = subprocess.run(
            [sys.executable, CASES / "score.py", CASES / "dev.jsonl", out, *more],
            check=False,
            capture_output=True,
            text=True,
        )
    print(done.stdout or done.stderr)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--with-biopsy", action="store_true")
    ap.add_argument("--prior", default="published")
    ap.add_argument("--without", choices=FIELDS)
    a = ap.parse_args()
    hide = () if a.with_biopsy else ("biopsy",)
    hide += FIELDS.get(a.without, ())
    score([predict(c, a.prior, hide)[0] for c in load()])


if __name__ == "__main__":
    main()
