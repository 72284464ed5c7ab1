"""A word such as neck, head or spine means the part that it is said of."""

from __future__ import annotations

import pytest

from kossa.history.told import told


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("Ossification beside the neck of the femur.", "site_hip"),
        ("Calcification next to the surgical neck of the humerus.", "site_shoulder"),
        ("Calcified stone-like focus in the pancreatic head.", "site_pancreas"),
        ("Calcification of the gallbladder neck.", "site_gallbladder"),
        ("Calcification in the neck of the bladder.", "site_bladder_any"),
        ("Calcifications close to the left ischial spine.", "site_pelvis"),
        ("Calcification beside the anterior superior iliac spine.", "site_hip"),
        ("Calcification in the skin of the neck.", "site_neck"),
        ("Calcification of the lumbar spine.", "site_spine"),
    ],
)
def test_a_neck_or_a_spine_is_that_of_its_organ(text, site):
    assert [s for one in told(text) for s, _ in one.sites] == [site]
