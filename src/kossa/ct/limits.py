"""What the rules cannot see in a scan, in words, with the measured shares behind them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.ct.anatomy import Anatomy
from kossa.ct.levels import Level
from kossa.evidence import Geometry

__all__ = ["Found", "found_beside_bone", "not_seen"]

FAT_HU, LUNG_HU = -100.0, -850.0  # what calcium has to rise from (ct_volumes.md, traps met)


@dataclass(frozen=True, slots=True)
class Found:
    """Of `tried` spheres planted `mm` from bone (centre to bone), `found` were: when, and by what command."""

    mm: int
    found: int
    tried: int
    measured: str
    command: str

    @property
    def words(self) -> str:
        """The share as a phrase."""
        return f"{self.found / self.tried:.0%} at {self.mm} mm"


@cache
def found_beside_bone() -> tuple[Found, ...]:
    """Return how many spheres of 3 mm (600 HU above muscle) and 4 mm (400 HU) were found beside bone.

    They were planted in real limbs and a hip by the command named in each row.
    """
    text = files(__package__).joinpath("data", "found_beside_bone.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        Found(int(r["mm"]), int(r["found"]), int(r["tried"]), r["measured"], r["command"]) for r in rows
    )


def not_seen(anatomy: Anatomy, geometry: Geometry, kvp: float | None, *, metal: bool) -> tuple[str, ...]:
    """Return what stays unseen here: phrases that follow "not seen"."""
    shares = ", ".join(f.words for f in found_beside_bone())
    beside = "calcium that touches bone or lies within a few mm of it"
    measured = (
        f"of planted spheres of 3-4 mm and 400 HU or more, centred so far from bone, {shares} were found"
    )
    out = [f"{beside} ({measured})"]
    if metal:
        out.append("calcium within 14 mm of metal")
    if anatomy.head.seen or Level.FACE in anatomy.levels.of:
        out.append("arteries at the skull base, which cannot be assessed next to bone")
    if anatomy.blood.enhanced:
        out.append(f"calcium fainter than {anatomy.level_hu:.0f} HU, which enhanced blood hides")
    else:
        fat, lung = anatomy.level_hu - FAT_HU, anatomy.level_hu - LUNG_HU
        out.append(f"calcium in fat that adds less than {fat:.0f} HU, in lung less than {lung:.0f} HU")
    if geometry.missing_after:
        out.append("what lay in missing slices")
    if not anatomy.scan.axial:
        out.append("sites, because the slices are not axial")
    if kvp is not None and kvp != 120.0:
        out.append(f"deposits that reach 130 HU at 120 kV but not at {kvp:g} kV" if kvp > 120 else "")
    return tuple(w for w in out if w)
