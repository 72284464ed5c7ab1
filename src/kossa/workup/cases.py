"""Cases told in words and numbers, without files of their own: one case in, one weighing out.

A case is a person in whom calcification is a fact, unless it carries `calcification` itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec

from kossa.blood.results import LOST, read_rows
from kossa.care import options as care_options
from kossa.diagnosis import case_output, weigh
from kossa.evidence import (
    Calcification,
    NothingUsable,
    Notice,
    Option,
    Person,
    Refused,
    Result,
    Setting,
    Sex,
    Weighing,
    WrongCall,
)
from kossa.history.case import read_case
from kossa.intake.case_form import FIELDS
from kossa.intake.json_doc import Fault, first_fault, parse, parse_lines
from kossa.intake.sidecar import parse_toml

__all__ = ["CaseAnswer", "answer", "cases_in", "changed", "kinds_after"]

MOST_YEARS = 130
ADDED = frozenset({"history", "symptoms"})  # words of which more than one may be set
CHOICES = {
    "sex": tuple(s.value for s in Sex),
    "setting": tuple(s.value for s in Setting),
    "calcification": tuple(c.value for c in Calcification),
}
PriorName = Literal["life", "published"]
LIMIT_BYTES = 64_000_000  # a case file is typed or exported text; 64 MB holds a hundred thousand of them


@dataclass(frozen=True)
class CaseAnswer:
    """What one case comes to."""

    id: str
    person: Person
    weighing: Weighing
    options: tuple[Option, ...]
    results: tuple[Result, ...]
    not_understood: tuple[str, ...]
    notices: tuple[Notice, ...]

    def line(self) -> dict[str, Any]:
        """Return the case as one line of predictions, as scorers read it."""
        return case_output(self.id, self.weighing, not_understood=self.not_understood, notices=self.notices)


def cases_in(path: Path, left_out: Callable[[str], None] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the cases of a `.toml`, `.json` or `.jsonl` file.

    A line that is no case is told to `left_out` and the rest goes on; without it `Refused` is raised. Raises
    `WrongCall` where the file cannot be opened, `Refused` where it is no case, and `NothingUsable` where it
    holds none.
    """
    try:
        if path.exists() and not path.is_file():
            raise WrongCall(f"{path} is no file (a folder, a pipe or a device); give a file of cases")
        if path.stat().st_size > LIMIT_BYTES:
            raise Refused("too-large", f"{path.name} is larger than {LIMIT_BYTES // 1_000_000} MB; split it.")
        data = path.read_bytes()
    except OSError as error:
        raise WrongCall(f"cannot open {path}: {error.strerror or error}; check the path") from error
    if path.suffix == ".toml":
        yield _case(parse_toml(data), path.name)
    elif path.suffix == ".jsonl":
        yield from _lines(data, path.name, left_out)
    else:
        yield _case(parse(data), path.name)


def _lines(data: bytes, name: str, left_out: Callable[[str], None] | None) -> Iterator[dict[str, Any]]:
    count = 0
    for number, document in parse_lines(data):
        place = f"{name}, line {number}"
        try:
            case = _case(document if isinstance(document, Fault) else document.data, place)
        except Refused as refused:
            if left_out is None:
                raise
            left_out(str(refused))
            continue
        count += 1
        yield case
    if not count:
        raise NothingUsable(f"{name} holds no case: write one JSON object a line")


def _case(value: Any, place: str) -> dict[str, Any]:
    fault = value if isinstance(value, Fault) else first_fault(value)
    if fault is not None:
        raise Refused(fault.code, f"{place}: {fault.what}")
    if not isinstance(value, dict):
        raise Refused("not-a-case", f"{place}: a case is a table of history, labs, imaging: see `kossa new`.")
    return value


def _calcification(case: Mapping[str, Any]) -> Calcification:
    told = case.get("calcification")
    if told is None:
        return Calcification.TOLD
    try:
        return Calcification(str(told))
    except ValueError:
        words = ", ".join(c.value for c in Calcification)
        raise Refused("calcification", f"calcification is {told!r}; it can be {words}.") from None


def answer(
    case: Mapping[str, Any],
    *,
    hide: Sequence[str] = (),
    prior: PriorName = "life",
    about: str | None = None,
) -> CaseAnswer:
    """Weigh one case. `hide` names fields taken as unknown, `about` the group whose answer is given."""
    unknown = next((h for h in hide if h not in FIELDS), None)
    if unknown is not None:
        raise WrongCall(f"--hide {unknown}: no field of a case; known are {', '.join(sorted(FIELDS))}")
    read = read_case(case, hide=hide)
    told = read.with_labs(*read_rows(read.labs, read.person))
    weighing = weigh(
        told.findings,
        told.person,
        results=told.results,
        groups=told.groups,
        calcification=_calcification(case),
        prior=prior,
        about=about or told.about,
        history_told=told.has_history,
        examined=told.examined,
    )
    return CaseAnswer(
        id=told.id or "case",
        person=told.person,
        weighing=weighing,
        options=care_options(weighing, told.findings, told.person, told.results, groups=told.groups),
        results=told.results,
        not_understood=told.not_understood,
        notices=told.notices,
    )


def changed(case: Mapping[str, Any], settings: Sequence[str], without: Sequence[str]) -> dict[str, Any]:
    """Return a case with `NAME=VALUE` set and names left out, to ask what would change the answer.

    NAME is a field of a case (`age_years`, `sex`, `setting`, `history`, `biopsy`, ...; words are added
    to a list) or a laboratory test, then VALUE is a number with its unit (`phosphate=2.6mmol/L`) or a
    flag (`calcium=normal`). Raises `WrongCall` for anything else.
    """
    out = {k: list(v) if isinstance(v, list | tuple) else v for k, v in case.items()}
    for name in without:
        rest = [row for row in out.get("labs") or [] if str(row.get("name", "")).lower() != name.lower()]
        if name in out:
            out.pop(name)
        elif len(rest) < len(out.get("labs") or []):
            out["labs"] = rest
        else:
            have = [*out, *(str(row.get("name", "")) for row in out.get("labs") or [])]
            near = get_close_matches(name, have) or have
            raise WrongCall(
                f"--without {name}: the case has no such field and no such test; it has {', '.join(near)}"
            )
    names = [s.partition("=")[0].strip() for s in settings]
    twice = sorted({n for n in names if names.count(n) > 1} - ADDED | set(names) & set(without))
    if twice:
        raise WrongCall(f"--set and --without name {twice[0]} twice: say it once")
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise WrongCall(f"--set {setting}: write NAME=VALUE, such as phosphate=2.6mmol/L")
        _set(out, name.strip(), value.strip())
    return out


def _set(case: dict[str, Any], name: str, value: str) -> None:
    if name == "age_years":
        case[name] = _years(value)
    elif name in CHOICES and value not in CHOICES[name]:
        raise WrongCall(f"--set {name}={value}: it can be {', '.join(CHOICES[name])}")
    elif name in (*CHOICES, "biopsy", "about"):
        case[name] = value
    elif name in ("history", "symptoms"):
        case[name] = [*(case.get(name) or []), value]
    else:
        rows = [r for r in case.get("labs") or [] if str(r.get("name", "")).lower() != name.lower()]
        case["labs"] = [*rows, {"name": name, **_lab(name, value)}]


def _number(text: str) -> float | str:
    """Return a number as one, anything else (`<0.5`, a decimal comma) as it is for the blood room."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def _years(value: str) -> float:
    try:
        years = float(value)
    except ValueError:
        years = math.nan
    if not 0 <= years <= MOST_YEARS:
        raise WrongCall(f"--set age_years={value}: give years as a number from 0 to {MOST_YEARS}")
    return years


def _lab(name: str, value: str) -> dict[str, Any]:
    if value.lower() in ("low", "normal", "high", "positive", "negative"):
        return {"value": None, "unit": None, "flag": value.lower()}
    digits = len(value) - len(value.lstrip("0123456789.,<>= "))
    number, unit = value[:digits].strip(), value[digits:].strip()
    if not number:
        raise WrongCall(f"--set {name}={value}: give a number with its unit, or low, normal, high")
    row = {"name": name, "value": _number(number), "unit": unit or None}
    _, _, notices = read_rows([row], Person())
    doubt = next((n for n in notices if n.code in LOST), None)
    if doubt is not None:
        raise WrongCall(f"--set {name}={value}: {doubt.what}")
    return {k: v for k, v in row.items() if k != "name"}


def kinds_after(before: CaseAnswer, after: CaseAnswer) -> str:
    """Return the kinds before and after a change, side by side as text."""
    old = {k.id: k for k in before.weighing.kinds}
    lines = [f"{'kind':<16} {'before':>22} {'after':>22}"]
    for kind in after.weighing.kinds:
        was = old.get(kind.id)
        then = f"{was.prob:.2f} ({was.low:.2f} to {was.high:.2f})" if was else "-"
        lines.append(f"{kind.id:<16} {then:>22} {f'{kind.prob:.2f} ({kind.low:.2f} to {kind.high:.2f})':>22}")
    if not after.weighing.kinds:
        lines.append(f"nothing is weighed: calcification {after.weighing.calcification.value}")
    return "\n".join(lines)


def as_json(found: CaseAnswer) -> bytes:
    """Return a case's answer with its options as JSON."""
    return msgspec.json.encode({**found.line(), "options": msgspec.to_builtins(found.options)})
