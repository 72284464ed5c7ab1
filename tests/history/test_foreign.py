"""German and French letters say what the English one says; what is quoted stays as it was written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kossa.cli.main import main
from kossa.evidence import Outcome, Workup, decode
from kossa.history import examine
from kossa.history.foreign import likely_language, sentences_in
from kossa.history.letter import read_letter
from kossa.history.told import group

HERE = Path(__file__).parent
PAIRS = list(csv.DictReader((HERE / "foreign_pairs.csv").read_text(encoding="utf-8").splitlines()))
LETTERS = {p.stem.removeprefix("letter_"): p.read_text(encoding="utf-8") for p in HERE.glob("letter_*.txt")}


def said(text, language="English"):
    """What a text comes to, without its words."""
    letter = read_letter(text, language=language)
    return (
        {(f.id, f.state, f.whose, f.certainty) for f in letter.findings},
        {(g.site, g.side) for g in group(letter.deposits)[1]},
        {(d.site, d.side) for d in letter.denied},
        {e.test for e in letter.examined},
    )


@pytest.mark.parametrize("language", ["German", "French"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p["english"][:30])
def test_a_phrase_means_the_same_in_three_languages(pair, language):
    assert said(pair[language.lower()], language) == said(pair["english"])


@pytest.mark.parametrize("language", ["german", "french"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p["english"][:30])
def test_a_short_text_is_known_by_the_words_of_its_table(pair, language):
    assert likely_language(pair[language]) == language.capitalize()
    assert likely_language(pair["english"]) is None


def test_short_english_phrases_are_not_taken_for_another_language():
    rows = csv.DictReader((HERE / "made_phrases.csv").read_text(encoding="utf-8").splitlines())
    taken = [r["phrase"] for r in rows if likely_language(r["phrase"])]
    assert taken == []


def test_what_is_quoted_stays_as_it_was_written():
    found = {
        f.id: f.words
        for f in read_letter("Weichteilverkalkung, Raynaud-Phänomen.", language="German").findings
    }
    assert found["sx_raynaud"] == "Raynaud-Phänomen"


def test_a_compound_whose_first_part_is_unknown_still_tells_of_calcium():
    (sentence,) = sentences_in("Zwiebelschalenverkalkung.", "German")
    assert sentence.level == "calcification"


def test_spelling_without_umlauts_is_the_same_word():
    one, other = (sentences_in(t, "German")[0].level for t in ("Gefäßverkalkung", "Gefaessverkalkung"))
    assert one == other == "vessel calcification"


def test_words_that_the_table_does_not_hold_are_listed():
    missed = read_letter("Der Garten blüht prächtig.", language="German").not_understood
    assert missed == ("Der Garten blüht prächtig",)


@pytest.fixture(scope="module")
def workups(tmp_path_factory):
    found = {}
    for language, text in LETTERS.items():
        folder = tmp_path_factory.mktemp(language)
        (folder / "letter.txt").write_text(text, encoding="utf-8")
        assert main(["read", str(folder / "letter.txt"), "-o", str(folder / "out"), "--strict"]) == 0
        found[language] = folder / "out"
    return found


def meant(workup):
    return (
        {(f.id, f.state, f.whose) for f in workup.findings},
        [(g.site, g.side) for g in workup.groups],
        [(r.analyte, r.value, r.flag) for r in workup.results],
    )


@pytest.mark.parametrize("language", ["german", "french"])
def test_a_whole_letter_leads_to_the_same_answer(workups, language):
    one, other = (decode((workups[n] / "workup.json").read_bytes(), Workup) for n in ("english", language))
    assert one.calcification is other.calcification
    assert one.person == other.person
    assert meant(one) == meant(other)
    assert [k.id for k in one.weighing.kinds] == [k.id for k in other.weighing.kinds]
    assert one.weighing.kinds[0].prob == pytest.approx(other.weighing.kinds[0].prob)


def test_no_name_of_a_foreign_letter_comes_out(workups):
    for folder in workups.values():
        for path in folder.iterdir():
            text = path.read_text(encoding="utf-8")
            for name in ("Miller", "Müller", "Meunier", "Huber", "Becker", "12.03.1966"):
                assert name not in text, path


def test_it_is_told_that_a_table_of_phrases_was_used(tmp_path):
    (tmp_path / "brief.txt").write_text(LETTERS["german"], encoding="utf-8")
    reading = examine(tmp_path)
    (notice,) = [n for n in reading.notices if n.code == "language"]
    assert "not translated" in notice.what
    assert reading.files[0].outcome is Outcome.ACCEPTED
