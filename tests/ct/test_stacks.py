"""Slices that can lie in one volume: split, duplicates dropped, phases apart, conflicts named."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.ct.stacks import build_stacks
from kossa.intake.survey import survey
from tests.ct.made import hu_slice, put, slices
from tests.intake.dicom_bytes import enhanced, fragments


def stacks(folder):
    return build_stacks(e for e in survey(folder).entries if e.header is not None)


def sizes(found):
    return sorted(len(stack.slices) for stack in found)


def test_files_in_any_order_are_one_stack_by_position(tmp_path):
    files = slices([0, 1, 2, 3, 4])
    (stack,) = stacks(put(tmp_path, [files[k] for k in (3, 0, 4, 1, 2)]))
    assert [s.height_mm for s in stack.slices] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "options",
    [
        {"kernel": "BONE"},
        {"kvp": "80"},
        {"orientation": "1\\0\\0\\0\\0\\-1"},
        {"spacing": "0.5\\0.5"},
        {"image_type": "ORIGINAL\\PRIMARY\\LOCALIZER"},
        {"stored": np.zeros((6, 6), np.uint16)},
        {"series": "2"},
        {"study": "2"},
    ],
)
def test_what_cannot_lie_in_one_volume_is_a_stack_of_its_own(tmp_path, options):
    put(tmp_path, [*slices([0, 1, 2]), *slices([5, 6], prefix="9", **options)])
    assert sizes(stacks(tmp_path)) == [2, 3]


def test_rounding_of_directions_splits_nothing(tmp_path):
    other = slices([3, 4], prefix="9", orientation="0.99999999\\0.00001\\0\\-0.00001\\0.99999999\\0")
    put(tmp_path, [*slices([0, 1, 2]), *other])
    assert sizes(stacks(tmp_path)) == [5]


@pytest.mark.parametrize("new_uid", [True, False])
def test_a_slice_that_is_there_twice_is_dropped(tmp_path, new_uid):
    files = slices([0, 1, 2])
    twin = slices([1], prefix="7" if new_uid else "s")[0]
    twin.uid = "7.7" if new_uid else files[1].uid
    (stack,) = stacks(put(tmp_path, [*files, twin]))
    assert len(stack.slices) == 3
    assert [(d.entry.number, k.entry.number) for d, k in stack.duplicates] in ([(4, 2)], [(2, 4)])
    assert stack.conflicts == []


def test_different_slices_at_one_place_are_a_conflict(tmp_path):
    other = slices([1], prefix="9", seed=5)
    (stack,) = stacks(put(tmp_path, [*slices([0, 1, 2]), *other]))
    assert [(a.height_mm, b.height_mm) for a, b in stack.conflicts] == [(1, 1)]


def test_the_same_values_with_another_rescale_are_not_the_same(tmp_path):
    other = slices([1], prefix="9", intercept="-1000")
    (stack,) = stacks(put(tmp_path, [*slices([0, 1, 2]), *other]))
    assert stack.conflicts


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ({"acquisition": 1}, {"acquisition": 2}),
        ({"extra": {0x00200100: ("IS", "1")}}, {"extra": {0x00200100: ("IS", "2")}}),
        ({}, {"image_type": "ORIGINAL\\PRIMARY\\AXIAL\\OTHER"}),
        ({"description": "early"}, {"description": "late"}),
        ({"extra": {0x00181060: ("DS", "300")}}, {"extra": {0x00181060: ("DS", "650")}}),
        ({"extra": {0x00080032: ("TM", "101112")}}, {"extra": {0x00080032: ("TM", "101140")}}),
        ({}, {"agent": "IODINE"}),
    ],
)
def test_phases_at_the_same_places_are_told_apart(tmp_path, mine, other):
    put(tmp_path, [*slices([0, 1, 2], **mine), *slices([0, 1, 2], prefix="9", seed=3, **other)])
    found = stacks(tmp_path)
    assert sizes(found) == [3, 3]
    assert not any(stack.conflicts for stack in found)


def test_a_clock_that_differs_from_slice_to_slice_tells_no_phases_apart(tmp_path):
    files = [*slices([0, 1, 2]), *slices([1], prefix="9", seed=5)]
    for k, one in enumerate(files):
        one.extra = {0x00080032: ("TM", f"10111{k}")}
    (stack,) = stacks(put(tmp_path, files))
    assert len(stack.conflicts) == 1


def test_two_phases_of_one_slice_each_are_told_apart(tmp_path):
    put(tmp_path, [*slices([0], acquisition=1), *slices([0], prefix="9", seed=4, acquisition=2)])
    assert sizes(stacks(tmp_path)) == [1, 1]


def test_phases_are_ordered_by_their_values(tmp_path):
    early = slices([0, 1], acquisition=2)
    late = slices([0, 1], prefix="9", seed=3, acquisition=10)
    found = stacks(put(tmp_path, [*late, *early]))
    assert sorted((stack.turn, stack.phase) for stack in found) == [
        (0, "acquisition 2"),
        (1, "acquisition 10"),
    ]


def test_a_frame_of_reference_of_its_own_for_each_file_splits_nothing(tmp_path):
    """Some programs that take out names give each file a new one."""
    files = slices([0, 1, 2])
    for k, one in enumerate(files):
        one.extra = {0x00200052: ("UI", f"1.2.3.{k}")}
    assert sizes(stacks(put(tmp_path, files))) == [3]


def test_acquisitions_laid_between_one_another_are_told_apart(tmp_path):
    put(
        tmp_path,
        [*slices([0, 3, 6, 9], acquisition=1), *slices([1, 4, 7, 10], prefix="9", acquisition=2)],
    )
    assert sizes(stacks(tmp_path)) == [4, 4]


def test_acquisitions_one_behind_the_other_stay_together(tmp_path):
    """A sequential scan numbers each of its steps."""
    put(tmp_path, [*slices([0, 3, 6], acquisition=1), *slices([9, 12, 15], prefix="9", acquisition=2)])
    assert sizes(stacks(tmp_path)) == [6]


def test_an_acquisition_number_of_its_own_for_each_slice_splits_nothing(tmp_path):
    files = slices([0, 1, 2, 3])
    for k, one in enumerate(files):
        one.acquisition = k
    assert sizes(stacks(put(tmp_path, files))) == [4]


def test_frames_of_an_enhanced_object_are_slices(tmp_path):
    stored = np.stack([hu_slice(z) + 1024 for z in range(4)]).astype(np.uint16)
    (stack,) = stacks(put(tmp_path, [enhanced([(0, 0, 6), (0, 0, 4), (0, 0, 2), (0, 0, 0)], stored)]))
    assert [s.index for s in stack.slices] == [3, 2, 1, 0]
    assert stack.slices[0].name == "file 1, frame 4"


def test_phases_of_an_enhanced_object_are_told_apart(tmp_path):
    stored = np.stack([hu_slice(z, seed=z) + 1024 for z in range(4)]).astype(np.uint16)
    places = [(0, 0, 0), (0, 0, 0), (0, 0, 2), (0, 0, 2)]
    found = stacks(put(tmp_path, [enhanced(places, stored, phases=True)]))
    assert sizes(found) == [2, 2]
    assert {stack.phase for stack in found} == {"phase time 1", "phase time 2"}


def test_a_twin_that_cannot_be_decoded_is_a_failure_and_no_conflict(tmp_path):
    broken = slices(
        [1], prefix="9", syntax="1.2.840.10008.1.2.4.80", encapsulated=fragments(b"\xff\xd8\xff\xd9")
    )
    (stack,) = stacks(put(tmp_path, [*slices([0, 1, 2]), *broken]))
    assert len(stack.slices) == 3
    assert [f.code for f in stack.failures] == ["decode-failed"]
    assert stack.conflicts == []


def test_what_is_no_ct_is_listed_and_not_looked_into(tmp_path):
    mr = {"sop_class": "1.2.840.10008.5.1.4.1.1.4", "modality": "MR"}
    put(tmp_path, [*slices([0, 1], **mr), *slices([0, 1], prefix="9", seed=2, **mr)])
    (stack,) = stacks(tmp_path)
    assert len(stack.slices) == 4


def test_frames_that_do_not_say_where_they_lie_are_set_aside(tmp_path):
    found = stacks(put(tmp_path, slices([0, 1], orientation=None)))
    assert [stack.placed for stack in found] == [False]
