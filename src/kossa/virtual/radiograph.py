"""A radiograph of a limb with deposits of known mass: rays, scatter, blur, quantum noise, DICOM.

Rays run parallel. Thickness of each tissue along a ray times its coefficient is what the film sees; a
deposit takes the place of the soft tissue that it displaces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian
from scipy import ndimage as ndi

from kossa.evidence import CannotFinish, TrueMark
from kossa.virtual.identity import Patient, uid

__all__ = ["Leg", "Lump", "artery", "expose", "shell", "write_film"]

Floats = npt.NDArray[np.float64]

# linear coefficients at 50 keV, 1/mm (NIST, Hubbell and Seltzer 1995, by ICRU-44 densities), and the mass
# coefficient of hydroxyapatite there, mm2/mg, of density 3.16 mg/mm3
SOFT, FAT, BONE, MARROW = 0.0240, 0.0195, 0.0814, 0.0215
APATITE, APATITE_DENSITY = 0.05865, 3.16
SCATTER, SCATTER_MM = 0.30, 25.0  # scattered for one primary behind a grid, and its spread; judgement
PHOTONS = 15000.0  # in a pixel of the open beam; judgement
BLUR_MM = 0.14  # focus and detector; judgement
GREYS = 4095
COARSE = 8  # pixels that scatter is told on


@dataclass(frozen=True)
class Leg:
    """A limb that runs down the film: `radius_mm` at top and bottom, and one long bone in it."""

    radius_mm: tuple[float, float]
    bone_mm: float
    bone_outer_mm: float
    bone_inner_mm: float
    skin_mm: float = 3.0
    rows: int = 1024
    columns: int = 700
    pixel_mm: float = 0.2

    def grid(self) -> tuple[Floats, Floats]:
        """Return y and x of every pixel, mm from the middle of the film."""
        y = (np.arange(self.rows) - (self.rows - 1) / 2) * self.pixel_mm
        x = (np.arange(self.columns) - (self.columns - 1) / 2) * self.pixel_mm
        return np.meshgrid(y, x, indexing="ij")


@dataclass(frozen=True, eq=False)
class Lump:
    """A deposit: `draw` gives mg/mm2 of hydroxyapatite at (y, x) in mm; `pattern` is its vocabulary word."""

    id: str
    pattern: str
    draw: Callable[[Floats, Floats], Floats]


def _chord(distance: Floats, radius: Floats | float) -> Floats:
    """Return the length of a ray in a cylinder or ball at `distance` from its middle."""
    return np.asarray(2 * np.sqrt(np.maximum(0.0, np.square(radius) - np.square(distance))))


def shell(id_: str, y: float, x: float, radius: float, thick: float, density: float = 0.8) -> Lump:
    """Return a hollow ball, as old fat necrosis or an injection leaves; density in mg/mm3."""

    def draw(grid_y: Floats, grid_x: Floats) -> Floats:
        r = np.hypot(grid_y - y, grid_x - x)
        return density * (_chord(r, radius) - _chord(r, radius - thick))

    return Lump(id_, "pattern_rim", draw)


def artery(id_: str, x: float, radius: float, wall: float, top: float, bottom: float, seed: int) -> Lump:
    """Return a tube whose wall is calcified in patches, gently winding down the film."""
    patches = np.random.default_rng(seed).uniform(0, 2 * np.pi, 3)

    def draw(grid_y: Floats, grid_x: Floats) -> Floats:
        d = grid_x - x - 2.5 * np.sin(grid_y / 24.0)
        tube = _chord(d, radius) - _chord(d, radius - wall)
        # three waves that do not fit into each other make patches of many lengths
        wave = sum(np.sin(grid_y / s + p) for s, p in zip((3.1, 5.3, 8.9), patches, strict=True))
        full = 0.8 * np.clip(0.7 + 0.4 * np.asarray(wave), 0.0, 1.0)
        return np.asarray(full * tube * ((grid_y > top) & (grid_y < bottom)))

    return Lump(id_, "pattern_tram_track", draw)


def expose(leg: Leg, lumps: Sequence[Lump], seed: int) -> tuple[npt.NDArray[np.uint16], tuple[TrueMark, ...]]:
    """Return the film (dense is bright, 0 to 4095) and what was put in, places in its pixels."""
    draw = np.random.default_rng([seed, 50])
    y, x = leg.grid()
    share = (y - y[0, 0]) / (y[-1, 0] - y[0, 0])
    radius = leg.radius_mm[0] * (1 - share) + leg.radius_mm[1] * share
    inner = _chord(x, radius - leg.skin_mm)
    bone = _chord(x - leg.bone_mm, leg.bone_outer_mm)
    marrow = _chord(x - leg.bone_mm, leg.bone_inner_mm)
    soft = np.maximum(0.0, inner - bone)
    depth = FAT * (_chord(x, radius) - inner) + SOFT * soft + BONE * (bone - marrow) + MARROW * marrow
    texture = ndi.gaussian_filter(draw.standard_normal(x.shape), 12.0)
    depth = depth + 0.012 * texture / texture.std() * (inner > 0)  # strands of muscle and fat; judgement
    marks = []
    for lump in lumps:
        mineral = lump.draw(y, x)
        depth = depth + mineral * (APATITE - SOFT / APATITE_DENSITY)
        marks.append(_mark(lump, mineral, leg.pixel_mm))
    primary = np.exp(-depth)
    light = primary + SCATTER * _spread(primary, SCATTER_MM / leg.pixel_mm)
    counts = np.maximum(1, draw.poisson(PHOTONS * ndi.gaussian_filter(light, BLUR_MM / leg.pixel_mm)))
    density = np.log10(PHOTONS * (1 + SCATTER) / counts)
    return np.clip(np.rint(GREYS * (0.05 + density / 2.2)), 0, GREYS).astype(np.uint16), tuple(marks)


def _spread(light: Floats, sigma_px: float) -> Floats:
    """Return light spread wide, computed on every eighth pixel: it holds nothing finer."""
    coarse = ndi.gaussian_filter(light[::COARSE, ::COARSE], sigma_px / COARSE, mode="nearest")
    fine = ndi.zoom(coarse, COARSE, order=1, mode="nearest", grid_mode=True)
    return np.asarray(fine[: light.shape[0], : light.shape[1]])


def _mark(lump: Lump, mineral: Floats, pixel_mm: float) -> TrueMark:
    rows, columns = np.nonzero(mineral > 0.02 * mineral.max())
    whole = mineral.sum()
    centre = [float((axis * mineral).sum() / whole) for axis in np.indices(mineral.shape)]
    return TrueMark(
        id=lump.id,
        pattern=lump.pattern,
        mass_mg=float(whole * pixel_mm**2),
        centroid_px=(round(centre[0], 1), round(centre[1], 1)),
        bbox_px=((int(rows.min()), int(columns.min())), (int(rows.max()) + 1, int(columns.max()) + 1)),
    )


def write_film(
    path: Path, film: npt.NDArray[np.uint16], leg: Leg, patient: Patient, side: str, part: str, day: str
) -> None:
    """Write the film as a DX object for presentation; raises `CannotFinish` where it cannot be written."""
    key = ("kossa.virtual", patient.id, "film")
    ds = Dataset()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = UID(uid(*key))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta = meta
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid(*key, "study"), uid(*key, "series")
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = day
    ds.Modality, ds.PresentationIntentType = "DX", "FOR PRESENTATION"
    ds.Manufacturer, ds.InstitutionName = "Virtual Rays", "Virtual Hospital"
    ds.PatientName, ds.PatientID = patient.name, patient.id
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = patient.birth_date, patient.sex, patient.age
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.BodyPartExamined, ds.ImageLaterality, ds.ViewPosition = part, side, "AP"
    ds.SeriesNumber, ds.InstanceNumber = 1, 1
    ds.ImagerPixelSpacing = [f"{leg.pixel_mm:g}"] * 2
    ds.EstimatedRadiographicMagnificationFactor = "1"
    ds.BurnedInAnnotation, ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "NO", "LOG", 1
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = film.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = film.tobytes()
    try:
        ds.save_as(path, enforce_file_format=True)
    except OSError as fault:
        raise CannotFinish(f"cannot write {path}: {fault.strerror or fault}") from fault
