"""A work-up as a page for people and as files for machines."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.report.write import write_report

__all__ = ["write_report"]


def __getattr__(name: str) -> Any:
    if name == "write_report":
        return import_module("kossa.report.write").write_report
    raise AttributeError(name)
