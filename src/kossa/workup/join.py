"""One deposit seen twice is one deposit: what was measured and what was told are brought together.

A group that words tell of is the measured one where its place is the same, or one is part of the other,
and the sides do not contradict; calcium told without any place is what was measured. What the words say of
it then counts for the measured group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from kossa.evidence import (
    Calcification,
    CtReading,
    DepositGroup,
    FilmGroup,
    FilmReading,
    Finding,
    Material,
    Side,
    vocabulary,
)
from kossa.evidence.words_reading import HistoryReading

__all__ = ["Joined", "first_question", "join", "scan_of", "scan_prefix", "without_ordinary"]


# a form that words give -> the organ whose parts a scan names
FORMS = {"site_lung_nodule": "site_lung", "site_tumour": "site_soft_tissue"}
# layers of the body that a biopsy names where the lump's own place is known
LAYERS = frozenset(
    {
        "site_soft_tissue",
        "site_skin",
        "site_subcutis",
        "site_muscle",
        "site_fascia",
        "site_scar",
        "site_tumour",
    }
)
INNER = frozenset(
    {"site_chest", "site_abdomen", "site_retroperitoneum", "site_intracranial", "site_vessel", "site_heart"}
    | {"site_lymph_node", "site_joint", "site_neck_organ", "site_eye", "site_breast"}
)


@dataclass(frozen=True)
class Joined:
    """Groups and findings of the whole person; ids are unique over all scans and words."""

    groups: tuple[DepositGroup, ...]
    findings: tuple[Finding, ...]


def join(
    readings: Sequence[CtReading], history: HistoryReading | None, films: Sequence[FilmReading] = ()
) -> Joined:
    """Return the groups of all readers, each deposit once, and the findings with their groups renamed."""
    groups: list[DepositGroup] = []
    findings: list[Finding] = []
    for number, reading in enumerate(readings, 1):
        prefix = scan_prefix(number, len(readings))
        groups += [_prefixed(g, prefix) for g in reading.groups]
        findings += [_moved(f, {g.id: prefix + g.id for g in reading.groups}) for f in reading.findings]
    pictured, seen = _of_films(films)
    groups += pictured
    findings += seen
    if history is None:
        return Joined(tuple(groups), tuple(findings))
    moved: dict[str, str | None] = {}
    measured = [i for i, g in enumerate(groups) if not _physiological(g)]
    outside = [i for i in measured if not _in_an_organ(groups[i])]
    for told in history.groups:
        if told.site is None and measured:  # a deposit without a place is one of those measured
            moved[told.id] = groups[measured[0]].id if len(measured) == 1 else None
            continue
        twin = next((i for i, g in enumerate(groups) if _same(g, told)), None)
        if (
            twin is None
            and told.site in LAYERS
            and len(outside) == 1
            and _sides_agree(groups[outside[0]], told)
        ):
            twin = outside[0]  # `biopsy: calcium in the subcutis` is of the one lump that was measured
        if twin is None:
            groups.append(told)
        else:
            moved[told.id] = groups[twin].id
            groups[twin] = msgspec.structs.replace(groups[twin], words=told.words)
    findings += [_moved(f, moved) for f in history.findings]
    return Joined(tuple(groups), tuple(findings))


def _of_films(films: Sequence[FilmReading]) -> tuple[list[DepositGroup], list[Finding]]:
    """Return the groups of all films, those of one place and look together, and the findings renamed.

    Two views of one breast show one deposit twice, and a cluster beside a cluster has one cause.
    """
    groups: dict[tuple[str | None, Side, str | None, Material], DepositGroup] = {}
    names: dict[str, str] = {}
    for film in films:
        for group in film.groups:
            own = _of_film(group, film)
            key = (own.site, own.side, own.pattern, own.material)
            first = groups.get(key)
            if first is not None:
                own = msgspec.structs.replace(first, deposits=(*first.deposits, *own.deposits))
            groups[key] = own
            names[group.id] = own.id
    moved = (_moved(f, names) for film in films for f in film.findings)
    return list(groups.values()), list(dict.fromkeys(moved))


def _of_film(group: FilmGroup, film: FilmReading) -> DepositGroup:
    """Return a film's group as one of the person's; a film tells no mass and no volume."""
    materials = [d.material for d in film.deposits if d.id in group.members]
    return DepositGroup(
        id=group.id,
        deposits=group.members,
        site=group.site,
        side=group.side,
        pattern=next(iter(group.patterns), None),
        material=Counter(materials).most_common(1)[0][0] if materials else Material.UNSURE,
    )


def scan_prefix(number: int, scans: int) -> str:
    """Return what goes before the ids of scan `number`, from 1 on; nothing where it is the only one."""
    return "" if scans == 1 else f"ct{number}:"


def scan_of(identifier: str) -> int | None:
    """Return the number of the scan whose prefix an id bears, None where it bears none."""
    before, colon, _ = identifier.partition(":")
    number = before.removeprefix("ct")
    return int(number) if colon and before.startswith("ct") and number.isdecimal() else None


def _prefixed(group: DepositGroup, prefix: str) -> DepositGroup:
    if not prefix:
        return group
    deposits = tuple(prefix + d for d in group.deposits)
    return msgspec.structs.replace(group, id=prefix + group.id, deposits=deposits)


def _moved(finding: Finding, names: Mapping[str, str | None]) -> Finding:
    if finding.group is not None and finding.group in names:
        return msgspec.structs.replace(finding, group=names[finding.group])
    return finding


def _same(measured: DepositGroup, told: DepositGroup) -> bool:
    """Say whether words may mean this measured group: one place, and no contradiction of side."""
    if measured.site is None or told.site is None:
        return False
    one, other = _organ(measured.site), _organ(told.site)
    one_place = one == other or other in vocabulary.ancestors(one) or one in vocabulary.ancestors(other)
    return one_place and _sides_agree(measured, told)


def _sides_agree(one: DepositGroup, other: DepositGroup) -> bool:
    return not {Side.LEFT, Side.RIGHT} <= {one.side, other.side}


def _organ(site: str) -> str:
    """A nodule is a form of what lies in its organ, and no place beside the organ's zones."""
    return FORMS.get(site, site)


def _in_an_organ(group: DepositGroup) -> bool:
    """Whether a group lies where no layer of skin or muscle is meant: in an organ, a vessel, a joint."""
    return group.site is None or bool({group.site, *vocabulary.ancestors(group.site)} & INNER)


def _physiological(group: DepositGroup) -> bool:
    if group.material is Material.PHYSIOLOGICAL:
        return True
    return group.site is not None and "site_physiologic" in vocabulary.ancestors(group.site)


def without_ordinary(findings: Iterable[Finding], groups: Iterable[DepositGroup]) -> list[Finding]:
    """Leave out the places of ordinary deposits (a calcified pineal gland) where others are to be explained.

    They belong to groups that are not counted, and would be taken for the places of those that are.
    """
    groups = list(groups)
    ordinary = {g.id: g.site for g in groups if _physiological(g)}
    counted = {g.site for g in groups if not _physiological(g) and g.site is not None}
    if not ordinary or not counted:
        return list(findings)
    wide = counted | {a for site in counted for a in vocabulary.ancestors(site)}
    sites = {s for s in ordinary.values() if s is not None} | {"site_physiologic"}
    return [
        f for f in findings if f.group not in ordinary and (f.id not in sites - wide or f.group is not None)
    ]


def first_question(
    groups: Iterable[DepositGroup], *, measured: bool, scanned: bool, denied: bool = False
) -> Calcification:
    """Is there any? Physiological deposits alone count as none.

    `measured` says that a scan holds a deposit that counts, `scanned` that a scan was read at all, `denied`
    that a report says it saw none.
    """
    counted = [g for g in groups if not _physiological(g) and g.material is Material.CALCIFICATION]
    if measured:
        return Calcification.MEASURED
    if any(g.words for g in counted):
        return Calcification.TOLD
    return Calcification.NONE_SEEN if scanned or denied else Calcification.NOT_EXAMINED
