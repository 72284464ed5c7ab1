"""Everything that one reading leaves in its folder, each file whole or absent."""

from __future__ import annotations

import hashlib
import json
import platform
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from kossa.evidence import encode
from kossa.evidence.atomic import folder_for, only_writer, write_bytes
from kossa.evidence.progress import Progress, silent
from kossa.report.labelmap import write_label_maps
from kossa.report.page import page
from kossa.report.tables import deposits_csv
from kossa.workup.result import WorkupResult

__all__ = ["write_report"]


def write_report(result: WorkupResult, out: Path | str, *, progress: Progress = silent) -> Path:
    """Write report.html, workup.json, deposits.csv, the label maps and run.json; return the report's path.

    Same input, same bytes, but for run.json, which alone holds names of files, times and versions.
    What an earlier run left there and this one does not write is taken away: a table of one person beside
    the report of another misleads. Raises `CannotFinish` where `out` cannot be written.
    """
    out = folder_for(Path(out))
    with only_writer(out):
        return _write(result, out, progress)


def _write(result: WorkupResult, out: Path, progress: Progress) -> Path:
    progress("writing the report", 0, 4)
    written = [_put(out / "workup.json", encode(result.workup))]
    if result.workup.ct:
        written.append(_put(out / "deposits.csv", deposits_csv(result.workup.ct)))
    with ThreadPoolExecutor(max_workers=1) as side:
        # the label maps are compressed while the page is composed
        maps = side.submit(_label_maps, result, out)
        composed = page(result).encode("utf-8")
        progress("writing the report", 2, 4)
        written += maps.result()
    report = _put(out / "report.html", composed)
    written.append(report)
    _take_away(out, written)
    _put(out / "run.json", _run(result, written))
    progress("writing the report", 4, 4)
    return report


def _label_maps(result: WorkupResult, out: Path) -> list[Path]:
    written: list[Path] = []
    for number, exam in enumerate(result.examinations, 1):
        name = "deposits.nii.gz" if len(result.examinations) == 1 else f"deposits-scan{number}.nii.gz"
        written += write_label_maps(exam, out / name)
    return written


def _take_away(out: Path, written: list[Path]) -> None:
    """Remove the files that the run before wrote here, as they were, and that are not of this run."""
    try:
        earlier = json.loads((out / "run.json").read_bytes())["outputs"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    for name, digest in earlier:
        path = out / Path(name).name
        if path in written or path.is_symlink() or not path.is_file():
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            path.unlink()


def _put(path: Path, data: bytes) -> Path:
    write_bytes(path, data)
    return path


def _run(result: WorkupResult, written: list[Path]) -> bytes:
    facts = {
        "kossa_version": result.workup.kossa_version,
        "python": platform.python_version(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "exit_code": result.exit_code,
        "seconds": {stage: round(s, 3) for stage, s in result.seconds.items()},
        "files": {str(number): where for number, where in sorted(result.locations.items())},
        "outputs": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in written},
    }
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
