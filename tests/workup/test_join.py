"""The same deposit told twice is counted once; sides and places that contradict keep them apart."""

from __future__ import annotations

import msgspec
from tests.report import made

from kossa.evidence import Calcification, DepositGroup, Finding, Material, Person, Side
from kossa.evidence.words_reading import HistoryReading
from kossa.workup.join import first_question, join


def told(site, side=Side.UNKNOWN) -> HistoryReading:
    return HistoryReading(
        kossa_version="0",
        person=Person(),
        groups=(DepositGroup(id="gw1", deposits=("w1",), site=site, side=side, words="calcified plaque"),),
        findings=(Finding(id="pattern_plaque_patchy", group="gw1"), Finding(id="hx_ckd")),
    )


def test_words_of_the_same_place_are_the_measured_deposit():
    found = join((made.reading(),), told("site_aorta_abdominal"))
    assert [g.id for g in found.groups] == ["g1", "g2"]
    assert found.groups[0].words == "calcified plaque"
    assert {(f.id, f.group) for f in found.findings} == {("pattern_plaque_patchy", "g1"), ("hx_ckd", None)}


def test_words_of_a_wider_place_are_the_measured_deposit_too():
    assert len(join((made.reading(),), told("site_aorta")).groups) == 2


def test_words_of_another_place_are_another_deposit():
    found = join((made.reading(),), told("site_knee", Side.LEFT))
    assert [g.id for g in found.groups] == ["g1", "g2", "gw1"]


def test_the_other_side_is_another_deposit():
    left = DepositGroup(id="g1", deposits=("1",), site="site_knee", side=Side.LEFT)
    reading = made.reading(groups=(left,))
    assert len(join((reading,), told("site_knee", Side.RIGHT)).groups) == 2
    assert len(join((reading,), told("site_knee", Side.UNKNOWN)).groups) == 1


def test_a_lump_of_the_skin_is_no_group_on_a_mammogram():
    breast = DepositGroup(id="g1", deposits=("1",), site="site_breast", side=Side.LEFT)
    thigh = DepositGroup(id="g1", deposits=("1",), site="site_thigh", side=Side.LEFT)
    assert len(join((made.reading(groups=(breast,)),), told("site_skin")).groups) == 2
    assert len(join((made.reading(groups=(thigh,)),), told("site_skin")).groups) == 1


def test_two_scans_keep_their_deposits_apart():
    found = join((made.reading(), made.reading()), None)
    assert [g.id for g in found.groups] == ["ct1:g1", "ct1:g2", "ct2:g1", "ct2:g2"]
    assert found.groups[2].deposits == ("ct2:1",)


def test_the_first_question():
    group = DepositGroup(id="g", deposits=("1",), site="site_knee", words="calcified")
    ordinary = DepositGroup(
        id="g", deposits=("1",), site="site_pineal", words="calcified", material=Material.PHYSIOLOGICAL
    )
    assert first_question((), measured=False, scanned=False) is Calcification.NOT_EXAMINED
    assert first_question((), measured=False, scanned=True) is Calcification.NONE_SEEN
    assert first_question((group,), measured=False, scanned=True) is Calcification.TOLD
    assert first_question((group,), measured=True, scanned=True) is Calcification.MEASURED
    assert first_question((ordinary,), measured=False, scanned=True) is Calcification.NONE_SEEN


def test_words_without_a_place_add_no_deposit_where_some_were_measured():
    knee = DepositGroup(id="g1", deposits=("1",), site="site_knee")
    thigh = DepositGroup(id="g2", deposits=("2",), site="site_thigh")
    for measured in ((knee,), (knee, thigh)):
        reading = msgspec.structs.replace(made.reading(), groups=measured)
        assert [g.id for g in join([reading], told(None)).groups] == [g.id for g in measured]
    assert [g.id for g in join([], told(None)).groups] == ["gw1"]


def measured(*places):
    groups = tuple(
        DepositGroup(id=f"g{n}", deposits=(str(n),), site=site, side=side)
        for n, (site, side) in enumerate(places, 1)
    )
    return msgspec.structs.replace(made.reading(), groups=groups)


def test_a_biopsy_told_at_a_measured_nodule_is_the_same_deposit():
    """A scan names the zone of the lung, a report the nodule."""
    scan = measured(("site_lung_upper_zone", Side.RIGHT))
    (group,) = join([scan], told("site_lung_nodule", Side.RIGHT)).groups
    assert (group.id, group.words) == ("g1", "calcified plaque")
    assert len(join([scan], told("site_lung_nodule", Side.LEFT)).groups) == 2


def test_a_layer_that_a_biopsy_names_is_the_one_lump_that_was_measured():
    thigh = measured(("site_thigh", Side.LEFT))
    assert len(join([thigh], told("site_subcutis")).groups) == 1
    assert len(join([thigh], told("site_subcutis", Side.RIGHT)).groups) == 2


def test_a_layer_is_not_a_plaque_in_an_artery_nor_one_of_two_lumps():
    assert len(join([measured(("site_coronary", Side.LEFT))], told("site_subcutis")).groups) == 2
    two = measured(("site_thigh", Side.LEFT), ("site_forearm", Side.LEFT))
    assert len(join([two], told("site_subcutis")).groups) == 3
