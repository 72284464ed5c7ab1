"""The simulation's two pages and its volumes: one run as it grew, and four runs side by side.

Every sentence on a page is made here from the same record as the number beside it. Pages are
self-contained: pictures are data addresses, the slider is a few lines allowed by their hash.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from kossa.evidence import encode
from kossa.evidence.atomic import Together, folder_for, together
from kossa.process.comparison import CaseFields, Comparison
from kossa.process.outcome import Fields, Outcome
from kossa.process.scenario import Scenario, scenario_by_id
from kossa.report.page import environment, hashed
from kossa.report.simulation_figures import courses, frames, growth_course, map_picture, radial
from kossa.report.simulation_words import (
    agreement,
    case_view,
    comparison_rows,
    group_rows,
    headline,
    lead,
    since,
    site_rows,
    spelled,
)

__all__ = ["comparison_page", "growth_page", "write_comparison", "write_outcome"]

FIELDS = {
    "alive": "cells alive (share)",
    "debris": "debris that nucleates (share)",
    "ppi_umol_l": "pyrophosphate (µmol/L)",
    "calcium_mmol_l": "calcium in the fluid (mmol/L)",
    "ph": "pH",
    "nuclei_mm3": "nuclei (per mm³)",
}


def _frame(extra: dict[str, Any]) -> dict[str, Any]:
    """Return what both pages share: style and script with their hashes."""
    style, style_hash = hashed("style.css")
    more, more_hash = hashed("simulation.css")
    script, script_hash = hashed("slices.js")
    return {
        "style": style,
        "style_hash": style_hash,
        "more": more,
        "more_hash": more_hash,
        "script": script,
        "script_hash": script_hash,
        **extra,
    }


def growth_page(outcome: Outcome, fields: Fields) -> str:
    """Return the page of one run as HTML."""
    scenario: Scenario = scenario_by_id(outcome.scenario)
    middle = {name: volume[:, :, volume.shape[2] // 2] for name, volume in fields.volumes.items()}
    context = _frame(
        {
            "o": spelled(outcome),
            "scenario": scenario,
            "headline": headline(outcome, scenario),
            "lead": lead(outcome),
            "course": growth_course(outcome, since(scenario)) if outcome.series else None,
            "radial": radial(fields),
            "frames": frames(fields.slice_days, fields.slices),
            "maps": [
                {"title": title, **map_picture(middle[name], name)}
                for name, title in FIELDS.items()
                if name in middle
            ],
            "groups": group_rows(outcome),
            "agreement": agreement,
            "injured": scenario.injury.driver is not None,
        }
    )
    return environment().get_template("growth.html.j2").render(context)


def comparison_page(comparison: Comparison, fields: CaseFields) -> str:
    """Return the side-by-side page as HTML."""
    top = max(float(slices.max()) for _, slices, _, _ in fields.values())
    cases = [
        {**case_view(case), "frames": frames(fields[case.name][0], fields[case.name][1], top=max(top, 1.0))}
        for case in comparison.cases
    ]
    context = _frame(
        {
            "c": comparison,
            "cases": cases,
            "rows": comparison_rows(comparison),
            "sites": site_rows(comparison),
            "smooth": [case_view(case) for case in comparison.smooth_law],
            "course": courses(comparison),
        }
    )
    return environment().get_template("comparison.html.j2").render(context)


def _nifti(values: np.ndarray[Any, np.dtype[np.float32]], spacing_mm: float) -> bytes:
    """Return one volume as a compressed NIfTI file, the same bytes every time."""
    image = nib.Nifti1Image(values, np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0]))
    image.header.set_xyzt_units("mm")
    return gzip.compress(image.to_bytes(), 6, mtime=0)


def _put_run(files: Together, seconds: float | None) -> None:
    if seconds is not None:
        files.put("run.json", (json.dumps({"seconds": round(seconds, 3)}) + "\n").encode())


def write_outcome(outcome: Outcome, fields: Fields, out: Path, *, seconds: float | None = None) -> Path:
    """Write outcome.json, growth.html and each field as NAME.nii.gz; `seconds` alone into run.json.

    Returns the page's path; raises `CannotFinish` where `out` cannot be written.
    """
    with together(folder_for(out)) as files:
        files.put("outcome.json", encode(outcome))
        for name, values in fields.volumes.items():
            files.put(f"{name}.nii.gz", _nifti(values, fields.spacing_mm))
        files.put("growth.html", growth_page(outcome, fields).encode())
        _put_run(files, seconds)
    return out / "growth.html"


def write_comparison(
    comparison: Comparison, fields: CaseFields, out: Path, *, seconds: float | None = None
) -> Path:
    """Write comparison.json and comparison.html; `seconds` alone into run.json. Returns the page's path."""
    with together(folder_for(out)) as files:
        files.put("comparison.json", encode(comparison))
        files.put("comparison.html", comparison_page(comparison, fields).encode())
        _put_run(files, seconds)
    return out / "comparison.html"
