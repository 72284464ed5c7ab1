"""A head: pineal gland, choroid plexus, brain; what lies by the skull base stays unsure."""

from __future__ import annotations

import pytest

from kossa.evidence import Material, Side
from tests.ct.bodies import at, head, judged

PINEAL, CHOROID, BRAIN, BASE = (85, 2, 0), (80, 22, 26), (110, -20, -34), (30, 10, 40)
FACE = (8, 30, -30)


@pytest.fixture(scope="module")
def read():
    body = head()
    body.ball(220, PINEAL, (4, 3, 3)).ball(300, CHOROID, (6, 4, 4)).ball(400, BRAIN, (6, 4, 4))
    body.ball(400, FACE, (4, 4, 4)).ball(400, (32, 20, 52), (4, 4, 4))
    return body, judged(body.volume(sigma=3.0), sigma=3.0)


def test_the_pineal_gland_and_the_choroid_plexus_are_physiological(read):
    pineal, choroid = at(read[1], read[0], PINEAL), at(read[1], read[0], CHOROID)
    assert (pineal.material, pineal.site) == (Material.PHYSIOLOGICAL, "site_physio_pineal")
    assert pineal.side is Side.MIDLINE
    assert (choroid.material, choroid.site) == (Material.PHYSIOLOGICAL, "site_physio_choroid_plexus")
    assert choroid.side is Side.LEFT
    assert "fluid" in choroid.site_reason


def test_a_deposit_in_the_brain_is_calcification(read):
    one = at(read[1], read[0], BRAIN)
    assert (one.material, one.site) == (Material.CALCIFICATION, "site_intracranial")
    assert one.side is Side.RIGHT


def test_what_lies_in_the_face_or_near_the_skull_base_is_not_called(read):
    assert at(read[1], read[0], FACE).material in {Material.UNSURE, Material.BONE}
    assert at(read[1], read[0], (32, 20, 52)).material in {Material.UNSURE, Material.BONE}


def test_the_skull_is_bone_and_its_base_a_limit(read):
    assert any(j.material is Material.BONE for j in read[1].judgements)
    assert any("skull base" in words for words in read[1].not_seen)
