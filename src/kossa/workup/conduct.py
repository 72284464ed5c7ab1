"""One folder to one work-up: survey, one person, the readers, what became of every file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kossa.evidence import (
    Calcification,
    FileKind,
    NothingUsable,
    Notice,
    Outcome,
    Person,
    Refused,
    Severity,
    Workup,
    WrongCall,
)
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.evidence.volume import Examination
from kossa.intake.entry import Survey
from kossa.intake.files_table import files, locations, notices, settle_rest
from kossa.intake.people import only, people
from kossa.intake.survey import survey
from kossa.workup.compose import compose
from kossa.workup.listen import listen
from kossa.workup.look import Looks, look
from kossa.workup.options import ReadOptions
from kossa.workup.readers import READ
from kossa.workup.result import WorkupResult

__all__ = ["read"]

USED = (Outcome.ACCEPTED, Outcome.PARTIAL)
LEFT_OUT = (Outcome.PARTIAL, Outcome.REJECTED)
NOT_OPENED = {"link-outside", "broken-link", "special"}  # what they lead to may be evidence

NOTHING = (
    "nothing here could be read as evidence; put in a CT scan, laboratory results, a letter or a case.toml, "
    "or see the table of files for what was found and what to do with it"
)


OWN_REPORT = (
    "There is nothing here but a report that kossa wrote, and it reads no report of its own; give the folder "
    "of evidence, or take the report's files away if evidence lies among them."
)


@dataclass
class _Clock:
    """Seconds by stage, for run.json."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def read(
    path: Path | str, options: ReadOptions | None = None, *, progress: Progress = silent
) -> WorkupResult:
    """Read a folder or file of evidence about one person.

    Never raises for what a file holds: a bad file is a notice, and where nothing is usable or several
    people are met the result says so in `exit_code` (3, 4) and `sentence`. Raises `WrongCall` for a
    wrong path or option and `CannotFinish` where a budget is spent.
    """
    options = options or ReadOptions()
    _check(options)
    if path == "":
        raise WrongCall("no path was given: name the folder or file to read")
    clock = _Clock()
    with clock.stage("survey"):
        progress("looking at the files", 0, 0)
        met = survey(Path(path), progress=progress)
        found = people(met, READ)
    if options.person is not None:
        met = only(met, found, options.person)
        found = people(met, READ)
    elif len(found.persons) > 1:
        return _several(met, found.sentence(), found.notices, clock)
    with clock.stage("ct"):
        exams, told = _scans(met, options, progress)
    with clock.stage("pictures"):
        looks = look(met, progress)
    with clock.stage("words"):
        words = listen(met, _person(found.persons[0], options), progress)
    settle_rest(met, READ)
    found = people(met, READ)
    if options.person is None and len(found.persons) > 1:
        return _several(met, found.sentence(), found.notices, clock)
    with clock.stage("diagnosis"):
        person = _person(found.persons[0], options)
        workup = compose(met, person, exams, looks, words, (*found.notices, *told))
    return _finished(workup, exams, looks, met, options, clock)


def _check(options: ReadOptions) -> None:
    """Raise `WrongCall` for an option that no scan could take, before anything is read."""
    if options.preset != ReadOptions().preset:
        from kossa.ct.presets import load  # noqa: PLC0415 (the arrays are loaded only where there is a need)

        load(options.preset)
    if options.roi is not None:
        from kossa.intake.budget import DEFAULT  # noqa: PLC0415
        from kossa.intake.files import read_file  # noqa: PLC0415
        from kossa.intake.nifti import read_nifti  # noqa: PLC0415

        try:
            read_nifti(read_file(options.roi, DEFAULT))
        except Refused as refused:
            raise WrongCall(f"The label map given with --roi cannot be used: {refused}") from None


def _unused(options: ReadOptions) -> tuple[Notice, ...]:
    """Tell of options for a scan where there is none."""
    given = {
        "--preset": options.preset != ReadOptions().preset,
        "--series": options.series is not None,
        "--roi": options.roi is not None,
        "--mg-per-mm3-hu": options.mg_per_mm3_hu is not None,
    }
    named = ", ".join(name for name, is_given in given.items() if is_given)
    if not named:
        return ()
    told = Notice(
        code="option-without-scan",
        severity=Severity.WARNING,
        what=f"{named} was given, and there is no CT scan here that it could be used on.",
        done="It was not used.",
    )
    return (told,)


def _scans(
    met: Survey, options: ReadOptions, progress: Progress
) -> tuple[tuple[Examination, ...], tuple[Notice, ...]]:
    """Examine every scan worth reading; what cannot be read is a notice."""
    if not met.of(FileKind.CT):
        return (), _unused(options)
    from kossa.ct import examine  # noqa: PLC0415 (the arrays are loaded only where there is a scan)
    from kossa.ct.read import list_scans, probe_others  # noqa: PLC0415

    exams, told = [], []
    # where none can be chosen, one call tells why and settles the files
    chosen = [options.series] if options.series is not None else (list_scans(met) or (None,))
    for series in chosen:
        try:
            exam = examine(
                met,
                preset=options.preset,
                series=series,
                roi=options.roi,
                mg_per_mm3_hu=options.mg_per_mm3_hu,
                progress=progress,
            )
        except (NothingUsable, Refused) as unusable:
            told.append(
                Notice(
                    code="scan-not-used",
                    severity=Severity.ERROR,
                    what=str(unusable),
                    done="The scan was left out.",
                )
            )
        else:
            exams.append(exam)
    if options.series is None:
        probe_others(met)
    return tuple(exams), tuple(told)


def _person(person: Person, options: ReadOptions) -> Person:
    """What was typed in the call wins over what the files say."""
    return Person(
        key=person.key,
        age_years=options.age_years if options.age_years is not None else person.age_years,
        sex=options.sex or person.sex,
        setting=options.setting or person.setting,
    )


def _several(met: Survey, sentence: str, told: tuple[Notice, ...], clock: _Clock) -> WorkupResult:
    """More than one person and none chosen: nothing is read, the files are listed."""
    for entry in met.entries:
        if entry.outcome is None or entry.outcome.outcome in USED:
            entry.settle(Outcome.REJECTED, reason="two-people")
    workup = Workup(
        kossa_version=VERSION,
        person=Person(),
        calcification=Calcification.NOT_EXAMINED,
        notices=(*told, *notices(met)),
        files=files(met),
    )
    return WorkupResult(
        workup=workup, locations=locations(met), seconds=clock.seconds, exit_code=4, sentence=sentence
    )


def _finished(
    workup: Workup,
    exams: tuple[Examination, ...],
    looks: Looks,
    met: Survey,
    options: ReadOptions,
    clock: _Clock,
) -> WorkupResult:
    code, sentence = 0, ""
    if not any(f.outcome in USED for f in workup.files):
        code, sentence = 3, NOTHING[:1].upper() + NOTHING[1:] + "."
        if not met.entries and any(n.code == "folder-output" for n in met.notices):
            sentence = OWN_REPORT
    elif options.strict and any(f.outcome in LEFT_OUT or f.reason in NOT_OPENED for f in workup.files):
        code = 6
    return WorkupResult(
        workup=workup,
        examinations=exams,
        looks=looks,
        locations=locations(met),
        seconds=clock.seconds,
        exit_code=code,
        sentence=sentence,
    )
