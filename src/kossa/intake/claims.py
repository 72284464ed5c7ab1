"""What files state of their people, and which statements can mean the same person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from kossa.intake.entry import Entry
from kossa.intake.identity import Identity

__all__ = ["Claim", "claims_in", "persons", "same_number"]

T = TypeVar("T")


@dataclass(slots=True)
class Claim:
    """All that is stated of one person by one or more files which are sure to mean the same one."""

    files: set[tuple[int, str]]
    stated: list[Identity]

    def numbers(self) -> dict[tuple[str, str, bool], set[str]]:
        """Return the identifiers by number system."""
        found: dict[tuple[str, str, bool], set[str]] = {}
        for i in self.stated:
            if number := i.number():
                found.setdefault((i.system, i.issuer.casefold().strip(), i.logical), set()).add(number)
        return found

    def order(self) -> str:
        """Return what persons are sorted by: it is fixed, and tells nothing of the name."""
        facts = sorted(
            f"{i.system}|{i.issuer}|{i.number()}|{i.born()}|{sorted(i.names())}" for i in self.stated
        )
        return hashlib.sha256(f"kossa person {facts}".encode()).hexdigest()

    def is_inconsistent(self) -> bool:
        """Say whether one identifier goes with two birth dates, sexes or names."""
        born = {i.born() for i in self.stated if i.born()}
        sexes = {i.gender() for i in self.stated if i.gender()}
        names = {i.names() for i in self.stated if i.names()}
        return (
            len(sexes) > 1
            or any(_dates_differ(x, y) for x, y in combinations(born, 2))
            or any(_names_differ(x, y) for x, y in combinations(names, 2))
        )


def claims_in(entries: list[Entry]) -> list[Claim]:
    """Return the different statements that files make, each with the files that make it."""
    claims: dict[tuple[Identity, ...], Claim] = {}
    for entry in entries:
        by_subject: dict[str, list[Identity]] = {}
        for identity in entry.identities:
            by_subject.setdefault(identity.subject, []).append(identity)
        for subject, stated in by_subject.items():
            if any(
                i.number() or i.born() or i.gender() or i.names() or i.age_years is not None for i in stated
            ):
                key = tuple(replace(i, subject="") for i in stated)
                claims.setdefault(key, Claim(set(), list(key))).files.add((entry.number, subject))
    return list(claims.values())


def same_number(claims: list[Claim]) -> list[Claim]:
    """Join the claims that share an identifier of one number system, whatever else they state."""
    joined: list[Claim] = []
    for claim in claims:
        mine = claim.numbers()
        same = [
            c for c in joined if any(mine.get(system, set()) & found for system, found in c.numbers().items())
        ]
        for other in same:
            claim.files |= other.files
            claim.stated += other.stated
        joined = [c for c in joined if c not in same] + [claim]
    return joined


def _contradict(a: Claim, b: Claim) -> bool:
    """Say whether two claims cannot mean one person."""
    left, right = a.numbers(), b.numbers()
    proper = all(any(not logical for _, _, logical in numbers) for numbers in (left, right))
    for system in left.keys() & right.keys():
        if not left[system] & right[system] and not (system[2] and proper):
            return True
    return (
        _all_differ(a, b, Identity.born, _dates_differ)
        or _all_differ(a, b, Identity.gender, lambda x, y: x != y)
        or _all_differ(a, b, Identity.names, _names_differ)
    )


def _all_differ(a: Claim, b: Claim, of: Callable[[Identity], T], differ: Callable[[T, T], bool]) -> bool:
    """Say whether both sides state something, and no pair of it can be the same."""
    left, right = ({of(i) for i in claim.stated if of(i)} for claim in (a, b))
    return bool(left and right) and all(differ(x, y) for x in left for y in right)


def _dates_differ(a: str, b: str) -> bool:
    known = min(len(a), len(b))
    return a[:known] != b[:known]


def _names_differ(a: frozenset[str], b: frozenset[str]) -> bool:
    """Say whether a word of the shorter name is in the longer neither in full nor as an initial."""
    fewer, more = sorted((a, b), key=len)
    return not all(any(w == v or (1 in (len(w), len(v)) and w[0] == v[0]) for v in more) for w in fewer)


def persons(claims: list[Claim]) -> list[list[Claim]]:
    """Sort claims into persons; one that fits several of them and says no more belongs to none."""
    against = [c for c in claims if any(_contradict(c, other) for other in claims if other is not c)]
    if not against:
        return [claims] if claims else []
    groups: list[list[Claim]] = []
    for claim in sorted(against, key=Claim.order):
        fits = [g for g in groups if not any(_contradict(claim, c) for c in g)]
        if len(fits) == 1:
            fits[0].append(claim)
        elif not fits:
            groups.append([claim])
    for claim in claims:
        if claim not in against:
            speak_for = [g for g in groups if any(_agree(claim, c) for c in g)]
            if len(speak_for) == 1:
                speak_for[0].append(claim)
    return sorted(groups, key=lambda group: min(c.order() for c in group))


def _agree(a: Claim, b: Claim) -> bool:
    """Say whether two claims state the same name or the same full birth date."""
    names = [{i.names() for i in c.stated if i.names()} for c in (a, b)]
    dates = [{i.born() for i in c.stated if len(i.born()) == 8} for c in (a, b)]
    return bool(dates[0] & dates[1]) or any(not _names_differ(x, y) for x in names[0] for y in names[1])
