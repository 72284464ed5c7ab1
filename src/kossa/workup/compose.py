"""What the readers found, joined and weighed: the work-up of one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kossa.care import options as care_options
from kossa.diagnosis import weigh
from kossa.evidence import (
    DepositGroup,
    Finding,
    Material,
    Notice,
    Person,
    State,
    Whose,
    Workup,
)
from kossa.evidence.version import VERSION
from kossa.evidence.volume import Examination
from kossa.intake.entry import Survey
from kossa.intake.files_table import files, notices
from kossa.workup.join import first_question, join, without_ordinary
from kossa.workup.listen import Words
from kossa.workup.look import Looks
from kossa.workup.open_groups import open_groups
from kossa.workup.taken import pictures_taken

__all__ = ["compose"]


# what a picture shows only where it holds a deposit
MINERAL = frozenset({"bx_von_kossa_positive", "bx_alizarin_positive", "bx_calcium", "bx_he_calcium"})


def _measured(exams: tuple[Examination, ...], looks: Looks) -> bool:
    """Say whether a scan, or a group on a film, holds a deposit that counts."""
    grouped = (d for f in looks.films for d in f.deposits if d.group is not None)
    scanned = (d for e in exams for d in e.reading.deposits)
    return any(d.kept and d.material is Material.CALCIFICATION for d in (*scanned, *grouped))


def _about(groups: Sequence[DepositGroup], looks: Looks) -> str | None:
    """Return the group that the answer is about; None where the largest or first is.

    A mammogram's group whose form is not typically benign is for a radiologist to read: where nothing was
    measured and another deposit is known, the answer is about that one.
    """
    read_first = {member for group in open_groups(looks.films, groups) for member in group.members}
    if any(g.volume_mm3 is not None for g in groups) or not groups:
        return None
    return next((g.id for g in groups if not read_first & set(g.deposits)), None)


def _each_once(
    told: Iterable[Finding], measured: Sequence[Finding], pictured: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Return all findings; what the blood has measured wins over what words tell of the same test."""
    known = {f.id for f in measured}
    kept = (f for f in told if f.id not in known or f.whose is Whose.FAMILY)
    return (*kept, *pictured, *measured)


def compose(
    met: Survey,
    person: Person,
    exams: tuple[Examination, ...],
    looks: Looks,
    words: Words,
    told: tuple[Notice, ...],
) -> Workup:
    """Join what was measured with what was told, ask whether there is any, and weigh kinds and causes."""
    readings = tuple(exam.reading for exam in exams)
    together = join(readings, words.history, looks.films)
    person = words.seen_in(person)
    blood, history = words.blood, words.history
    pictured = (*(f for r in looks.sections for f in r.findings), *looks.findings)
    findings = _each_once(together.findings, blood.findings if blood else (), pictured)
    results = blood.results if blood else ()
    measured = _measured(exams, looks) or any(f.id in MINERAL for f in pictured if f.state is State.PRESENT)
    state = first_question(
        together.groups,
        measured=measured,
        scanned=bool(exams or looks.films or looks.sections),
        denied=bool(history and history.denied),
    )
    counted = tuple(g for g in together.groups if g.material is Material.CALCIFICATION)
    weighing = weigh(
        without_ordinary(findings, together.groups),
        person,
        results=results,
        groups=counted,
        calcification=state,
        about=_about(counted, looks),
        history_told=bool(history and history.history_told),
        examined=(*pictures_taken(met, exams, looks), *(history.examined if history else ())),
    )
    return Workup(
        kossa_version=VERSION,
        person=person,
        calcification=state,
        ct=readings,
        films=looks.films,
        sections=looks.sections,
        results=results,
        derived=blood.derived if blood else (),
        findings=findings,
        groups=together.groups,
        denied=history.denied if history else (),
        weighing=weighing,
        options=care_options(weighing, findings, person, results, groups=counted),
        not_understood=history.not_understood if history else (),
        notices=(
            *told,
            *looks.notices,
            *(blood.notices if blood else ()),
            *(history.notices if history else ()),
            *notices(met),
        ),
        files=files(met),
    )
