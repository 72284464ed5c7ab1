"""A tiled section of 20,000 x 20,000 pixels: time and peak memory, and a plain read of it in the same run.

    python -m bench.section [SIDE]

The picture is made of one synthetic field with exact truth, turned and mirrored, as JPEG blocks of 256.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tifffile
from validate.section_fields import made_field

from kossa.evidence import Stain
from kossa.intake.survey import survey
from kossa.section.reading import examine
from kossa.section.slide import open_slide


def write_slide(path: Path, side: int, *, compression: str = "jpeg") -> float:
    """Write a tiled TIFF of repeated fields; return its true percent."""
    field, truth, tissue = made_field(7, "von_kossa", 0.05)
    turns = [np.ascontiguousarray(np.rot90(field, k)[:, :: 1 if k % 2 else -1]) for k in range(4)]
    tile = 256
    across = -(-side // tile)

    def tiles():
        for row in range(across):
            for column in range(across):
                turned = turns[(row // 2 + column // 2) % 4]
                y, x = (row % 2) * tile, (column % 2) * tile
                yield turned[y : y + tile, x : x + tile]

    tifffile.imwrite(
        path,
        tiles(),
        shape=(side, side, 3),
        dtype=np.uint8,
        tile=(tile, tile),
        photometric="rgb",
        compression=compression,
        bigtiff=True,
        resolution=(20000, 20000),
        resolutionunit="CENTIMETER",
    )
    return 100.0 * float(truth.sum()) / float(tissue.sum())


def main() -> None:
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.tif"
        write_slide(small, 1024)
        examine(small, stain=Stain.VON_KOSSA)  # compiles the kernels
        path = Path(folder) / "slide.tif"
        true = write_slide(path, side)
        start = time.perf_counter()
        with open_slide(survey(path).entries[0]) as slide:
            for band in slide.bands():
                band.pixels.sum()
        plain = time.perf_counter() - start
        told = []
        start, cpu = time.perf_counter(), time.process_time()
        exam = examine(path, stain=Stain.VON_KOSSA, progress=lambda *step: told.append(step))
        took, used = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        share = exam.reading.mineral_percent.value
        print(f"{side} x {side}: {took:.1f} s by the clock (bar 60), {used:.1f} s of the processors")
        print(f"a plain read of every block and its sum {plain:.1f} s: {took / plain:.1f} times")
        print(f"peak resident size {peak:.2f} GB (bar 1.5), {len(told)} steps of progress told")
        print(f"{share:.2f} % (true {true:.2f}), {exam.reading.deposits} deposits")


if __name__ == "__main__":
    main()
