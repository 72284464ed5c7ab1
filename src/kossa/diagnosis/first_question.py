"""The first question: is there calcification at all? And where there is none, what could bring it.

Kinds and causes are weighed only where a deposit was measured, or told in a report, a biopsy or an
examination. Physiological deposits alone count as none; metal, contrast and bone are no deposits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kossa.conditions.knowledge import Knowledge
from kossa.diagnosis.posterior import Weighed
from kossa.diagnosis.scale import NONE
from kossa.evidence import Calcification, Deposit, Finding, Material, Modality, NextTest, State, Whose
from kossa.evidence.vocabulary import ancestors, label, term
from kossa.evidence.words_reading import Examined

__all__ = ["calcification_state", "could_bring", "showing"]

SURE_ENOUGH = 0.5
# findings that cannot be without a deposit
TELLING = frozenset(
    {
        "bx_calcium", "bx_he_calcium", "bx_von_kossa_positive", "bx_alizarin_positive", "spread_any",
        "hx_calcinosis_old", "sx_chalky_discharge", "score_cac",
    }
)  # fmt: skip
SHAPE, NOT_CALCIUM = "pattern", "pattern_not_calcium"
MUCH_MORE_LIKELY = np.log10(
    5
)  # a person's data lift such a cause to at least five times its prior (judgement)
MOST = 6
# usual first place of a cause -> the test that would show a deposit there, most special first
SHOWN_BY = (
    ("site_breast", "mammogram_magnification"),
    ("site_cardiac_valve", "echocardiography"),
    ("site_chest", "chest_ct"),
    # KDIGO 2017, 3.3.1: a plain film is a reasonable alternative to CT for vessels in kidney disease
    ("site_artery", "radiograph_of_site"),
    ("site_abdomen", "ct_noncontrast_of_site"),
    ("site_intracranial", "ct_noncontrast_of_site"),
    ("site_cornea", "slit_lamp_fundoscopy"),
)
ELSE = "radiograph_of_site"


def _told(one: Finding) -> bool:
    if one.state is not State.PRESENT or one.whose is not Whose.PERSON or one.certainty < SURE_ENOUGH:
        return False
    shaped = term(one.id).kind == SHAPE and one.id != NOT_CALCIUM
    return shaped or one.id in TELLING or bool(ancestors(one.id) & TELLING)


def calcification_state(
    deposits: Iterable[Deposit], findings: Iterable[Finding] = (), *, looked: bool = False
) -> Calcification:
    """Return whether calcification was measured or told, was looked for and not seen, or was not looked for.

    `looked` is true where a scan, film or section was read.
    """
    kept = [d for d in deposits if d.kept and d.material is Material.CALCIFICATION]
    if any(d.modality is not Modality.WORDS for d in kept):
        return Calcification.MEASURED
    if kept or any(_told(f) for f in findings):
        return Calcification.TOLD
    return Calcification.NONE_SEEN if looked else Calcification.NOT_EXAMINED


def could_bring(weighed: Weighed) -> tuple[str, ...]:
    """Return the causes that this person's data make much more likely; no numbers.

    The order is that of what is likely now, so that a rarity with a strong sign does not lead.
    """
    model = weighed.model
    lift = weighed.log - np.log10(weighed.weights)
    named = [i for i in np.argsort(-weighed.log, kind="stable") if lift[i] >= MUCH_MORE_LIKELY]
    return tuple(model.causes[i] for i in named if model.causes[i] != NONE)[:MOST]


def _test_for(sites: Sequence[str]) -> str:
    first = sites[0] if sites else ""
    above = {first, *(ancestors(first) if first else ())}
    return next((test for site, test in SHOWN_BY if site in above), ELSE)


def _looked_at(site: str, test: str, examined: Sequence[Examined]) -> bool:
    """Whether a sound picture of this kind holds the place; one of an unnamed place tells nothing here."""
    holding = {site, *ancestors(site)}
    return any(e.test == test and e.site in holding and not e.poor for e in examined)


def showing(
    knowledge: Knowledge, causes: Sequence[str], examined: Sequence[Examined] = ()
) -> tuple[NextTest, ...]:
    """Return the tests that would show a deposit of these causes, each once, with no bits promised.

    A place that was pictured so already is left out.
    """
    rows = {t.id: t for t in knowledge.tests}
    found: dict[str, NextTest] = {}
    for cause in causes:
        condition = knowledge.conditions[cause]
        row = rows[_test_for(condition.sites)]
        if condition.sites and _looked_at(condition.sites[0], row.id, examined):
            continue
        name = condition.names[0].split(" (")[0]
        where = label(condition.sites[0]) if condition.sites else "the usual place"
        found.setdefault(
            row.id,
            NextTest(
                id=row.id, bits=0.0, cost=f"EUR {row.eur_low}-{row.eur_high}", harm=row.risk,
                why=f"would show a deposit of {name} at its usual place: {where}",
            ),
        )  # fmt: skip
    return tuple(found.values())[:3]
