"""A letter or report in plain words -> findings and deposits, section by section."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from kossa.evidence import Finding, Source, Whose
from kossa.evidence.vocabulary import term
from kossa.evidence.words_reading import Denied, Examined
from kossa.history.breast import graded
from kossa.history.carried import carried
from kossa.history.denied import denied
from kossa.history.examinations import examined
from kossa.history.foreign import english
from kossa.history.salutation import unsaluted
from kossa.history.told import Told, told
from kossa.history.unread import unread
from kossa.history.words import find

__all__ = ["Letter", "language", "read_letter"]

_HEADING = re.compile(r"^[ \t]*([A-ZÀ-Þ][A-Za-zß-ÿ /&'’-]{2,48}?)[ \t]*(?::|$)(?P<rest>.*)$")
_FAMILY = re.compile(r"family history|fh\b", re.IGNORECASE)
_PLAN = re.compile(r"plan|recommend|advice|follow[ -]?up|differential|suggest", re.IGNORECASE)
_PLANNED = 0.4  # certainty of what stands under a plan or differential: thought of, not said (judgement)
# lines of a letter's frame say nothing of the person's disease
_FRAME = re.compile(
    r"^\s*(?:yours\b|kind regards|best wishes|regards|sincerely|cc\b|copy to|tel\b|phone|fax|e-?mail|"
    r"date\s*(?::|of (?:birth|clinic|report|visit|admission|discharge|letter)|\d)|dictated|typed|signed|"
    r"reported by|re\b\s*:|address|nhs\b|mrn\b|dob\b|page \d|department of|.*\bhospital\s*$|consultant\b|"
    r"spr\b|registrar\b|(?:(?:\[name\]|dr\b|prof\b|mr\b|[A-Z]\.)[\s,.]*)*\[name\][\s,.]*"
    r"(?:$|consultant|professor|registrar|specialist|senior|locum|mb|md|frc|spr\b|st\d|gp\b)|"
    r"thank you (?:very much )?for (?:referring|asking|seeing)|"
    r"mit freundlichen\b|betr(?:eff)?\b|gez\.|oberarzt|"
    r"(?:bien )?cordialement|confraternel|objet\b|chefarzt|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\s*$)",
    re.IGNORECASE,
)
# a frame that a sentence may follow on the same line: what stands behind it is kept
_OPENING = re.compile(
    r"^\s*(?:re\b\s*:|betr(?:eff)?\b\.?\s*:|objet\b\s*:|"
    r"thank you (?:very much )?for (?:referring|asking (?:me|us) to see|asking|seeing)|"
    r"(?:kind regards|best wishes)[^,.;:]*[,.;:]?|(?:consultant|reported by|dictated)[^:]{0,60}:)",
    re.IGNORECASE,
)
# a short line that says what was pictured: `CT thorax with contrast, 12.3.2024.`
_EXAMINATION = re.compile(
    r"\b(?:CT|HRCT|MRI|MR|XR|x-?ray|radiographs?|films?|mammogra(?:m|phy)|ultrasound|echocardiogra(?:m|phy))\b",
    re.IGNORECASE,
)
_TITLE_LETTERS, _TITLE_LINES = 90, 8  # longer, or further down, it is a sentence of the report (judgement)
_HISTORY = re.compile(
    r"history|\bp[ms]hx?\b|anamnes|medication|drugs|diagnos[ei]s|problems|background|antecedents",
    re.IGNORECASE,
)
_TOLD = frozenset({"history", "drug", "procedure", "exposure", "symptom", "negative"})
_SENTENCE = 5  # words from which on a line that ends with a full stop is one (judgement)
_A_HISTORY = 4  # so many things told of a person are a history, and no request form's one line (judgement)
_ENOUGH_WORDS = 8  # fewer words of any language decide nothing (judgement)
_ENOUGH_OWN = 2  # as many words that are English alone make a text English (judgement)
_ENOUGH_SHARE = 0.08  # share of common words under which no language is named: a list of terms (judgement)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says."""

    findings: tuple[Finding, ...]
    deposits: tuple[Told, ...]
    not_understood: tuple[str, ...]
    denied: tuple[Denied, ...] = ()
    tells_history: bool = False
    examined: tuple[Examined, ...] = ()


@cache
def _languages() -> Mapping[str, frozenset[str]]:
    """Language -> its commonest words; a text is read as the one whose words it holds most of."""
    text = files(__package__).joinpath("data", "languages.csv").read_text(encoding="utf-8")
    return {r["language"]: frozenset(r["common_words"].split()) for r in csv.DictReader(text.splitlines())}


def language(text: str) -> str | None:
    """Return the language of a text by its commonest words; None where it is too short to tell."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < _ENOUGH_WORDS:
        return None
    counts = {name: sum(w in common for w in words) for name, common in _languages().items()}
    own = {name: sum(w in mine for w in words) for name, mine in _own_words().items()}
    best = max(counts, key=lambda name: (own[name], counts[name], name == "English"))
    if best == "English" and own[best] < _ENOUGH_OWN:
        return (
            None  # `in` tells no language: the tables of phrases decide, and where they do not it is English
        )
    return best if counts[best] >= len(words) * _ENOUGH_SHARE else None


@cache
def _own_words() -> Mapping[str, frozenset[str]]:
    """Language -> those of its commonest words that no other one has: `in` is English, Dutch and German."""
    counted = Counter(w for common in _languages().values() for w in common)
    return {name: frozenset(w for w in common if counted[w] == 1) for name, common in _languages().items()}


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, lines) of a letter; the part before the first heading has none."""
    heading = ""
    lines: list[str] = []
    for line in text.split("\n"):
        found = _HEADING.match(line)
        if found and (":" in line or line.strip().isupper()):
            if lines:
                yield heading, "\n".join(lines)
            heading, lines = found.group(1), [found.group("rest") or ""]
        elif not line.strip() and heading and not _FAMILY.search(heading):
            lines.append("")
        else:
            lines.append(line)
    if lines:
        yield heading, "\n".join(lines)


def _examination(text: str, language: str) -> str:
    """Return the line that names the picture a report is about; empty where there is none."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][:_TITLE_LINES]
    titles = (s for s in lines if len(s) <= _TITLE_LETTERS and not _is_sentence(s))
    return next((s for s in titles if _EXAMINATION.search(english(s, language))), "")


def _is_sentence(line: str) -> bool:
    """Say whether a line tells something, as a title does not: `Mammogram was done for screening.`"""
    return line.endswith((".", ";")) and len(line.split()) >= _SENTENCE


def read_letter(
    text: str, source: Source | None = None, *, context: str = "", language: str = "English"
) -> Letter:
    """Read a letter or a report; names are taken out beforehand."""
    findings: list[Finding] = []
    deposits: list[Told] = []
    missed: list[str] = []
    unseen: list[Denied] = []
    looks: list[Examined] = []
    title = _examination(text, language)
    for heading, part in _sections(text):
        body = "\n".join(_unframed(line) for line in part.split("\n"))
        missed.extend(_lost(part, language))
        if not body.strip():
            continue
        said = english(heading, language)
        if _FAMILY.search(said):
            here, lost = _of_relatives(body, source, language)
        else:
            here, lost = find(_headed(heading, body), field="letter", source=source, language=language)
        if _PLAN.search(said):
            here = [msgspec.structs.replace(f, certainty=min(f.certainty, _PLANNED)) for f in here]
        elif not _FAMILY.search(said):  # what relatives have is no deposit of the person
            about = context or _pictured(heading, title, language)
            deposits.extend(told(body, context=about, field="letter", source=source, language=language))
            looks.extend(examined(_headed(heading, body), source=source, language=language))
            unseen.extend(denied(body, context=about, source=source, language=language))
        findings.extend(here)
        missed.extend(lost)
    missed.extend(unread(text, language=language))
    deposits = carried(text, deposits, language=language)
    deposits, suspicious = graded(text, deposits, source=source, language=language)
    findings.extend(suspicious)
    missed = [m for m in missed if m not in {f.words for f in suspicious}]  # `Biopsy advised.`
    return Letter(
        tuple(findings),
        tuple(deposits),
        tuple(dict.fromkeys(missed)),
        tuple(unseen),
        _tells(findings, text, language),
        tuple(dict.fromkeys(looks)),
    )


def _tells(findings: Sequence[Finding], text: str, language: str) -> bool:
    """Whether a letter tells the person's history: under a heading of its own, or at some length."""
    said = {f.id for f in findings if term(f.id).kind in _TOLD and f.whose is Whose.PERSON}
    headings = [english(h, language) for h, _ in _sections(text) if h]
    headed = any(_HISTORY.search(h) and not _FAMILY.search(h) for h in headings)
    return len(said) >= (_A_HISTORY // 2 if headed else _A_HISTORY)


def _pictured(heading: str, title: str, language: str) -> str:
    """Where a part's deposits lie if it names no place: its heading's place, else that of the examination."""
    placed = any(term(f.id).kind == "site" for f in find(f"calcification of {heading}", language=language)[0])
    return heading if placed or not title else title


def _unframed(line: str) -> str:
    """Return a line without its frame: nothing of `Tel 123`, the sentence of `Dear Sir, she has ESRD.`"""
    line = unsaluted(line)
    if not _FRAME.match(line):
        return line
    opening = _OPENING.match(line)
    return line[opening.end() :] if opening else ""


def _lost(part: str, language: str) -> list[str]:
    """Lines that were taken for a letter's frame and yet name something of a disease: told as not read."""
    gone = [line.strip() for line in part.split("\n") if line.strip() and not _unframed(line).strip()]
    return [line for line in gone if find(unsaluted(line), field="letter", language=language)[0]]


def _headed(heading: str, body: str) -> str:
    """A heading that says what the part is about (`Histology`) stays with it; `Diabetes: no` is one line."""
    first, _, rest = body.partition("\n")
    return f"{heading}: {first}\n{rest}" if heading else body


def _of_relatives(body: str, source: Source | None, language: str) -> tuple[list[Finding], list[str]]:
    findings: list[Finding] = []
    missed: list[str] = []
    for line in re.split(r"[\n.;]", body):
        if line.strip():
            here, lost = find(
                f"family history of: {line.strip()}", field="letter", source=source, language=language
            )
            findings.extend(here)
            missed.extend(lost)
    return findings, missed
