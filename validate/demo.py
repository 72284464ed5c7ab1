"""The made scans judged without the reader, and the reader judged on them: `python -m validate.demo`.

First part: what stands in the DICOM files and in truth.json agrees, by plain numpy on files and arrays.
Second part: `kossa.demo.run`, its bars, and that a factor given scales the masses as the demo assumes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pydicom
from scipy import ndimage

from kossa.demo import run
from kossa.demo.bars import three_standard_errors_mg
from kossa.demo.conduct import PEOPLE
from kossa.virtual import person
from kossa.workup import ReadOptions, read


def files_to_hu(scan: Path):
    """Read the axial series with pydicom alone: HU [z, y, x], LPS of voxel 0, step z y x."""
    found = [pydicom.dcmread(p) for p in (scan / "S0002").iterdir()]
    found.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    hu = np.stack(
        [d.pixel_array.astype(np.int32) * int(d.RescaleSlope) + int(d.RescaleIntercept) for d in found]
    )
    z = [float(d.ImagePositionPatient[2]) for d in found]
    pixel = float(found[0].PixelSpacing[0])
    return hu, np.array(found[0].ImagePositionPatient, float), (z[1] - z[0], pixel, pixel)


def masses(one, seed: int):
    """Mass and place of every deposit from two noise-free scans, with and without calcium."""
    made = person.make(one, seed=seed, noise=False)
    bare = person.make(one, seed=seed, noise=False, calcium=False)
    space, factor = made.exposure.space, made.truth.factor_mg_per_mm3_hu
    added = (made.exposure.hu.astype(np.int64) - bare.exposure.hu) * (space.voxel_mm3 * factor)
    told = np.array([d.mass_mg for d in made.deposits])
    print(f"  all calcium: put in {told.sum():.2f} mg, in the picture {added.sum():.2f} mg", end="")
    print(f" ({100 * (added.sum() / told.sum() - 1):+.3f} %)  bar: < 1 %")
    errors, places, depth = [], [], []
    bone = ndimage.label(bare.exposure.hu > 250, np.ones((3, 3, 3)))[0]
    big = np.bincount(bone.ravel()) * space.voxel_mm3 > 1000
    big[0] = False
    away = ndimage.distance_transform_edt(~big[bone], sampling=space.step_mm)
    for k, one_deposit in enumerate(made.deposits):
        low, high = one_deposit.points_mm.min(0) - 4.5, one_deposit.points_mm.max(0) + 4.5
        alone = all(
            (other.points_mm.min(0) > high + 4.5).any() or (other.points_mm.max(0) < low - 4.5).any()
            for i, other in enumerate(made.deposits)
            if i != k
        )
        voxels = np.rint((one_deposit.points_mm[::5, ::-1] - space.start_mm) / np.array(space.step_mm))
        depth.append(away[tuple(voxels.astype(int).T)].min())
        if not alone or one_deposit.mass_mg < 5:
            continue
        box = space.box(low, high)
        part = added[box]
        axes = np.meshgrid(*(space.axis_mm(a, box[a]) for a in range(3)), indexing="ij")
        centre = [float((part * axes[a]).sum() / part.sum()) for a in (2, 1, 0)]
        errors.append(part.sum() / one_deposit.mass_mg - 1)
        places.append(np.linalg.norm(np.array(centre) - one_deposit.centroid_mm))
    print(
        f"  {len(errors)} that stand alone: largest error {100 * np.abs(errors).max():.2f} % of mass", end=""
    )
    print(f" (bar: < 1 %), {max(places):.3f} mm of place; nearest to bone {min(depth):.1f} mm")
    return abs(added.sum() / told.sum() - 1) < 0.01 and np.abs(errors).max() < 0.01


def noise(one, seed: int):
    """SD and k of the noise, from the scan with it less the scan without it."""
    loud, quiet = person.make(one, seed=seed), person.make(one, seed=seed, noise=False)
    grain = loud.exposure.hu.astype(np.float64) - quiet.exposure.hu
    space = loud.exposure.space
    inside = quiet.exposure.hu > -200
    print(f"  noise: told {loud.truth.noise_hu} HU, in the picture {grain[inside].std():.2f} HU", end="")
    n = space.shape[0]
    y, x = space.axis_mm(1), space.axis_mm(2)
    middle = grain[:, np.abs(y) < 45][:, :, np.abs(x) < 90]
    middle = middle / middle.std(axis=(1, 2), keepdims=True)
    for radius in (2.4, 4.9):
        reach = int(radius / space.pixel_mm) + 1
        u = np.arange(-reach, reach + 1) * space.pixel_mm
        disc = (u[:, None] ** 2 + u[None] ** 2 <= radius**2).astype(float)
        sums = [
            ndimage.convolve(middle[k : k + 5].sum(0), disc)[reach::4, reach::4] for k in range(0, n - 5, 5)
        ]
        k = np.std(np.concatenate([s.ravel() for s in sums])) / np.sqrt(5 * disc.sum())
        print(f"; k(r {radius} mm) = {k:.2f}, as area {k * k * space.pixel_mm**2:.2f} mm2", end="")
    print("  (2.73-2.96 at 0.488 mm: 1.77-2.09 mm2)")
    pixel, slice_mm = space.pixel_mm, space.slice_mm
    limit = three_standard_errors_mg(loud.truth.noise_hu, loud.truth.factor_mg_per_mm3_hu, pixel, slice_mm)
    above = sum(d.mass_mg >= limit for d in loud.truth.deposits)
    print(f"  3 SE of the smallest region {limit:.2f} mg: {above} deposits above, ", end="")
    print(f"{len(loud.truth.deposits) - above} below")
    return above


def timing(one, seed: int):
    person.make(one, seed=seed, matrix=64, slice_mm=24.0)
    began = time.process_time()
    made = person.make(one, seed=seed)
    used = time.process_time() - began
    volume = made.exposure.hu.astype(np.float32)
    began = time.process_time()
    ndimage.gaussian_filter(volume, 1.0)
    reference = time.process_time() - began
    print(
        f"  made in {used:.1f} s of one core = {used / reference:.1f} x one 3-D gaussian_filter of the scan"
    )


def reader(out: Path, seed: int):
    result = run(out, seed=seed)
    began = time.perf_counter()
    result = run(out, seed=seed)
    print(f"demo, warm: {time.perf_counter() - began:.1f} s on this machine (bar: <= 30 s on 2 free cores)")
    for bar in result.bars:
        met = {True: "met", False: "NOT MET", None: ""}[bar.met]
        print(f"  {bar.what:50s} {bar.demand:30s} {bar.figure:40s} {met}")
    for one in result.people:
        for row in one.rows:
            if row.above_limit and not (row.found and row.site_right and row.in_interval):
                error = "" if row.mass_error is None else f"{row.mass_error:+.0%}"
                print(
                    f"  {one.person} {row.truth.id:24s} {row.truth.mass_mg:6.1f} mg found={row.found} as "
                    f"{row.called}, site {row.site} for {row.truth.site}, mass {error}, "
                    f"inside={row.in_interval}"
                )
    first = result.people[0]
    given = read(out / first.person / "scan", ReadOptions(mg_per_mm3_hu=first.factor_mg_per_mm3_hu))
    by_place = {d.centroid_mm: d for d in given.workup.ct[0].deposits}
    plain = read(out / first.person / "scan")
    ratio = first.factor_mg_per_mm3_hu / first.factor_assumed
    worst = max(
        abs(by_place[d.centroid_mm].mass_integrated_mg.value / (d.mass_integrated_mg.value * ratio) - 1)
        for d in plain.workup.ct[0].deposits
        if d.mass_integrated_mg is not None and d.mass_integrated_mg.value
    )
    print(f"  factor really given v scaled: masses differ by at most {worst:.1e}")
    return worst < 1e-9 and all(bar.met is not False for bar in result.bars)


def files_agree(out: Path, seed: int):
    """The files hold what the arrays held, and nobody's name stands in what was written about them."""
    for one in PEOPLE:
        truth = person.write(one, out / one.key, seed=seed)
        hu, origin, step = files_to_hu(out / one.key / "scan")
        peaks = []
        for deposit in truth.deposits:
            i = np.rint((np.array(deposit.centroid_mm) - origin) / np.array(step)[::-1]).astype(int)[::-1]
            r = int(np.ceil((deposit.diameter_mm or 0) / 2 / step[1])) + 1
            if deposit.mass_mg >= 5:
                peaks.append(hu[i[0] - 2 : i[0] + 3, i[1] - r : i[1] + r + 1, i[2] - r : i[2] + r + 1].max())
        size = sum(f.stat().st_size for f in (out / one.key / "scan").rglob("*")) / 1e6
        print(f"  {one.key}: {hu.shape} voxels of {step}, {size:.0f} MB;", end="")
        print(f" lowest peak of a deposit of 5 mg or more {min(peaks)} HU")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-reader", action="store_true", help="only the first part")
    asked = parser.parse_args()
    above, good = 0, True
    for one in PEOPLE:
        print(f"person {one.key}, seed {asked.seed}: {one.note}")
        good &= masses(one, asked.seed)
        above += noise(one, asked.seed)
        timing(one, asked.seed)
    print(f"deposits above 3 SE over both: {above} (bar: >= 12)")
    with tempfile.TemporaryDirectory() as folder:
        print("files")
        files_agree(Path(folder) / "files", asked.seed)
        if not asked.no_reader:
            good &= reader(Path(folder) / "demo", asked.seed)
    return 0 if good and above >= 12 else 1


if __name__ == "__main__":
    sys.exit(main())
