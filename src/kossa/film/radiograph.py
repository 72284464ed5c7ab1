"""A radiograph: the body, its bone taken off, and what stands out of soft tissue."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.evidence import FilmDeposit, FilmGroup, Finding, Material, Modality, Source
from kossa.evidence.vocabulary import term
from kossa.film.collimation import unexposed
from kossa.film.course import middle_of
from kossa.film.describe import Told
from kossa.film.drift import drift, flesh_columns, near_bone, without_lines
from kossa.film.kernels.smooth import block_mean, gaussian, wide_gaussian
from kossa.film.lines import oriented
from kossa.film.lump import SEED_Z, Lump, Step, find_step, grown, lumps_of, merged
from kossa.film.measure import SPHERE
from kossa.film.metal import too_dense
from kossa.film.moved import Ground
from kossa.film.outline import EIGHT
from kossa.film.read import Film
from kossa.film.remarks import edge_notice, metal_notice, radiograph_notices
from kossa.film.shaft import SEEN, Shaft, find_shaft
from kossa.film.vessels import with_vessels

__all__ = ["Lump", "RadiographReading", "find_lumps", "read_radiograph"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Columns = npt.NDArray[np.bool_]

WORKING_MM = 0.2  # films_and_sections.md 4.2
LONG_SIDE_MM = 350.0  # of a common plate, for the scale of filters where nobody tells the spacing; judgement
SCALES_MM = (0.4, 0.8, 1.6)  # same
LINE_MM = (0.4, 2.5)  # standard deviations of the line filter, across and along; judgement
DIRECTIONS = 12
GROUND_MM = 6.0  # wider things are the body's own; judgement
UNSURE_Z = 14.0  # the first where no shaft shows what bone is; judgement
RIM_MM = 2.5  # taken off the body's outline; judgement
MANY_MM2 = 20.0  # of edges that leave their course, from which on a film is read again; judgement
HALO_MM = 1.0  # round metal, taken with it; judgement
HIGH = 97.0  # percentile that passes for dense: letters of lead and metal lie above it; judgement
BONE = 0.5  # share of the profile's range over soft tissue from which on it is bone; judgement
PARTS = 5  # of a line along the shaft; a deposit is shorter than half of one (judgement)
UNTOLD, TOLD = 0.5, 0.9  # certainty of a deposit's place without and with the part told; judgement


@dataclass(frozen=True, eq=False)
class RadiographReading:
    """What is told, and where it was looked."""

    told: Told
    body: Mask
    block: int


def _hidden(image: Image, pixel_mm: float) -> tuple[Mask, Mask]:
    """Return what shutters and frames cover, and what is metal or lead."""
    covered = unexposed(image, pixel_mm)
    return covered, too_dense(image, covered, pixel_mm)


def _body(image: Image, pixel_mm: float, hidden: Mask) -> Mask:
    """Return the body: what is denser than the air at the border; everything where no air is seen.

    What is `hidden` by shutters and frames is no body and no air; lead letters in the air are parts of
    their own.
    """
    smooth = gaussian(image, 0.6 / pixel_mm)
    seen = smooth[~hidden]
    low, high = (float(v) for v in np.percentile(seen, [0.5, HIGH])) if seen.size else (0.0, 0.0)
    if high <= low:
        return np.zeros(image.shape, bool)
    cut = low + 0.12 * (high - low)
    dense = (smooth > cut) & ~hidden
    saturated = image >= image.max() - 0.5
    parts, count = ndi.label(dense & ~ndi.binary_opening(saturated, EIGHT, iterations=2))
    if not count:
        return np.zeros(image.shape, bool)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    body = ndi.binary_fill_holes(parts == sizes.argmax())
    assert body is not None
    body &= ~hidden
    depth = max(1, round(RIM_MM / pixel_mm))
    eroded: Mask = ndi.binary_erosion(body, EIGHT, iterations=depth, border_value=1)
    return eroded


def _along(z: list[Image], inside: Mask, flesh: Mask, skin: Mask, pixel_mm: float) -> Image:
    """Return the largest z over scales, each against the noise of its own line along the shaft.

    In `flesh` (x,) a line that stands out along all of its length is no ground: its neighbours are. Under
    the `skin` (x,) the density of a limb that tapers changes faster than its drift tells: what a whole part
    of a line does counts as noise there.
    """
    best = np.full(inside.shape, -1e3, np.float32)
    for band in z:
        hidden = np.where(inside, band, np.nan)
        enough = inside.sum(0) > inside.shape[0] // 4
        middle, spread = np.zeros(band.shape[1]), np.full(band.shape[1], np.inf)
        if enough.any():
            middle[enough] = middle_of(hidden[:, enough])
            spread[enough] = 1.4826 * middle_of(np.abs(hidden[:, enough] - middle[enough].astype(np.float32)))
        usable = np.isfinite(spread) & (spread > 0)
        if not usable.any():
            continue
        x = np.arange(spread.size)
        filled = np.interp(x, x[usable], spread[usable])
        spread = np.maximum(ndi.median_filter(filled, 9, mode="nearest"), filled)
        spread = np.where(flesh, without_lines(filled, flesh, pixel_mm), spread)
        ground = without_lines(middle, flesh, pixel_mm)
        under = skin & enough
        spread[under] = np.hypot(spread[under], _wander(hidden[:, under] - ground[under]))
        best = np.maximum(best, np.where(enough, (band - ground) / spread, -1e3).astype(np.float32))
    return best


def _wander(columns: Image) -> npt.NDArray[np.float64]:
    """Return how far the medians of the parts of each column (y, x) lie off at the most."""
    parts = np.array_split(columns, PARTS)
    off = np.stack([middle_of(_filled(part)) for part in parts])
    return np.asarray(np.abs(off).max(axis=0), np.float64)


def _filled(part: Image) -> Image:
    """Return a part in which a column without any value holds zeros."""
    return np.where(np.isfinite(part).any(axis=0), part, 0.0)


def _everywhere(bands: list[Image], inside: Mask, pixel_mm: float) -> Image:
    """Return the largest z over scales against the local noise in windows of 15 mm."""
    best = np.full(inside.shape, -1e3, np.float32)
    weight = np.maximum(wide_gaussian(inside.astype(np.float32), 15 / pixel_mm), 1e-3)
    for band in bands:
        sd = np.sqrt(np.maximum(wide_gaussian(band * band * inside, 15 / pixel_mm) / weight, 1e-9))
        clipped = np.clip(band, -2.5 * sd, 2.5 * sd)
        sd = 1.05 * np.sqrt(
            np.maximum(wide_gaussian(clipped * clipped * inside, 15 / pixel_mm) / weight, 1e-9)
        )
        best = np.maximum(best, np.where(inside, band / np.maximum(sd, 0.02), -1e3))
    return best.astype(np.float32)


def find_lumps(
    image: Image, pixel_mm: float, hidden: Mask | None = None
) -> tuple[list[Lump], Mask, Shaft | None]:
    """Return deposits on an image (y, x), grey levels of 255, dense is bright; the body; the shaft.

    `hidden` is where no body is seen, for shutters, frames, metal and letters; it is found if not given.
    """
    if hidden is None:
        hidden = np.logical_or(*_hidden(image, pixel_mm))
    found, _ = _without_metal(image, pixel_mm, hidden)
    return found.lumps, found.body, found.shaft


@dataclass(frozen=True, eq=False)
class _Found:
    """Deposits, the body, its shaft, and what was left out for the edges that tell it."""

    lumps: list[Lump]
    body: Mask
    shaft: Shaft | None
    edges: Mask


def _without_metal(image: Image, pixel_mm: float, hidden: Mask) -> tuple[_Found, Mask]:
    """Return what is found, and metal among it.

    Where there is some, or edges that leave their course, the rest is read once more without them: they are
    no measure of what is usual there.
    """
    metal = np.zeros(image.shape, bool)
    found = _find(image, pixel_mm, hidden, hidden)
    for k in found.lumps:
        if k.metal is not None:
            rows, columns = k.metal.shape
            metal[k.corner[0] : k.corner[0] + rows, k.corner[1] : k.corner[1] + columns] |= k.metal
    if metal.any():
        metal = grown(metal, HALO_MM / pixel_mm)
    edges, first = found.edges, found.lumps
    if metal.any() or edges.sum() * pixel_mm**2 >= MANY_MM2:
        found = _find(image, pixel_mm, hidden | metal | edges, hidden | metal)
    lumps = [k for k in found.lumps if k.metal is None]
    if found.lumps is not first and not metal.any():
        lumps = merged(first, lumps, image.shape, pixel_mm)
    return replace(found, lumps=lumps, edges=edges | found.edges), metal


def _find(image: Image, pixel_mm: float, hidden: Mask, unseen: Mask) -> _Found:
    """Return what is found where nothing is `hidden`, metal too; `unseen` is what no edge can be asked on."""
    body = _body(image, pixel_mm, hidden)
    if body.sum() * pixel_mm**2 < 100:
        return _Found([], body, None, np.zeros(image.shape, bool))
    shaft = find_shaft(image, body, pixel_mm)
    if shaft is None:
        rest = image - wide_gaussian(image, GROUND_MM / 2 / pixel_mm)
        bands = [gaussian(rest, s / pixel_mm) - wide_gaussian(rest, 4 * s / pixel_mm) for s in SCALES_MM]
        z = _everywhere(bands, body, pixel_mm)
        lumps, edges = lumps_of(z, rest, pixel_mm, UNSURE_Z, None, Step(255.0, np.inf))
        return _Found(lumps, body, None, edges)
    upright = shaft.upright(image)
    inside = shaft.upright(body.astype(np.float32)) > 0.99
    inside &= inside.mean(0) >= SEEN  # of a line that is seen less, nothing tells what is usual
    soft = float(np.median(shaft.profile[inside.any(0)]))
    top = float(np.percentile(shaft.profile[inside.any(0)], 98))
    bony = shaft.profile > soft + BONE * (top - soft)
    flesh = flesh_columns(bony, inside, pixel_mm)
    skin = ~flesh & ~near_bone(bony, pixel_mm)
    rest = np.where(inside, upright - without_lines(shaft.profile, flesh, pixel_mm), 0).astype(np.float32)
    slow = without_lines(drift(rest, inside, pixel_mm), flesh, pixel_mm)
    rest = np.where(inside, rest - slow, 0).astype(np.float32)
    cover = np.maximum(gaussian(inside.astype(np.float32), GROUND_MM / pixel_mm), 1e-3)
    capped = np.clip(rest, *np.percentile(rest[inside], [3, 90]))
    rest = np.where(inside, rest - gaussian(capped * inside, GROUND_MM / pixel_mm) / cover, 0).astype(
        np.float32
    )
    bands = [gaussian(rest, s / pixel_mm) for s in SCALES_MM]
    bands += oriented(rest, LINE_MM[0] / pixel_mm, LINE_MM[1] / pixel_mm, DIRECTIONS)
    z = _along(bands, inside, flesh, skin, pixel_mm)

    def on_film(columns: Columns) -> Mask:
        """Return columns of the upright limb as the picture has them."""
        return shaft.back(np.broadcast_to(columns, upright.shape).astype(np.float32)) > 0.5

    ground = Ground(gaussian(image, 0.3 / pixel_mm), ~unseen, on_film(bony), on_film(flesh))
    z = np.where(body, shaft.back(z), -1e3).astype(np.float32)
    lumps, edges = lumps_of(
        z, shaft.back(rest), pixel_mm, SEED_Z, ground, find_step(top - soft, bony, pixel_mm)
    )
    lumps = with_vessels(lumps, image, body & on_film(~near_bone(bony, pixel_mm)), pixel_mm)
    return _Found(lumps, body, shaft, edges)


def read_radiograph(film: Film, source: Source) -> RadiographReading:
    """Read one film and put it into the words of the envelope."""
    mm = film.spacing.mm
    native = mm if mm is not None else LONG_SIDE_MM / max(film.pixels.shape)
    factor = max(1, int(WORKING_MM / native + 0.2))
    image = film.pixels if factor == 1 else block_mean(film.pixels, factor)
    pixel_mm = native * factor
    covered, dense = _hidden(image, pixel_mm)
    found, metal = _without_metal(image, pixel_mm, covered | dense)
    dense |= metal
    told = _told(found.lumps, film, pixel_mm, factor, source, sure=found.shaft is not None)
    if dense.any():
        told = replace(told, notices=(*told.notices, metal_notice(dense, factor, source)))
    if found.edges.any():
        told = replace(told, notices=(*told.notices, edge_notice(found.edges, factor, source)))
    return RadiographReading(told, found.body, factor)


def _told(lumps: list[Lump], film: Film, pixel_mm: float, factor: int, source: Source, *, sure: bool) -> Told:
    mm = film.spacing.mm is not None
    prefix = f"film{source.file}" if source.file is not None else "film"
    deposits = []
    groups = []
    findings = []
    place = film.site or "site_soft_tissue"
    for n, lump in enumerate(lumps, 1):
        patterns = lump.outline.patterns if mm else ()
        calcium = sure and not lump.on_bone
        material = Material.CALCIFICATION if calcium else Material.UNSURE
        area = lump.half * pixel_mm**2
        deposits.append(
            _deposit(f"{prefix}-d{n}", f"{prefix}-g{n}", lump, film, factor, area, material, source)
        )
        ys, xs = np.nonzero(lump.body)
        low = (int(ys.min()) + lump.corner[0]) * factor, (int(xs.min()) + lump.corner[1]) * factor
        high = (int(ys.max()) + 1 + lump.corner[0]) * factor, (int(xs.max()) + 1 + lump.corner[1]) * factor
        groups.append(
            FilmGroup(
                id=f"{prefix}-g{n}",
                members=(f"{prefix}-d{n}",),
                bbox_px=(low, high),
                patterns=patterns,
                site=place if calcium else None,
                side=film.side,
                because=_because(lump, mm=mm),
            )
        )
        if calcium:
            findings += [
                Finding(id=term(i).id, certainty=0.6, side=film.side, group=f"{prefix}-g{n}", source=source)
                for i in dict.fromkeys(("site_soft_tissue", place, *patterns))
            ]
    return Told(
        tuple(deposits),
        tuple(groups),
        tuple(findings),
        (),
        tuple(radiograph_notices(source, sure=sure, nothing=not lumps)),
    )


def _because(lump: Lump, *, mm: bool) -> str:
    form = lump.outline.because if mm else "spacing unknown: no size-based word is given"
    parts = "one part" if lump.parts == 1 else f"{lump.parts} parts"
    return f"stands {lump.z:.1f} times the noise above what lies round it, in {parts}; form: {form}"


def _deposit(
    id_: str,
    group: str,
    lump: Lump,
    film: Film,
    factor: int,
    area: float,
    material: Material,
    source: Source,
) -> FilmDeposit:
    mm = film.spacing.mm is not None
    offset = (factor - 1) / 2
    where = "over the bone" if lump.on_bone else "beside the bone"
    reason = (
        f"stands out from the shadow that runs along the limb, {where}"
        if material is Material.CALCIFICATION or lump.on_bone
        else "bright and small; on this film bone and vessels are not told from calcium"
    )
    return FilmDeposit(
        id=id_,
        modality=Modality.FILM,
        material=material,
        reason=reason,
        site=(film.site or "site_soft_tissue") if material is Material.CALCIFICATION else None,
        site_certainty=(UNTOLD if film.site is None else TOLD) if material is Material.CALCIFICATION else 0.0,
        side=film.side,
        group=group,
        patterns=lump.outline.patterns if mm else (),
        diameter_mm=round(2 * float(np.sqrt(area / np.pi)) / SPHERE, 2) if mm else None,
        area_mm2=round(area, 2) if mm else None,
        centroid_px=(round(lump.y * factor + offset, 2), round(lump.x * factor + offset, 2)),
        contrast_noise=round(lump.z, 2),
        because=_because(lump, mm=mm),
        source=source,
    )
