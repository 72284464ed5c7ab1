"""What is said where a mammogram shows groups that are not typically benign: a radiologist reads them first.

A film cannot tell cancer from what looks like it. So while such a group is what the answer is about, and no
tissue was examined, no kind, no share and no `leave alone` stands on the page: the form, where it is, and who
reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kossa.care.breast import STAINS, stained_only
from kossa.evidence import Category, Side, State, Whose, Workup
from kossa.workup.open_groups import OpenGroup, open_groups

__all__ = ["about_open_groups", "about_unread_tissue", "where_words", "worst_form"]


def about_open_groups(workup: Workup) -> bool:
    """Say whether the answer would be about such a group, and no tissue was examined."""
    weighing = workup.weighing
    if weighing is None or weighing.answer_group is None:
        return False
    answer = next((g for g in workup.groups if g.id == weighing.answer_group), None)
    if answer is None or answer.volume_mm3 is not None:
        return False
    if any(
        f.id.startswith("bx_") and f.id not in STAINS and f.state is State.PRESENT for f in workup.findings
    ):
        return False
    deposits = set(answer.deposits)
    return any(deposits & set(g.members) for g in open_groups(workup.films, workup.groups))


def about_unread_tissue(workup: Workup) -> bool:
    """Say whether breast tissue was stained for calcium, and nobody told what the tissue is."""
    if workup.weighing is None or not workup.weighing.kinds:
        return False
    own = (f for f in workup.findings if f.whose is Whose.PERSON and f.state is State.PRESENT)
    return stained_only(f.id for f in own)


def worst_form(groups: Sequence[OpenGroup]) -> str:
    """Return `form described as suspicious`, or that no form was decided."""
    if any(g.category is Category.SUSPICIOUS for g in groups):
        return "form described as suspicious"
    return "form not decided"


def where_words(groups: Sequence[OpenGroup]) -> str:
    """Return `left, film 1: groups 1, 3; right, told in words`; of suspicious ones, if any, alone."""
    gravest = [g for g in groups if g.category is Category.SUSPICIOUS] or list(groups)
    parts = []
    for film in dict.fromkeys(g.film for g in gravest):
        here = [g for g in gravest if g.film == film]
        side = "" if here[0].side is Side.UNKNOWN else f"{here[0].side.value}, "
        if film is None:
            parts.append(f"{side}told in words")
            continue
        numbers = ", ".join(str(g.number) for g in here)
        parts.append(f"{side}film {film}: group{'s' if len(here) > 1 else ''} {numbers}")
    return "; ".join(parts)
