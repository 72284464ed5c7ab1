"""The figures of the simulation's pages: curves by matplotlib as SVG, slices as PNG, both as data addresses.

Curves come in a light and a dark dress; the page shows the one that fits the reader's screen.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from kossa.process.comparison import Comparison
from kossa.process.outcome import Fields, Outcome
from kossa.report.simulation_words import NAMES, duration, figures

__all__ = ["courses", "frames", "growth_course", "map_picture", "radial"]

Floats = npt.NDArray[np.float64]

DRESS = {
    "light": {
        "ink": "#1b1f24",
        "line": "#d8dde3",
        "dys": "#0a666e",
        "met": "#a8431a",
        "oth": "#6a7079",
        "ok": "#1c6a3d",
    },
    "dark": {
        "ink": "#e8eaed",
        "line": "#3a4149",
        "dys": "#5accd2",
        "met": "#f39a6d",
        "oth": "#a5adb7",
        "ok": "#74d09a",
    },
}
COLOURS = {"injured_normal": "dys", "healthy_uraemic": "met", "healthy_normal": "ok", "injured_ppi": "oth"}
DASHES = {"injured_normal": "-", "healthy_uraemic": "-", "healthy_normal": "--", "injured_ppi": ":"}
SMALLEST = 160  # pixels: a slice of few voxels is enlarged, each voxel a square
DAYS = 365.25
NOTHING = 1e-3  # mg, mg/cm3: less is drawn as a line at zero
EVEN = 5e-3  # of a value: a field that varies less is one colour, not a picture of rounding


def _address(data: bytes, kind: str) -> str:
    return f"data:{kind};base64," + base64.b64encode(data).decode("ascii")


def _axes(dress: dict[str, str], size: tuple[float, float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    figure.patch.set_alpha(0.0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0.0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(dress["line"])
    axes.tick_params(colors=dress["ink"], labelsize=10)
    axes.grid(visible=True, color=dress["line"], linewidth=0.6)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(dress["ink"])
        label.set_fontsize(11)
    return figure, axes


def _svg(figure: Figure) -> str:
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "kossa", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "kossa"})
    return _address(buffer.getvalue(), "image/svg+xml")


def _both(draw: Any, size: tuple[float, float] = (7.2, 3.6)) -> dict[str, str]:
    out = {}
    for name, dress in DRESS.items():
        figure, axes = _axes(dress, size)
        draw(axes, dress)
        out[name] = _svg(figure)
    return out


def _legend(axes: Axes, dress: dict[str, str]) -> None:
    axes.legend(frameon=False, labelcolor=dress["ink"], fontsize=10)


def growth_course(outcome: Outcome, since: str) -> dict[str, str]:
    """Return mass over the years `since` what began it, with the days at which it would be seen."""
    t = np.array([p.t_days for p in outcome.series]) / DAYS
    mg = np.array([p.mass_mg for p in outcome.series])

    def draw(axes: Axes, dress: dict[str, str]) -> None:
        axes.plot(t, mg, color=dress["dys"], linewidth=2)
        for day, label, style in (
            (outcome.visible.xray_days, "seen on a radiograph", ":"),
            (outcome.visible.ct_days, "seen on CT", "--"),
        ):
            if day is not None:
                axes.axvline(
                    day / DAYS,
                    color=dress["met"],
                    linestyle=style,
                    linewidth=1.4,
                    label=f"{label}, {duration(day)}",
                )
        if outcome.visible.xray_days is not None or outcome.visible.ct_days is not None:
            _legend(axes, dress)
        axes.set_xlabel(f"years {since}")
        axes.set_ylabel("mineral, mg hydroxyapatite")
        axes.set_ylim(bottom=0, top=None if mg.max() > NOTHING else 1.0)

    return _both(draw)


def radial(fields: Fields) -> dict[str, str] | None:
    """Return the mineral from the centre to the border, at a few times; None where there is none to show."""
    if fields.radius.size < 2 or not fields.profiles.size or float(fields.profiles.max()) < NOTHING:
        return None
    chosen = np.unique(np.linspace(0, len(fields.slice_days) - 1, 5).round().astype(int))

    def draw(axes: Axes, dress: dict[str, str]) -> None:
        for rank, n in enumerate(chosen):
            share = 0.3 + 0.7 * (rank + 1) / chosen.size
            axes.plot(
                fields.radius, fields.profiles[n], color=dress["dys"], alpha=share, linewidth=1 + rank * 0.35,
                label=duration(float(fields.slice_days[n])),
            )  # fmt: skip
        axes.set_xlabel("place: 0 the middle, 1 the border of the region")
        axes.set_ylabel("mg/cm³")
        axes.set_ylim(bottom=0)
        _legend(axes, dress)

    return _both(draw)


def courses(comparison: Comparison) -> dict[str, str]:
    """Return the mass of the four cases over time."""

    def draw(axes: Axes, dress: dict[str, str]) -> None:
        for case in comparison.cases:
            t, mg = np.array(case.series).T
            axes.plot(
                t / DAYS, mg, color=dress[COLOURS[case.name]], linestyle=DASHES[case.name], linewidth=2.2,
                label=NAMES[case.name],
            )  # fmt: skip
        axes.set_yscale("symlog", linthresh=1e-3)
        axes.set_xlabel("years")
        axes.set_ylabel("mineral in the cube, mg")
        axes.set_ylim(bottom=-2e-4)
        _legend(axes, dress)

    return _both(draw, (8.4, 4.0))


def _coloured(values: npt.NDArray[np.floating[Any]], low: float, high: float, colours: str) -> str:
    share = np.clip((values.astype(float) - low) / (high - low if high > low else 1.0), 0.0, 1.0)
    rgb = (mpl.colormaps[colours](share)[..., :3] * 255).round().astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(rgb.transpose(1, 0, 2)[::-1]), "RGB")
    times = max(1, -(-SMALLEST // image.width))
    image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.quantize(128).save(buffer, "PNG", optimize=True)
    return _address(buffer.getvalue(), "image/png")


def frames(
    days: Floats, slices: npt.NDArray[np.float32], *, top: float | None = None
) -> list[dict[str, Any]]:
    """Return each slice as a picture with its day, all on one scale of mg/cm3."""
    if not days.size:
        return []
    highest = float(slices.max()) if top is None else top
    return [
        {
            "when": duration(float(day)),
            "picture": _coloured(one, 0.0, max(highest, 1.0), "magma"),
            "peak": f"{float(one.max()):.0f}",
            "top": f"{max(highest, 1.0):.0f}",
        }
        for day, one in zip(days, slices, strict=True)
    ]


def map_picture(values: npt.NDArray[np.float32], name: str) -> dict[str, str]:
    """Return one field through the middle, with the ends of its scale."""
    low, high = float(values.min()), float(values.max())
    if name in {"alive", "debris"}:
        low, high = 0.0, max(1.0, high)
    if high - low < EVEN * abs(high):
        low = 0.0
    told = "0" if abs(low) < 1e-3 * abs(high) else figures(low)
    return {"picture": _coloured(values, low, high, "viridis"), "low": told, "high": figures(high)}
