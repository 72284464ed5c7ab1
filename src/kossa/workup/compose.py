"""What the readers found, joined and weighed: the work-up of one person."""

from __future__ import annotations

from kossa.care import options as care_options
from kossa.diagnosis import weigh
from kossa.evidence import Material, Notice, Person, Workup
from kossa.evidence.version import VERSION
from kossa.evidence.volume import Examination
from kossa.intake.entry import Survey
from kossa.intake.files_table import files, notices
from kossa.workup.join import first_question, join
from kossa.workup.listen import Words

__all__ = ["compose"]


def _measured(exams: tuple[Examination, ...]) -> bool:
    """Say whether a scan holds a deposit that counts."""
    return any(d.kept and d.material is Material.CALCIFICATION for e in exams for d in e.reading.deposits)


def compose(
    met: Survey,
    person: Person,
    exams: tuple[Examination, ...],
    words: Words,
    told: tuple[Notice, ...],
) -> Workup:
    """Join what was measured with what was told, ask whether there is any, and weigh kinds and causes."""
    readings = tuple(exam.reading for exam in exams)
    together = join(readings, words.history)
    person = words.seen_in(person)
    blood, history = words.blood, words.history
    findings = (*together.findings, *(blood.findings if blood else ()))
    results = blood.results if blood else ()
    state = first_question(together.groups, measured=_measured(exams), scanned=bool(exams))
    counted = tuple(g for g in together.groups if g.material is Material.CALCIFICATION)
    weighing = weigh(findings, person, results=results, groups=counted, calcification=state)
    return Workup(
        kossa_version=VERSION,
        person=person,
        calcification=state,
        ct=readings,
        results=results,
        derived=blood.derived if blood else (),
        findings=findings,
        groups=together.groups,
        weighing=weighing,
        options=care_options(weighing, findings, person, results, groups=counted),
        not_understood=history.not_understood if history else (),
        notices=(
            *told,
            *(blood.notices if blood else ()),
            *(history.notices if history else ()),
            *notices(met),
        ),
        files=files(met),
    )
