"""The answer in five lines says which kind, how sure, from what, why and what next, in plain words."""

from __future__ import annotations

import pytest

from kossa.diagnosis import weigh
from kossa.evidence import Calcification, Direction, Finding, Flip, Person, Reason, State
from kossa.report import plain
from kossa.report.brief import NAMED, brief, unknown_cause
from kossa.report.mind_text import case_text

SCLERODERMA = ("hx_limited_ssc", "ab_centromere", "site_finger", "sx_skin_ulcer", "pattern_amorphous")


def weighed(*ids, state=Calcification.TOLD):
    found = [Finding(id=i, state=State.PRESENT) for i in ids]
    return weigh(found, Person(age_years=60), calcification=state)


def test_a_clear_case_names_kind_cause_reasons_and_what_to_do_first():
    rows = dict(brief(weighed(*SCLERODERMA)))
    assert rows["Which kind"].startswith("Dystrophic: calcium salts laid down in dead")
    assert rows["How sure"].startswith("Very likely")
    assert rows["From what"].startswith("Systemic sclerosis (")
    assert "Limited systemic sclerosis (CREST)" in rows["Why"]
    assert rows["What next"].startswith("The warning above first, the same day")


def test_where_no_cause_stands_out_the_cause_is_said_to_be_not_known():
    answer = weighed("site_soft_tissue")
    assert unknown_cause(answer) == (answer.causes[0].prob < NAMED)
    few = answer.causes[0].__class__(**{**_fields(answer.causes[0]), "prob": 0.12})
    open_ = answer.__class__(**{**_fields(answer), "causes": (few, *answer.causes[1:])})
    rows = dict(brief(open_))
    assert rows["From what"].startswith("The cause is not known: none reaches 0.15. Nearest: ")
    assert rows["What next"]


def _fields(one):
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_without_a_deposit_only_what_could_bring_one_is_told():
    rows = brief(weighed("hx_dialysis", "hx_ckd", state=Calcification.NOT_EXAMINED))
    assert [term for term, _ in rows] == ["Could bring it", "What next"]


def test_no_id_no_logarithm_and_no_bit_is_shown_to_a_reader():
    answer = weighed(*SCLERODERMA)
    text = case_text(Person(age_years=60), answer, (), ())
    assert "_" not in text
    assert " bit" not in text
    assert "log10" not in text


@pytest.mark.parametrize(
    ("ratio", "words"), [(15.6, "x 16"), (2.24, "x 2.2"), (0.28, "x 1/3.6"), (1.0, "x 1.0")]
)
def test_a_ratio_is_read_as_times_or_as_a_part(ratio, words):
    assert plain.times(ratio) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("present", "unknown", "without tuberculosis: metastatic"),
        ("unknown", "present", "if there is tuberculosis: metastatic"),
        ("unknown", "absent", "if tuberculosis is ruled out: metastatic"),
        ("absent", "unknown", "if tuberculosis were not ruled out: metastatic"),
    ],
)
def test_what_would_change_the_answer_is_a_phrase(before, after, words):
    flip = Flip(datum="tuberculosis", before=before, after=after, kind_after="metastatic")
    assert plain.flip_words(flip) == words


def test_an_absent_finding_is_read_as_absent():
    reason = Reason(
        finding="hx_ckd", direction=Direction.AGAINST, lr=0.5,
        source="judgement: site list order (grade C, judgement)",
        sentence="no chronic kidney disease: in 20 % of patients with this cause, 40 % of all; x 1/2.0",
    )  # fmt: skip
    assert plain.reason_parts(reason) == (
        "no chronic kidney disease",
        "in 20 % of patients with this cause, 40 % of all",
    )
    assert plain.source_words(reason.source) == "judgement (grade C)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("same day", "the same day"),
        ("2 weeks", "within 2 weeks"),
        ("before any procedure", "before any procedure"),
    ],
)
def test_how_soon_is_said_as_people_say_it(text, words):
    assert plain.how_soon(text) == words


def test_a_rule_for_other_persons_is_no_risk_of_this_one():
    assert plain.harm_words("radiation 1-10 mSv; child: avoid if film answers") == "radiation 1-10 mSv"
    assert (
        plain.harm_words("radiation; child: avoid (here: age under 18)") == "radiation (here: age under 18)"
    )


def test_a_name_is_said_without_its_examples():
    assert plain.plain_name("calciphylaxis_uraemic") == "uraemic calciphylaxis"
    assert plain.plain_name("fat_necrosis_breast") == "breast fat necrosis"
