"""What is no trunk of a person: nothing is made up, nothing is called calcium of heart or vessel."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import Material
from tests.ct.bodies import AIR, CORTEX, MUSCLE, Body, judged


def room() -> Body:
    return Body(30, 120, 130)


def table() -> Body:
    return room().block(150, (0, 80, -110), (120, 86, 110))


def water() -> Body:
    return room().column(0, (0, 0), (100, 100))


def shell() -> Body:
    return room().ring(126, 0, (0, 0), (106, 106), 8)


def rods() -> Body:
    body = water()
    for k, hu in enumerate((50, 140, 340, 920)):
        body.column(hu, (50 * np.sin(k), 50 * np.cos(k)), (13, 13))
    return body


def metal() -> Body:
    body = room().column(MUSCLE, (0, 0), (100, 100))
    rng = np.random.default_rng(2)
    for y, x in rng.uniform(-60, 60, (20, 2)):
        body.column(3000, (y, x), (5, 5))
    stripes = 500 * np.sin(body.x / 4)[None, None] * (body.hu > AIR) * (body.hu < 2000)
    body.hu += stripes.astype(np.float32)
    return body


def mouse() -> Body:
    return room().column(MUSCLE, (0, 0), (18, 18)).column(CORTEX, (8, 0), (4, 4))


@pytest.mark.parametrize("made", [room, table, water, shell, rods, metal, mouse])
def test_nothing_is_made_up(made):
    found = judged(made().volume(sigma=9.0), sigma=9.0)
    called = [j for j in found.judgements if j.kept and j.material is Material.CALCIFICATION]
    assert not called, called
    assert not [j for j in found.judgements if j.kept and j.site]
    assert not found.contrast.enhanced, found.contrast.reason


def test_a_wall_around_a_phantom_is_told_as_such():
    found = judged(room().ring(200, 0, (0, 0), (106, 106), 4).volume())
    told = [j for j in found.judgements if j.kept]
    assert told
    assert {j.material for j in told} <= {Material.PHANTOM, Material.BONE, Material.TABLE}


def test_one_value_everywhere_holds_nothing():
    body = room()
    body.hu[:] = 40
    assert not judged(body.volume(sigma=0.0)).judgements
