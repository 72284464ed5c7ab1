"""Speed of the mind: knowledge, one posterior, the whole answer; each beside a reference of the same run.

python -m bench.diagnosis
"""

from __future__ import annotations

import time

import numpy as np

from kossa.conditions import load
from kossa.conditions.describe import causes
from kossa.diagnosis import prepare, weigh
from kossa.diagnosis.posterior import Weighed, model_of
from kossa.diagnosis.scale import compile_scale
from kossa.evidence import Calcification, Finding, Person
from kossa.evidence.vocabulary import terms

FINDINGS = 60


def best(call, times=9):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found) * 1e3


def main():
    rng = np.random.default_rng(1)
    numbers = rng.random((FINDINGS, 95))
    reference = best(lambda: np.log10(numbers).sum(0), 50)
    rows = [("reference: log10 of 60 x 95 numbers and their sum", reference)]
    load()
    load.cache_clear()
    rows.append(("all knowledge from its kept form", best(lambda: (load.cache_clear(), load()))))
    known = load()
    rows.append(("the list of causes as text", best(lambda: causes(known))))
    start = time.perf_counter()
    compile_scale(known)
    rows.append(("the matrix, once a process", (time.perf_counter() - start) * 1e3))
    model = model_of(known)
    findings = [Finding(id=i) for i in sorted(terms())[::15][:FINDINGS]]
    case = prepare(findings, Person(age_years=60.0))
    items = case.evidence.items["all"]
    rows.append(
        (
            f"one posterior, 95 causes x {len(items)} findings",
            best(lambda: Weighed(model, case.weights, items).posterior(), 50),
        )
    )
    rows.append(("evidence gathered and weighed", best(lambda: prepare(findings, Person(age_years=60.0)))))
    whole = best(lambda: weigh(findings, Person(age_years=60.0), calcification=Calcification.TOLD))
    rows.append(("with intervals, reasons, next tests, flips", whole))
    for name, milliseconds in rows:
        print(f"{name:55s} {milliseconds:9.2f} ms   {milliseconds / reference:8.1f} x reference")


if __name__ == "__main__":
    main()
