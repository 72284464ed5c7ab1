"""What is known, as types: conditions with their likelihoods, and the tables that all conditions share.

Plain frozen structs, not `Record`s: five thousand of them are made at a start, and `check` refuses what
`Record` would refuse. Every number carries `grade` (A measured series, B review or guideline, C expert
range), `checked` (read, judgement, unchecked) and `source`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "Anchor",
    "CareRow",
    "CautionRow",
    "Checked",
    "Comparison",
    "Condition",
    "Consequence",
    "FloorRow",
    "KindDefinition",
    "KindFinding",
    "Knowledge",
    "LabToken",
    "Likelihood",
    "Modifier",
    "Node",
    "Prevalence",
    "Prior",
    "Sign",
    "TestRow",
]

Checked = Literal["read", "judgement", "unchecked"]


class _Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base: closed, so that a misspelt key of a TOML file is refused."""


class Likelihood(_Known, frozen=True, kw_only=True):
    """P(finding | cause) between `low` and `high` (n of N where counted), or a ratio `lr`.

    `lr` is the ratio against calcified patients of any cause. `gap` marks a prevalence in the disease,
    used only where no other row has the finding; `organ` a cause that lies in this organ by definition,
    `never` a place that it cannot lie in.
    """

    id: str
    low: float | None = None
    high: float | None = None
    lr: float | None = None
    n: int | None = None
    N: int | None = None
    organ: bool = False
    never: bool = False
    gap: bool = False
    note: str = ""
    grade: str
    checked: Checked
    source: str


class Prevalence(_Known, frozen=True, kw_only=True):
    """A number that is shown and never weighed: how often the disease calcifies, odds ratios, outcomes."""

    what: str
    low: float
    high: float
    n: int | None = None
    N: int | None = None
    quantity: str
    note: str = ""
    grade: str
    checked: Checked
    source: str


class Anchor(Prevalence, frozen=True, kw_only=True):
    """A number about a population that is no cause, from which priors were set."""

    population: str


class Consequence(_Known, frozen=True, kw_only=True):
    """What a condition may lead to, in plain words."""

    what: str
    how_often: str = ""
    affects: str
    grade: str
    checked: Checked
    source: str


class Prior(_Known, frozen=True, kw_only=True):
    """The relative weight of a cause in one setting; the loader's user normalises."""

    weight: float
    grade: str
    checked: Checked
    source: str


class Condition(_Known, frozen=True, kw_only=True):
    """One cause of calcification. `sites` and `patterns` are in the order of frequency."""

    id: str
    names: tuple[str, ...]
    kind: str
    also_kind: tuple[str, ...] = ()
    group: str
    case_group: str = ""
    tissue: str = ""
    codes: dict[str, tuple[str, ...]] = {}
    labs: dict[str, str] = {}
    sites: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    biopsy: str = ""
    autoantibodies: str = ""
    course: str = ""
    lookalikes: tuple[str, ...] = ()
    lookalikes_other: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    care: tuple[str, ...] = ()
    finding: tuple[Likelihood, ...] = ()
    prevalence: tuple[Prevalence, ...] = ()
    consequence: tuple[Consequence, ...] = ()
    prior: dict[str, Prior]


class KindDefinition(_Known, frozen=True, kw_only=True):
    """One of the seven kinds in words; `called` where the id alone says nothing to a reader."""

    id: str
    called: str = ""
    definition: str
    tissue: str
    serum: str
    distribution: str
    examples: str
    note: str


class KindFinding(Likelihood, frozen=True, kw_only=True):
    """P(finding | kind): used for a cause that has no row of its own for that finding."""

    kind: str


class LabToken(_Known, frozen=True, kw_only=True):
    """What a token of a condition's lab pattern means for one finding."""

    lab: str
    token: str
    id: str
    low: float
    high: float
    grade: str
    checked: Checked
    source: str


class Node(_Known, frozen=True, kw_only=True):
    """Findings that are not independent.

    `rule` is `strongest` (the strongest counts in full, the others with the share `rest`), `kidney`
    (a hidden state, see `diagnosis.kidney`) or `ignored` (says nothing about the cause). `cap` bounds
    the node's contribution in log10. `members` are ids, or a class followed by `:*`.
    """

    id: str
    members: tuple[str, ...]
    rule: Literal["strongest", "kidney", "ignored"]
    rest: float = 0.3
    cap: float = 2.0
    why: str
    source: str


class Modifier(_Known, frozen=True, kw_only=True):
    """A shift of the prior in log10 where the rule `when` holds; `span_years` says how narrow it is."""

    when: str
    log10: float
    causes: tuple[str, ...]
    span_years: float | None = None
    grade: str
    checked: Checked
    source: str


class TestRow(_Known, frozen=True, kw_only=True):
    """A test that can be asked for.

    `shows` are the findings it can bring: `one_of` them or none, or any together (`joint`). `where` is
    the rule for whom it makes sense, `msv` its radiation in mSv. `measures` are the analytes of a blood
    test: where each has a value it is done, though a value may leave a finding open. `first_if` is the rule
    under which it comes before every other test, `first_for` the leading causes that this is bound to.
    """

    __test__ = False  # its name is not a test of pytest's

    id: str
    settles: str
    shows: tuple[str, ...] = ()
    answers: Literal["one_of", "joint"] = "one_of"
    measures: tuple[str, ...] = ()
    msv: float = 0.0
    where: str = ""
    forbidden_by: str = ""
    first_if: str = ""
    first_for: tuple[str, ...] = ()
    cautioned_by: str = ""
    risk: str
    eur_low: int
    eur_high: int
    invasive: int
    delay_days: int
    harm_rule: str = ""
    grade: str
    checked: Checked
    source: str


class Sign(_Known, frozen=True, kw_only=True):
    """A floor is shown where `sign` is true and `unless_not` is not known to be false.

    `show_as` and `who` stand in the place of the floor's own where this sign says more.
    """

    sign: str
    unless_not: str = ""
    show_as: str = ""
    who: str = ""


class FloorRow(_Known, frozen=True, kw_only=True):
    """A danger that is shown whatever the probabilities say.

    Where `quiet_if` is known and `quiet_unless` is not, it is a line (`quiet_as`) and no banner.
    """

    id: str
    show_as: str
    trigger: str
    alternatives: tuple[Sign, ...]
    ask: str
    who: str
    how_soon: str
    quiet_if: str = ""
    quiet_unless: str = ""
    quiet_as: str = ""
    checked: Checked
    source: str


class CautionRow(_Known, frozen=True, kw_only=True):
    """A rule of care: where `fires_on` holds, `then` says what is needed or with whom to discuss it."""

    id: str
    fires_on: str
    asks: tuple[str, ...] = ()
    ask_all: bool = False
    if_: str = msgspec.field(name="if")
    then: str
    severity: str
    checked: Checked
    source: str


class CareRow(_Known, frozen=True, kw_only=True):
    """An option. `causes` it is for, or a rule `when`; `against` are findings that speak against it.

    `only_if` is a rule that has to be known true: what treats a finding is no option where it is not there.
    While a floor of `not_floor` is shown aloud it is no option either.
    """

    id: str
    causes: tuple[str, ...] = ()
    when: str = ""
    only_if: str = ""
    not_floor: tuple[str, ...] = ()
    kind: str
    what: str
    aim: str
    grade: str
    checked: Checked
    source: str
    when_not: str = ""
    against: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


class Comparison(_Known, frozen=True, kw_only=True):
    """One line of dystrophic against metastatic; the ids are findings that fill it for a person."""

    feature: str
    dystrophic: str
    metastatic: str
    number: str
    dystrophic_ids: tuple[str, ...] = ()
    metastatic_ids: tuple[str, ...] = ()
    checked: Checked
    source: str


class Knowledge(_Known, frozen=True, kw_only=True):
    """All that is known, conditions in the order of their ids."""

    conditions: dict[str, Condition]
    kinds: tuple[KindDefinition, ...]
    kind_findings: tuple[KindFinding, ...]
    kidney: tuple[Likelihood, ...]
    backgrounds: tuple[Likelihood, ...]
    nodes: tuple[Node, ...]
    modifiers: tuple[Modifier, ...]
    anchors: tuple[Anchor, ...]
    tests: tuple[TestRow, ...]
    floors: tuple[FloorRow, ...]
    cautions: dict[str, CautionRow]
    care: tuple[CareRow, ...]
    compare: tuple[Comparison, ...]
