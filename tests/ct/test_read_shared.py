"""The bars on reading CT, on the reference scans (`python -m validate.ct_read` prints their figures)."""

from __future__ import annotations

import pytest


@pytest.mark.shared
@pytest.mark.parametrize("check", ["ge_head", "qrm_copies", "exactness", "nasty"])
def test_the_bars_on_reading_are_met(check, shared, tmp_path, monkeypatch):
    from validate import ct_read

    monkeypatch.setattr(ct_read, "SHARED", shared)
    work = getattr(ct_read, check)
    bars = work(tmp_path) if check in ("qrm_copies", "nasty") else work()
    assert bars
    for what, measured, bar, met in bars:
        assert met, f"{what}: {measured}, the bar is {bar}"
