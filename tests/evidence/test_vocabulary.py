"""One vocabulary: every id has a label, parents exist, an unknown id is refused."""

from __future__ import annotations

import pytest

from kossa.evidence import UnknownTerm, vocabulary


def test_an_unknown_id_is_refused_by_name():
    with pytest.raises(UnknownTerm, match="site_moon is not in the vocabulary"):
        vocabulary.term("site_moon")


def test_parents_say_what_else_is_true():
    assert {"site_coronary", "site_heart", "site_artery"} <= vocabulary.ancestors("site_coronary_lad")
    assert "site_neck" not in vocabulary.ancestors("site_carotid")


def test_the_parents_of_no_term_lead_back_to_it():
    for id_ in vocabulary.terms():
        assert id_ not in vocabulary.ancestors(id_)


def test_every_class_of_the_segmentation_maps_to_a_known_site():
    for row in vocabulary.segment_sites().values():
        assert not row.site or vocabulary.term(row.site)
    assert vocabulary.segment_sites()["spleen"].site == "site_spleen"
