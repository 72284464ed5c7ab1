"""What the report says in words, made from the same objects as the numbers beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kossa.evidence import (
    Calcification,
    Category,
    CtReading,
    DepositGroup,
    Interval,
    Material,
    Score,
    Side,
    Workup,
    vocabulary,
)
from kossa.report.mammogram import about_open_groups, about_unread_tissue, where_words, worst_form
from kossa.report.mind_view import leading
from kossa.report.picture_words import (
    denied_lines,
    mineral_in_sections,
    nothing_found,
    picture_limits,
    section_lines,
)
from kossa.report.plain import how_soon, kind_name, share, unmarked
from kossa.workup.join import scan_of
from kossa.workup.open_groups import OpenGroup, open_groups

__all__ = [
    "amount",
    "copy_text",
    "form_words",
    "headline",
    "interval",
    "join",
    "lead",
    "number",
    "place",
    "reading_text",
    "score_sentence",
]

_BRACKETS = re.compile(r" \([^)]*\)")
NAMED_PLACES = 6  # more than these are counted, not listed, in a sentence
LEAST_SHARE = 0.01  # a kind less likely than this is not put into a radiologist's own text (judgement)
# what has no left and right of its own: "fat under the skin on the left", not "left fat under the skin"
NO_PAIR = frozenset(
    ("fat", "skin", "soft", "skeletal", "fascia", "inside", "beside", "next", "place", "scar", "tissue")
)
UNKNOWN_PLACE = "a place that the rules could not name"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with `digits` significant figures and no exponent, or `not known`."""
    if value is None:
        return "not known"
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def interval(mass: Interval | None, unit: str) -> str:
    """Return `12.3 mg (10.1 to 15.0)`, or what is known instead."""
    if mass is None:
        return "not measured"
    if mass.below_limit:
        # the deposit may be plain to see: it is its mass that noise and surroundings do not let one tell
        return (
            f"too uncertain to state (at most {number(mass.high)} {unit})" if mass.high else "too uncertain"
        )
    if mass.value is None:
        return "not measured"
    text = f"{number(mass.value)} {unit}"
    if mass.low is not None and mass.high is not None:
        text += f" ({number(mass.low)} to {number(mass.high)})"
    return text


def place(site: str | None, side: Side = Side.UNKNOWN) -> str:
    """Return the plain words of a site, with its side where that means something."""
    if site is None:
        return UNKNOWN_PLACE
    words = unmarked(vocabulary.label(site))
    if side in (Side.LEFT, Side.RIGHT) and side.value not in words:
        spread = words.split(" ", 1)[0] in NO_PAIR
        return f"{words} on the {side.value}" if spread else f"{side.value} {words}"
    return f"{words}, both sides" if side is Side.BOTH else words


def form_words(category: Category | None) -> str:
    """Return how a mammogram's group is described, in the words that a page may use; empty for others."""
    if category is None:
        return ""
    if category is Category.INDETERMINATE:
        return "form not decided"
    return f"form described as {category.value.replace('_', ' ')}"


def join(parts: Sequence[str]) -> str:
    """Return `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def amount(group: DepositGroup) -> str:
    """Return how much one group holds, mass first, volume where mass is unknown."""
    if group.mass_mg is not None and (group.mass_mg.value is not None or group.mass_mg.below_limit):
        return interval(group.mass_mg, "mg")
    if group.volume_mm3 is not None:
        return f"{number(group.volume_mm3)} mm³"
    return "not measured"


def counted(workup: Workup) -> list[DepositGroup]:
    """Return the groups that count as calcification, in their order."""
    return [g for g in workup.groups if g.material is Material.CALCIFICATION]


def _limits(readings: Sequence[CtReading]) -> str:
    masses = [r.limits.smallest_mass_mg for r in readings if r.limits.smallest_mass_mg is not None]
    return f"about {number(max(masses))} mg" if masses else "a size that this scan does not tell"


def headline(workup: Workup) -> str:
    """Return the first sentence of the report: the answer to "is there any, and where"."""
    groups = counted(workup)
    if workup.calcification is Calcification.NOT_EXAMINED:
        return "Whether there is calcification is not known: nothing here shows or describes a deposit."
    if not groups and not mineral_in_sections(workup):
        return nothing_found(workup, _limits(workup.ct))
    if about_open_groups(workup):
        open_ = open_groups(workup.films, workup.groups)
        form = worst_form(open_)
        seen = "found on a mammogram" if any(g.film for g in open_) else "described, not measured here"
        return f"Calcification {seen}, {form}: a radiologist must read {_films(open_)}."
    if about_unread_tissue(workup):
        return "Calcification in breast tissue: the pathologist must say whether it is benign or malignant."
    if workup.weighing is not None and workup.weighing.kinds:
        found = "found" if workup.calcification is Calcification.MEASURED else "described, not measured here"
        about = _about(workup)
        return f"Calcification {found}{f'; in the {about}' if about else ''}: {leading(workup.weighing)}."
    return f"Calcification found: {_counted_places(groups) if groups else 'mineral in a stained section'}."


def _about(workup: Workup) -> str:
    """Return the place that the answer is about, where a mammogram shows another that is not its subject."""
    answer = workup.weighing.answer_group if workup.weighing is not None else None
    group = next((g for g in workup.groups if g.id == answer), None)
    return (
        place(group.site, group.side)
        if group is not None and open_groups(workup.films, workup.groups)
        else ""
    )


def _films(groups: Sequence[OpenGroup]) -> str:
    return "the film" if len({g.film for g in groups}) == 1 else "the films"


def _counted_places(groups: Sequence[DepositGroup], noun: str = "deposit") -> str:
    known = list(dict.fromkeys(place(g.site, g.side) for g in groups if g.site is not None))
    unknown = sum(g.site is None for g in groups)
    if unknown:
        known.append("one place not named" if unknown == 1 else f"{unknown} places not named")
    if len(known) > NAMED_PLACES:
        known = [*known[:NAMED_PLACES], f"{len(known) - NAMED_PLACES} more places"]
    return f"{_how_many(groups, noun)} in {join(known)}"


def _how_many(groups: Sequence[DepositGroup], noun: str) -> str:
    """Return how many deposits these are, of several scans each with its own count: both may show one."""
    scans: dict[int | None, int] = {}
    for group in groups:
        number = scan_of(group.id)
        scans[number] = scans.get(number, 0) + len(group.deposits)
    parts = [
        f"{count} {noun}{'' if count == 1 else 's'}{'' if number is None else f' on scan {number}'}"
        for number, count in scans.items()
    ]
    return join(parts)


def lead(workup: Workup) -> str:
    """Return the second sentence: how much, and what this reading cannot see."""
    parts = []
    if workup.weighing is not None and workup.weighing.kinds:
        parts += _where(workup)  # kind and share stand in the brief below
    if not parts:
        parts += denied_lines(workup)
    for index, reading in enumerate(workup.ct, 1):
        which = f", scan {index}:" if len(workup.ct) > 1 else ""
        for score in reading.scores:
            if score.name == "mass_integrated" and score.material == "calcification" and score.value:
                spread = Interval(value=score.value, low=score.low, high=score.high)
                parts.append(f"In all{which} {interval(spread, 'mg')} of mineral, counted as hydroxyapatite.")
                break
        physiological = [g for g in reading.groups if g.material is Material.PHYSIOLOGICAL]
        if physiological:
            names = join(list(dict.fromkeys(place(g.site) for g in physiological)))
            parts.append(f"Ordinary with age and not counted{which.rstrip(':')}: {names}.")
    if len(workup.ct) > 1:
        parts.append("A deposit that two scans show counts on each.")
    if workup.ct:
        # figures in brackets stand in full under the limits
        unseen = list(dict.fromkeys(_BRACKETS.sub("", w) for r in workup.ct for w in r.limits.not_seen))
        parts.append(f"Not seen by this version: {join(unseen)}." if unseen else "")
    return " ".join(p for p in parts if p)


def _where(workup: Workup) -> list[str]:
    """Return where deposits lie; marks on films are counted apart, for ten of them are no ten deposits."""
    groups = counted(workup)
    filmed = {g.id for film in workup.films for g in film.groups}
    others = [g for g in groups if g.id not in filmed]
    marked = [g for g in groups if g.id in filmed]
    parts = [_counted_places(others)] if others else []
    if marked:
        parts.append(f"on film {_counted_places(marked, 'mark')}")
    text = join(parts) if parts else "mineral in a stained section"
    told = [f"{text[:1].upper()}{text[1:]}."]
    open_ = open_groups(workup.films, workup.groups)
    if open_ and not about_open_groups(workup):
        told.append(f"On mammograms: {worst_form(open_)}; a radiologist must read {_films(open_)}.")
    return told


def score_sentence(score: Score) -> str:
    """Return one score with its unit and its reservation."""
    if score.value is None:
        return f"{score.name.replace('_', ' ').capitalize()}: not given ({score.reason})"
    name = score.name.replace("_", " ")
    text = f"{name[:1].upper()}{name[1:]} {number(score.value, 4)} {score.unit}"
    return text if score.comparable else f"{text}, not comparable with other scans ({score.reason})"


def _findings(workup: Workup) -> list[str]:
    lines = []
    filmed = {g.id for film in workup.films for g in film.groups}
    for group in workup.groups:
        if group.material not in (Material.CALCIFICATION, Material.PHYSIOLOGICAL):
            continue
        count = len(group.deposits)
        many = "" if count == 1 else "s"
        noun = f"mark{many} on film" if group.id in filmed else f"deposit{many}"
        note = " Physiological." if group.material is Material.PHYSIOLOGICAL else ""
        where = place(group.site, group.side)
        scan = scan_of(group.id)
        noun += "" if scan is None else f" on scan {scan}"
        said = [f"{count} {noun}", vocabulary.label(group.pattern) if group.pattern else ""]
        said += [] if group.id in filmed else [amount(group)]
        lines.append(f"{where[:1].upper()}{where[1:]}: {', '.join(s for s in said if s)}.{note}")
    lines += section_lines(workup)
    if workup.calcification is Calcification.NOT_EXAMINED:
        return ["Nothing was read that could show calcium."]
    lines += denied_lines(workup)
    return lines or ["No calcium deposit above the limits below."]


def _likely(workup: Workup) -> list[str]:
    unread = about_open_groups(workup) or about_unread_tissue(workup)
    if workup.weighing is None or not workup.weighing.kinds or unread:
        return []
    return [
        f"{kind_name(k.id)} {share(k.prob, k.low, k.high)}"
        for k in workup.weighing.kinds[:2]
        if k.prob >= LEAST_SHARE
    ]


def _warnings(workup: Workup) -> list[str]:
    """Return what must not be lost when the text is carried into another report."""
    floors = workup.weighing.floors if workup.weighing is not None else ()
    open_ = open_groups(workup.films, workup.groups)
    read = [f"Mammogram, {worst_form(open_)} ({where_words(open_)}): a radiologist must read it."]
    return (read if open_ else []) + [
        f"{'Also ask' if f.quiet else 'Look first'} ({how_soon(f.how_soon)}, {f.who}): "
        f"{unmarked(f.why).rstrip('.')}."
        for f in floors
    ]


def _limits_lines(workup: Workup) -> list[str]:
    lines = []
    for index, reading in enumerate(workup.ct, 1):
        which = f"Scan {index}: " if len(workup.ct) > 1 else ""
        lines.append(f"{which or 'Of the scan: '}smallest mass told from noise {_limits([reading])}.")
        lines += [f"{which or 'Of the scan: '}not seen: {words}." for words in reading.limits.not_seen]
    if not workup.ct:
        lines.append("No scan was read.")
    lines += picture_limits(workup)
    lines.append("Research and teaching software; not a medical device.")
    return lines


def copy_text(workup: Workup) -> str:
    """Return Findings / Impression / Limits as plain text for a radiologist's own report."""
    scores = [
        (f"Scan {index}: " if len(workup.ct) > 1 else "") + score_sentence(s)
        for index, r in enumerate(workup.ct, 1)
        for s in r.scores
        if s.name in ("agatston", "volume_plain", "mass_integrated")
        and s.material == "calcification"
        and any(d.kept for d in r.deposits if d.material is Material.CALCIFICATION)
    ]
    sections = (
        ("FINDINGS", [*_findings(workup), *[f"{s}." for s in scores]]),
        ("IMPRESSION", [headline(workup), *_likely(workup), *_warnings(workup)]),
        ("LIMITS", _limits_lines(workup)),
    )
    return "\n\n".join(f"{title}\n" + "\n".join(lines) for title, lines in sections)


def reading_text(reading: CtReading) -> str:
    """Return one scan as plain text for a terminal: what, where, how much, scores, limits."""
    lines = [f"Series {reading.series.number}: {reading.series.reason}", *reading.geometry.causes]
    for group in reading.groups:
        if group.material in (Material.CALCIFICATION, Material.PHYSIOLOGICAL):
            count = f"{len(group.deposits)} deposit{'s' if len(group.deposits) > 1 else ''}"
            note = " (physiological, not counted)" if group.material is Material.PHYSIOLOGICAL else ""
            lines.append(f"{place(group.site, group.side)}: {count}, {amount(group)}{note}")
    if not any(g.material is Material.CALCIFICATION for g in reading.groups):
        lines.append(f"No calcium deposit was found above {_limits([reading])}.")
    if any(d.kept for d in reading.deposits if d.material is Material.CALCIFICATION):
        lines += [score_sentence(s) for s in reading.scores if s.material == "calcification"]
    lines += [f"Not seen by this version: {w}" for w in reading.limits.not_seen]
    lines += [f"{n.severity.value}: {n.what} {n.done} {n.todo}".strip() for n in reading.notices]
    return "\n".join(line for line in lines if line)
