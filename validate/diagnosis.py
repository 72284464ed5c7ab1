"""Score the diagnosis on the development cases: the scorer's table, baselines, calibration, ablations.

    python -m validate.diagnosis              the score that counts: biopsy hidden, --prior published
    python -m validate.diagnosis --all        and everything else of docs/validation/diagnosis.md
    python -m validate.diagnosis --write P    the predictions as lines of JSON

Labels are read by the scorer alone; the cases are read blind (`read_case` never looks at them).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import kossa.diagnosis.posterior as posterior
from kossa.blood.results import read_rows
from kossa.diagnosis import case_output, weigh
from kossa.evidence import Calcification
from kossa.history.case import read_case

SHARED = Path(os.environ.get("KOSSA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
CASES = SHARED / "data/cases"
FIELDS = {"history": ("history", "symptoms"), "labs": ("labs",), "imaging": ("imaging",)}
KINDS = ("dystrophic", "metastatic", "idiopathic", "iatrogenic", "calciphylaxis", "genetic", "other")


def cases(path=None):
    text = Path(path or CASES / "dev.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def predict(case, prior="published", hide=("biopsy",)):
    """One case as `kossa diagnose` weighs it: calcification is a fact unless the case says otherwise."""
    told = read_case(case, hide=hide)
    told = told.with_labs(*read_rows(told.labs, told.person))
    weighing = weigh(
        told.findings,
        told.person,
        results=told.results,
        groups=told.groups,
        calcification=Calcification(case.get("calcification", "told")),
        prior=prior,
        about=told.about,
        history_told=told.has_history,
    )
    return case_output(case["id"], weighing, not_understood=told.not_understood, notices=told.notices)


def write(rows, path):
    Path(path).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def scorer(predictions, *more):
    command = [sys.executable, str(CASES / "score.py"), str(CASES / "dev.jsonl"), str(predictions), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def short(text):
    """The point estimates of one table in a line."""
    names = {
        "kind accuracy, 7": "kind", "lenient": "lenient", "dystrophic v": "d v m", "kind log": "log loss",
        "kind Brier": "Brier", "kind ECE": "ECE", "group top-1": "group 1", "group top-3": "group 3",
    }  # fmt: skip
    found = {}
    for line in text.splitlines():
        for key, name in names.items():
            if key in line and name not in found and not line.lstrip().startswith("difference"):
                found[name] = next(p for p in line[46:].split() if p[0].isdigit())
    return "  ".join(f"{k} {v}" for k, v in found.items())


def calibration(rows, labelled, draws=1000):
    """Slope of the kinds' log shares (1 is calibrated, above 1 too cautious) with a bootstrap interval."""
    logs = np.log([[max(r["kinds"][k], 1e-6) for k in KINDS] for r in rows])
    truth = np.array([KINDS.index(c["label"]["kind"]) for c in labelled])
    grid = np.linspace(0.4, 3.5, 63)
    loss = []
    for slope in grid:
        z = slope * logs
        z -= np.log(np.exp(z).sum(1, keepdims=True))
        loss.append(-z[np.arange(len(truth)), truth])
    loss = np.array(loss)
    rng = np.random.default_rng(5)
    picks = rng.integers(0, len(truth), (draws, len(truth)))
    best = [grid[loss[:, p].mean(1).argmin()] for p in picks]
    low, high = np.quantile(best, [0.025, 0.975])
    return f"calibration slope {grid[loss.mean(1).argmin()]:.2f} [{low:.2f}, {high:.2f}]"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--all", action="store_true")
    ap.add_argument("--write", type=Path)
    ap.add_argument("--cases", type=Path)
    a = ap.parse_args()
    every = cases(a.cases)
    rows = [predict(c) for c in every]
    if a.write:
        write(rows, a.write)
        return
    with tempfile.TemporaryDirectory() as folder:
        mine = Path(folder) / "mine.jsonl"
        write(rows, mine)
        print(scorer(mine))
        print(calibration(rows, every))
        if not a.all:
            return
        for name in ("rule2", "bayes"):
            theirs = Path(folder) / f"{name}.jsonl"
            command = [
                sys.executable,
                str(CASES / "baselines.py"),
                name,
                str(CASES / "dev.jsonl"),
                str(theirs),
            ]
            subprocess.run(command, check=True, capture_output=True)
            text = scorer(mine, "--against", str(theirs))
            print(text[text.index("difference") :])
        print(f"{'read cases only':20s}", short(scorer(mine, "--provenance", "read")))
        other = Path(folder) / "other.jsonl"
        runs = {"with biopsy": ("published", ()), "prior as in life": ("life", ("biopsy",))}
        runs |= {f"without {k}": ("published", ("biopsy", *v)) for k, v in FIELDS.items()}
        for name, (prior, hide) in runs.items():
            write([predict(c, prior, hide) for c in every], other)
            print(f"{name:20s}", short(scorer(other)))
        gain, posterior.PUBLISHED_GAIN = posterior.PUBLISHED_GAIN, 1.0
        sys.modules["kossa.diagnosis.answer"].PUBLISHED_GAIN = 1.0
        plain = [predict(c) for c in every]
        write(plain, other)
        print(f"{'gain 1 (not looked up)':20s}", short(scorer(other)), calibration(plain, every))
        posterior.PUBLISHED_GAIN = sys.modules["kossa.diagnosis.answer"].PUBLISHED_GAIN = gain


if __name__ == "__main__":
    main()
