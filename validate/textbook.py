"""Every cause as its own textbook case, composed from its rows: is it found again among all 95?

    python -m validate.textbook

A case holds what at least half of the patients with the cause have (three findings at most of a class).
It tests that the tables separate the causes, not that they are right.
"""

from __future__ import annotations

from collections import defaultdict

from kossa.conditions import load
from kossa.diagnosis import prepare
from kossa.diagnosis.posterior import model_of
from kossa.evidence import Finding, Person, Sex
from kossa.evidence.vocabulary import term

USUAL = 0.5
OF_ONE_CLASS = 3
CHILD = {"age < 5": 0.4, "age < 1": 0.4, "age < 3": 1.0}


def compose(cause):
    """Return the usual findings of a cause, the most telling of a class first, and its person."""
    model = model_of(load())
    scale = model.scale
    by_class = defaultdict(list)
    for row in load().conditions[cause].finding:
        p = scale.p[scale.ids[row.id], scale.column[cause]]
        if p >= USUAL and not row.gap:
            by_class[term(row.id).kind].append((p / scale.background[scale.ids[row.id]], row.id))
    ids = {i for many in by_class.values() for _, i in sorted(many, reverse=True)[:OF_ONE_CLASS]}
    young = [CHILD[m.when] for m in load().modifiers if cause in m.causes and m.log10 > 0 and m.when in CHILD]
    return [Finding(id=i) for i in sorted(ids)], Person(age_years=young[0] if young else 50.0, sex=Sex.U)


def ranks():
    out = {}
    for cause in load().conditions:
        findings, who = compose(cause)
        case = prepare(findings, who, prior="published")
        p = case.main.posterior()
        i = case.model.causes.index(cause)
        out[cause] = int((p > p[i]).sum()) + 1
    return out


def main():
    found = ranks()
    for k in (1, 3):
        print(f"among the first {k}: {sum(r <= k for r in found.values())} of {len(found)}")
    print("later:", {c: r for c, r in found.items() if r > 1})


if __name__ == "__main__":
    main()
