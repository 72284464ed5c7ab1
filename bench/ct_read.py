"""Files to volume against SimpleITK's sorted series read and a plain read, in one run, one thread.

    python -m bench.ct_read [--slices 300] [--repeats 5]

The slices are uncompressed, 512 x 512, 16 bits, with some 110 header elements as scanners write them
(private groups and sequences among them), written in shuffled order under random names. "survey and
read" is all that kossa does from a folder to a `Volume`; "read" is what follows the survey. Memory is
the growth of the peak resident size over a process that has only imported the same modules.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

ROWS = COLUMNS = 512


def header(study: str, series: str, k: int) -> Dataset:
    one = Dataset()
    one.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    one.SOPInstanceUID = generate_uid(entropy_srcs=[f"{series}{k}"])
    one.StudyInstanceUID, one.SeriesInstanceUID = study, series
    one.FrameOfReferenceUID = generate_uid(entropy_srcs=["frame"])
    one.Modality, one.Manufacturer, one.ManufacturerModelName = "CT", "KOSSA", "bench"
    one.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    one.PatientName, one.PatientID, one.PatientAge, one.PatientSex = "Bench^One", "BENCH", "060Y", "F"
    one.StudyDate = one.SeriesDate = one.AcquisitionDate = one.ContentDate = "20240102"
    one.StudyTime = one.SeriesTime = one.AcquisitionTime = one.ContentTime = "101112.5"
    one.SeriesNumber, one.AcquisitionNumber, one.InstanceNumber = 2, 1, k + 1
    one.KVP, one.SliceThickness, one.ConvolutionKernel = "120", "1.0", "STANDARD"
    one.XRayTubeCurrent, one.Exposure, one.GantryDetectorTilt = 200, 100, "0"
    one.ImagePositionPatient = [-180.5, -180.5, -300.0 + k]
    one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    one.PixelSpacing = [0.703125, 0.703125]
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.Rows, one.Columns = ROWS, COLUMNS
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
    one.RescaleIntercept, one.RescaleSlope, one.RescaleType = "-1024", "1", "HU"
    one.WindowCenter, one.WindowWidth = "40", "400"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "CTABD", "99X", "CT abdomen"
    one.ProcedureCodeSequence = [code]
    for group in (0x0009, 0x0019, 0x0027, 0x0043):
        block = one.private_block(group, "KOSSA_BENCH", create=True)
        for element in range(14):
            block.add_new(element, "LO", f"private value {element}")
    return one


def write(folder: Path, slices: int) -> None:
    rng = np.random.default_rng(3)
    study = generate_uid(entropy_srcs=["study"])
    series = generate_uid(entropy_srcs=["series"])
    names = [f"{random.Random(k).getrandbits(40):010x}" for k in range(slices)]
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    body = np.where(((y - 256) / 170) ** 2 + ((x - 256) / 230) ** 2 < 1, 1064, 24)
    for k, name in enumerate(names):
        one = header(study, series, k)
        one.file_meta = FileMetaDataset()
        one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        one.PixelData = np.rint(body + rng.normal(0, 20, body.shape)).astype(np.int16).tobytes()
        pydicom.dcmwrite(folder / name, one, enforce_file_format=True)


def plain(folder: Path) -> int:
    return sum(len(path.read_bytes()) for path in folder.iterdir())


def simpleitk(folder: Path):
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    reader = SimpleITK.ImageSeriesReader()
    series = reader.GetGDCMSeriesIDs(str(folder))[0]
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder), series))
    return reader.Execute()


def kossa_all(folder: Path) -> np.ndarray:
    from kossa.ct.read import read_volume
    from kossa.intake.survey import survey

    return read_volume(survey(folder)).volume.hu


def timed(work, folder: Path) -> float:
    began = time.perf_counter()
    work(folder)
    return time.perf_counter() - began


def memory(folder: str) -> None:
    """Print bytes of the volume and of the growth of the peak resident size (in a process of its own)."""
    import kossa.ct.read
    import kossa.intake.survey

    before = peak_bytes()
    hu = kossa.ct.read.read_volume(kossa.intake.survey.survey(Path(folder))).volume.hu
    print(hu.nbytes, peak_bytes() - before)


def peak_bytes() -> int:
    """Return the peak resident size of this program (not of the one that started it)."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--slices", type=int, default=300)
    words.add_argument("--repeats", type=int, default=5)
    words.add_argument("--memory", help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.memory:
        memory(asked.memory)
        return
    import SimpleITK

    from kossa.ct.read import read_volume
    from kossa.intake.survey import survey

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, asked.slices)
        same = np.array_equal(kossa_all(folder), SimpleITK.GetArrayFromImage(simpleitk(folder)))
        best: dict[str, float] = {}
        for _ in range(asked.repeats):
            for name, work in (
                ("plain read", plain),
                ("SimpleITK", simpleitk),
                ("survey and read", kossa_all),
                ("survey", survey),
            ):
                best[name] = min(best.get(name, 1e9), timed(work, folder))
            met = survey(folder)
            best["read"] = min(best.get("read", 1e9), timed(lambda _, m=met: read_volume(m), folder))
        out = subprocess.run(
            [sys.executable, "-m", "bench.ct_read", "--memory", place], capture_output=True, check=True
        )
    volume, grown = map(int, out.stdout.split())
    print(f"{asked.slices} slices, arrays equal to SimpleITK's: {same}")
    for name, seconds in best.items():
        plain_x, itk_x = seconds / best["plain read"], seconds / best["SimpleITK"]
        print(f"{name:16s} {seconds * 1000:8.1f} ms {plain_x:8.2f} x plain read {itk_x:8.3f} x SimpleITK")
    print(f"peak memory grew by {grown / 1e6:.0f} MB for a volume of {volume / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
