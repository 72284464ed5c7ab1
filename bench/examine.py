"""From 300 slices on disk to scores and deposits, against SimpleITK's sorted read in the same run.

    python -m bench.examine [--slices 300] [--folder DIR] [--whole]

The slices are those of `bench.components`, written uncompressed by pydicom. Measured are reading, finding,
measuring and scoring with every object up to 4 cm3 taken as calcium and larger ones as bone, so that the
figure is that of the engine; `--whole` runs the rules on material and place as well. Peak memory is that
of a fresh process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

UID = "1.2.826.0.1.3680043.8.498."  # root of pydicom's own generated names


def write(folder: Path, slices: int, sigma: float) -> None:
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset

    from bench.components import body

    for k, image in enumerate(body(slices, sigma)):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        meta.MediaStorageSOPInstanceUID = f"{UID}9.{k}"
        meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        one = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        one.SOPClassUID, one.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
        one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = f"{UID}1", f"{UID}2", f"{UID}3"
        one.PatientID, one.PatientName, one.Modality, one.KVP = "bench", "Bench", "CT", 120
        one.ImageType, one.InstanceNumber = ["ORIGINAL", "PRIMARY", "AXIAL"], k + 1
        one.ImagePositionPatient, one.ImageOrientationPatient = [-180, -180, 1.0 * k], [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.SliceThickness = [0.7, 0.7], 1.0
        one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, -1024, "HU"
        one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
        one.Rows, one.Columns = image.shape
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
        one.PixelData = (image + np.int16(1024)).tobytes()
        one.save_as(folder / f"{k:04d}", enforce_file_format=True)


def by_size(volume, *, threshold_hu, inclusive, **_):
    """A judge that costs nothing: bone is what is larger than 4 cm3."""
    from kossa.ct.judgement import Judged, Judgement
    from kossa.evidence import Contrast, Material
    from kossa.image.components import find

    found = find(volume.hu, threshold_hu, inclusive=inclusive)
    small = found.voxels * volume.grid.pixel_area_mm2 * float(np.median(volume.grid.weights_mm)) <= 4000
    calcium, bone = Judgement(Material.CALCIFICATION, "small"), Judgement(Material.BONE, "large")
    told = tuple(calcium if s else bone for s in small)
    return Judged(found, told, Contrast(enhanced=False, reason="made so"), None, threshold_hu)


def engine(folder: Path, *, whole: bool) -> dict[str, float]:
    """Seconds of each step."""
    from kossa.ct import presets
    from kossa.ct.assess import assess
    from kossa.ct.judge import judge
    from kossa.ct.read import read_volume
    from kossa.intake.survey import survey

    spent, began = {}, [time.perf_counter()]

    def mark(name: str) -> None:
        now = time.perf_counter()
        spent[name] = spent.get(name, 0.0) + now - began[0]
        began[0] = now

    met = survey(folder)
    mark("survey")
    scan = read_volume(met)
    mark("read")
    stage = [""]

    def tell(name: str, _done: int, _total: int) -> None:
        if stage[0]:
            mark(stage[0])
        stage[0] = name

    exam = assess(
        scan,
        preset=presets.load("agatston-1990"),
        progress=tell,
        judging=judge if whole else by_size,
    )
    mark(stage[0])
    spent["deposits"] = len(exam.reading.deposits)
    return spent


def simpleitk(folder: Path) -> float:
    import SimpleITK

    began = time.perf_counter()
    reader = SimpleITK.ImageSeriesReader()
    (series,) = reader.GetGDCMSeriesIDs(str(folder))
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder), series))
    reader.Execute()
    return time.perf_counter() - began


def memory(folder: Path, *, whole: bool) -> None:
    """Print this process's peak after one run; called in a process of its own."""
    engine(folder, whole=whole)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def compare(folder: Path, sigma: float, repeats: int, *, whole: bool) -> None:
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    engine(folder, whole=whole)
    runs, reference = [], float("inf")
    for _ in range(repeats):
        reference = min(reference, simpleitk(folder))
        runs.append(engine(folder, whole=whole))
    best = min(runs, key=lambda r: sum(v for k, v in r.items() if k != "deposits"))
    count = best.pop("deposits")
    total = sum(best.values())
    steps = ", ".join(f"{k} {1000 * v:.0f} ms" for k, v in best.items())
    print(f"sigma {sigma:g} HU, {count:.0f} deposits: {steps}")
    ratio = total / reference
    print(f"  SimpleITK sorted read {1000 * reference:.0f} ms; kossa {1000 * total:.0f} ms = {ratio:.2f} x")
    command = [sys.executable, "-m", "bench.examine", "--memory", "--folder", str(folder)]
    peak = float(
        subprocess.run([*command, *(["--whole"] if whole else [])], capture_output=True, check=True).stdout
    )
    volume = sum(p.stat().st_size for p in folder.iterdir()) / 2**20
    print(f"  peak memory {peak:.0f} MB, volume {volume:.0f} MB, above it {peak - volume:.0f} MB (bar 1024)")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--slices", type=int, default=300)
    options.add_argument("--sigma", type=float, default=20)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--folder", type=Path)
    options.add_argument("--whole", action="store_true")
    options.add_argument("--memory", action="store_true")
    args = options.parse_args()
    if args.memory:
        memory(args.folder, whole=args.whole)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        folder.mkdir(exist_ok=True)
        if not any(folder.iterdir()):
            write(folder, args.slices, args.sigma)
        compare(folder, args.sigma, args.repeats, whole=args.whole)


if __name__ == "__main__":
    main()
