"""What all tests share: where the reference data lies, and a temporary place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KOSSA_SHARED", ROOT.parent / "shared")).resolve()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data; the test is skipped, and says so, where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no reference data: set KOSSA_SHARED")
    return SHARED / "data"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tested for want of data or of a browser."""
    reasons = {
        str(r.longrepr[2]) for r in terminalreporter.stats.get("skipped", []) if isinstance(r.longrepr, tuple)
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(f"not tested here: {reason}")
