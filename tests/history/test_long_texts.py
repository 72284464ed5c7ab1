"""Texts without full stops: where a statement ends, and that their time grows with their length."""

from __future__ import annotations

import random
import time

import pytest

from kossa.evidence import State
from kossa.history.letter import read_letter
from kossa.history.levelled import LONGEST, sentences
from kossa.history.lexicon import phrases

_LONGER = 8  # times the text
_MORE = 28  # times the time it may take: far above 8, for a busy machine, and far below the 64 of a square
_SECONDS = 20.0  # of work for what takes less than one


def mixed(lines: int) -> str:
    known = sorted({word for phrase in phrases() for word in phrase.split()})
    draw = random.Random(7)
    return "\n".join(" ".join(draw.choice(known) for _ in range(10)) for _ in range(lines))


def seconds(text: str) -> float:
    """The least of three runs: others may use the processor."""
    took = []
    for _ in range(3):
        began = time.process_time()
        read_letter(text)
        took.append(time.process_time() - began)
    return min(took)


@pytest.mark.parametrize(
    "piece",
    [
        "CKD stage 5 " * 60,
        "CKD stage 5\n" * 60,
        "no gout, " * 40,
        mixed(15) + "\n",
        "Wait" + "." * 5_000 + "x",
    ],
    ids=["one line", "a line each", "a list", "mixed words", "dots"],
)
def test_the_time_of_a_text_grows_with_its_length_and_not_with_its_square(piece):
    read_letter(piece)  # the tables are loaded
    long = seconds(piece * _LONGER)
    assert long < _SECONDS
    assert long < 0.1 or long < _MORE * seconds(piece)


def test_no_sentence_is_longer_than_the_limit_and_no_word_is_lost():
    text = "word " * 1000
    cut = sentences(text)
    assert max(len(s.words) for s in cut) == LONGEST
    assert sum(len(s.words) for s in cut) == 1000


def test_a_long_list_is_cut_where_a_line_ends():
    text = "\n".join(["alpha beta gamma delta epsilon zeta eta"] * 60)
    assert {len(s.words) % 7 for s in sentences(text)} == {0}


def states(text: str) -> dict[str, State]:
    return {f.id: f.state for f in read_letter(text).findings}


def test_short_lines_that_are_complete_are_statements_of_their_own():
    found = states("No fever\nCKD stage 5\nOn warfarin")
    assert found["hx_ckd"] is State.PRESENT
    assert found["rx_vka"] is State.PRESENT


@pytest.mark.parametrize("text", ["no evidence of\nGout", "denies\nGout", "no fever or\nGout"])
def test_a_line_that_ends_with_a_word_that_asks_for_more_goes_on(text):
    assert states(text)["hx_gout"] is State.ABSENT
