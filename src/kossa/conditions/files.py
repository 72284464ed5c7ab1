"""Read the TOML files into one `Knowledge`, quickly.

The TOML files are the truth. Parsing and checking them takes some 150 ms, so the result is kept, as
Python keeps compiled modules, in `__pycache__` beside this file under the digest of the TOML bytes;
where that folder cannot be written the files are parsed each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from kossa.conditions.check import faults
from kossa.conditions.knowledge import Condition, Knowledge, LabToken, Likelihood
from kossa.evidence.base import decode, from_plain
from kossa.evidence.errors import KossaError

__all__ = ["BadKnowledge", "load", "parse_files", "read_files"]

_PARSING = threading.Lock()
SHARED = (
    "anchors",
    "backgrounds",
    "care",
    "cautions",
    "compare",
    "floors",
    "kidney",
    "kinds",
    "labs",
    "modifiers",
    "nodes",
    "tests",
)
SHOWN_FAULTS = 5


class BadKnowledge(KossaError, ValueError):
    """A knowledge file lacks a source, names an unknown id, or cannot be read."""


def _data() -> Traversable:
    return files(__package__).joinpath("data")


def read_files(folder: Traversable | None = None) -> dict[str, bytes]:
    """Return name -> bytes of all TOML files, sorted by name."""
    root = folder or _data()
    found = {f"{name}.toml": root.joinpath(f"{name}.toml").read_bytes() for name in SHARED}
    for one in root.joinpath("conditions").iterdir():
        if one.name.endswith(".toml"):
            found[f"conditions/{one.name}"] = one.read_bytes()
    return dict(sorted(found.items()))


def _digest(contents: dict[str, bytes]) -> str:
    total = hashlib.sha256()
    for name, data in contents.items():
        total.update(name.encode() + b"\0" + data + b"\0")
    return total.hexdigest()


def _toml(name: str, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        message = f"the knowledge file {name} is not TOML: {fault}"
        raise BadKnowledge(message) from None


def _with_labs(condition: Condition, tokens: Iterable[LabToken]) -> Condition:
    """Add the likelihoods that the lab pattern stands for, below the rows of the file itself."""
    rows = [
        Likelihood(
            id=t.id, low=t.low, high=t.high, grade=t.grade, checked=t.checked,
            source=f"{t.source} ({t.lab} {t.token})",
        )
        for t in tokens
        if condition.labs.get(t.lab) == t.token
    ]  # fmt: skip
    return msgspec.structs.replace(condition, finding=(*condition.finding, *rows))


def parse_files(contents: dict[str, bytes]) -> Knowledge:
    """Parse and check TOML files by name; raises `BadKnowledge` with the first faults."""
    shared = {name: _toml(f"{name}.toml", contents[f"{name}.toml"]) for name in SHARED}
    try:
        tokens = from_plain(shared["labs"]["token"], tuple[LabToken, ...])
        conditions = {}
        for name, data in contents.items():
            if name.startswith("conditions/"):
                stem = name.removeprefix("conditions/").removesuffix(".toml")
                conditions[stem] = _with_labs(from_plain(_toml(name, data), Condition), tokens)
        whole = {
            "conditions": dict(sorted(conditions.items())),
            "kinds": shared["kinds"]["kind"],
            "kind_findings": shared["kinds"]["finding"],
            "kidney": shared["kidney"]["finding"],
            "backgrounds": shared["backgrounds"]["background"],
            "nodes": shared["nodes"]["node"],
            "modifiers": shared["modifiers"]["modifier"],
            "anchors": shared["anchors"]["anchor"],
            "tests": shared["tests"]["test"],
            "floors": shared["floors"]["floor"],
            "cautions": {c["id"]: c for c in shared["cautions"]["caution"]},
            "care": shared["care"]["option"],
            "compare": shared["compare"]["row"],
        }
        knowledge = from_plain(whole, Knowledge)
    except (msgspec.ValidationError, KeyError) as fault:
        message = f"the knowledge cannot be used: {fault}"
        raise BadKnowledge(message) from None
    wrong = list(islice(faults(knowledge), SHOWN_FAULTS))
    if wrong:
        message = "the knowledge cannot be used: " + "; ".join(wrong)
        raise BadKnowledge(message)
    return knowledge


def _kept(digest: str) -> Path:
    return Path(__file__).with_name("__pycache__") / f"knowledge-{digest[:16]}.json"


def _keep(path: Path, knowledge: Knowledge) -> None:
    """Write aside, then rename; a folder that cannot be written is no fault."""
    aside = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        aside.write_bytes(msgspec.json.encode(knowledge))
        aside.replace(path)
        for old in path.parent.glob("knowledge-*.json"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


@cache
def load() -> Knowledge:
    """Return all that is known; raises `BadKnowledge` where a file cannot be used."""
    contents = read_files()
    path = _kept(_digest(contents))
    with _PARSING:  # a second thread finds the kept form of the first, and writes none over it
        try:
            return decode(path.read_bytes(), Knowledge)
        except (OSError, msgspec.MsgspecError):
            knowledge = parse_files(contents)
            _keep(path, knowledge)
            return knowledge
