"""Stones that somebody saw are calcium told at their place; `none elsewhere` denies nothing told before."""

from __future__ import annotations

import pytest

from kossa.evidence import Side
from kossa.history.letter import read_letter

L, R, B, U = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNKNOWN


def places(text, language="English"):
    read = read_letter(text, language=language)
    return sorted({(s, side) for d in read.deposits for s, side in d.sites}), read


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Ultrasound shows a 9 mm stone in the left kidney.", "English", [("site_renal_stone", L)]),
        ("CT KUB: renal calculi on both sides.", "English", [("site_renal_stone", B)]),
        ("X-ray: staghorn calculus of the right kidney.", "English", [("site_renal_stone", R)]),
        ("A 4 mm calculus at the right ureter.", "English", [("site_ureter", R)]),
        ("CT shows a faecalith of the appendix.", "English", [("site_appendix", U)]),
        ("CT: bladder stone of 2 cm.", "English", [("site_bladder_any", U)]),
        ("CT: gallstones.", "English", [("site_gallbladder", U)]),
        ("CT: Harnleiterstein rechts, 5 mm.", "German", [("site_ureter", R)]),
        ("Im CT Appendikolith von 7 mm.", "German", [("site_appendix", U)]),
        ("Scanner : calculs du rein gauche.", "French", [("site_renal_stone", L)]),
    ],
)
def test_a_stone_that_was_seen_is_told_at_its_place(text, language, expected):
    assert places(text, language)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Kidney stones in 2011, gout.",
        "History of ureteric stones, CT today for trauma.",
        "She passed a 4 mm stone.",
        "CT: no stone in the ureter.",
        "Ultrasound: gallstones.",
        "A stone-hard lump of 2 cm.",
        "Her father had a 9 mm kidney stone.",
    ],
)
def test_an_earlier_a_denied_or_a_relatives_stone_is_no_deposit(text):
    assert [d for d in read_letter(text).deposits if "stone" in str(d.sites)] == []
    assert not any(s in ("site_ureter", "site_gallbladder") for s, _ in places(text)[0])


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("CT: calcification of the spleen, otherwise no calcification.", "English", ["site_spleen"]),
        ("Calcified spleen, without further calcification.", "English", ["site_spleen"]),
        ("CT: calcification of the spleen. No calcification seen elsewhere.", "English", ["site_spleen"]),
        ("CT: 7 mm stone of the left kidney, otherwise no calcification.", "English", ["site_renal_stone"]),
        ("CT: Blasenstein 9 mm, im Übrigen keine Verkalkung.", "German", ["site_bladder_any"]),
        ("CT: Verkalkung der Milz, ansonsten keine Verkalkungen.", "German", ["site_spleen"]),
        ("CT: Verkalkung der Milz. Keine weiteren Verkalkungen.", "German", ["site_spleen"]),
        ("Scanner : calcification de la rate, pas de calcification ailleurs.", "French", ["site_spleen"]),
    ],
)
def test_what_is_denied_elsewhere_denies_nothing_told_before(text, language, expected):
    found, read = places(text, language)
    assert [s for s, _ in found] == expected
    assert read.denied == ()


def test_no_other_calcification_alone_is_neither_a_deposit_nor_none_seen():
    read = read_letter("CT chest: no other calcification.")
    assert read.deposits == ()
    assert read.denied == ()


def test_a_plain_denial_stays_one():
    assert [d.site for d in read_letter("CT: no calcification of the spleen.").denied] == ["site_spleen"]
