"""Everything that one reading leaves in its folder, each file whole or absent."""

from __future__ import annotations

import hashlib
import json
import platform
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from kossa.evidence import encode
from kossa.evidence.atomic import Together, folder_for, only_writer, together
from kossa.evidence.progress import Progress, silent
from kossa.report.labelmap import label_maps
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
        earlier = _earlier(out)
        with together(out) as files:
            _write(result, files, progress)
        _take_away(out, {name: digest for name, digest in earlier.items() if name not in files.digests})
    return out / "report.html"


def _write(result: WorkupResult, files: Together, progress: Progress) -> None:
    progress("writing the report", 0, 4)
    files.put("workup.json", encode(result.workup))
    if result.workup.ct:
        files.put("deposits.csv", deposits_csv(result.workup.ct))
    with ThreadPoolExecutor(max_workers=1) as side:
        # the label maps are compressed while the page is composed
        maps = side.submit(_put_label_maps, result, files)
        composed = page(result).encode("utf-8")
        progress("writing the report", 2, 4)
        maps.result()
    files.put("report.html", composed)
    files.put("run.json", _run(result, files.digests))
    progress("writing the report", 4, 4)


def _put_label_maps(result: WorkupResult, files: Together) -> None:
    for number, exam in enumerate(result.examinations, 1):
        name = "deposits.nii.gz" if len(result.examinations) == 1 else f"deposits-scan{number}.nii.gz"
        for each, data in label_maps(exam, name):
            files.put(each, data)


def _earlier(out: Path) -> dict[str, str]:
    """Return the files that the run before wrote here, with their digests; empty where it is not known."""
    try:
        outputs = json.loads((out / "run.json").read_bytes())["outputs"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {Path(name).name: digest for name, digest in outputs}


def _take_away(out: Path, earlier: dict[str, str]) -> None:
    """Remove these files where they are still as they were written."""
    for name, digest in earlier.items():
        path = out / name
        if path.is_symlink() or not path.is_file():
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            path.unlink()


def _run(result: WorkupResult, digests: dict[str, str]) -> bytes:
    facts = {
        "kossa_version": result.workup.kossa_version,
        "python": platform.python_version(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "exit_code": result.exit_code,
        "seconds": {stage: round(s, 3) for stage, s in result.seconds.items()},
        "files": {str(number): where for number, where in sorted(result.locations.items())},
        "outputs": dict(digests),
    }
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
