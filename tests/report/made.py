"""A small made examination: a torso with a spine, two deposits, and numbers that are easy to check."""

from __future__ import annotations

import numpy as np

from kossa.evidence import (
    Calcification,
    Contrast,
    CtDeposit,
    CtReading,
    DepositGroup,
    File,
    FileKind,
    Geometry,
    Interval,
    Limits,
    Material,
    Modality,
    Notice,
    Outcome,
    Person,
    Score,
    SeriesChoice,
    SeriesRow,
    Severity,
    Sex,
    Side,
    Workup,
)
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Examination, Runs, Volume
from kossa.workup.result import WorkupResult

SHAPE = (24, 60, 80)
SPACING = (3.0, 2.0, 2.0)


def grid(heights=None) -> Grid:
    heights = np.arange(SHAPE[0]) * SPACING[0] if heights is None else np.asarray(heights, float)
    origins = np.stack([np.full_like(heights, -80.0), np.full_like(heights, -60.0), heights], axis=1)
    return Grid(
        shape=(len(heights), *SHAPE[1:]),
        pixel_mm=SPACING[1:],
        row_direction=np.array([1.0, 0, 0]),
        column_direction=np.array([0, 1.0, 0]),
        origins_mm=origins,
    )


def volume() -> Volume:
    _, y, x = np.indices(SHAPE)
    hu = np.full(SHAPE, -1000, np.int16)
    hu[((x - 40) / 34) ** 2 + ((y - 30) / 22) ** 2 < 1] = 40
    hu[((x - 40) / 6) ** 2 + ((y - 44) / 6) ** 2 < 1] = 350
    hu[10:12, 20:22, 30:33] = 600
    hu[5, 33, 50] = 300
    return Volume(hu=hu, grid=grid(), kvp=120.0)


def deposit(number: int, box, site, side, **more) -> CtDeposit:
    low, high = np.asarray(box[0]), np.asarray(box[1])
    centre = (low + high - 1) / 2
    voxels = int(np.prod(high - low))
    settings = {
        "material": Material.CALCIFICATION,
        "reason": "12 HU-SD above its ring, 9 mm from bone.",
        "site": site,
        "side": side,
        "site_certainty": 0.8,
        "site_reason": "On the aortic circle (radius 11 mm).",
        "group": "g1",
        "patterns": ("pattern_plaque_patchy",),
        "mass_integrated_mg": Interval(value=14.0, low=11.5, high=16.5),
        "noise_probability": 0.0,
        **more,
    }
    return CtDeposit(
        id=str(number),
        modality=Modality.CT,
        centroid_voxel=tuple(float(c) for c in centre),
        centroid_mm=tuple(float(c) for c in grid().to_mm(centre)),
        bbox_voxel=(tuple(map(int, low)), tuple(map(int, high))),
        voxels=voxels,
        slices=int(high[0] - low[0]),
        agatston=24.0,
        volume_mm3=voxels * 12.0,
        area_mm2=24.0,
        mass_threshold_mg=Interval(value=18.0, low=15.0, high=21.0),
        hu_peak=600.0,
        hu_mean=480.0,
        diameter_mm=7.0,
        **settings,
    )


def reading(**more) -> CtReading:
    first = deposit(1, ((10, 20, 30), (12, 22, 33)), "site_aorta_abdominal", Side.UNKNOWN)
    second = deposit(2, ((5, 33, 50), (6, 34, 51)), None, Side.LEFT, group="g2", patterns=())
    bone = deposit(
        3,
        ((0, 38, 34), (24, 50, 46)),
        None,
        Side.UNKNOWN,
        material=Material.BONE,
        reason="Larger than 4 cm³.",
        group=None,
    )
    settings = {
        "kossa_version": "0.1.0",
        "series": SeriesChoice(
            number=2,
            reason="thin, soft kernel, no contrast",
            slices=24,
            kind="dicom",
            kvp=120.0,
            others=(
                SeriesRow(number=1, chosen=False, reason="a localiser", slices=1, modality="CT"),
                SeriesRow(
                    number=2, chosen=True, reason="thin, soft kernel", slices=24, modality="CT", kernel="B30f"
                ),
            ),
        ),
        "geometry": Geometry(
            spacing_mm=SPACING, gaps_mm=(3.0,) * 23, tilt_deg=0.0, shape=SHAPE, causes=("Even slices.",)
        ),
        "noise_hu": 12.0,
        "contrast": Contrast(enhanced=False, reason="no vessel is brighter than muscle"),
        "limits": Limits(smallest_mass_mg=3.1, not_seen=("calcium touching bone", "near metal")),
        "scores": (
            Score(
                name="agatston", value=48.0, unit="AU", convention={"threshold_hu": 130, "increment_mm": 3}
            ),
            Score(
                name="mass_integrated", value=28.0, low=24.0, high=32.0, level=0.95, unit="mg", convention={}
            ),
            Score(name="volume_isotropic", value=None, unit="mm3", convention={}, reason="a single slice"),
        ),
        "deposits": (first, second, bone),
        "groups": (
            DepositGroup(
                id="g1",
                deposits=("1",),
                site="site_aorta_abdominal",
                pattern="pattern_plaque_patchy",
                volume_mm3=144.0,
                mass_mg=Interval(value=14.0, low=11.5, high=16.5),
            ),
            DepositGroup(id="g2", deposits=("2",), site=None, volume_mm3=12.0),
        ),
        "findings": (),
        "notices": (Notice(code="kernel", severity=Severity.INFO, what="The kernel is soft."),),
    }
    return CtReading(**{**settings, **more})


def examination(**more) -> Examination:
    runs = [(z, y, 30, 33, 1) for z in (10, 11) for y in (20, 21)] + [(5, 33, 50, 51, 2)]
    runs += [(z, y, 34, 46, 3) for z in range(24) for y in range(38, 50)]
    columns = [np.array(c, np.int32) for c in zip(*runs, strict=True)]
    return Examination(reading=reading(**more), volume=volume(), runs=Runs(*columns))


def result(exams=None, **more) -> WorkupResult:
    exams = (examination(),) if exams is None else exams
    settings = {
        "kossa_version": "0.1.0",
        "person": Person(age_years=61.0, sex=Sex.F),
        "calcification": Calcification.MEASURED if exams else Calcification.NOT_EXAMINED,
        "ct": tuple(e.reading for e in exams),
        "groups": tuple(g for e in exams for g in e.reading.groups),
        "files": (
            *(File(number=n, kind=FileKind.CT, outcome=Outcome.ACCEPTED) for n in range(1, 25)),
            File(number=25, kind=FileKind.DOCUMENT, outcome=Outcome.IGNORED, reason="pdf"),
        ),
    }
    workup = Workup(**{**settings, **more})
    return WorkupResult(workup=workup, examinations=tuple(exams), locations={1: "scan/1.dcm"})
