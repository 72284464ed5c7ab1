"""The bars of CT scores and masses, each printed with its figure.

    python -m validate.ct_scores [--write-mask circle.nii.gz]

With `--write-mask` only the mask is written that `kossa ct --roi` takes for the bar on lesions: a circle
around (256, 216), radius 100 pixels, slices 0-21 of the QRM scan in rising z.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np

from kossa.ct import presets
from kossa.ct.assess import assess
from kossa.ct.judgement import Judged, Judgement
from kossa.ct.mass import integrate, margins_for
from kossa.ct.noise import measure_noise
from kossa.ct.noise_rule import pieces_expected
from kossa.ct.read import ScanRead
from kossa.ct.roi import Regions
from kossa.evidence import Contrast, CtDeposit, CtReading, Geometry, Material, SeriesChoice
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume
from kossa.image.components import find
from kossa.image.surround import surround
from validate.scans import SHARED, load

QRM = SHARED / "ct" / "qrm_canon_large_rep1"
SIM = SHARED / "ct" / "sim_qrm"
FACTOR = 0.72204771e-3  # published for this scan, mg/(mm3 HU)
RADIUS_PX = {"Large": 9.0, "Medium": 7.0, "Small": 4.0}  # ct.md section 1: assignment by centroid
CIRCLE = (216, 256, 100)  # y, x, radius in pixels
BLANK = (*range(4, 11), *range(18, 22))  # slices that hold plain insert material and nothing else


MISSED: list[str] = []


def bar(met: bool, what: str) -> str:
    """Note a bar, and say whether it is met."""
    if not met:
        MISSED.append(what)
    return "met" if met else "MISSED"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def scan_of(volume: Volume) -> ScanRead:
    grid = volume.grid
    geometry = Geometry(
        spacing_mm=grid.spacing_mm,
        gaps_mm=tuple(grid.gaps_mm.tolist()),
        tilt_deg=grid.tilt_deg,
        shape=grid.shape,
        verdict="regular" if grid.shape[0] > 1 else "single",
    )
    choice = SeriesChoice(number=1, reason="the only one", slices=grid.shape[0], kind="dicom", kvp=volume.kvp)
    return ScanRead(volume, choice, geometry, (), hounsfield=True)


def everything_is_calcium(volume: Volume, *, threshold_hu: float, inclusive: bool, **_: object) -> Judged:
    """A judge for phantoms: what counts is asked of the numbers here, not of the rules."""
    found = find(volume.hu, threshold_hu, inclusive=inclusive)
    verdict = Judgement(Material.CALCIFICATION, "a phantom")
    contrast = Contrast(enhanced=False, reason="a phantom")
    return Judged(found, (verdict,) * len(found), contrast, None, threshold_hu)


def circle(shape: tuple[int, ...]) -> np.ndarray:
    y, x = np.mgrid[: shape[1], : shape[2]]
    return (y - CIRCLE[0]) ** 2 + (x - CIRCLE[1]) ** 2 <= CIRCLE[2] ** 2


def region(shape: tuple[int, ...]) -> np.ndarray:
    out = np.zeros(shape, np.int32)
    out[:22] = circle(shape)
    return out


def write_mask(path: Path) -> None:
    volume, _ = load(QRM / "dicom")
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ volume.grid.affine
    nib.save(nib.Nifti1Image(region(volume.hu.shape).transpose(2, 1, 0).astype(np.uint8), affine), path)
    print(f"wrote {path}")


def insert_of(deposit: CtDeposit, truth: list[dict[str, str]]) -> str | None:
    """Name the insert in whose radius the centroid lies, slices 11-17."""
    z, y, x = deposit.centroid_voxel
    for row in truth:
        near = RADIUS_PX[row["insert"].split("_")[0]]
        if 11 <= z <= 17 and np.hypot(x - float(row["x_vox"]), y - float(row["y_vox"])) <= near:
            return row["insert"]
    return None


def sums(reading: CtReading) -> dict[str, np.ndarray]:
    """Agatston, volume and threshold mass of each insert."""
    truth = rows(QRM / "truth.csv")
    out = {row["insert"]: np.zeros(3) for row in truth}
    for d in reading.deposits:
        name = insert_of(d, truth)
        if name is not None:
            out[name] += (d.agatston, d.volume_mm3, d.mass_threshold_mg.value)
    return out


def published(volume: Volume) -> None:
    print("QRM, nine inserts, whole scan, no positions used in the reading")
    expected = {row["insert"]: row for row in rows(QRM / "canon_large_rep1.csv")}
    worst = np.zeros(3)
    for name in presets.names():
        exam = assess(
            scan_of(volume), preset=presets.load(name), mg_per_mm3_hu=FACTOR, judging=everything_is_calcium
        )
        found = sums(exam.reading)
        if name == "canon":
            for insert, values in found.items():
                want = [float(expected[insert][k]) for k in ("agatston", "volume_mm3", "mass_mgHA")]
                worst = np.maximum(worst, np.abs(values - want))
                print(f"  {insert:10s} {values[0]:10.5f} AU {values[1]:10.5f} mm3 {values[2]:9.5f} mg")
        total = sum(found.values())
        print(f"  {name:14s} total {total[0]:9.3f} AU {total[1]:9.3f} mm3 {total[2]:8.3f} mg")
    met = bar(worst.max() <= 1e-3, "published scores")
    print(f"  largest difference to the published table (canon): {worst.max():.1e} (bar 1e-3): {met}")
    four = replace(presets.load("canon"), connectivity=4)
    exam = assess(scan_of(volume), preset=four, mg_per_mm3_hu=FACTOR, judging=everything_is_calcium)
    print(
        f"  Large_HD with 4 neighbours: {sums(exam.reading)['Large_HD'][0]:.3f} AU (bar 401.987; 8: 402.940)"
    )


def in_circle(volume: Volume) -> None:
    exam = assess(
        scan_of(volume),
        preset=presets.load("canon"),
        regions=Regions(region(volume.hu.shape), {}, {}),
        mg_per_mm3_hu=FACTOR,
    )
    deposits = [d for d in exam.reading.deposits if d.material is Material.CALCIFICATION]
    kept = [d for d in deposits if d.kept]
    blank = [d for d in kept if not 11 <= d.centroid_voxel[0] <= 17]
    aware = next(s for s in exam.reading.scores if s.name == "agatston_noise_aware")
    plain = next(s for s in exam.reading.scores if s.name == "agatston")
    print("QRM, circle (256, 216) r 100 px, slices 0-21, rules and noise as for any scan")
    met = bar(len(deposits) == 46, "46 lesions")
    print(f"  textbook lesions {len(deposits)} (bar 46): {met}; {plain.value:.3f} AU")
    met = bar(len(kept) == 7 and not blank and abs(aware.value - 966.63) < 0.01, "the 7 real ones")
    print(
        f"  kept {len(kept)} (bar 7), {aware.value:.3f} AU (bar 966.63); in blank slices {len(blank)} (bar 0): {met}"
    )
    print(
        f"  noise probability: kept at most {max(d.noise_probability for d in kept):.1e}, "
        f"others at least {min(d.noise_probability for d in deposits if not d.kept):.2f}"
    )
    masses(kept)


def masses(kept: list[CtDeposit]) -> None:
    print("  integrated mass, the region chosen from each deposit alone")
    truth = rows(QRM / "truth.csv")
    for d in kept:
        name = insert_of(d, truth)
        known = float(next(r for r in truth if r["insert"] == name)["known_mass_mgHA"])
        m = d.mass_integrated_mg
        se = (m.high - m.value) / 1.96
        bar = {"Large": 0.06 * known, "Medium": max(0.25 * known, 2 * se), "Small": np.inf}[
            name.split("_")[0]
        ]
        right = m.below_limit if name.startswith("Small") else abs(m.value - known) <= bar
        print(
            f"    {name:10s} true {known:6.2f} found {m.value:6.2f} ({m.value / known - 1:+.1%}), "
            f"SE {se:.2f}, below limit {m.below_limit}: {bar(right, f'mass of {name}')}"
        )


def blank_places(volume: Volume) -> None:
    """Regions as those of 5, 3 and 1 mm inserts, where nothing is: are the errors honest?"""
    noise = measure_noise(volume)
    y, x = np.mgrid[:512, :512]
    print(f"QRM, blank places; sigma {noise.sigma_hu:.2f} HU, k {noise.k:.2f}")
    every = []
    for radius in (7.5, 5.0, 2.0):
        step = int(2 * (radius + 12))
        places = [
            (cy, cx)
            for cy in range(CIRCLE[0] - 80, CIRCLE[0] + 81, step)
            for cx in range(CIRCLE[1] - 80, CIRCLE[1] + 81, step)
            if np.hypot(cy - CIRCLE[0], cx - CIRCLE[1]) + radius + 9 < CIRCLE[2]
        ]
        mask = np.zeros(volume.hu.shape, np.int16)
        for z in (6, 9, 19):  # each with a blank slice on both sides
            for cy, cx in places:
                mask[z][(y - cy) ** 2 + (x - cx) ** 2 <= radius**2] = 1
        discs = find(mask, 1)
        n = len(discs)
        around = surround(
            volume.hu,
            discs,
            np.arange(n),
            margins_for(volume.grid),
            solid=np.ones(n, bool),
            weights_mm=volume.grid.weights_mm,
            pixel_mm=volume.grid.pixel_mm,
        )
        integral = integrate(around, pixel_area_mm2=volume.grid.pixel_area_mm2, noise=noise)
        z_score = integral.amount / integral.error
        every.append(z_score)
        print(
            f"  radius {radius:3.1f} px: {n} places, SE {FACTOR * integral.error.mean():.2f} mg, "
            f"SD of masses {FACTOR * integral.amount.std():.2f} mg, "
            f"mean {FACTOR * integral.amount.mean():+.2f} mg, within 2 SE {(np.abs(z_score) <= 2).mean():.1%}"
        )
    together = np.concatenate(every)
    inside = (np.abs(together) <= 2).mean()
    met = bar(0.90 <= inside <= 0.99, "errors at blank places")
    print(f"  all {together.size} places: within 2 SE {inside:.1%} (bar 90-99 %): {met}")


def noise_model(volume: Volume) -> None:
    noise = measure_noise(volume)
    inside = np.zeros(volume.hu.shape, bool)
    y, x = np.mgrid[:512, :512]
    disc = (y - CIRCLE[0]) ** 2 + (x - CIRCLE[1]) ** 2 <= 90**2
    inside[list(BLANK)] = disc
    values = volume.hu[inside]
    mean, deviation = float(values.mean()), float(values.std())
    print(
        f"noise model against {len(BLANK)} blank slices of the QRM scan (mean {mean:.1f}, SD {deviation:.1f})"
    )
    for level in (120, 125, 130, 135):
        found = find(volume.hu, level, exclude=~inside)
        sizes = (1, 3, 5, 7, 9)
        seen = [int((found.piece_pixels >= n).sum()) for n in sizes]
        told = [float(pieces_expected((level - mean) / deviation, n, values.size, noise)) for n in sizes]
        pairs = ", ".join(f">= {n} px {s} / {t:.1f}" for n, s, t in zip(sizes, seen, told, strict=True))
        print(f"  {level} HU, pieces seen / expected: {pairs}")


def voltages() -> None:
    print("simulated QRM slices, mass of mineral a mm of length, factor from the rod of the same voltage")
    rods = {kv: rod_factor(kv) for kv in (80, 120)}
    found = {kv: sim_masses(kv, rods[kv]) for kv in (80, 120)}
    differences = []
    for insert, low in found[80].items():
        high = found[120].get(insert)
        if high is not None:
            differences.append(low / high - 1)
            print(f"  {insert:8s} 80 kV {low:7.3f}, 120 kV {high:7.3f} mg/mm ({low / high - 1:+.2%})")
    total = sum(found[80].values()) / sum(found[120][k] for k in found[80]) - 1
    largest = max(map(abs, differences))
    met = bar(largest <= 0.01, "80 against 120 kV")
    print(f"  5 and 3 mm inserts together {total:+.2%}, largest of one {largest:.2%} (bar 1 %): {met}")
    for kv in (80, 120):
        stack = stacked(SIM / f"vessel_{kv}kV.dcm", 5)
        reading = assess(scan_of(stack), preset=presets.load("canon"), judging=everything_is_calcium).reading
        score = next(s for s in reading.scores if s.name == "agatston")
        print(
            f"  {kv} kV, five copies stacked: Agatston {score.value:.1f}, comparable {score.comparable}."
            f" {score.reason}"
        )


def rod_factor(kv: int) -> float:
    """mg/(mm3 HU) from the 200 mg/cm3 rod over its surroundings: a slope, as the background cancels."""
    volume, _ = load(SIM, f"rod_{kv}kV.dcm")
    image = volume.hu[0].astype(float)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    distance = np.hypot(y - 185.4, x - 314.4)
    return 0.2 / float(image[distance < 14].mean() - image[(distance > 26) & (distance < 34)].mean())


def sim_masses(kv: int, factor: float) -> dict[str, float]:
    reading = assess(
        scan_of(stacked(SIM / f"vessel_{kv}kV.dcm", 5)),
        preset=presets.load("canon"),
        mg_per_mm3_hu=factor,
        judging=everything_is_calcium,
    ).reading
    out = {}
    for row in rows(SIM / "truth.csv"):
        if row["file_group"] != "vessel" or row["insert"].endswith("S"):
            continue
        near = [
            d
            for d in reading.deposits
            if np.hypot(d.centroid_voxel[2] - float(row["x_vox"]), d.centroid_voxel[1] - float(row["y_vox"]))
            < 4
        ]
        out[row["insert"]] = sum(d.mass_integrated_mg.value for d in near) / 15.0  # five slices of 3 mm
    return out


def stacked(path: Path, copies: int) -> Volume:
    """Copies of one slice, 3 mm apart: the simulation is two-dimensional."""
    single, _ = load(path.parent, path.name)
    origins = single.grid.origins_mm + np.arange(copies)[:, None] * 3.0 * single.grid.normal
    grid = Grid(
        shape=(copies, *single.grid.shape[1:]),
        pixel_mm=single.grid.pixel_mm,
        row_direction=single.grid.row_direction,
        column_direction=single.grid.column_direction,
        origins_mm=origins,
    )
    return Volume(hu=np.repeat(single.hu, copies, axis=0), grid=grid, kvp=single.kvp)


def noise_figures() -> None:
    print("noise of scans")
    for name, folder in (
        ("QRM (ROI 21-22)", QRM / "dicom"),
        ("GE head (ROI 3.9-4.5)", SHARED / "ct" / "ge_head_tilt_varspacing" / "dicom"),
        *((p.name, p / "dicom") for p in sorted((SHARED / "ct_volumes").iterdir()) if p.is_dir()),
    ):
        volume, _ = load(folder)
        noise = measure_noise(volume)
        print(f"  {name:24s} sigma {noise.sigma_hu:6.2f} HU, k {noise.k:.2f}")


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--write-mask", type=Path)
    args = options.parse_args()
    if args.write_mask:
        write_mask(args.write_mask)
        return 0
    volume, _ = load(QRM / "dicom")
    published(volume)
    in_circle(volume)
    blank_places(volume)
    noise_model(volume)
    voltages()
    noise_figures()
    print("every bar met" if not MISSED else f"missed: {', '.join(MISSED)}")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
