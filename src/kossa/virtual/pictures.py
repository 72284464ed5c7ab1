"""The film and the stained section beside a virtual scan, and what is on them.

A: shells in the thigh from injections, and coarse mineral in the node. B: an artery calcified like a track
on the lower leg, and fine mineral along the walls of the lung. What they hold is judgement.
"""

from __future__ import annotations

from pathlib import Path

from kossa.evidence import TruePictures
from kossa.virtual.identity import Patient
from kossa.virtual.radiograph import Leg, artery, expose, shell, write_film
from kossa.virtual.section import Biopsy, write_section

__all__ = ["FILM", "SECTION", "write"]

FILM, SECTION = "film.dcm", "biopsy"
DAY = "20260303"


def write(folder: Path, key: str, patient: Patient, *, seed: int) -> TruePictures | None:
    """Write the pictures of person `key` into the folder that will be read; None for others."""
    if key == "A":
        leg = Leg(radius_mm=(62.0, 50.0), bone_mm=-8.0, bone_outer_mm=14.0, bone_inner_mm=7.0)
        lumps = [
            shell("injection 1", -48.0, 24.0, 6.5, 0.9),
            shell("injection 2", -14.0, 31.0, 8.0, 0.9),
            shell("injection 3", 30.0, 26.0, 5.5, 0.9),
        ]
        side, part = "R", "THIGH"
        biopsy = Biopsy(grain_um=14.0, share=0.13, open_share=0.10, along_walls=False)
    elif key == "B":
        leg = Leg(radius_mm=(50.0, 38.0), bone_mm=-14.0, bone_outer_mm=12.0, bone_inner_mm=5.5)
        lumps = [artery("tibial artery", 16.0, 2.6, 0.9, -62.0, 62.0, seed)]
        side, part = "L", "LEG"
        biopsy = Biopsy(grain_um=5.0, share=0.05, open_share=0.45, along_walls=True)
    else:
        return None
    film, marks = expose(leg, lumps, seed)
    write_film(folder / FILM, film, leg, patient, side, part, DAY)
    section = write_section(folder, SECTION, biopsy, seed)
    return TruePictures(film=marks, film_pixel_mm=leg.pixel_mm, section=section)
