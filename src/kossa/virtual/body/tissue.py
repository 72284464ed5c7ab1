"""HU of tissues at 120 kV without contrast, and their sources.

ICRU 44 compositions give fat -100, muscle 50-55, blood 45-55, water 0 and cortical bone above 1000 HU;
ranges of organs as in radiology texts (Kalender, Computed Tomography, 3rd ed. 2011, fig. 1.8 and
table 1.1; Lamba et al., AJR 2014;203:W184, CT numbers of organs over four vendors). Where a body
differs by age, the value is a field of the person.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Tissue"]


@dataclass(frozen=True)
class Tissue:
    """HU of one person's tissues."""

    skin: float = 15.0  # wet skin 10-40, thin against the slice: judgement
    fat: float = -104.0  # Kalender 2011: -80 to -110
    muscle: float = 54.0  # Kalender 2011: 45-60
    blood: float = 42.0  # 40-50 at a haematocrit of 0.42; Collins, Emerg Radiol 2001;8:205
    vessel_wall: float = 46.0
    lung: float = -855.0  # inspiration, Kalender 2011: -950 to -550; mean -860 in normal adults
    air: float = -995.0
    airway_wall: float = 20.0
    heart_muscle: float = 47.0
    liver: float = 58.0  # Boll, Radiology 2009: 55-65 without fat
    spleen: float = 48.0
    pancreas: float = 38.0
    kidney: float = 32.0  # Lamba 2014: 30 +- 6
    bile: float = 8.0
    urine: float = 4.0
    adrenal: float = 18.0
    gut_wall: float = 38.0
    gut_fluid: float = 16.0
    stool: float = -60.0  # mixed with gas: judgement
    node: float = 38.0
    cartilage: float = 95.0  # costal cartilage 80-120, calcified only in spots: judgement
    disc: float = 78.0  # 60-120 at the annulus
    cord: float = 36.0
    csf: float = 8.0
    cortex: float = 1150.0  # cortical bone, partial volume lowers it: 900-1500
    endplate: float = 760.0
    spongiosa: float = 120.0  # lumbar trabecular 90 at 75 years, 160 at 45; Pickhardt, Ann Intern Med 2013
    marrow: float = -20.0  # fatty shafts of long bones
    table_shell: float = -120.0
    table_core: float = -930.0
    pad: float = -960.0
