"""Bars of the history room: `python -m validate.history` prints each with its figure.

Coverage of the development cases' phrases, a random sixty of them to be judged by hand, the negation
set, phenopackets, hostile texts, and the names that must not come out.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kossa.evidence import State, encode
from kossa.history import examine, lexicon
from kossa.history.case import read_case
from kossa.history.codes import hpo_excluded, hpo_observed
from kossa.history.phenopacket import read_phenopacket
from kossa.history.words import find

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("KOSSA_SHARED", ROOT.parent / "shared")) / "data"
SEED = 20261125


def cases() -> list[dict]:
    lines = (SHARED / "cases" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def phrases() -> list[tuple[str, str]]:
    """Every phrase of history and symptoms, with its field."""
    return [(f, p) for case in cases() for f in ("history", "symptoms") for p in case[f]]


def share_understood() -> float:
    told = [bool(find(text, field=field)[0]) for field, text in phrases()]
    return sum(told) / len(told)


def without(*reasons: str) -> float:
    """The same share with the added phrases of these reasons taken out."""
    rows = lexicon._rows  # noqa: SLF001

    def fewer(name: str) -> list[dict[str, str]]:
        return [r for r in rows(name) if not (r.get("because") in reasons and name != "left_out.csv")]

    lexicon._rows = fewer  # noqa: SLF001
    forget()
    try:
        return share_understood()
    finally:
        lexicon._rows = rows  # noqa: SLF001
        forget()


def forget() -> None:
    for cached in (lexicon.phrases, lexicon._buckets, lexicon._patterns):  # noqa: SLF001
        cached.cache_clear()


def sample(count: int = 60) -> list[tuple[str, str, str]]:
    """Mapped phrases drawn at random: (phrase, words, id with its state)."""
    mapped = []
    for field, text in phrases():
        found, _ = find(text, field=field)
        mapped.extend((text, f.words or "", f"{f.id} {f.state}") for f in found)
    return random.Random(SEED).sample(mapped, count)


def negation() -> tuple[int, int, int]:
    """Return right, all, and flips among the simple ones."""
    text = (ROOT / "tests" / "history" / "negation.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    right = flips = 0
    for row in rows:
        found, _ = find(row["sentence"], field="letter")
        said = {(f.state, f.whose) for f in found if f.id == row["id"]}
        good = said == {(row["state"], row["whose"])}
        right += good
        flips += row["simple"] == "yes" and bool(said) and not good
    return right, len(rows), flips


def phenopackets() -> tuple[int, int, int]:
    """Return terms met, those read by code or words, and those listed as not understood."""
    terms = mapped = listed = 0
    for path in sorted((SHARED / "phenopackets").glob("*.json")):
        packet = json.loads(path.read_text(encoding="utf-8"))
        _, missed = read_phenopacket(packet)
        for feature in packet["phenotypicFeatures"]:
            terms += 1
            code, label = feature["type"]["id"], feature["type"]["label"]
            known = hpo_excluded(code) if feature.get("excluded") else hpo_observed(code)
            listed += label in missed
            mapped += bool(known) or label not in missed
    return terms, mapped, listed


def nasty() -> list[tuple[str, str, str]]:
    out = []
    with tempfile.TemporaryDirectory() as folder:
        maker = [sys.executable, SHARED / "nasty" / "make_nasty.py", folder]
        subprocess.run(maker, check=True, capture_output=True)
        text = (SHARED / "nasty" / "expected.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            if row["file"].startswith("history/"):
                reading = examine(Path(folder) / row["file"])
                file = reading.files[0]
                ids = [f.id for f in reading.findings if f.state is State.PRESENT]
                met = f"{file.outcome} {file.reason or ''} {ids}"
                out.append((row["file"], f"{row['outcome']} {row['reason']}", met))
    return out


def names_that_come_out() -> list[str]:
    """Names put into letters in a dozen ways; return those that any output still holds."""
    first, last = "Ottoline", "Zapperley"
    frames = [
        f"Dear Mrs {last},\nYou have limited scleroderma.",
        f"Dear Dr {last},\nShe has lupus.",
        f"Re: {first} {last}, DOB 1.2.1960\nThe patient has gout.",
        f"Patient: {last.upper()}, {first}\nHistory: calcinosis of the hand.",
        f"Name: {first} {last}\n{first} has hard lumps of the thigh.",
        f"Mrs {last} has calcinosis of the fingers. {last}'s mother had gout.",
        f"I saw Ms {first} {last} today. Unknown words about {last} follow here.",
        f"The knee hurts.\n\nYours sincerely,\n\nDr {first} {last}\nConsultant",
        f"Dictated by: Prof. {last}\nCalcification of the left hip of {last}.",
        f"Patient name: {first} {last}\nMRN: 12345678\n{last} is well.",
        f"cc: {first} {last}\nShe denies trauma.",
        f"Miss {first} {last} (NHS No 943 476 5919) has lupus.",
    ]
    out = []
    for frame in frames:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "letter.txt"
            path.write_text(frame, encoding="utf-8")
            text = encode(examine(path)).decode().lower()
            out.extend(frame for n in (first, last, "943 476", "12345678") if n.lower() in text)
    return out


def main() -> None:
    """Print every bar."""
    print(f"phrases understood: {share_understood():.3f} of {len(phrases())}")
    print(f"  without the phrases that the development cases asked for: {without('dev'):.3f}")
    print(f"  lexicon and vocabulary alone: {without('dev', 'general'):.3f}")
    right, count, flips = negation()
    print(f"negation set: {right} of {count} right, {flips} flips among the simple ones")
    terms, mapped, listed = phenopackets()
    print(f"phenopackets: {terms} terms, {mapped} mapped, {listed} listed as not understood")
    for file, expected, met in nasty():
        print(f"nasty {file}: expected {expected}; met {met}")
    print(f"letters whose names come out: {len(names_that_come_out())}")
    all_cases = cases()
    start = time.process_time()
    for case in all_cases:
        read_case(case)
    each = (time.process_time() - start) / len(all_cases)
    start = time.process_time()
    for case in all_cases:
        json.loads(json.dumps(case))
    trip = (time.process_time() - start) / len(all_cases)
    print(f"one case read: {each * 1e3:.1f} ms ({each / trip:.0f} x writing and reading it as JSON)")
    if "--sample" in sys.argv:
        for text, words, id_ in sample():
            print(f"{text} | {words} | {id_}")


if __name__ == "__main__":
    main()
