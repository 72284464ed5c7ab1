"""Hostile and broken files: each comes out as the set's own table says, alone and beside a sound scan."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.promises.nasty import MORE_MB, SECONDS, Case, Reader, Run, make_set, sound

from kossa.evidence import FileKind
from kossa.workup.readers import READ

#: names that the files of the set give to their person, and nothing may repeat
NAMES = (b"onerror=alert(2)", b"owned", b"nhoJ", b"Nasty", b"KOSSA-TEST")
#: markup of the set that must have become plain characters
LIVE = (b"<script>alert", b"<svg onload", b"<b onmouseover", b"<iframe src=javascript")


@pytest.fixture(scope="module")
def hostile(shared: Path) -> tuple[dict[str, bytes], list[Case]]:
    return make_set(shared)


@pytest.fixture(scope="module")
def alone(calls: Reader, shared: Path) -> Run:
    run = calls.read(sound(shared))
    assert run.code == 0, run.stderr
    return run


def expected(case: Case, run: Run) -> set[str]:
    """The outcomes that are right: the table's, or not_read_yet where a kind has no reader yet."""
    kinds = {FileKind(row["kind"]) for row in run.rows(case.files)}
    unread = {
        FileKind.FILM,
        FileKind.SECTION,
        FileKind.PICTURE,
        FileKind.BLOOD,
        FileKind.HISTORY,
        FileKind.FHIR,
    }
    if kinds & unread - READ:
        return {"not_read_yet"} if case.outcome != "rejected" else {"not_read_yet", "rejected"}
    return {case.outcome}


def right_code(case: Case, outcomes: set[str]) -> int:
    if case.reason == "two-people":
        return 4
    return 0 if outcomes & {"accepted", "partial"} else 3


def check(case: Case, run: Run, sound_run: Run) -> set[str]:
    """Check what holds for every run, and return the outcomes of the case's files."""
    assert run.code is not None, f"more than {SECONDS} s"
    assert run.code != 1, run.stderr
    assert "Traceback" not in run.stderr
    assert (run.peak_kb - sound_run.peak_kb) / 1024 < MORE_MB
    rows = run.rows(case.files)
    assert len(rows) == len(case.files)
    outcomes = {row["outcome"] for row in rows}
    assert outcomes <= expected(case, run), [(row["outcome"], row["reason"]) for row in rows]
    assert not [name for name in NAMES if name in run.outputs + run.stderr.encode()]
    assert not [markup for markup in LIVE if markup in run.page]
    assert "\x1b" not in run.stderr
    return outcomes


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)  # sixty calls, on a machine that may be busy
def test_every_case_alone(calls: Reader, hostile, alone: Run, subtests):
    files, cases = hostile
    assert len(cases) == 62
    for case in cases:
        with subtests.test(case=case.name):
            run = calls.read({name: files[name] for name in case.files})
            outcomes = check(case, run, alone)
            assert run.code == right_code(case, outcomes), run.stderr


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)  # sixty calls, on a machine that may be busy
def test_every_case_beside_a_sound_scan(calls: Reader, hostile, alone: Run, shared: Path, subtests):
    files, cases = hostile
    (own,) = alone.readings("sound")
    for case in cases:
        if case.reason == "two-people":
            continue
        with subtests.test(case=case.name):
            run = calls.read({name: files[name] for name in case.files} | sound(shared))
            check(case, run, alone)
            assert run.code == 0, run.stderr
            (reading,) = run.readings("sound")
            for part in ("scores", "deposits", "geometry", "noise_hu"):
                assert reading[part] == own[part], part


@pytest.mark.shared
def test_one_of_two_people_can_be_chosen(calls: Reader, hostile, alone: Run):
    files, cases = hostile
    case = next(c for c in cases if c.reason == "two-people")
    for key in ("p1", "p2"):
        run = calls.read({name: files[name] for name in case.files}, "--person", key)
        assert run.code == 0, run.stderr
        assert run.workup["person"]["key"] == key
        assert sorted(row["outcome"] for row in run.rows(case.files)) == ["accepted", "ignored"]


@pytest.mark.shared
def test_what_was_left_out_is_6_when_asked_strictly(calls: Reader, hostile, alone: Run):
    files, _ = hostile
    run = calls.read({"a.dcm": files["dicom/no_rescale.dcm"]}, "--strict")
    assert run.code == 6, run.stderr


@pytest.mark.shared
def test_the_whole_set_at_once_ends_with_a_report(calls: Reader, hostile, alone: Run, shared: Path):
    files, _ = hostile
    mine = {name: data for name, data in files.items() if not name.startswith("two_patients")}
    run = calls.read(mine | sound(shared))
    assert run.code == 0, run.stderr
    assert len(run.workup["files"]) >= len(mine)
    (own,), (reading,) = alone.readings("sound"), run.readings("sound")
    assert reading["scores"] == own["scores"]
