"""Parameters of a run: value, unit, source, grade; their spread, one draw, and what the user sets.

A scenario is a distribution: without a seed each parameter has its `value`, with one it is drawn.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from kossa.evidence.base import Record, from_plain
from kossa.evidence.errors import WrongCall

__all__ = ["Parameter", "Spread", "assigned", "digest", "drawn", "law", "read_toml"]


class Spread(Record, frozen=True, kw_only=True):
    """A parameter as the file states it: central value and, where known, how it varies."""

    value: float
    unit: str
    source: str
    grade: str
    spread: str | None = (
        None  # uniform, log_uniform (low, high), normal, log_normal (sd), chance (low of high)
    )
    low: float | None = None
    high: float | None = None
    sd: float | None = None


class Parameter(Record, frozen=True, kw_only=True):
    """One parameter of one run."""

    name: str
    value: float
    unit: str
    source: str
    grade: str


def read_toml(name: str) -> dict[str, Any]:
    """Return one file of `process/scenarios` as dictionaries."""
    text = files("kossa.process").joinpath("scenarios", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def law() -> dict[str, Spread]:
    """Return the parameters that every scenario shares."""
    return {name: from_plain(entry, Spread) for name, entry in read_toml("law").items()}


def drawn(spread: Spread, rng: np.random.Generator | None) -> float:
    """Return the central value, or one draw."""
    if rng is None or spread.spread is None:
        return spread.value
    sd = spread.sd or 0.0
    if spread.spread == "normal":
        return max(0.0, float(rng.normal(spread.value, sd)))
    if spread.spread == "log_normal":
        return spread.value * math.exp(float(rng.normal(0.0, sd)))
    low, high = float(spread.low or 0.0), float(spread.high or 0.0)
    if spread.spread == "chance":  # with probability `low` it is `high`, else the central value
        return high if rng.random() < low else spread.value
    if spread.spread == "uniform":
        return float(rng.uniform(low, high))
    return math.exp(float(rng.uniform(math.log(low), math.log(high))))


# Spellings of units that may be typed, as factors to the unit of the file (all exact)
_SCALE = {
    "mmol/L": {"mmol/L": 1.0, "mM": 1.0, "umol/L": 1e-3, "uM": 1e-3, "mol/L": 1e3, "M": 1e3},
    "umol/L": {"umol/L": 1.0, "uM": 1.0, "µM": 1.0, "nmol/L": 1e-3, "nM": 1e-3, "mmol/L": 1e3, "mM": 1e3},
    "mm": {"mm": 1.0, "cm": 10.0, "um": 1e-3, "µm": 1e-3},
    "d": {"d": 1.0, "h": 1 / 24, "week": 7.0, "year": 365.25, "y": 365.25},
    "1/d": {"1/d": 1.0, "/d": 1.0, "/day": 1.0, "1/day": 1.0, "1/h": 24.0, "/h": 24.0, "/s": 86400.0},
    "pH": {"pH": 1.0, "": 1.0},
    "": {"": 1.0},
}
FARTHEST = (
    1e4  # times a parameter's own value: beyond, no tissue is meant and the mesh has no end (judgement)
)
_NUMBER = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S.*?)?\s*$")


def assigned(name: str, text: str | float, known: Mapping[str, Spread]) -> float:
    """Return the value that `--set name=text` gives, in the unit of the file.

    Raises `WrongCall` for an unknown name (with the nearest ones), a missing or foreign unit, and a
    negative amount.
    """
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"; nearest: {', '.join(near)}" if near else "; a run's `outcome.json` lists them all"
        raise WrongCall(f"no parameter called {name!r}{hint}")
    unit = known[name].unit
    written = unit.removeprefix("1")  # 5/d, not 51/d
    match = _NUMBER.match(str(text))
    if match is None:
        raise WrongCall(
            f"{name}={text} is not a number with a unit: write {name}={known[name].value:g}{written}"
        )
    number, given = float(match[1]), match[2] or ""
    scale = _SCALE.get(unit, {unit: 1.0})
    if given not in scale:
        told = f"{given!r} is not" if given else "it needs"
        raise WrongCall(f"{name}={text}: {told} {unit or 'a plain number'}: write {name}={number:g}{written}")
    value = number * scale[given]
    if not math.isfinite(value) or (value < 0 and name != "ph_site"):
        raise WrongCall(f"{name}={text}: it cannot be negative")
    own = abs(known[name].value)
    if own and abs(value) > FARTHEST * own:
        raise WrongCall(
            f"{name}={text}: at most {FARTHEST:g} times its own value, {known[name].value:g}{written}, is run"
        )
    return value


def digest(parameters: tuple[Parameter, ...]) -> str:
    """Return the sha256 of names, values and units: what was run, whatever its sources say."""
    lines = [f"{p.name}={p.value!r} {p.unit}" for p in sorted(parameters, key=lambda p: p.name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
