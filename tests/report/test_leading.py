"""The end of the first sentence names every kind that is open."""

from __future__ import annotations

import pytest

from kossa.evidence import Calcification, Cause, Kind, Weighing
from kossa.report.mind_view import leading

OTHER = "another kind (bone, crystals, tumour)"


@pytest.mark.parametrize(
    ("third", "words"),
    [
        (0.26, f"metastatic, dystrophic or {OTHER}, which"),
        (0.05, f"metastatic or {OTHER}, which"),
    ],
)
def test_a_third_kind_is_named_where_it_is_open(third, words):
    probs = {"other": 0.4, "metastatic": 0.3, "dystrophic": third}
    kinds = tuple(Kind(id=i, prob=p, low=p, high=p) for i, p in probs.items())
    assert leading(Weighing(calcification=Calcification.MEASURED, kinds=kinds)).startswith(words)


@pytest.mark.parametrize("sure", [True, False])
def test_a_tumour_is_named_and_not_called_other(sure):
    kinds = (
        Kind(id="other", prob=0.9, low=0.8, high=0.95),
        Kind(id="dystrophic", prob=0.1, low=0.05, high=0.2),
    )
    cause = Cause(id="tumour_soft_tissue", group="neoplastic", prob=0.8, low=0.7, high=0.9)
    told = Weighing(calcification=Calcification.TOLD, kinds=kinds, causes=(cause,), separable=sure)
    said = leading(told)
    assert said.startswith("most likely calcified soft tissue sarcoma, neither dystrophic nor metastatic")
    assert "other" not in said
