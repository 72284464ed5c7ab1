"""The end of the first sentence names every kind that is open."""

from __future__ import annotations

import pytest

from kossa.evidence import Calcification, Kind, Weighing
from kossa.report.mind_view import leading


@pytest.mark.parametrize(
    ("third", "words"),
    [(0.26, "other, metastatic or dystrophic, which"), (0.05, "other or metastatic, which")],
)
def test_a_third_kind_is_named_where_it_is_open(third, words):
    probs = {"other": 0.4, "metastatic": 0.3, "dystrophic": third}
    kinds = tuple(Kind(id=i, prob=p, low=p, high=p) for i, p in probs.items())
    assert leading(Weighing(calcification=Calcification.MEASURED, kinds=kinds)).startswith(words)
