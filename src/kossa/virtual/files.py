"""A case on disk: the scan in one folder, the truth beside it, never in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from kossa.evidence import CannotFinish, Truth, WrongCall, encode
from kossa.virtual.identity import Patient
from kossa.virtual.scanner import Exposure
from kossa.virtual.series import Protocol, write_study

__all__ = ["SCAN", "TRUTH", "write_case"]

SCAN = "scan"
TRUTH = "truth.json"


def write_case(
    folder: Path, exposure: Exposure, patient: Patient, protocol: Protocol, truth: Truth, *, seed: int
) -> int:
    """Write `folder/scan` and `folder/truth.json`; return the number of DICOM files.

    A scan made here before is replaced as a whole. Raises `WrongCall` where `folder/scan` holds
    something else, and `CannotFinish` where the folder cannot be written.
    """
    scan, aside = folder / SCAN, folder / f".{SCAN}-unfinished"
    if scan.exists() and any(scan.iterdir()) and not (folder / TRUTH).is_file():
        raise WrongCall(
            f"{scan} holds files that were not made here (no {TRUTH} beside it): choose another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        count = write_study(aside, exposure, patient, protocol, seed=seed)
        shutil.rmtree(scan, ignore_errors=True)
        aside.rename(scan)
        partial = folder / f".{TRUTH}-unfinished"
        partial.write_bytes(encode(truth))
        partial.replace(folder / TRUTH)
    except OSError as fault:
        if isinstance(fault, CannotFinish):
            raise
        raise CannotFinish(f"{folder} could not be written: {fault.strerror}.") from fault
    return count
