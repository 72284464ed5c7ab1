"""The commented case.toml that `kossa new FOLDER` writes: a form to fill in by hand in two minutes."""

from __future__ import annotations

__all__ = ["CASE_TOML"]

CASE_TOML = """\
# One person's case for kossa. Fill in what is known and leave the rest as it is: a line that begins
# with # is not read, and what is left out counts as unknown, never as absent.
# Short phrases in plain English; no names. "no injury" and "?TB" are understood.

# age_years = 58              # an infant: 0.25
# sex = "F"                   # F, M or U (unknown)
# setting = "clinic"          # clinic, radiology, inpatient or dialysis

history = [
  # "limited scleroderma since 2012",
  # "haemodialysis for 6 years",
  # "warfarin, stopped last month",
  # "no injury",
]

symptoms = [
  # "hard painful nodules of both thighs for 3 months",
  # "white material comes out",
]

# biopsy = "calcium in the wall of small vessels with thrombi, von Kossa positive"

# Ask about one of several deposits by its place:
# about = "left hip"

# What pictures, films or the examination show, one block for each (copy the block for more):
# [[imaging]]
# modality = "radiograph"     # radiograph, CT, ultrasound, mammogram, clinical, ...
# site = "hands"
# description = "nodular calcification of the right index finger"

# Pictures lie beside this file. What one cannot say stands in a NAME.toml of its own beside it:
# film.toml for film.png:     kind = "mammogram" or "radiograph", spacing_mm = 0.1, side = "left"
# biopsy.toml for biopsy.png: stain = "von_kossa", um_per_px = 0.5, site = "breast", side = "left"
# (and control = "acid" for a section after acid)

# Laboratory results, one block for each. With a value always its unit; without one a flag is enough.
# [[labs]]
# name = "calcium"
# value = 2.35
# unit = "mmol/L"             # or mg/dL
# date = "2026-03-14"
# low = 2.15                  # the report's own range, if it prints one
# high = 2.55
#
# [[labs]]
# name = "phosphate"
# flag = "normal"             # low, normal, high, positive, negative
"""
