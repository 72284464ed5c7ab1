"""Conventions by name: `presets.toml` holds every parameter of a score, this file reads them.

A `Preset` is a program's or a paper's convention at 120 kV; `Rule` is what it becomes on one scan, with
the thresholds of its tube voltage and the smallest piece in whole pixels.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

from kossa.evidence import WrongCall

__all__ = ["DEFAULT", "NOMINAL_KVP", "Preset", "Rule", "Voltage", "load", "names", "rule_for", "voltages"]

DEFAULT = "agatston-1990"
NOMINAL_KVP = 120.0  # the voltage that all conventions were made for (presets.toml)
WEIGHTS = (1, 2, 3, 4)  # Agatston 1990
REFERENCE_MM = 3.0  # slice distance of Agatston 1990; other gaps count gap / 3 mm

Edges = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Preset:
    """One convention; field names are those of presets.toml."""

    name: str
    title: str
    threshold_hu: float
    inclusive: bool
    connectivity: Literal[4, 8]
    min_area_mm2: float
    min_pixels: int
    weight_edges_hu: Edges
    volume_rule: Literal["plain", "isotropic"]
    volume_threshold_hu: float
    mass_threshold_hu: float
    source: str


@dataclass(frozen=True, slots=True)
class Voltage:
    """Thresholds at one tube voltage; `vendor_threshold_hu` where vendors' programs use their own."""

    kvp: float
    weight_edges_hu: Edges
    source: str
    vendor_threshold_hu: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A preset on one scan: what counts, from how many pixels, and whether the sum may be compared.

    `scored` is false where no Agatston value exists at this voltage; `reason` says why, or why a value
    is not comparable.
    """

    preset: Preset
    kvp: float | None
    smallest_pixels: int
    comparable: bool
    scored: bool
    reason: str

    def convention(self) -> dict[str, str | float | int | bool | None]:
        """Return every parameter, for print."""
        p = self.preset
        return {
            "preset": p.name,
            "program": p.title,
            "kvp": self.kvp,
            "threshold_hu": p.threshold_hu,
            "comparison": ">=" if p.inclusive else ">",
            "connectivity_in_slice": p.connectivity,
            "connectivity_across_slices": "touching voxels (26)",
            "min_area_mm2": p.min_area_mm2,
            "min_pixels": self.smallest_pixels,
            "source": p.source,
        }


@cache
def _document() -> tuple[dict[str, Preset], tuple[Voltage, ...]]:
    text = files("kossa.ct").joinpath("presets.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    presets = {
        name: Preset(name=name, **{**body, "weight_edges_hu": tuple(map(float, body["weight_edges_hu"]))})
        for name, body in raw["presets"].items()
    }
    rows = tuple(
        Voltage(**{**row, "weight_edges_hu": tuple(map(float, row["weight_edges_hu"]))})
        for row in raw["voltages"]
    )
    return presets, rows


def names() -> tuple[str, ...]:
    """Return the names of all presets."""
    return tuple(_document()[0])


def voltages() -> tuple[Voltage, ...]:
    """Return the tube-voltage table."""
    return _document()[1]


def load(name: str) -> Preset:
    """Return a preset by name; raises `WrongCall` that lists the names."""
    try:
        return _document()[0][name]
    except KeyError:
        raise WrongCall(f"no preset is called {name!r}; there are {', '.join(names())}") from None


def smallest_pixels(preset: Preset, pixel_area_mm2: float) -> int:
    """Return the smallest number of pixels that a piece may have to count."""
    by_area = math.ceil(preset.min_area_mm2 / pixel_area_mm2 - 1e-9)
    return max(1, preset.min_pixels, by_area)


def rule_for(preset: Preset, *, kvp: float | None, pixel_area_mm2: float) -> Rule:
    """Return `preset` as it applies at a tube voltage (None: unknown) and a pixel size.

    At 120 kV the preset holds as it is. At a voltage of the table its thresholds are taken and values
    are not comparable; at any other voltage nothing is scored, and deposits are still found at 120 kV's
    threshold.
    """
    pixels = smallest_pixels(preset, pixel_area_mm2)
    if kvp is None:
        why = "the tube voltage is not known; 120 kV was assumed"
        return Rule(preset, None, pixels, comparable=False, scored=True, reason=why)
    if abs(kvp - NOMINAL_KVP) < 0.5:
        return Rule(preset, kvp, pixels, comparable=True, scored=True, reason="")
    for row in voltages():
        if abs(kvp - row.kvp) < 0.5:
            adapted = _adapt(preset, row)
            why = (
                f"{kvp:g} kV: thresholds of the voltage table ({row.source}); "
                "values near the threshold differ by up to half from those at 120 kV"
            )
            return Rule(adapted, kvp, pixels, comparable=False, scored=True, reason=why)
    why = f"no thresholds are published for {kvp:g} kV; the Agatston rule is not defined there"
    return Rule(preset, kvp, pixels, comparable=False, scored=False, reason=why)


def _adapt(preset: Preset, row: Voltage) -> Preset:
    """Return `preset` with the thresholds of one row of the voltage table."""
    literature = preset.name == DEFAULT
    lowest = row.weight_edges_hu[0] if literature else row.vendor_threshold_hu or row.weight_edges_hu[0]
    scale = lowest / preset.threshold_hu
    return replace(
        preset,
        threshold_hu=lowest,
        weight_edges_hu=(lowest, *row.weight_edges_hu[1:]),
        volume_threshold_hu=round(preset.volume_threshold_hu * scale, 1),
        mass_threshold_hu=round(preset.mass_threshold_hu * scale, 1),
    )
