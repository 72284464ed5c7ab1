"""Films and sections as pictures, charts and rows for the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from kossa.evidence import FilmDeposit, FilmGroup, FilmReading, SectionReading, vocabulary
from kossa.film.view import FilmCrop, FilmView
from kossa.report import words
from kossa.report.picture_words import share_of
from kossa.report.pictures import Box2, Marker, Picture
from kossa.report.sizes_chart import sizes_chart
from kossa.section.view import SectionView
from kossa.workup.look import Looks

__all__ = ["film_rows", "section_rows"]

QUALITY = 88  # of JPEG: no edge of a mark is moved (looked at)
LEAST_SIDE = 280  # pixels of a group's picture on the page


def film_rows(readings: tuple[FilmReading, ...], looks: Looks) -> list[dict[str, Any]]:
    """Return what the page shows of each film; a film beyond those that are drawn has no picture."""
    views = {id(view.reading): view for view in looks.film_views}
    return [_film_row(n, r, views.get(id(r))) for n, r in enumerate(readings, 1)]


def section_rows(readings: tuple[SectionReading, ...], looks: Looks) -> list[dict[str, Any]]:
    """Return what the page shows of each stained section."""
    views = {id(view.reading): view for view in looks.section_views}
    return [_section_row(n, r, views.get(id(r))) for n, r in enumerate(readings, 1)]


def _film_row(number: int, reading: FilmReading, view: FilmView | None) -> dict[str, Any]:
    marks = {d.id: d for d in reading.deposits}
    numbers = {g.id: str(n) for n, g in enumerate(reading.groups, 1)}
    spacing = (
        "pixel size not known"
        if reading.spacing_mm is None
        else f"pixel {words.number(reading.spacing_mm)} mm"
    )
    side = "" if reading.side.value == "unknown" else reading.side.value
    title = ", ".join(w for w in (reading.kind.value, side, reading.view, spacing) if w)
    known = [d.diameter_mm for d in reading.deposits if d.diameter_mm is not None]
    return {
        "title": f"Film {number}: {title}",
        "picture": _overview(view, numbers) if view is not None else None,
        "hidden": view is not None and view.overview is None,
        "groups": [_group_row(g, numbers[g.id], marks) for g in reading.groups],
        "crops": [(numbers[c.group], _crop(c, reading, marks)) for c in view.crops] if view else [],
        "single": sum(d.group is None for d in reading.deposits),
        "chart": sizes_chart(known, "mm", least=reading.spacing_mm),
        "notices": [f"{n.what} {n.done} {n.todo}".strip() for n in reading.notices],
    }


def _group_row(group: FilmGroup, number: str, marks: Mapping[str, FilmDeposit]) -> dict[str, Any]:
    sizes = [d for m in group.members if m in marks and (d := marks[m].diameter_mm) is not None]
    # the form stands in a column of its own, and who must read the film above the table
    because = group.because.split("read this film: ")[-1].split("read it: ")[-1]
    looks = [group.morphology, group.distribution]
    told = [w.replace("_", " ") for w in looks if w] or [vocabulary.label(p) for p in group.patterns]
    return {
        "number": number,
        "marks": len(group.members),
        "looks": ", ".join(told) or "no form told",
        "category": words.form_words(group.category),
        "largest": f"{words.number(max(sizes))} mm" if sizes else "not known",
        "because": f"{because[:1].upper()}{because[1:]}",
    }


def _overview(view: FilmView, numbers: Mapping[str, str]) -> Picture | None:
    if view.overview is None:
        return None
    height, width = view.overview.shape
    boxes = []
    for group in view.reading.groups:
        (y0, x0), (y1, x1) = group.bbox_px
        scale = 1 / view.factor
        boxes.append(
            Box2(
                numbers[group.id],
                x0 * scale - 3,
                y0 * scale - 3,
                (x1 - x0) * scale + 6,
                (y1 - y0) * scale + 6,
            )
        )
    per_mm = 1 / (view.reading.spacing_mm * view.factor) if view.reading.spacing_mm else 0.0
    return Picture("The film", _jpeg(view.overview), width, height, per_mm, "", "", boxes=tuple(boxes))


def _crop(crop: FilmCrop, reading: FilmReading, marks: Mapping[str, FilmDeposit]) -> Picture:
    """Return one group large, a ring round each mark; small pictures are enlarged by a whole factor."""
    k = max(1, -(-LEAST_SIDE // max(crop.pixels.shape)))
    pixels = np.repeat(np.repeat(crop.pixels, k, axis=0), k, axis=1)
    group = next(g for g in reading.groups if g.id == crop.group)
    rings = []
    for member in group.members if len(group.members) > 1 else ():
        y, x = marks[member].centroid_px
        rings.append(Marker("", (x + 0.5 - crop.left) * k, (y + 0.5 - crop.top) * k))
    per_mm = k / reading.spacing_mm if reading.spacing_mm else 0.0
    height, width = pixels.shape
    return Picture("group", _jpeg(pixels), width, height, per_mm, "", "", markers=tuple(rings))


def _section_row(number: int, reading: SectionReading, view: SectionView | None) -> dict[str, Any]:
    percent = reading.mineral_percent
    share = "not measured"
    if percent.value is not None:
        share = f"{words.number(percent.value, 2)} %"
        if percent.low is not None and percent.high is not None:
            share += f" ({words.number(percent.low, 2)} to {words.number(percent.high, 2)})"
    called = any(f.id == "score_mineral_area_percent" for f in reading.findings)
    more = [f"{reading.deposits} {'deposits' if called else 'dark places'}"]
    if reading.per_mm2 is not None:
        more.append(f"{words.number(reading.per_mm2)} in a mm² of the {share_of(reading)}")
    if reading.largest_um is not None:
        more.append(f"the largest {words.number(reading.largest_um)} µm across")
    stain = reading.stain.value.replace("_", " ")
    return {
        "title": f"Section {number}: {stain}{', after acid' if reading.acid else ''}",
        "share": share,
        "of": share_of(reading),
        "called": called,
        "outlined": "what was counted as mineral"
        if called
        else "what is darker than the stain's floor; it is not called mineral",
        "more": ", ".join(more),
        "picture": _section_picture(view) if view is not None else None,
        "artefacts": ", ".join(a.replace("_", " ") for a in reading.artefacts),
        "chart": sizes_chart(reading.sizes, "µm" if reading.sizes_unit == "um" else reading.sizes_unit),
        "notices": [f"{n.what} {n.done} {n.todo}".strip() for n in reading.notices],
    }


def _section_picture(view: SectionView) -> Picture:
    height, width = view.picture.shape[:2]
    return Picture("The section", _jpeg(view.picture), width, height, 0.0, "", "")  # its bar is drawn in it


def _jpeg(pixels: npt.NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
