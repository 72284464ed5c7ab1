"""What is known, in plain text: the list of causes, and one cause with every number and its source."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kossa.conditions.knowledge import Condition, Knowledge, Likelihood
from kossa.evidence.errors import WrongCall
from kossa.evidence.vocabulary import label, term

__all__ = ["cause", "causes", "find", "shares_checked"]

WIDTH = 100
STRONG = 50  # a finding whose ratio is at least this names the cause itself (hx_systemic_sclerosis)
WORDS = {"read": "read in the source", "judgement": "judgement", "unchecked": "unchecked: from memory"}
CLASSES = {
    "history": "History", "drug": "Drugs", "procedure": "Operations and procedures", "exposure": "Exposures",
    "symptom": "Symptoms and signs", "lab": "Blood and urine", "antibody": "Antibodies", "gene": "Genes",
    "site": "Places", "pattern": "Shapes", "spread": "Spread", "tissue": "Tissue", "biopsy": "Biopsy",
    "course": "Course", "negative": "Said to be absent", "score": "Scores",
}  # fmt: skip
TESTS = {
    "pth": "PTH", "d25": "25-hydroxyvitamin D", "d125": "1,25-dihydroxyvitamin D", "crp": "CRP",
    "alp": "alkaline phosphatase",
}  # fmt: skip
LEVELS = {"N": "normal", "H": "high", "HH": "very high", "L": "low", "LL": "very low"}


def _wrap(text: str, indent: int = 2, hang: int = 2) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
    )


def _level(token: str) -> str:
    """Return a lab token in words: NH is normal or high."""
    if token in LEVELS:
        return LEVELS[token]
    return " or ".join({"N": "normal", "H": "high", "L": "low"}[c] for c in token)


def causes(knowledge: Knowledge) -> str:
    """Return all conditions by kind, one line each, with a closing line on how far numbers were checked."""
    by_kind: dict[str, list[Condition]] = defaultdict(list)
    for c in knowledge.conditions.values():
        by_kind[c.kind].append(c)
    out = []
    for kind in knowledge.kinds:
        out.append(f"{kind.id} ({len(by_kind[kind.id])}): {kind.definition}")
        out += [f"  {c.id:36s} {c.names[0]}" for c in by_kind[kind.id]]
        out.append("")
    out.append(_wrap(shares_checked(knowledge), 0, 0))
    return "\n".join(out) + "\n"


def _numbers(knowledge: Knowledge) -> Iterator[str]:
    for c in knowledge.conditions.values():
        yield from (r.checked for r in c.finding)
        yield from (p.checked for p in c.prevalence)
        yield from (p.checked for p in c.prior.values())
    yield from (r.checked for r in knowledge.kind_findings)
    yield from (r.checked for r in (*knowledge.kidney, *knowledge.backgrounds))
    yield from (m.checked for m in knowledge.modifiers)
    yield from (a.checked for a in knowledge.anchors)


def shares_checked(knowledge: Knowledge) -> str:
    """Return in a sentence how many numbers were read, are judgement, or are unchecked."""
    found = list(_numbers(knowledge))
    parts = [f"{found.count(k)} {w} ({found.count(k) / len(found):.0%})" for k, w in WORDS.items()]
    return f"{len(found)} numbers: " + ", ".join(parts) + ". Each has a source and a grade."


def _spoken_names(c: Condition) -> set[str]:
    """Names, and the synonyms of findings that name the disease itself."""
    out = {c.id, c.id.replace("_", " "), *c.names}
    out |= {code for codes in c.codes.values() for code in codes}
    for r in c.finding:
        if r.lr is not None and r.lr >= STRONG and r.id.startswith("hx_"):
            out |= {label(r.id), *term(r.id).synonyms}
    return {name.lower() for name in out}


def find(knowledge: Knowledge, name: str) -> Condition:
    """Return the condition that a person means; raises `WrongCall` with the nearest names."""
    wanted = name.strip().lower()
    if wanted in knowledge.conditions:
        return knowledge.conditions[wanted]
    spoken = {c.id: _spoken_names(c) for c in knowledge.conditions.values()}
    exact = [c for c, names in spoken.items() if wanted in names]
    part = exact or [c for c, names in spoken.items() if any(wanted in n for n in names)]
    if len(part) == 1:
        return knowledge.conditions[part[0]]
    every = sorted({n for names in spoken.values() for n in names})
    near = part[:6] or difflib.get_close_matches(wanted, every, 4)
    hint = f"; did you mean: {', '.join(near)}?" if near else "; `kossa causes` lists all"
    what = "several causes match" if part else "no cause is called"
    message = f"{what} {name!r}{hint}"
    raise WrongCall(message)


def _source(source: str, grade: str, checked: str) -> str:
    """Return where a number is from; a judgement is said once, without the table it was written in."""
    if source.startswith("judgement:") and checked == "judgement":
        short = re.sub(
            r"^judgement: (?:ratio against .*|what the token .*|\w+ list order)$", "judgement", source
        )
        return f"{short}; grade {grade}"
    return f"{source}; grade {grade}, {WORDS[checked]}"


def _share(r: Likelihood) -> str:
    if r.lr is not None:
        return f"{r.lr:g} times as often as in calcified patients of any cause"
    count = f" ({r.n} of {r.N})" if r.n is not None else f" (N {r.N})" if r.N is not None else ""
    low, high = (r.low or 0.0) * 100, (r.high or 0.0) * 100
    return f"{low:.2g}-{high:.3g} %{count}"


def _class(id_: str) -> str:
    return CLASSES.get(term(id_).kind, "Other")


def _finding_lines(rows: Sequence[Likelihood]) -> Iterator[str]:
    """Rows of one finding together, the better grade first; several sources are all shown."""
    by_id: dict[str, list[Likelihood]] = defaultdict(list)
    for r in rows:
        by_id[r.id].append(r)
    heading = ""
    for id_, many in sorted(by_id.items(), key=lambda kv: (_class(kv[0]), label(kv[0]))):
        if _class(id_) != heading:
            heading = _class(id_)
            yield f"  {heading}"
        many.sort(key=lambda r: (r.gap, r.grade))
        for k, r in enumerate(many):
            name = f"{label(id_)}:" if k == 0 else "  also:"
            gap = " [how often in the disease; used only where nothing else is known]" if r.gap else ""
            yield _wrap(f"{name} {_share(r)}{gap} - {_source(r.source, r.grade, r.checked)}", 4, 4)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = [line for line in lines if line.strip()]
    if body:
        yield ""
        yield title
        yield from body


def cause(knowledge: Knowledge, name: str) -> str:
    """Return everything known of one condition as text; raises `WrongCall` for an unknown name."""
    c = find(knowledge, name)
    also = f", also {', '.join(c.also_kind)}" if c.also_kind else ""
    out = [c.names[0], f"  {c.id}: {c.kind}{also}; {c.group.replace('_', ' ')}"]
    out += _section("What it is", [_wrap(f"Tissue: {c.tissue}"), _wrap(f"Course: {c.course}"), _codes(c)])
    out += _section(
        "Where and how it looks",
        [
            _wrap("Places, most usual first: " + ", ".join(label(s) for s in c.sites)) if c.sites else "",
            _wrap("Shapes: " + ", ".join(label(s) for s in c.patterns)) if c.patterns else "",
            _wrap(f"Biopsy: {c.biopsy}") if c.biopsy else "",
            _wrap(f"Antibodies: {c.autoantibodies}") if c.autoantibodies else "",
            _wrap("Blood: " + ", ".join(f"{TESTS.get(k, k)} {_level(v)}" for k, v in c.labs.items()))
            if c.labs
            else "",
        ],
    )
    labs = {r.id for r in c.finding if r.source.startswith("judgement: what the token")}
    told = [r for r in c.finding if not (r.id in labs and r.source.startswith("judgement: what the token"))]
    out += _section("How often a finding stands in patients with this cause", _finding_lines(told))
    out += _section("How often the disease calcifies, and other numbers", _prevalence(c))
    weights = ", ".join(f"{s} {p.weight:.2%}" for s, p in c.prior.items())
    out += _section("Share among causes of calcification by setting (expert weights)", [_wrap(weights)])
    out += _section("What it may lead to", _consequences(c))
    out += _section("Looks alike", [_wrap(", ".join((*c.lookalikes, *c.lookalikes_other)))])
    out += _section("Options", _options(c, knowledge))
    return "\n".join(out) + "\n"


def _codes(c: Condition) -> str:
    return (
        _wrap("Codes: " + "; ".join(f"{k.upper()} {', '.join(v)}" for k, v in c.codes.items()))
        if c.codes
        else ""
    )


def _prevalence(c: Condition) -> Iterator[str]:
    for p in c.prevalence:
        percent = p.quantity == "probability"
        size = (
            f"{p.low * 100:.3g}-{p.high * 100:.3g} %" if percent else f"{p.low:g}-{p.high:g} ({p.quantity})"
        )
        count = f" ({p.n} of {p.N})" if p.n is not None else f" (N {p.N})" if p.N is not None else ""
        name = p.what.replace("_", " ")
        yield _wrap(f"{name}: {size}{count} - {p.source}; grade {p.grade}, {WORDS[p.checked]}", 2, 4)


def _consequences(c: Condition) -> Iterator[str]:
    for e in c.consequence:
        often = f" ({e.how_often})" if e.how_often else ""
        yield _wrap(f"{e.what}{often} - {e.source}; grade {e.grade}, {WORDS[e.checked]}", 2, 4)


def _options(c: Condition, knowledge: Knowledge) -> Iterator[str]:
    for o in knowledge.care:
        if c.id in o.causes:
            yield _wrap(f"{o.kind}: {o.what}; aim: {o.aim}; evidence: {o.grade} - {o.source}", 2, 4)
