"""Bars of the house: help, the report's size and pages, the label map, line coverage.

python -m validate.house
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KOSSA_SHARED", ROOT.parent / "shared")) / "data"


def seconds(words: list[str], repeats: int = 15) -> float:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def help_above_bare() -> bool:
    bare = seconds([sys.executable, "-c", "pass"])
    code = "import sys; from kossa.cli.main import main; sys.exit(main(['--help']))"
    shown = seconds([sys.executable, "-c", code])
    above = 1000 * (shown - bare)
    print(f"kossa --help: {above:.0f} ms above a bare interpreter ({1000 * bare:.0f} ms); bar <= 100 ms")
    return above <= 100


def report_size() -> bool:
    from kossa.report import write_report
    from kossa.workup import read

    ok = True
    for name in ("ct/qrm_canon_large_rep1/dicom", "ct_volumes/abdomen_vascular/dicom"):
        with tempfile.TemporaryDirectory() as folder:
            page = write_report(read(SHARED / name), Path(folder))
            size = page.stat().st_size / 1e6
        print(f"report.html of {name}: {size:.2f} MB; bar <= 6 MB")
        ok &= size <= 6
    return ok


def label_map() -> bool:
    """Corners of the label map against arithmetic from the headers alone (pydicom, no kossa)."""
    import nibabel as nib
    import numpy as np
    import pydicom

    from kossa.report import write_report
    from kossa.workup import read

    source = SHARED / "ct_volumes/femoral_artery_thigh/dicom"
    slices = [pydicom.dcmread(p, stop_before_pixels=True) for p in sorted(source.iterdir())]
    slices.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    with tempfile.TemporaryDirectory() as folder:
        write_report(read(source), Path(folder))
        image = nib.load(Path(folder) / "deposits.nii.gz")
        affine, shape = image.affine, image.shape
        labels = np.asanyarray(image.dataobj)
        import json

        deposits = json.loads((Path(folder) / "workup.json").read_text())["ct"][0]["deposits"]
    worst = 0.0
    for k in (0, shape[2] - 1):
        row, column = np.array(slices[k].ImageOrientationPatient, float).reshape(2, 3)
        dy, dx = map(float, slices[k].PixelSpacing)
        for j in (0, shape[1] - 1):
            for i in (0, shape[0] - 1):
                lps = np.array(slices[k].ImagePositionPatient, float) + row * dx * i + column * dy * j
                ras = (affine @ [i, j, k, 1])[:3]
                worst = max(worst, float(np.abs(ras - lps * [-1, -1, 1]).max()))
    voxel = abs(float(np.linalg.det(affine[:3, :3])))
    volumes = max(
        (
            abs((labels == n).sum() * voxel - d["volume_mm3"])
            for n, d in enumerate(deposits, 1)
            if d["volume_mm3"]
        ),
        default=0.0,
    )
    print(f"label map: corners within {worst:.2g} mm of the headers; bar <= 1e-3 mm")
    print(f"label map: voxels of each deposit add up to its volume within {volumes:.2g} mm3")
    return worst <= 1e-3 and volumes <= 1e-3


def coverage() -> bool:
    done = subprocess.run(["make", "-s", "coverage"], cwd=ROOT, capture_output=True, text=True, check=False)
    print("\n".join(done.stdout.splitlines()[-1:]), "; bar >= 90 % in ct, intake, evidence")
    return done.returncode == 0


def main() -> int:
    checks = [help_above_bare, report_size, label_map]
    if "--coverage" in sys.argv:
        checks.append(coverage)
    met = [check() for check in checks]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
