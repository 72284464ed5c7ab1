"""Conventions by name: `presets.toml` holds every parameter of a score, this file reads them.

A `Preset` is a program's or a paper's convention at 120 kV; `Rule` is what it becomes on one scan, with
the thresholds of its tube voltage and the smallest piece in whole pixels.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from kossa.evidence import WrongCall

__all__ = [
    "DEFAULT",
    "NOMINAL_KVP",
    "Image",
    "Preset",
    "Rule",
    "Voltage",
    "load",
    "names",
    "rule_for",
    "voltages",
]

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
class Image:
    """What decides about thresholds: voltage, pixel size, and what the header says of the picture."""

    kvp: float | None
    pixel_area_mm2: float
    kernel: str | None = None
    manufacturer: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A preset on one scan: what counts, from how many pixels, and whether the sum may be compared.

    `scored` is false where no Agatston value exists at this voltage; `reason` says why, or why a value
    is not comparable, and `outline` why volumes and masses are not. `factor_kvp` is the voltage that the mass
    factor goes by, 0 where none does.
    """

    preset: Preset
    kvp: float | None
    smallest_pixels: int
    scored: bool = True
    reason: str = ""
    outline: str = ""
    factor_kvp: float | None = None

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
def _document() -> dict[str, Any]:
    text = files("kossa.ct").joinpath("presets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _edges(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "weight_edges_hu": tuple(map(float, row["weight_edges_hu"]))}


def names() -> tuple[str, ...]:
    """Return the names of all presets."""
    return tuple(_document()["presets"])


def voltages() -> tuple[Voltage, ...]:
    """Return the tube-voltage table."""
    return tuple(Voltage(**_edges(row)) for row in _document()["voltages"])


def load(name: str) -> Preset:
    """Return a preset by name; raises `WrongCall` that lists the names."""
    try:
        return Preset(name=name, **_edges(_document()["presets"][name]))
    except KeyError:
        raise WrongCall(f"no preset is called {name!r}; there are {', '.join(names())}") from None


def smallest_pixels(preset: Preset, pixel_area_mm2: float) -> int:
    """Return the smallest number of pixels that a piece may have to count."""
    by_area = math.ceil(preset.min_area_mm2 / pixel_area_mm2 - 1e-9)
    return max(1, preset.min_pixels, by_area)


def rule_for(preset: Preset, image: Image) -> Rule:
    """Return `preset` as it applies to an image.

    At 120 kV, and for kernels that show calcium as at 120 kV, it holds as it is. At a voltage of the table,
    and for monoenergetic images, its thresholds are taken from there and values are not comparable; at any
    other voltage nothing is scored, and deposits are still found at 120 kV's threshold.
    """
    pixels, kvp = smallest_pixels(preset, image.pixel_area_mm2), image.kvp
    energy = _energy(image)
    if energy is not None:
        return _monoenergetic(preset, energy, kvp, pixels)
    if kvp is None:
        why = "the tube voltage is not known; 120 kV was assumed"
        return Rule(preset, None, pixels, reason=why, outline=why, factor_kvp=NOMINAL_KVP)
    if abs(kvp - NOMINAL_KVP) < 0.5 or _shows_120(image):
        return Rule(preset, kvp, pixels, factor_kvp=NOMINAL_KVP)
    for row in voltages():
        if abs(kvp - row.kvp) < 0.5:
            why = (
                f"{kvp:g} kV: thresholds of the voltage table ({row.source}); "
                "values near the threshold differ by up to half from those at 120 kV"
            )
            return Rule(_adapt(preset, row), kvp, pixels, reason=why, outline=why, factor_kvp=kvp)
    return Rule(
        preset,
        kvp,
        pixels,
        scored=False,
        reason=f"no thresholds are published for {kvp:g} kV; the Agatston rule is not defined there",
        outline=f"outlined at {preset.threshold_hu:g} HU, the threshold of 120 kV; this scan has {kvp:g} kV",
        factor_kvp=kvp,
    )


def _shows_120(image: Image) -> bool:
    """Whether the kernel shows calcium as at 120 kV."""
    kernel, maker = image.kernel or "", (image.manufacturer or "").lower()
    return any(
        row["manufacturer"] in maker and re.fullmatch(row["pattern"], kernel)
        for row in _document()["kernels"]
    )


def _energy(image: Image) -> int | None:
    """Return the energy in keV that a description of a monoenergetic image names."""
    found = re.search(r"mono\D{0,20}?(\d{2,3})\s*keV", image.description or "", re.IGNORECASE)
    return int(found[1]) if found else None


def _monoenergetic(preset: Preset, energy: int, kvp: float | None, pixels: int) -> Rule:
    """Return the rule for a monoenergetic image: edges in the ratio of 130 HU to the level of its energy."""
    table = _document()["monoenergetic"]
    level = table["levels_hu"].get(str(energy))
    if level is None:
        why = f"no thresholds are published for monoenergetic images of {energy} keV"
        return Rule(preset, kvp, pixels, scored=False, reason=why, outline=why, factor_kvp=0.0)
    ratio = level / 130.0
    edges = tuple(round(e * ratio) for e in preset.weight_edges_hu)
    why = f"a monoenergetic image of {energy} keV: thresholds scaled to it ({table['source']})"
    row = Voltage(kvp=0.0, weight_edges_hu=edges, source=table["source"])
    return Rule(_adapt(preset, row), kvp, pixels, reason=why, outline=why, factor_kvp=0.0)


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
