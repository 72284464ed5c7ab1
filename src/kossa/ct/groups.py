"""Deposits of one place and look, together: the groups of a scan and what they tell of the person.

Each group gets its own weighing later. Spread is the person's, counted over regions of all groups that are
not physiological: plaque along one arterial tree is one region.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from kossa.evidence import CtDeposit, DepositGroup, Finding, Interval, Material, Side, vocabulary

__all__ = ["findings_of", "grouped", "region_of", "spread_of"]

# what a look is called by: density and shape go with every look, and do not part a group
LESSER = ("pattern_density_", "pattern_shape_", "pattern_along_", "pattern_punctate")
GROUPED = (Material.CALCIFICATION, Material.PHYSIOLOGICAL)
SHARED_BY = 0.5  # a pattern is the group's where this share of its mineral shows it; judgement
# regions of the body that count as one place each, widest first; judgement
REGIONS = (
    "site_artery",
    "site_vein",
    "site_heart",
    "site_lung",
    "site_kidney_any",
    "site_stomach",
    "site_liver",
    "site_spleen",
    "site_breast",
    "site_intracranial",
    "site_neck",
    "site_mediastinum",
    "site_lymph_node",
    "site_upper_limb",
    "site_lower_limb",
    "site_pelvis",
    "site_abdomen",
    "site_chest",
)
VISCERA = frozenset({"site_lung", "site_stomach", "site_kidney_any", "site_heart"})


def grouped(deposits: Sequence[CtDeposit]) -> tuple[tuple[DepositGroup, ...], tuple[CtDeposit, ...]]:
    """Return the groups, most mineral first, and the deposits with the group they belong to.

    Specks that noise explains and things that are no calcium stay without a group.
    """
    members: dict[tuple[Material, str | None, Side, str | None], list[CtDeposit]] = {}
    for deposit in deposits:
        if deposit.kept and deposit.material in GROUPED:
            key = (deposit.material, deposit.site, deposit.side, _look(deposit))
            members.setdefault(key, []).append(deposit)
    order = sorted(members.items(), key=lambda kv: (kv[0][0] is not Material.CALCIFICATION, -_mineral(kv[1])))
    groups: list[DepositGroup] = []
    owner: dict[str, str] = {}
    for number, ((material, site, side, look), own) in enumerate(order, 1):
        id_ = f"g{number}"
        owner |= {d.id: id_ for d in own}
        groups.append(
            DepositGroup(
                id=id_,
                deposits=tuple(d.id for d in own),
                site=site,
                side=side,
                pattern=look or _commonest(own),
                material=material,
                volume_mm3=_sum([d.volume_mm3 for d in own]),
                mass_mg=_mass([d.mass_integrated_mg for d in own]),
            )
        )
    told = tuple(msgspec.structs.replace(d, group=owner.get(d.id)) for d in deposits)
    return tuple(groups), told


def _look(deposit: CtDeposit) -> str | None:
    """Return the pattern that parts a group, None where only density and shape are known."""
    return next((p for p in deposit.patterns if not p.startswith(LESSER)), None)


def _commonest(own: Sequence[CtDeposit]) -> str | None:
    counts = Counter(p for d in own for p in d.patterns if not p.startswith("pattern_density_"))
    return counts.most_common(1)[0][0] if counts else None


def _weight(deposit: CtDeposit) -> float:
    return deposit.volume_mm3 if deposit.volume_mm3 is not None else deposit.area_mm2


def _mineral(own: Iterable[CtDeposit]) -> float:
    return sum(_weight(d) for d in own)


def _sum(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known and len(known) == len(values) else None


def _mass(masses: Sequence[Interval | None]) -> Interval | None:
    """Add masses, and their bounds as if all errors went the same way: the factor's error does."""
    known = [m for m in masses if m is not None and m.value is not None]
    if not known or len(known) != len(masses):
        return None
    return Interval(
        value=_sum([m.value for m in known]),
        low=_sum([m.low for m in known]),
        high=_sum([m.high for m in known]),
        below_limit=all(m.below_limit for m in known),
    )


def region_of(site: str | None) -> str | None:
    """Return the region that a site counts for, or the site itself where it lies in none."""
    if site is None:
        return None
    above = vocabulary.ancestors(site) | {site}
    return next((region for region in REGIONS if region in above), site)


def findings_of(groups: Sequence[DepositGroup], deposits: Sequence[CtDeposit]) -> tuple[Finding, ...]:
    """Return what each group shows (place, looks, tissue), then what they show of the person."""
    own = {g.id: [d for d in deposits if d.group == g.id] for g in groups}
    found: list[Finding] = []
    for group in groups:
        if group.site is not None:
            sure = max(d.site_certainty for d in own[group.id])
            found.append(Finding(id=group.site, certainty=sure, side=group.side, group=group.id))
        found += _looks(group, own[group.id])
    return (*found, *spread_of(groups))


def _looks(group: DepositGroup, own: Sequence[CtDeposit]) -> list[Finding]:
    whole = _mineral(own) or 1.0
    shares: dict[str, float] = {}
    for deposit in own:
        for id_ in (*deposit.patterns, *((deposit.tissue,) if deposit.tissue else ())):
            shares[id_] = shares.get(id_, 0.0) + _weight(deposit) / whole
    return [
        Finding(id=id_, certainty=min(1.0, round(share, 6)), group=group.id)
        for id_, share in shares.items()
        if share >= SHARED_BY
    ]


def spread_of(groups: Iterable[DepositGroup]) -> tuple[Finding, ...]:
    """Return how many, over how many regions, which organs, which sides; nothing where there is none."""
    counted = [g for g in groups if g.material is Material.CALCIFICATION]
    if not counted:
        return ()
    number = sum(len(g.deposits) for g in counted)
    regions = {region_of(g.site) for g in counted} - {None} or {"unnamed"}
    ids = ["spread_single" if number == 1 else "spread_2_to_4" if number < 5 else "spread_5_plus"]
    if len(regions) == 1:
        ids.append("spread_localized")
    else:
        ids.append("spread_multiple_sites" if len(regions) <= 4 else "spread_sites_over_4")
    if len(regions & VISCERA) >= 2:
        ids.append("spread_visceral")
    both = any(
        {Side.LEFT, Side.RIGHT} <= {g.side for g in counted if g.site == site}
        for site in {g.site for g in counted}
    )
    if both or any(g.side is Side.BOTH for g in counted):
        ids.append("spread_bilateral")
    return (
        *(Finding(id=id_) for id_ in ids),
        Finding(id="score_deposit_count", value=float(number)),
    )
