"""Small made films: a breast with spots, a limb with a bone, and the files that hold them."""

from __future__ import annotations

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    generate_uid,
)
from scipy import ndimage as ndi

from kossa.film.measure import Mark


def breast(pixel_mm=0.1, size_mm=(80, 50), seed=0):
    """A half disc against the left side, noise over it; the air round it is dark."""
    rng = np.random.default_rng(seed)
    rows, columns = (int(v / pixel_mm) for v in size_mm)
    y, x = np.indices((rows, columns))
    r = np.hypot((y - rows / 2) / (rows * 0.42), x / (columns * 0.8))
    film = 100 * np.clip((1 - r) * 6, 0, 1) + 10
    noise = ndi.gaussian_filter(rng.standard_normal(film.shape), 0.7)
    return (film + noise / noise.std() * 1.5).astype(np.float32)


def with_spots(film, centre, *, height=40, width_px=1.6, count=8, radius_px=30, seed=1):
    rng = np.random.default_rng(seed)
    y, x = np.indices(film.shape)
    out, places = film.copy(), []
    while len(places) < count:
        q = rng.uniform(-radius_px, radius_px, 2)
        if np.hypot(*q) < radius_px and all(np.hypot(*(q - p)) > 8 for p in places):
            places.append(q)
    for q in places:
        out += height * np.exp(
            -((y - centre[0] - q[0]) ** 2 + (x - centre[1] - q[1]) ** 2) / (2 * width_px**2)
        )
    return np.clip(out, 0, 255).astype(np.float32)


def limb(seed=0, size=320, pixel_mm=0.2, lean=0.03):
    """A cylinder with a tube of bone in it, upright, and air on both sides."""
    rng = np.random.default_rng(seed)
    y, x = (np.indices((size, size)) - size / 2) * pixel_mm
    across = x - lean * y

    def chord(d, r):
        return 2 * np.sqrt(np.maximum(0, r * r - d * d))

    thick = 0.024 * chord(across, 26) + 0.058 * (chord(across - 4, 9) - chord(across - 4, 5))
    noise = ndi.gaussian_filter(rng.standard_normal(thick.shape), 0.6)
    return (30 + 60 * thick + 0.8 * noise / noise.std()).astype(np.float32)


def save(film, path, *, bits=8):
    scale, kind = (1, np.uint8) if bits == 8 else (257, np.uint16)
    Image.fromarray(np.clip(np.round(film * scale), 0, 255 * scale).astype(kind)).save(path)
    return path


def dicom(stored, path, **tags):
    """Write a mammogram (y, x) uint16 for presentation, with these elements by keyword."""
    file = Dataset()
    file.file_meta = FileMetaDataset()
    file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file.SOPClassUID = file.file_meta.MediaStorageSOPClassUID = (
        DigitalMammographyXRayImageStorageForPresentation
    )
    file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    file.PatientID, file.PatientName, file.Modality = "1", "A", "MG"
    file.Rows, file.Columns = stored.shape
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 16, 15, 0
    file.ImagerPixelSpacing = [0.1, 0.1]
    file.PresentationIntentType = "FOR PRESENTATION"
    for keyword, value in tags.items():
        setattr(file, keyword, value)
    file.PixelData = stored.astype("<u2").tobytes()
    file.save_as(path, enforce_file_format=True)
    return path


def table(entries, *, first=0, bits=12):
    """Return one item of a VOI LUT sequence."""
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item.LUTData = np.asarray(entries, "<u2").tobytes()
    item["LUTData"].VR = "OW"
    return item


def mark(**over):
    """A round mark of three pixels, with what is told differently."""
    base = {
        "y": 0.0, "x": 0.0, "area": 12, "diameter": 3.0, "length": 3.5, "width": 3.0, "calibre": 2.4,
        "hole": 0.0, "core": None, "solid": 1.0, "height": 40.0, "z": 14.0, "steep": 9.0,
        "outline": np.array([[0, 0], [0, 1], [1, 0]], np.int32),
        "box": ((0, 0), (2, 2)),
    }  # fmt: skip
    return Mark(**(base | over))
