"""A scenario: which tissue, which injury, whose blood. One TOML each; what is shared stands in law.toml.

`Setting` is a scenario with its numbers fixed: at the centre, or one draw, with what the user set.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from kossa.evidence.base import Record, from_plain
from kossa.evidence.errors import UnknownTerm, WrongCall
from kossa.process.parameters import Parameter, Spread, assigned, drawn, law, read_toml
from kossa.process.serum import Serum, serum_by_name

__all__ = ["Injury", "Place", "Scenario", "Setting", "fix", "scenario_by_id", "scenarios"]

SHARED = {"law", "serums", "comparison"}  # files of the folder that are no scenarios


class Place(Record, frozen=True, kw_only=True):
    """The region: its form, its full widths as names of parameters, its seeds where scattered."""

    form: str
    extents: tuple[str, str, str]
    count: int = 1
    spread: str | None = None


class Injury(Record, frozen=True, kw_only=True):
    """What harms the region: a driver (None: nothing does), the tissue, and how it comes.

    `course` is once, layers (each reaches further out), or pulses (each kills a share).
    """

    driver: str | None = None
    tissue: str = "generic"
    course: str = "once"


class Scenario(Record, frozen=True, kw_only=True):
    """One scenario. `kind` is what it is by construction; `condition` the id in `conditions`."""

    id: str
    condition: str
    title: str
    kind: str
    words: str
    place: Place
    injury: Injury = Injury()
    serum: str = "normal"
    serums: tuple[str, ...] = ("normal",)
    years: float = 10.0
    xray_kev: float = 60.0
    expected: str = ""
    parameters: dict[str, Spread] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Setting:
    """A scenario with its numbers: `p` by name, `parameters` for the record."""

    scenario: Scenario
    serum: Serum
    p: dict[str, float]
    parameters: tuple[Parameter, ...]
    rng: np.random.Generator

    def extents(self) -> tuple[float, float, float]:
        """Return the full widths of the region, mm."""
        a, b, c = (self.p[name] for name in self.scenario.place.extents)
        return a, b, c


@cache
def _ids() -> tuple[str, ...]:
    folder = files("kossa.process").joinpath("scenarios")
    names = (f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    return tuple(sorted(set(names) - SHARED))


@cache
def scenario_by_id(name: str) -> Scenario:
    """Return one scenario; raises `UnknownTerm` with the nearest names."""
    if name not in _ids():
        near = difflib.get_close_matches(name, _ids(), n=3, cutoff=0.4) or _ids()
        raise UnknownTerm(f"no scenario called {name!r}; nearest: {', '.join(near)}")
    return from_plain(read_toml(name), Scenario)


def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios, by id."""
    return tuple(scenario_by_id(name) for name in _ids())


def _serum(scenario: Scenario, asked: str | Serum | None, rng: np.random.Generator | None) -> Serum:
    if isinstance(asked, Serum):
        return asked
    name = asked or scenario.serum
    serum = serum_by_name(name)
    if name not in scenario.serums:
        raise WrongCall(f"{scenario.id} runs with --serum {' | '.join(scenario.serums)}, not {name}")
    return serum if rng is None else serum.drawn(rng)


def fix(
    scenario: Scenario,
    *,
    serum: str | Serum | None = None,
    seed: int | None = None,
    overrides: Mapping[str, str | float] | None = None,
) -> Setting:
    """Return the scenario with its numbers. Raises `WrongCall` for what cannot be set so."""
    rng = None if seed is None else np.random.default_rng(seed)
    known = {**law(), **scenario.parameters}
    values = {name: drawn(spread, rng) for name, spread in known.items()}
    blood = _serum(scenario, serum, rng)
    given = {name: assigned(name, text, known) for name, text in (overrides or {}).items()}
    values.update(given)
    record = tuple(
        Parameter(
            name=name,
            value=values[name],
            unit=s.unit,
            source="set by the user" if name in given else s.source,
            grade="given" if name in given else s.grade,
        )
        for name, s in known.items()
    )
    return Setting(scenario, blood, values, record + blood.parameters(), np.random.default_rng(seed or 0))
