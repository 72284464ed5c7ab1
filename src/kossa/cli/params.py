"""Kinds of values on the command line that click takes too lightly: numbers that are none, empty paths."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["GIVEN_PATH", "NUMBER", "SEED", "Finite", "GivenPath", "scan_options"]

SEED = click.IntRange(0, 2**32 - 1)


class _Finite(click.ParamType[float]):
    """Refuses `nan` and `inf`, which compare as if they were inside a range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; fails in one sentence."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number that can be used here.", param, ctx)
        return number


class Finite(_Finite, click.FloatRange):
    """A finite number within a range."""


class Number(_Finite, click.types.FloatParamType):
    """A finite number; the room that takes it knows the range, and says so in its own words."""


class GivenPath(click.Path):
    """A path that was given: an empty one would silently mean the folder that one stands in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails in one sentence."""
        if isinstance(value, str) and not value.strip():
            self.fail("the path is empty; write . for the folder you stand in.", param, ctx)
        return super().convert(value, param, ctx)


NUMBER = Number()
GIVEN_PATH: click.Path = GivenPath(path_type=Path)


def scan_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of a CT reading, the same wherever a scan is read."""
    options = (
        click.option(
            "--preset", default="agatston-1990", show_default=True, help="Scoring convention for CT."
        ),
        click.option(
            "--series", type=int, help="Read this series (its number in the table) instead of the choice."
        ),
        click.option(
            "--roi",
            type=GivenPath(path_type=Path, exists=True),
            help="NIfTI mask or label map that narrows the reading.",
        ),
        click.option(
            "--mg-per-mm3-hu",
            type=Finite(0, 0.1, min_open=True),
            help="The scanner's calibration factor, from a phantom.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
