"""A case on disk: the scan in one folder, the truth beside it, never in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from kossa.evidence import CannotFinish, Truth, WrongCall, encode
from kossa.evidence.atomic import folder_for, write_bytes
from kossa.virtual.identity import Patient
from kossa.virtual.scanner import Exposure
from kossa.virtual.series import Protocol, write_study

__all__ = ["SCAN", "TRUTH", "refuse_foreign", "write_case"]

SCAN = "scan"
TRUTH = "truth.json"


def refuse_foreign(folder: Path) -> None:
    """Raise `WrongCall` where `folder/scan` holds something that was not made here."""
    scan = folder / SCAN
    if scan.exists() and any(scan.iterdir()) and not (folder / TRUTH).is_file():
        raise WrongCall(
            f"{scan} holds files that were not made here (no {TRUTH} beside it): choose another folder."
        )


def write_case(
    folder: Path, exposure: Exposure, patient: Patient, protocol: Protocol, truth: Truth, *, seed: int
) -> int:
    """Write `folder/scan` and `folder/truth.json`; return the number of DICOM files.

    A scan made here before is replaced as a whole. Raises `WrongCall` where `folder/scan` holds
    something else, and `CannotFinish` where the folder cannot be written.
    """
    refuse_foreign(folder)
    scan, aside = folder / SCAN, folder / f".{SCAN}-unfinished"
    folder_for(folder)
    try:
        shutil.rmtree(aside, ignore_errors=True)
        count = write_study(aside, exposure, patient, protocol, seed=seed)
        shutil.rmtree(scan, ignore_errors=True)
        aside.rename(scan)
    except OSError as fault:
        if isinstance(fault, CannotFinish):
            raise
        raise CannotFinish(f"cannot write {folder}: {fault.strerror or fault}") from fault
    write_bytes(folder / TRUTH, encode(truth))
    return count
