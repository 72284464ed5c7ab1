"""One case as a line of predictions: the form that `kossa diagnose` writes and scorers read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from kossa.diagnosis.scale import NONE
from kossa.evidence import Notice, Weighing, encode

__all__ = ["case_output"]

NOT_GROUPED = frozenset({NONE, "physiologic"})


def case_output(
    id_: str,
    weighing: Weighing,
    *,
    not_understood: Iterable[str] = (),
    notices: Iterable[Notice] = (),
) -> dict[str, Any]:
    """Return the fields of a `Weighing` with `id`, and `kinds` as {kind: share} that sum to 1.

    The kinds with their intervals are `kinds_weighed`. `causes` leaves out what belongs to no case group
    (physiologic deposits), so their sum is at most 1. Without a weighing `kinds` is empty.
    """
    plain: dict[str, Any] = msgspec.json.decode(encode(weighing))
    total = sum(k.prob for k in weighing.kinds)
    shares = {k.id: k.prob / total for k in weighing.kinds} if total > 0 else {}
    causes = [c for c in plain["causes"] if c["id"] not in NOT_GROUPED]
    rest = {k: v for k, v in plain.items() if k not in ("kinds", "causes")}
    return {
        "id": id_,
        "kinds": shares,
        "kinds_weighed": plain["kinds"],
        "causes": causes,
        **rest,
        "not_understood": list(not_understood),
        "notices": msgspec.json.decode(encode(tuple(notices))),
    }
