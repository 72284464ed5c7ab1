"""What all tests share: where the reference data lies, and a temporary place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, and no limit that a busy machine could miss: a red run is then a fault of
# the code. KOSSA_EXAMPLES=new looks for new ones.
settings.register_profile("kossa", deadline=None, derandomize=os.environ.get("KOSSA_EXAMPLES") != "new")
settings.load_profile("kossa")

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
