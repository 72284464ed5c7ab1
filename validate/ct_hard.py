"""Hard scans for the rules: thick slices with coarse pixels, parts of a trunk, odd positions, odd subjects.

    python -m validate.ct_hard [thick] [cut] [lying] [strange]

Every case is made from the labelled scans and the virtual people by plain arithmetic that shares no code
with the rules. Prints figures; exits with 1 where a bar is not met.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from kossa.ct.judge import judge
from kossa.ct.judgement import Judged
from kossa.ct.noise import measure_noise
from kossa.evidence import Geometry, Material, TrueDeposit
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume
from kossa.virtual import dystrophic, metastatic, person
from validate.ct_rules import COUNTED, related
from validate.scans import SHARED, Labelled, labelled, load

PEOPLE = (dystrophic.PERSON, metastatic.PERSON)
SEEDS = (0, 1)


@dataclass(frozen=True)
class Case:
    """A volume with what is due in it: `due` are (name, LPS mm, site or None, side or None)."""

    name: str
    volume: Volume
    due: tuple[tuple[str, np.ndarray, str | None, str | None], ...]
    enhanced: bool
    agent: str | None = None
    either: tuple[np.ndarray, ...] = ()


def lps(grid: Grid, voxel: np.ndarray) -> np.ndarray:
    """Return the LPS mm of a (z, y, x) voxel place."""
    z, y, x = voxel
    low = int(np.clip(np.floor(z), 0, max(0, grid.shape[0] - 2)))
    first = grid.origins_mm[low]
    step = grid.origins_mm[min(low + 1, grid.shape[0] - 1)] - first
    along = y * grid.pixel_mm[0] * grid.column_direction + x * grid.pixel_mm[1] * grid.row_direction
    return np.asarray(first + (z - low) * step + along)


def voxel(grid: Grid, mm: np.ndarray) -> np.ndarray:
    """Return the (z, y, x) voxel place of LPS mm, in a sheared stack as well."""
    slices = np.arange(grid.shape[0])
    z = float(np.interp(mm @ grid.normal, grid.heights_mm, slices)) if slices.size > 1 else 0.0
    first = np.array([np.interp(z, slices, grid.origins_mm[:, k]) for k in range(3)])
    off = mm - first
    return np.array(
        [z, off @ grid.column_direction / grid.pixel_mm[0], off @ grid.row_direction / grid.pixel_mm[1]]
    )


def read(volume: Volume, agent: str | None = None) -> Judged:
    """Judge a volume as `examine` would, without measuring masses."""
    grid = volume.grid
    geometry = Geometry(
        spacing_mm=grid.spacing_mm,
        gaps_mm=tuple(grid.gaps_mm.tolist()),
        tilt_deg=grid.tilt_deg,
        shape=grid.shape,
    )
    noise = measure_noise(volume)
    return judge(
        volume,
        threshold_hu=130.0,
        inclusive=True,
        sigma_hu=noise.sigma_hu if noise else None,
        geometry=geometry,
        kvp=volume.kvp,
        contrast_agent=agent,
    )


# making of cases -------------------------------------------------------------------------------------------------
def _boxes(count: int, step: float, wanted: float) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (new, old) of box means of width `wanted`, and the middles of the boxes in old steps."""
    new = max(1, int(count * step / wanted + 1e-6))
    low = np.arange(new) * wanted / step
    edges = np.arange(count)
    part = np.minimum(low[:, None] + wanted / step, edges + 1) - np.maximum(low[:, None], edges)
    weights = np.clip(part, 0, None)
    return weights / weights.sum(axis=1, keepdims=True), low + wanted / step / 2 - 0.5


def rebinned(volume: Volume, slice_mm: float, pixel_mm: float) -> Volume:
    """Return the volume averaged over boxes; what is finer already stays as it is in that direction."""
    grid = volume.grid
    hu = np.maximum(volume.hu, -1024).astype(np.float32)
    origins, pixel = grid.origins_mm, list(grid.pixel_mm)
    gap = grid.spacing_mm[0]
    if gap is not None and slice_mm > gap + 1e-3:
        weights, middle = _boxes(grid.shape[0], gap, slice_mm)
        hu = np.tensordot(weights.astype(np.float32), hu, axes=(1, 0))
        origins = np.stack(
            [np.interp(middle, np.arange(len(origins)), origins[:, k]) for k in range(3)], axis=1
        )
    for axis, way in ((1, grid.column_direction), (2, grid.row_direction)):
        old = grid.pixel_mm[axis - 1]
        if pixel_mm <= old + 1e-3:
            continue
        weights, middle = _boxes(hu.shape[axis], old, pixel_mm)
        hu = np.moveaxis(np.tensordot(weights.astype(np.float32), hu, axes=(1, axis)), 0, axis)
        origins = origins + middle[0] * old * way
        pixel[axis - 1] = pixel_mm
    return Volume(
        hu=np.ascontiguousarray(np.round(hu)).astype(np.int16),
        grid=Grid(hu.shape, (pixel[0], pixel[1]), grid.row_direction, grid.column_direction, origins),
        kvp=volume.kvp,
    )


def cropped(volume: Volume, low: tuple[int, int, int], high: tuple[int, int, int]) -> Volume:
    """Return a box of the volume, half-open."""
    grid = volume.grid
    origins = grid.origins_mm[low[0] : high[0]] + (
        low[1] * grid.pixel_mm[0] * grid.column_direction + low[2] * grid.pixel_mm[1] * grid.row_direction
    )
    hu = np.ascontiguousarray(volume.hu[low[0] : high[0], low[1] : high[1], low[2] : high[2]])
    return Volume(
        hu=hu,
        grid=Grid(hu.shape, grid.pixel_mm, grid.row_direction, grid.column_direction, origins),
        kvp=volume.kvp,
    )


@dataclass(frozen=True)
class Made:
    """A virtual person as scanned, and what clean scans with and without calcium show."""

    name: str
    noisy: Volume
    clean: Volume
    bare: Volume
    deposits: tuple[TrueDeposit, ...]


def _volume(exposure: object) -> Volume:
    space = exposure.space  # type: ignore[attr-defined]
    heights = space.axis_mm(0)
    first = [space.axis_mm(2)[0], space.axis_mm(1)[0]]
    origins = np.stack([np.full_like(heights, first[0]), np.full_like(heights, first[1]), heights], axis=1)
    return Volume(
        hu=exposure.hu,  # type: ignore[attr-defined]
        grid=Grid(
            space.shape,
            (space.pixel_mm, space.pixel_mm),
            np.array([1.0, 0, 0]),
            np.array([0, 1.0, 0]),
            origins,
        ),
        kvp=120.0,
    )


@cache
def made(key: str, seed: int) -> Made:
    """Make a person three times: scanned with noise, without noise, and without noise and calcium."""
    one = next(p for p in PEOPLE if p.key == key)
    noisy = person.make(one, seed=seed)
    clean = person.make(one, seed=seed, noise=False)
    bare = person.make(one, seed=seed, noise=False, calcium=False)
    volumes = [_volume(m.exposure) for m in (noisy, clean, bare)]
    return Made(f"person {key}{seed}", *volumes, noisy.truth.deposits)


DUE_HU, DUE_SD, DUE_MM2 = 130.0, 5.5, 2.4  # what ct_volumes.md rules 5 and 6 ask of a deposit


def due(case: Made, clean: Volume, bare: Volume, sigma: float) -> list[TrueDeposit]:
    """Return the deposits that the picture holds: from the clean pictures alone, by no rule of the reader.

    Due is what reaches 130 HU by one sigma more over 2.4 mm2 of a slice, 5.5 sigma above the bare picture.
    """
    out = []
    step = np.array([float(clean.grid.spacing_mm[0] or 3.0), *clean.grid.pixel_mm])
    shape = np.array(clean.hu.shape)
    for one in case.deposits:
        place = voxel(clean.grid, np.array(one.centroid_mm))
        reach = np.array([clean.grid.spacing_mm[0] or 3.0, 4.0, 4.0]) / step
        low, high = np.floor(place - reach).astype(int), np.ceil(place + reach).astype(int) + 1
        if (place < 0).any() or (place > shape - 1).any():
            continue
        where = tuple(slice(max(0, a), b) for a, b in zip(low, high, strict=True))
        here, added = clean.hu[where], clean.hu[where].astype(int) - bare.hu[where]
        seen = (here >= DUE_HU + sigma) & (added > sigma)
        if added.max(initial=0) < DUE_SD * sigma:
            continue
        if seen.sum(axis=(1, 2)).max(initial=0) * step[1] * step[2] >= DUE_MM2:
            out.append(one)
    return out


@dataclass
class Figures:
    """Counts over cases."""

    scans: int = 0
    contrast: int = 0
    due: int = 0
    found: int = 0
    sites: int = 0
    placed: int = 0
    sides: int = 0
    sided: int = 0
    unsure: int = 0
    surplus: int = 0

    def add(self, other: Figures) -> None:
        """Add the counts of another."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def words(self) -> str:
        """The counts in one line."""
        return (
            f"contrast right {self.contrast}/{self.scans}  found {self.found}/{self.due}"
            f"  sites right {self.sites}/{self.placed}, wrong {self.placed - self.sites - self.unsure},"
            f" not told {self.unsure}  sides right {self.sides}/{self.sided}  surplus {self.surplus}"
        )


NEAR_MM = 4.0


def check(case: Case, judged: Judged, *, talk: bool = True) -> Figures:
    """Set what was found beside what is due, and print what differs."""
    grid, found = case.volume.grid, judged.components
    counted = [n for n, j in enumerate(judged.judgements) if j.kept and j.material in COUNTED]
    places = {n: lps(grid, found.centre[n]) for n in range(len(found))}
    out = Figures(scans=1, contrast=int(judged.contrast.enhanced == case.enhanced), due=len(case.due))
    lines = [] if out.contrast else [f"    contrast: {judged.contrast.reason}"]
    used = set()
    reach = max(NEAR_MM, float(grid.spacing_mm[0] or 0.0))
    for name, at, site, side in case.due:
        away = {n: _away(found, n, grid, at, places[n]) for n in counted}
        best = min(away, key=lambda n: away[n], default=-1)
        if best < 0 or away[best] > reach:
            lines.append(f"    missed: {name}{_why(judged, grid, at, places)}")
            continue
        used.add(best)
        one = judged.judgements[best]
        out.found += 1
        if site is not None:
            out.placed += 1
            good = related(one.site, site)
            out.sites += good
            out.unsure += not good and one.site is None
            if not good:
                lines.append(f"    site: {name} is {one.site} ({one.site_reason})")
        if side in ("left", "right"):
            out.sided += 1
            out.sides += one.side.value == side
            if one.side.value not in (side, "unknown"):
                lines.append(f"    side: {name} is {one.side.value}, not {side}")
    for n in counted:
        near = [float(np.linalg.norm(places[n] - e)) for e in case.either]
        if n in used or judged.judgements[n].material is not Material.CALCIFICATION:
            continue
        if min(near, default=99.0) > 2 * reach:
            out.surplus += 1
            at_ = tuple(round(float(v), 1) for v in found.centre[n])
            lines.append(f"    surplus: {at_} {judged.judgements[n].reason}; {judged.judgements[n].site}")
    if talk:
        print(f"{case.name:44s} {out.words()}")
        print("\n".join(lines) + ("\n" if lines else ""), end="")
    return out


def _away(found: object, n: int, grid: Grid, at: np.ndarray, middle: np.ndarray) -> float:
    """Return mm from a place to an object: to its box, so that long objects are met at their ends."""
    low, high = found.box[n]  # type: ignore[attr-defined]
    place = voxel(grid, at)
    gap = np.maximum(np.maximum(low - place, place - (high - 1)), 0)
    step = np.array([float(grid.spacing_mm[0] or 3.0), *grid.pixel_mm])
    return float(np.linalg.norm(gap * step)) + 0.001 * float(np.linalg.norm(middle - at))


def _why(judged: Judged, grid: Grid, at: np.ndarray, places: dict[int, np.ndarray]) -> str:
    away = {n: _away(judged.components, n, grid, at, places[n]) for n in places}
    best = min(away, key=lambda n: away[n], default=-1)
    if best < 0 or away[best] > 2 * NEAR_MM:
        return ", nothing above the level"
    one = judged.judgements[best]
    return f", {one.material.value}, kept {one.kept}: {one.reason}"


THICK = ((5.0, 1.0), (6.0, 1.2), (8.0, 1.2), (5.0, 1.6))


def _person_case(case: Made, change: str, alter: object) -> Case:
    noisy, clean, bare = (alter(v) for v in (case.noisy, case.clean, case.bare))  # type: ignore[operator]
    noise = measure_noise(noisy)
    sigma = noise.sigma_hu if noise else 20.0
    wanted = due(case, clean, bare, sigma)
    told = tuple((d.id, np.array(d.centroid_mm), d.site, d.side.value) for d in wanted)
    every = tuple(np.array(d.centroid_mm) for d in case.deposits)
    return Case(f"{case.name}, {change}", noisy, told, enhanced=False, either=every)


@cache
def _real() -> tuple[tuple[Labelled, Volume, str | None], ...]:
    out = []
    for scan in labelled():
        if scan.path.is_dir() and scan.name != "ge_head":
            out.append((scan, *load(scan.path)))
    return tuple(out)


def thick() -> bool:
    """Thick slices and coarse pixels."""
    met = True
    for slice_mm, pixel_mm in THICK:
        total = Figures()
        for one in (made(p.key, s) for s in SEEDS for p in PEOPLE):
            case = _person_case(
                one, f"{slice_mm:g} mm x {pixel_mm:g} mm", lambda v: rebinned(v, slice_mm, pixel_mm)
            )
            total.add(check(case, read(case.volume)))
        for scan, volume, agent in _real():
            less = rebinned(volume, slice_mm, pixel_mm)
            case = _labelled_case(scan, volume, less, f"{slice_mm:g} mm x {pixel_mm:g} mm", agent)
            total.add(check(case, read(less, agent)))
        print(f"ALL {slice_mm:g} x {pixel_mm:g} mm: {total.words()}")
    return met


MARGIN_MM = 8.0  # what lies nearer to a cut is not asked for


def _cuts(volume: Volume) -> Iterator[tuple[str, tuple[int, int, int], tuple[int, int, int]]]:
    """Yield names and boxes: halves through and beside the spine, off-centre squares, short slabs."""
    nz, ny, nx = volume.hu.shape
    flat = volume.hu[:, :, :] > -300
    columns, rows = (np.flatnonzero(flat.any(axis=axes)) for axes in ((0, 1), (0, 2)))
    x0, x1, y0, y1 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    middle, wide = (x0 + x1) // 2, x1 - x0
    off = round(40.0 / volume.grid.pixel_mm[1])
    yield "first half, through the middle", (0, 0, 0), (nz, ny, middle)
    yield "second half, through the middle", (0, 0, middle), (nz, ny, nx)
    yield "first half, spine left out", (0, 0, 0), (nz, ny, middle - off)
    yield "second half, spine left out", (0, 0, middle + off), (nz, ny, nx)
    yield "two thirds from the first side", (0, 0, 0), (nz, ny, x0 + 2 * wide // 3)
    yield "two thirds from the second side", (0, 0, x1 - 2 * wide // 3), (nz, ny, nx)
    yield "narrow field in the middle", (0, y0 + (y1 - y0) // 8, x0 + wide // 5), (nz, y1, x1 - wide // 5)
    yield "front half", (0, 0, 0), (nz, (y0 + y1) // 2, nx)


def cut() -> bool:
    """Parts of a trunk and of limbs, cut in the slice."""
    total = Figures()
    for one in (made(p.key, 0) for p in PEOPLE):
        for name, low, high in _cuts(one.noisy):
            case = _person_case(one, name, lambda v, a=low, b=high: cropped(v, a, b))
            total.add(check(_inner(case), read(case.volume)))
    print(f"ALL cut people: {total.words()}")
    total = Figures()
    for scan, volume, agent in _real():
        if scan.name == "qrm":
            continue
        for name, low, high in _cuts(volume):
            if not name.startswith(("first half, through", "second half, through", "two")):
                continue
            part = cropped(volume, low, high)
            case = _inner(_labelled_case(scan, volume, part, name, agent))
            total.add(check(case, read(part, agent)))
    print(f"ALL cut real scans: {total.words()}")
    return True


def _labelled_case(scan: Labelled, volume: Volume, part: Volume, change: str, agent: str | None) -> Case:
    """Return a changed labelled scan with its marks in mm."""
    marks = [m for m in scan.marks if m.role in ("hit", "hard", "either")]
    at = {m: lps(volume.grid, np.array([m.z, m.y, m.x])) for m in marks}
    every = [*at.values(), *(lps(volume.grid, np.array(s, float)) for s in scan.seen)]
    wanted = tuple((m.name, at[m], m.site, None) for m in marks if m.role == "hit")
    enhanced = scan.name == "abdomen_vascular"
    return Case(f"{scan.name}, {change}", part, wanted, enhanced, agent, tuple(every))


def _inner(case: Case) -> Case:
    """Return a case without what lies outside or near a cut."""
    grid = case.volume.grid
    step = np.array([float(grid.spacing_mm[0] or 3.0), *grid.pixel_mm])
    margin = MARGIN_MM / step
    margin[0] = 0
    size = np.array(grid.shape) - 1
    wanted = []
    for one in case.due:
        place = voxel(grid, one[1])
        if (place[1:] >= margin[1:]).all() and (place[1:] <= size[1:] - margin[1:]).all():
            wanted.append(one)
    return replace(case, due=tuple(wanted))


TURNS = {  # how the array is stored: steps along z, y, x, and whether rows and columns change place
    "reversed slices (seen from the head)": (-1, 1, 1),
    "feet first": (-1, 1, -1),
    "prone": (1, -1, -1),
    "prone, feet first": (-1, -1, 1),
    "upside-down rows": (1, -1, 1),
    "left and right as a mirror stores them": (1, 1, -1),
}


def _stored(volume: Volume, steps: tuple[int, int, int]) -> Volume:
    """Return the same body stored with axes turned round, as the directions then tell."""
    grid = volume.grid
    nz, ny, nx = grid.shape
    origins = grid.origins_mm.copy()
    row, column = grid.row_direction, grid.column_direction
    if steps[1] < 0:
        origins = origins + (ny - 1) * grid.pixel_mm[0] * column
        column = -column
    if steps[2] < 0:
        origins = origins + (nx - 1) * grid.pixel_mm[1] * row
        row = -row
    hu = volume.hu[:, :: steps[1], :: steps[2]]
    order = np.argsort(origins @ np.cross(row, column))
    return Volume(
        hu=np.ascontiguousarray(hu[order]),
        grid=Grid(grid.shape, grid.pixel_mm, row, column, origins[order]),
        kvp=volume.kvp,
    )


def _on_its_side(volume: Volume) -> Volume:
    """Return the same body with rows and columns exchanged: a decubitus position as directions tell it."""
    grid = volume.grid
    origins = grid.origins_mm
    hu = volume.hu.transpose(0, 2, 1)
    row, column = grid.column_direction, grid.row_direction
    order = np.argsort(origins @ np.cross(row, column))
    shape = (grid.shape[0], grid.shape[2], grid.shape[1])
    pixel = (grid.pixel_mm[1], grid.pixel_mm[0])
    return Volume(
        hu=np.ascontiguousarray(hu[order]),
        grid=Grid(shape, pixel, row, column, origins[order]),
        kvp=volume.kvp,
    )


def _tilted(volume: Volume, degrees: float) -> Volume:
    """Return slices taken with a tilted gantry: each row lies higher or lower than the one before."""
    grid = volume.grid
    angle = np.deg2rad(degrees)
    column = grid.column_direction * np.cos(angle) + grid.normal * np.sin(angle)
    rise = grid.pixel_mm[0] * np.tan(angle)
    height = (np.arange(grid.shape[1]) - grid.shape[1] / 2) * rise
    shift = height / float(grid.spacing_mm[0] or 1.0)
    z = np.arange(grid.shape[0])
    hu = np.empty_like(volume.hu)
    for y in range(grid.shape[1]):
        at = np.clip(z + shift[y], 0, grid.shape[0] - 1)
        low = np.floor(at).astype(int)
        part = (at - low)[:, None]
        above = volume.hu[np.minimum(low + 1, grid.shape[0] - 1), y]
        hu[:, y] = np.round((1 - part) * volume.hu[low, y] + part * above)
    origins = grid.origins_mm - grid.shape[1] / 2 * rise * grid.normal
    pixel = (grid.pixel_mm[0] / np.cos(angle), grid.pixel_mm[1])
    return Volume(hu=hu, grid=Grid(grid.shape, pixel, grid.row_direction, column, origins), kvp=volume.kvp)


def lying() -> bool:
    """The same bodies stored otherwise: the same deposits, sites and sides."""
    met = True
    for one in (made(p.key, 0) for p in PEOPLE):
        plain = check(_person_case(one, "as it is", lambda v: v), read(one.noisy))
        for name, steps in TURNS.items():
            case = _person_case(one, "as it is", lambda v: v)
            turned = replace(case, name=f"{one.name}, {name}", volume=_stored(one.noisy, steps))
            same = check(turned, read(turned.volume)) == plain
            met &= same
            print(f"    {'the same' if same else 'NOT THE SAME'}")
        turned = replace(case, name=f"{one.name}, on its side", volume=_on_its_side(one.noisy))
        met &= check(turned, read(turned.volume)) == plain
        for degrees in (12.0, -20.0):
            tilted = _tilted(one.noisy, degrees)
            turned = replace(case, name=f"{one.name}, gantry tilted by {degrees:g} degrees", volume=tilted)
            got = check(_inside(turned), read(tilted))
            met &= got.sites >= 0.9 * got.due and got.sides >= 0.9 * got.sided
    print("met" if met else "NOT MET")
    return met


def _inside(case: Case) -> Case:
    """Return a case without what a tilted scan does not reach."""
    grid = case.volume.grid
    along = [(voxel(grid, d[1]), d) for d in case.due]
    last = grid.shape[0] - 3
    reach = grid.shape[1] * grid.pixel_mm[0] / 6 / float(grid.spacing_mm[0] or 1.0)
    return replace(case, due=tuple(d for v, d in along if reach <= v[0] <= last - reach))


def _grid(shape: tuple[int, int, int], gap: float = 3.0, pixel: float = 0.9) -> Grid:
    origins = np.stack([np.zeros(shape[0]), np.zeros(shape[0]), np.arange(shape[0]) * gap], axis=1)
    return Grid(shape, (pixel, pixel), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), origins)


def _strange() -> Iterator[tuple[str, Volume, str | None]]:
    """Yield what is no trunk of a person: name, volume, and the site that may be told (None: none)."""
    rng = np.random.default_rng(11)
    shape = (60, 300, 300)
    z, y, x = np.ogrid[: shape[0], : shape[1], : shape[2]]
    air = rng.normal(-1000, 12, shape)

    def scan(hu: np.ndarray) -> Volume:
        noisy = hu + rng.normal(0, 12, shape)
        return Volume(hu=np.clip(np.round(noisy), -1024, 3071).astype(np.int16), grid=_grid(shape), kvp=120.0)

    def disc(cy: float, cx: float, r: float) -> np.ndarray:
        return (y - cy) ** 2 + (x - cx) ** 2 <= r * r + 0 * z

    table = (y > 230) & (y < 236) & (x > 20) & (x < 280) & (z >= 0)
    yield "an empty table", scan(np.where(table, 150, air)), None
    yield "air alone", scan(air), None
    water = np.where(disc(150, 150, 110), 0, air)
    yield "a water phantom", scan(water), None
    shell = np.where(disc(150, 150, 118), 120, air)
    yield "a water phantom in a plastic shell", scan(np.where(disc(150, 150, 110), 0, shell)), None
    rods = water.copy()
    for k, hu in enumerate((-90, 50, 140, 340, 920)):
        angle = 2 * np.pi * k / 5
        rods = np.where(disc(150 + 60 * np.sin(angle), 150 + 60 * np.cos(angle), 14), hu, rods)
    yield "a water phantom with rods", scan(rods), None
    metal = np.where(disc(150, 150, 110), 40, air)
    for _ in range(25):
        cy, cx = rng.uniform(80, 220, 2)
        metal = np.where(disc(cy, cx, rng.uniform(2, 8)), 3071, metal)
    streaks = np.where(
        metal > 3000, metal, metal + 500 * np.sin(x / 6.0) * np.cos(y / 7.0) * disc(150, 150, 110)
    )
    yield "full of metal and streaks", scan(streaks), None
    mouse = np.where(disc(150, 150, 18), 40, air)
    mouse = np.where(disc(158, 150, 3), 600, mouse)
    for side in (-1, 1):
        mouse = np.where(disc(145, 150 + side * 8, 5) & (z > 35), -700, mouse)
    yield "a small animal", scan(mouse), None
    dog = np.where(disc(150, 150, 80), 45, air)
    for side in (-1, 1):
        dog = np.where(disc(140, 150 + side * 38, 30) & (z > 25), -850, dog)
    dog = np.where(disc(195, 150, 14), 500, dog)
    dog = np.where(disc(195, 150, 8), 150, dog)
    yield "a dog's chest", scan(dog), None
    yield "one value everywhere", Volume(hu=np.full(shape, 40, np.int16), grid=_grid(shape), kvp=120.0), None
    yield "noise of bone", scan(np.full(shape, 400.0) + rng.normal(0, 300, shape)), None


def strange() -> bool:
    """What is no trunk: no calcium of the heart or of a vessel, no crash."""
    met = True
    heart = ("site_coronary", "site_heart", "site_aorta", "site_valve")
    cases = [(n, v) for n, v, _ in _strange()]
    for scan, volume, _ in _real():
        if scan.name in ("negative_thigh", "tumour_mineral_leg", "femoral_artery_thigh", "phleboliths_hip"):
            cases.append((f"{scan.name}, a limb or hip", volume))
    head, _ = load(SHARED / "ct" / "ge_head_tilt_varspacing" / "dicom")
    cases.append(("ge_head, a head", head))
    for name, volume in cases:
        judged = read(volume)
        told = [j for j in judged.judgements if j.kept and j.material in COUNTED]
        wrong = [j for j in told if (j.site or "").startswith(heart)]
        made_up = (
            [j for j in told if j.material is Material.CALCIFICATION]
            if not name.endswith(("hip", "head"))
            else []
        )
        good = not wrong and not made_up
        met &= good
        by = sorted({str(j.material.value) for j in judged.judgements if j.kept})
        print(
            f"{name:44s} objects {len(judged.judgements):5d}  counted {len(told):3d}  of heart or aorta {len(wrong)}"
            f"  made up {len(made_up)}  enhanced {judged.contrast.enhanced}  {by}  {'met' if good else 'NOT MET'}"
        )
        for j in (wrong + made_up)[:5]:
            print(f"    {j.material.value}: {j.reason}; {j.site}")
    return met


def main(names: list[str]) -> int:
    parts = {"thick": thick, "cut": cut, "lying": lying, "strange": strange}
    met = [parts[name]() for name in names or parts]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
