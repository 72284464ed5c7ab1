"""Totals over lesions of one material, each printed with every parameter that made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.lesions import MEASURED
from kossa.ct.mass import Factor
from kossa.ct.measure import Measured
from kossa.ct.noise import ScanNoise
from kossa.ct.noise_rule import KEEP_BELOW
from kossa.ct.presets import REFERENCE_MM, WEIGHTS, Rule
from kossa.ct.standing import Standing
from kossa.evidence import Interval, Material, Score

__all__ = ["scores_of"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Parameter = str | float | int | bool | None
How = dict[str, Parameter]

ALL_NOISE = "no deposit stands above the noise here: what the convention counts is noise"


@dataclass(frozen=True, eq=False)
class _Sum:
    """What the totals of one material share; `textbook` and `kept` pick the lesions."""

    measured: Measured
    rule: Rule
    factor: Factor | None
    noise: ScanNoise | None
    standing: Standing
    region: str
    threshold_hu: float
    enhanced: bool
    material: Material
    textbook: Bools
    kept: Bools

    def score(
        self,
        name: str,
        unit: str,
        value: float | None,
        *,
        missing: str,
        aside: str,
        how: How,
        spread: Interval | None = None,
    ) -> Score:
        """Return one total; `missing`: why it is None, `aside`: why not comparable, `how`: its parameters."""
        given = not missing and value is not None
        if self.textbook.any() and not self.kept.any():
            aside = "; ".join(filter(None, (ALL_NOISE, aside)))
        bounds = spread if given and spread and spread.low is not None else None
        return Score(
            name=name,
            value=float(value) if given and value is not None else None,
            low=bounds.low if bounds else None,
            high=bounds.high if bounds else None,
            level=bounds.level if bounds else None,
            unit=unit,
            convention={**self.rule.convention(), "threshold_hu": self.threshold_hu, **how},
            comparable=not (missing or aside),
            reason=missing or aside,
            region=self.region,
            material=self.material.value,
        )

    def total(self, values: Floats, which: Bools) -> float:
        """Return the sum over some lesions."""
        return float(values[which].sum())

    def agatston(self) -> list[Score]:
        """Return the Agatston family."""
        lesions = self.measured.lesions
        weights: How = {
            "weight_edges_hu": ", ".join(f"{e:g}" for e in self.rule.preset.weight_edges_hu),
            "weights": ", ".join(str(w) for w in WEIGHTS),
            "weight_by": "peak of the piece in its slice",
        }
        norm = f"gap / {REFERENCE_MM:g} mm; a slice's gap is half of both gaps beside it"
        plain: How = {**weights, "increment_normalisation": norm, "noise_rule": "none"}
        aware: How = {
            **weights,
            "increment_normalisation": norm,
            "noise_rule": f"kept where noise alone makes such a speck with P < {KEEP_BELOW:g}",
            "noise_hu": self.noise.sigma_hu if self.noise else None,
        }
        native: How = {**weights, "increment_normalisation": "none", "noise_rule": "none"}
        area = self.total(lesions.area_mm2, self.textbook)
        # mean weight over area, 1 to 4: the density score of MESA (Criqui MH et al. JAMA 2014;311:271)
        density = self.total(lesions.native, self.textbook) / area if area > 0 else None
        aside = self.standing.agatston_aside
        rows = [
            ("agatston", "AU", self.total(lesions.agatston, self.textbook), plain),
            ("agatston_noise_aware", "AU", self.total(lesions.agatston, self.kept), aware),
            ("agatston_native", "mm2", self.total(lesions.native, self.textbook), native),
            ("density", "1", density, native),
        ]
        return [
            self.score(
                name, unit, value, how=how, aside=aside,
                missing=self.standing.no_agatston or ("nothing was counted" if value is None else ""),
            )
            for name, unit, value, how in rows
        ]  # fmt: skip

    def volumes(self) -> list[Score]:
        """Return area and volumes; with contrast the volume bears another name."""
        m, preset = self.measured, self.rule.preset
        missing, aside = self.standing.no_volume, self.standing.aside
        area, plain, isotropic = (
            self.total(v, self.textbook) for v in (m.lesions.area_mm2, m.extent.volume_mm3, m.isotropic_mm3)
        )
        plain_how: How = {
            "volume_rule": "pixels x pixel area x gap",
            "volume_threshold_hu": preset.volume_threshold_hu,
            "volume_of_preset": preset.volume_rule == "plain",
        }
        isotropic_how: How = {
            "volume_rule": "linear between slices to planes a pixel apart, then threshold",
            "volume_of_preset": preset.volume_rule == "isotropic",
        }
        adaptive_how: How = {"volume_rule": "plain, above a threshold set by the blood's level"}
        total = self.score(
            "area", "mm2", area, missing="", aside=aside, how={"volume_rule": "sum over slices"}
        )
        if self.enhanced:
            instead = missing or "contrast medium was given; volume_adaptive stands instead"
            return [
                total,
                self.score("volume_adaptive", "mm3", plain, missing=missing, aside=aside, how=adaptive_how),
                self.score("volume_plain", "mm3", None, missing=instead, aside="", how=plain_how),
            ]
        return [
            total,
            self.score("volume_plain", "mm3", plain, missing=missing, aside=aside, how=plain_how),
            self.score("volume_isotropic", "mm3", isotropic, missing=missing, aside=aside, how=isotropic_how),
        ]

    def masses(self) -> list[Score]:
        """Return threshold and integrated mass with their intervals."""
        m, factor, aside = self.measured, self.factor, self.standing.aside
        content = self.total(m.extent.content, self.textbook)
        threshold = factor.mass(content, None) if factor and content else None
        integrated = self.integrated()
        common: How = {
            "mg_per_mm3_hu": factor.value if factor else None,
            "factor": factor.origin if factor else None,
        }
        threshold_how: How = {
            "mass_rule": "volume x mean HU x factor",
            "mass_threshold_hu": self.rule.preset.mass_threshold_hu,
            **common,
        }
        integrated_how: How = {
            "mass_rule": "sum of HU above the local background, over the deposit and its blur, x factor",
            "noise_rule": f"deposits kept with P < {KEEP_BELOW:g}",
            **common,
        }
        without = int((self.kept & np.isnan(m.amount)).sum())
        partly = f"{without} deposits have no local background and are not in it" if without else ""
        both = "; ".join(r for r in (partly, aside) if r)
        threshold = threshold or Interval(value=0.0, low=None, high=None)
        return [
            self.score(
                "mass_threshold", "mg", threshold.value, missing=self.standing.no_mass, aside=aside,
                spread=threshold, how=threshold_how,
            ),
            self.score(
                "mass_integrated", "mg", integrated.value if integrated else None,
                missing=self.standing.no_integral, aside=both, spread=integrated, how=integrated_how,
            ),
        ]  # fmt: skip

    def integrated(self) -> Interval | None:
        """Return the integrated mass of what is kept; errors of deposits add in squares."""
        if self.factor is None:
            return None
        m = self.measured
        given = self.kept & ~np.isnan(m.amount)
        if not given.any():
            return Interval(value=0.0, low=None, high=None)  # a limit is told elsewhere; 0 to 0 would be none
        error = float(np.sqrt((m.error[given] ** 2).sum()))
        return self.factor.mass(self.total(m.amount, given), None if np.isnan(error) else error)


def scores_of(
    measured: Measured,
    rule: Rule,
    factor: Factor | None,
    noise: ScanNoise | None,
    standing: Standing,
    *,
    threshold_hu: float,
    enhanced: bool,
    region: str,
) -> tuple[Score, ...]:
    """Return all totals of calcification, and of physiological and unsure where there are any."""
    out: list[Score] = []
    for material in MEASURED:
        these = measured.lesions.of(material)
        if material is not Material.CALCIFICATION and not these.any():
            continue
        sums = _Sum(
            measured, rule, factor, noise, standing, region, threshold_hu, enhanced, material,
            textbook=these & measured.lesions.counted, kept=these & measured.kept,
        )  # fmt: skip
        out += [*sums.agatston(), *sums.volumes(), *sums.masses()]
    return tuple(out)
