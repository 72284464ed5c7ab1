"""What a first reading of whole letters and reports got wrong, each pinned by its sentence."""

from __future__ import annotations

import pytest

from kossa.evidence import Side
from kossa.history.letter import read_letter
from kossa.history.told import told
from kossa.intake.names import cleaner


def places(text, context=""):
    return [place for one in told(text, context=context) for place in one.sites]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No enlarged non-calcified nodes.", []),
        ("A few calcified granulomas in the spleen.", [("site_spleen", Side.UNKNOWN)]),
        ("Calcified granulomas in both lungs.", [("site_lung_nodule", Side.BOTH)]),
        (
            "Multiple densely calcified right hilar and paratracheal lymph nodes.",
            [("site_hilar_node", Side.RIGHT), ("site_mediastinal_node", Side.RIGHT)],
        ),
        (
            "Amorphous calcification at the tips of the right index finger and of the left thumb.",
            [("site_fingertip", Side.RIGHT), ("site_fingertip", Side.LEFT)],
        ),
        (
            "Calcified 6 mm nodule in the right upper lobe with apical scarring.",
            [("site_lung_nodule", Side.UNKNOWN)],
        ),
    ],
)
def test_a_report_tells_its_places(text, expected):
    assert places(text) == expected


def test_a_layer_alone_lies_where_the_film_was_taken():
    film = "Plain film of the thighs: fine net-like calcification of small vessels in the subcutaneous fat."
    (deposit,) = read_letter(film).deposits
    assert [site for site, _ in deposit.sites] == ["site_thigh"]


def test_a_long_sentence_is_quoted_up_to_a_whole_word():
    long = "Calcification of the thigh " + "which was seen on every film " * 8
    (one,) = told(long)
    assert one.words.endswith(" ...")
    assert one.words.removesuffix(" ...") in " ".join(long.split())


def test_a_name_in_bold_type_is_a_name():
    assert "Smith" not in cleaner(())("Re: Mr <b>John Smith</b>. Mr <i>Smith</i> has Ca <2.1 mmol/L.")
    assert "<2.1 mmol/L" in cleaner(())("Ca <2.1 mmol/L and >0.5")
