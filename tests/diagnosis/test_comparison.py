"""The comparison names what is known of this person, by its most special word."""

from __future__ import annotations

from .made import person, weighed, yes


def line(findings, feature):
    return next(c for c in weighed(findings, person(50, "F")).compared if c.feature == feature)


def test_an_associated_condition_is_named_by_its_own_name():
    row = line(yes("site_finger", "hx_limited_ssc"), "Associated conditions")
    assert "limited" in row.here
    assert row.supports == "dystrophic"


def test_a_biopsy_tells_the_tissue():
    row = line(yes("site_subcutis", "bx_fat_necrosis"), "Tissue condition")
    assert row.here == "necrosis of fat"


def test_what_speaks_for_both_is_coloured_for_neither():
    row = line(yes("site_aorta", "hx_haemodialysis", "hx_coronary_disease"), "Associated conditions")
    assert row.supports == "both"


def test_nothing_known_stays_blank_in_the_data():
    assert line(yes("site_finger"), "Tissue condition").here == ""
