"""Person B: a woman on dialysis whose calcium lies in healthy tissue, from raised phosphate.

Lung (upper zones first), stomach wall, pyramids of the kidney and the media of arteries are the
places that lose acid (Hartman, AJR 1994;162:799; Belem, Br J Radiol 2014;87:20140123: nodules of
3-10 mm, upper zones; Chan, Nephrol Dial Transplant 2003: arteries as parallel tracks). Concentrations
in mg of hydroxyapatite per mm3: judgement.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.evidence import Side
from kossa.virtual import calcium
from kossa.virtual.body.abdomen import KIDNEY, STOMACH, STOMACH_WALL_MM, kidney_axes
from kossa.virtual.body.outline import Habitus
from kossa.virtual.body.shape import curve
from kossa.virtual.body.tissue import Tissue
from kossa.virtual.body.vessels import path
from kossa.virtual.body.whole import Body, Build
from kossa.virtual.calcium import Calcium
from kossa.virtual.identity import Patient
from kossa.virtual.person import VirtualPerson
from kossa.virtual.series import Protocol

__all__ = ["PERSON"]

Floats = npt.NDArray[np.float64]

FOCI = 8  # in the lungs, large enough to be seen
SPECKS = 36  # in the lungs, too small
FOCUS_MG_PER_MM3 = 1.15  # dense enough to rise above 130 HU out of air at any vendor's factor: judgement
# share of the stomach's path, angle and half angle (degrees), mg
STOMACH_SHEETS = (
    (0.14, 0.27, 0.0, 24.0, 280.0),
    (0.33, 0.44, 300.0, 26.0, 250.0),
    (0.55, 0.65, 270.0, 26.0, 195.0),
)
# along the half axes of a kidney: outwards, forwards, up, as shares
PYRAMIDS = ((0.24, 0.10, 0.55), (0.40, -0.22, 0.18), (0.38, 0.25, -0.20), (0.24, 0.0, -0.57))
# vessel, share of its path, mg, site
TRAMS = (
    ("iliac_external", 0.52, 0.74, 190.0, "site_iliac_artery"),
    ("femoral", 0.16, 0.28, 205.0, "site_femoral_artery"),
)


def _in_lungs(body: Body, rng: np.random.Generator) -> list[Calcium]:
    """Return foci and specks: evenly in the lungs, more in the upper zones, no two closer than 24 mm."""
    m, scale = body.canvas.frame.from_voxel, body.canvas.frame.volume_scale
    places: list[Floats] = []
    found: list[Calcium] = []
    voxels = []
    for lung in body.chest.lungs.values():
        k, j, i = np.nonzero(lung.d[:, ::3, ::3] < -10)
        voxels.append(np.stack([i * 3 + lung.box[0][2], j * 3 + lung.box[0][1], k + lung.box[0][0]], -1))
    spots = np.vstack(voxels) @ m[:, :3].T + m[:, 3]
    spots = spots[rng.permutation(len(spots))]
    upper = (spots[:, 2] - 330) / 200  # 0 at the base, 1 near the apex
    spots = spots[rng.random(len(spots)) < np.clip(upper, 0.06, 1) ** 2]
    for spot in spots:
        if places and np.linalg.norm(np.array(places) - spot, axis=1).min() < 24:
            continue
        places.append(spot)
        x, y, z = (float(v) for v in spot + rng.uniform(-1, 1, 3))
        side = Side.LEFT if x > 0 else Side.RIGHT
        site = (
            "site_lung_upper_zone"
            if z > 455
            else "site_lung_middle_zone"
            if z > 400
            else "site_lung_lower_zone"
        )
        number = len(places)
        if number <= FOCI:
            size = float(rng.uniform(5.8, 8.0))
            mass = round(float(FOCUS_MG_PER_MM3 * scale * np.pi / 6 * size**3), 2)
            name, shape = f"focus {number}", calcium.ball((x, y, z), (size, size * 0.95, size * 1.05))
        else:
            mass, name = round(float(rng.uniform(0.15, 0.5)), 2), f"speck {number - FOCI}"
            shape = calcium.ball((x, y, z), (1.6, 1.6, 1.6))
        found.append(
            Calcium(
                name,
                float(mass),
                *shape,
                site="site_lung" if number <= FOCI else site,
                side=side,
                kind="metastatic",
                cause="ckd_mbd",
            )
        )
        if number == FOCI + SPECKS:
            break
    return found


def _stomach(rng: np.random.Generator) -> list[Calcium]:
    rows = curve(STOMACH, 0.5)
    found = []
    for number, (start, end, turn, half, mg) in enumerate(STOMACH_SHEETS, 1):
        part = rows[int(start * len(rows)) : int(end * len(rows))]
        shape = calcium.arc(part, 2.0, depth_mm=STOMACH_WALL_MM / 2, centre_deg=turn, half_deg=half)
        mass = round(mg * float(rng.uniform(0.9, 1.1)), 2)
        found.append(
            Calcium(
                f"stomach wall {number}",
                mass,
                *shape,
                site="site_stomach",
                kind="metastatic",
                cause="ckd_mbd",
            )
        )
    return found


def _kidneys(scale: float, rng: np.random.Generator) -> list[Calcium]:
    found = []
    for side, centre in KIDNEY.items():
        turn, half = kidney_axes(side), np.array([27.0, 24.0, 54.0])
        for number, (out, forward, up) in enumerate(PYRAMIDS, 1):
            x, y, z = np.array(centre) + turn @ (half * [side * out, -forward, up]) + rng.uniform(-1, 1, 3)
            size = rng.uniform(0.9, 1.1) * np.array([7.0, 6.0, 7.6])
            shape = calcium.ball((float(x), float(y), float(z)), tuple(size))
            mass = round(float(scale * np.pi / 6 * size.prod() * rng.uniform(0.30, 0.42)), 2)
            name = f"{'left' if side > 0 else 'right'} pyramid {number}"
            where = Side.LEFT if side > 0 else Side.RIGHT
            found.append(
                Calcium(
                    name,
                    mass,
                    *shape,
                    site="site_renal_pyramid",
                    side=where,
                    kind="metastatic",
                    cause="ckd_mbd",
                )
            )
    return found


def _arteries(rng: np.random.Generator) -> list[Calcium]:
    found = []
    for side in (1.0, -1.0):
        for number, (name, start, end, mg, site) in enumerate(TRAMS, 1):
            rows = path(name, side=side, step=0.5)
            part = rows[int(start * len(rows)) : int(end * len(rows))]
            mass = round(mg * float(rng.uniform(0.9, 1.1)), 2)
            where = Side.LEFT if side > 0 else Side.RIGHT
            found.append(
                Calcium(
                    f"{where.value} track {number}",
                    mass,
                    *calcium.tube(part, 1.2, depth_mm=0.7),
                    site=site,
                    side=where,
                    kind="metastatic",
                    cause="ckd_mbd",
                )
            )
    rows = path("splenic", step=0.5)
    part = rows[int(0.52 * len(rows)) : int(0.74 * len(rows))]
    mass = round(105 * float(rng.uniform(0.9, 1.1)), 2)
    shape = calcium.tube(part, 1.2, depth_mm=0.7)
    found.append(
        Calcium("splenic track", mass, *shape, site="site_splenic_artery", kind="metastatic", cause="ckd_mbd")
    )
    return found


def _deposits(body: Body, rng: np.random.Generator) -> list[Calcium]:
    return [
        *_in_lungs(body, rng),
        *_stomach(rng),
        *_kidneys(body.canvas.frame.volume_scale, rng),
        *_arteries(rng),
    ]


PERSON = VirtualPerson(
    key="B",
    patient=Patient("VIRT-B0047", "Brandvold^Liselotte^Marit", "19780622", "047Y", "F", 1.63, 61),
    protocol=Protocol(
        "CT CHEST ABDOMEN PELVIS WO",
        "Recon 2: 3mm STD",
        "STANDARD",
        "20260119",
        "KOSSA VIRTUAL",
        "Beta 128",
        signed=True,
        shuffled_names=True,
    ),
    build=Build(female=True, habitus=Habitus(fat=1.15, breasts=True), tissue=Tissue(spongiosa=155.0)),
    stretch=(0.92, 0.92, 0.945),
    fov_mm=400.0,
    noise_hu=11.0,
    note="A woman of 47 on dialysis with calcium in healthy tissue: lung, stomach wall, pyramids of the "
    "kidney, media of arteries.",
    deposits=_deposits,
)
