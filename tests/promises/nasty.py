"""The set of hostile files, laid out case by case, and what `kossa read` made of each."""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

RUNNER = Path(__file__).with_name("run_limited.py")
CANARIES = ("KOSSA_CANARY", "kossa_escape.txt")
#: limits of the set's README: 10 s a case; memory resident beyond that of a sound case
SECONDS, MORE_MB = 10, 200
COMPILING_SECONDS = 120
#: address space, which numba and the decoders reserve in plenty without using it
ADDRESS_BYTES = 8 << 30


@dataclass(frozen=True)
class Case:
    """One row of expected.csv and the files that belong to it."""

    name: str
    outcome: str
    reason: str
    files: tuple[str, ...]


@dataclass
class Run:
    """One call of `kossa read`: its exit code, its cost, what it said, and what it wrote."""

    code: int | None
    seconds: float
    peak_kb: int
    stderr: str
    workup: dict[str, Any] = field(default_factory=dict)
    locations: dict[int, str] = field(default_factory=dict)
    outputs: bytes = b""
    page: bytes = b""
    left: list[str] = field(default_factory=list)

    def rows(self, files: tuple[str, ...]) -> list[dict[str, Any]]:
        """Return the rows of the table of files that belong to these paths."""
        numbers = {number for number, where in self.locations.items() if where in files}
        return [row for row in self.workup["files"] if row["number"] in numbers]

    def readings(self, folder: str) -> list[dict[str, Any]]:
        """Return the CT readings made from files of a folder."""
        numbers = {number for number, where in self.locations.items() if where.startswith(folder + "/")}
        return [ct for ct in self.workup["ct"] if set(ct["series"]["files"]) <= numbers]


def maker(shared: Path) -> ModuleType:
    """Return the script that makes the set, as a module."""
    path = shared / "nasty" / "make_nasty.py"
    spec = importlib.util.spec_from_file_location("make_nasty", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_set(shared: Path) -> tuple[dict[str, bytes], list[Case]]:
    """Return all files of the set and its cases, from expected.csv as it stands."""
    module = maker(shared)
    module.build()
    files: dict[str, bytes] = module.FILES
    cases = []
    with (shared / "nasty" / "expected.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            name = row["file"]
            start = name.removesuffix("*.dcm")
            own = (
                (name,) if name in files else tuple(f for f in files if f.startswith(start) and start != name)
            )
            cases.append(Case(name, row["outcome"], row["reason"], own))
    return files, cases


def sound(shared: Path) -> dict[str, bytes]:
    """Return a sound scan of the set's own person: five slices with one deposit each."""
    ct = maker(shared).ct
    return {f"sound/{n}.dcm": ct(uid=f"900.{n}", series="900", z=float(n), instance=n + 1) for n in range(5)}


class Reader:
    """Calls `kossa read` on made folders through one runner process."""

    def __init__(self, process: subprocess.Popen[str], place: Path) -> None:
        self.process = process
        self.place = place
        self.count = 0

    def read(self, files: dict[str, bytes], *options: str, command: str = "read", **limits: float) -> Run:
        """Lay files into a fresh folder, give it to a command of kossa, and return what came of it.

        `limits` are those of `run_limited`; an option `-o` given takes the place of the usual one.
        """
        self.count += 1
        home = self.place / str(self.count)
        (home / "in").mkdir(parents=True)
        for name, data in files.items():
            target = home / "in" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        out = ["-o", str(home / "out")] if command == "read" and "-o" not in options else []
        job = {
            "args": [command, str(home / "in"), *out, *options],
            "cwd": str(home),
            "seconds": SECONDS,
            "bytes": ADDRESS_BYTES,
            **limits,
        }
        run = self._call(job | {"seconds": COMPILING_SECONDS})
        if run.seconds > SECONDS:  # a kernel was compiled that no earlier case needed: that is not the file's
            run = self._call(job)
        self._collect(run, home / "out")
        assert not [p for p in self.place.rglob("*") if p.name in CANARIES], "something ran or escaped"
        return run

    def _collect(self, run: Run, out: Path) -> None:
        """Take in what was written."""
        run.left = sorted(str(p.relative_to(out)) for p in out.rglob("*")) if out.is_dir() else []
        if (out / "workup.json").is_file():
            run.workup = json.loads((out / "workup.json").read_bytes())
            named = json.loads((out / "run.json").read_bytes())["files"]
            run.locations = {int(number): where for number, where in named.items()}
        page = out / "report.html"
        run.page = page.read_bytes() if page.is_file() else b""
        run.outputs = b"".join(
            p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file() and p.name != "run.json"
        )

    def _call(self, job: dict[str, Any]) -> Run:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return Run(**json.loads(self.process.stdout.readline()))


@contextmanager
def reader(place: Path) -> Iterator[Reader]:
    """Give a `Reader` whose folders lie in `place`."""
    with subprocess.Popen(
        [sys.executable, str(RUNNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Reader(process, place)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(20)
