"""Person A: an old man whose calcium lies where tissue was damaged, with normal serum.

Healed tuberculosis (Ranke complex: a focus in the lung and its node at the hilum), plaque of the
aorta, clots in pelvic veins, the capsule of an old injection. Sizes and densities: plaque 1.4-3.1 mm
thick, peak 180-1475 HU (ten in three chest slices, research page ct.md 3.9); healed nodes 6-12 mm,
400-900 HU; phleboliths 2-6 mm, often with a lucent centre (Traubici, AJR 1999;172:13). Masses follow
from those HU: judgement.
"""

from __future__ import annotations

import numpy as np

from kossa.evidence import Material, Side
from kossa.virtual import calcium
from kossa.virtual.body.outline import Habitus
from kossa.virtual.body.shape import ellipsoid
from kossa.virtual.body.tissue import Tissue
from kossa.virtual.body.vessels import path
from kossa.virtual.body.whole import Body, Build
from kossa.virtual.calcium import Calcium
from kossa.virtual.identity import Patient
from kossa.virtual.person import VirtualPerson
from kossa.virtual.series import Protocol

__all__ = ["PERSON"]

Point = tuple[float, float, float]

# mg, vessel, share of its path where the plaque starts and ends, angle and half angle (degrees),
# thickness mm, site, side of a paired vessel
PLAQUES = (
    (140.0, "aorta_arch", 0.74, 0.95, 20.0, 30.0, 2.4, "site_aorta_arch", 1.0),
    (98.0, "aorta_descending", 0.30, 0.36, 75.0, 30.0, 2.2, "site_aorta_descending", 1.0),
    (64.0, "aorta_descending", 0.55, 0.61, 140.0, 32.0, 1.9, "site_aorta_descending", 1.0),
    (185.0, "aorta_abdominal", 0.30, 0.42, 135.0, 36.0, 2.6, "site_aorta_abdominal", 1.0),
    (128.0, "aorta_abdominal", 0.55, 0.64, 30.0, 32.0, 2.3, "site_aorta_abdominal", 1.0),
    (74.0, "aorta_abdominal", 0.78, 0.86, 90.0, 30.0, 1.9, "site_aorta_abdominal", 1.0),
    (17.0, "aorta_abdominal", 0.47, 0.505, 60.0, 16.0, 1.5, "site_aorta_abdominal", 1.0),
    (66.0, "iliac_common", 0.42, 0.62, 120.0, 55.0, 1.8, "site_iliac_artery", -1.0),
)
# mg, centre, diameter mm, share of the radius that is lucent
PHLEBOLITHS = (
    (34.0, (45.0, 20.0, -4.0), 4.6, 0.0),
    (44.0, (-45.0, 22.0, 4.0), 5.8, 0.55),
    (19.0, (-42.0, 33.0, -14.0), 3.8, 0.0),
    (27.0, (41.0, 34.0, -17.0), 4.2, 0.0),
    (7.5, (-36.0, 44.0, -6.0), 2.8, 0.0),
)


def _near(rng: np.random.Generator, centre: Point, spread: float) -> Point:
    x, y, z = np.asarray(centre) + rng.uniform(-spread, spread, 3)
    return (float(x), float(y), float(z))


def _mass(rng: np.random.Generator, mg: float) -> float:
    return round(mg * float(rng.uniform(0.85, 1.15)), 2)


def _tuberculosis(body: Body, rng: np.random.Generator) -> list[Calcium]:
    canvas, node = body.canvas, body.tissue.node
    hilar = _near(rng, (-46.0, 29.0, 446.0), 1.0)  # between bronchus and artery of the lower lobe
    below_carina = _near(rng, (4.0, 9.0, 461.0), 1.0)
    lung = _near(rng, (-92.0, 40.0, 398.0), 3.0)
    for centre, radii in ((hilar, (6.2, 5.8, 7.0)), (below_carina, (5.6, 5.0, 5.8))):
        canvas.paint(canvas.wobble(ellipsoid(canvas.frame, centre, radii), 0.5, 6.0), node)
    told = (
        ("hilar node", 190.0, hilar, (8.6, 7.8, 10.0), "site_hilar_node", Side.RIGHT),
        ("node below the carina", 62.0, below_carina, (6.2, 5.2, 6.4), "site_mediastinal_node", Side.MIDLINE),
        ("focus in the lung", 102.0, lung, (5.6, 5.4, 5.8), "site_lung_nodule", Side.RIGHT),
    )
    return [
        Calcium(
            name,
            _mass(rng, mg),
            *calcium.ball(centre, size),
            site=site,
            side=side,
            kind="dystrophic",
            cause="tuberculosis",
        )
        for name, mg, centre, size, site, side in told
    ]


def _plaques(rng: np.random.Generator) -> list[Calcium]:
    found = []
    for number, (mg, name, start, end, turn, half, thick, site, side) in enumerate(PLAQUES, 1):
        rows = path(name, side=side, step=0.5)
        part = rows[int(start * len(rows)) : int(end * len(rows))]
        angle = turn + float(rng.uniform(-8, 8))
        shape = calcium.arc(part, thick, depth_mm=0.9, centre_deg=angle, half_deg=half)
        paired = site == "site_iliac_artery"
        found.append(
            Calcium(
                f"plaque {number}",
                _mass(rng, mg),
                *shape,
                site=site,
                side=(Side.LEFT if side > 0 else Side.RIGHT) if paired else Side.UNKNOWN,
                kind="dystrophic",
                cause="atherosclerosis",
            )
        )
    return found


def _veins(rng: np.random.Generator) -> list[Calcium]:
    found = []
    for number, (mg, centre, size, hollow) in enumerate(PHLEBOLITHS, 1):
        place = _near(rng, centre, 1.5)
        shape = calcium.ball(place, (size, size * 0.96, size * 1.04), hollow=hollow)
        side = Side.LEFT if centre[0] > 0 else Side.RIGHT
        found.append(
            Calcium(
                f"phlebolith {number}",
                _mass(rng, mg),
                *shape,
                site="site_pelvic_vein",
                side=side,
                kind="dystrophic",
                cause="phlebolith",
            )
        )
    return found


def _below_the_limit(rng: np.random.Generator) -> list[Calcium]:
    """Return specks that no such scan can show: told in the truth, expected to be missed."""
    places: tuple[tuple[str, Point, str, Side, str, Material], ...] = (
        (
            "speck in the spleen 1",
            (94, 52, 300),
            "site_spleen",
            Side.UNKNOWN,
            "tuberculosis",
            Material.CALCIFICATION,
        ),
        (
            "speck in the spleen 2",
            (95, 46, 296),
            "site_spleen",
            Side.UNKNOWN,
            "tuberculosis",
            Material.CALCIFICATION,
        ),
        (
            "speck in the liver",
            (-82, 20, 300),
            "site_liver",
            Side.UNKNOWN,
            "tuberculosis",
            Material.CALCIFICATION,
        ),
        (
            "speck in the prostate",
            (6, 2, -30),
            "site_physio_prostate",
            Side.UNKNOWN,
            "physiologic",
            Material.PHYSIOLOGICAL,
        ),
    )
    return [
        Calcium(
            name,
            round(float(rng.uniform(0.2, 0.5)), 2),
            *calcium.ball(_near(rng, centre, 3.0), (1.2, 1.2, 1.2)),
            site=site,
            side=side,
            kind="other" if cause == "physiologic" else "dystrophic",
            cause=cause,
            material=material,
        )
        for name, centre, site, side, cause, material in places
    ]


def _deposits(body: Body, rng: np.random.Generator) -> list[Calcium]:
    granuloma = calcium.ball(_near(rng, (-92.0, 100.0, 36.0), 2.0), (12.0, 8.5, 13.0), hollow=0.74)
    return [
        *_tuberculosis(body, rng),
        *_plaques(rng),
        *_veins(rng),
        Calcium(
            "old injection",
            _mass(rng, 165),
            *granuloma,
            site="site_subcutis",
            side=Side.RIGHT,
            kind="dystrophic",
            cause="injection_granuloma",
        ),
        *_below_the_limit(rng),
    ]


PERSON = VirtualPerson(
    key="A",
    patient=Patient("VIRT-A0071", "Ahlgren^Konstantin^Birger", "19541103", "071Y", "M", 1.74, 79),
    protocol=Protocol(
        "CT Thorax Abdomen Becken nativ",
        "Abdomen nativ 3.0 B30f",
        "B30f",
        "20260112",
        "KOSSA VIRTUAL",
        "Alpha 64",
    ),
    build=Build(female=False, habitus=Habitus(fat=1.05, belly=14.0), tissue=Tissue(spongiosa=105.0)),
    stretch=(1.0, 1.0, 1.0),
    fov_mm=420.0,
    noise_hu=12.0,
    note="A man of 71 with calcium where tissue was damaged: healed tuberculosis, plaque, phleboliths, "
    "an old injection.",
    deposits=_deposits,
)
