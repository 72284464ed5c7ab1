"""The two virtual persons: anatomy on its right side, deposits where they belong, masses kept."""

import numpy as np
import pydicom
import pytest
from scipy import ndimage

from kossa.evidence import Side
from kossa.evidence.vocabulary import term
from kossa.virtual import dystrophic, metastatic, person
from kossa.virtual.body import spine
from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.frame import Frame
from kossa.virtual.body.tissue import Tissue
from kossa.virtual.space import Space

PEOPLE = {"A": dystrophic.PERSON, "B": metastatic.PERSON}
COARSE = {"slice_mm": 6.0, "matrix": 160}


@pytest.fixture(scope="module", params=["A", "B"])
def pair(request):
    """A person scanned without noise, and the same body without its calcium."""
    one = PEOPLE[request.param]
    return (
        person.make(one, noise=False, **COARSE),
        person.make(one, noise=False, calcium=False, **COARSE),
    )


def part(made, low, high):
    """HU between two LPS corners given relative to the hips' height (shift of the frame)."""
    space = made.exposure.space
    return made.exposure.hu[space.box(low, high)]


def test_all_calcium_is_in_the_picture(pair):
    with_it, without = pair
    space = with_it.exposure.space
    added = with_it.exposure.hu.astype(np.int64) - without.exposure.hu
    told = sum(d.mass_mg for d in with_it.truth.deposits)
    found = added.sum() * space.voxel_mm3 * with_it.truth.factor_mg_per_mm3_hu
    assert found == pytest.approx(told, rel=0.01)


def test_the_calcium_lies_where_the_truth_says(pair):
    with_it, without = pair
    space = with_it.exposure.space
    added = with_it.exposure.hu.astype(np.float64) - without.exposure.hu
    for one in with_it.truth.deposits:
        if one.mass_mg < 20:
            continue
        centre = np.array(one.centroid_mm)
        near = space.box(centre - 2, centre + 2)
        assert added[near].max() > 40 or added[space.box(centre - 9, centre + 9)].max() > 100, one.id


def test_liver_and_cava_lie_right_stomach_heart_and_aorta_left(pair):
    _, without = pair
    hu, space = without.exposure.hu, without.exposure.space
    z = np.arange(space.shape[0]) / space.shape[0]
    belly = hu[(z > 0.50) & (z < 0.56)]
    x = space.axis_mm(2)
    liver = (belly > 45) & (belly < 75)
    right = liver[:, :, (x < -40) & (x > -100)].mean()
    left = liver[:, :, (x > 40) & (x < 100)].mean()
    assert right > 1.5 * left
    heart = hu[(z > 0.69) & (z < 0.72)][:, :, np.abs(x) < 90]
    soft = (heart > 20) & (heart < 90)
    at = x[np.abs(x) < 90]
    front = soft[:, : soft.shape[1] // 2]
    assert (front.sum((0, 1)) * at).sum() > 0


def test_the_lungs_are_air_inside_the_body(pair):
    _, without = pair
    hu, space = without.exposure.hu, without.exposure.space
    z = np.arange(space.shape[0]) / space.shape[0]
    chest = hu[(z > 0.66) & (z < 0.78)]
    lung = (chest < -700) & (chest > -950)
    body = np.stack([ndimage.binary_fill_holes(ndimage.binary_opening(c > -300)) for c in chest])
    assert 0.25 < (lung & body).mean() / body.mean() < 0.7
    assert np.median(chest[lung & body]) == pytest.approx(-850, abs=25)


def test_a_vertebra_is_marrow_in_a_hard_shell_with_a_canal_behind_it():
    space = Space((28, 140, 110), 0.8, 3.0, (-44.0, 10.0, 365.0))
    canvas = Canvas(Frame(space), np.random.default_rng(0))
    spine.paint_spine(canvas, Tissue())
    spine.paint_canal(canvas, Tissue())
    z = spine.vertebra_z("T8")
    cut = canvas.hu[round((z - 365) / 3)]
    bone = cut > 300
    holes = ndimage.binary_fill_holes(bone) & ~bone
    parts, count = ndimage.label(holes)
    sizes = np.sort(np.bincount(parts.ravel())[1:])[::-1] * 0.64
    assert count >= 2
    assert sizes[0] > 300  # the body's marrow, mm2
    assert sizes[1] > 100  # the canal
    body_marrow = cut[parts == 1 + np.argmax(np.bincount(parts.ravel())[1:])]
    assert 80 < np.median(body_marrow) < 160
    assert len(spine.LEVELS) == 18


def test_no_deposit_lies_within_four_millimetres_of_bone(pair):
    with_it, without = pair
    space = without.exposure.space
    bone = ndimage.label(without.exposure.hu > 250, np.ones((3, 3, 3)))[0]
    big = np.bincount(bone.ravel()) * space.voxel_mm3 > 1000
    big[0] = False
    distance = ndimage.distance_transform_edt(~big[bone], sampling=space.step_mm)
    for one in with_it.deposits:
        voxels = np.rint(
            (one.points_mm[::7, ::-1] - np.array(space.start_mm)) / np.array(space.step_mm)
        ).astype(int)
        assert distance[tuple(voxels.T)].min() > 4.0, one.id


def test_sites_kinds_and_sides_are_words_of_the_vocabulary(pair):
    deposits = pair[0].truth.deposits
    kinds = {d.kind for d in deposits}
    assert kinds in ({"dystrophic", "other"}, {"metastatic"})
    for one in deposits:
        assert term(one.site).kind == "site"
        if one.side is Side.LEFT:
            assert one.centroid_mm[0] > 0
        if one.side is Side.RIGHT:
            assert one.centroid_mm[0] < 0


def test_another_seed_is_another_body_and_the_same_seed_the_same():
    small = {"slice_mm": 24.0, "matrix": 64}
    one = person.make(PEOPLE["A"], seed=1, **small)
    same = person.make(PEOPLE["A"], seed=1, **small)
    other = person.make(PEOPLE["A"], seed=2, **small)
    np.testing.assert_array_equal(one.exposure.hu, same.exposure.hu)
    assert one.truth == same.truth
    assert one.truth.factor_mg_per_mm3_hu != other.truth.factor_mg_per_mm3_hu
    assert one.truth.deposits[0].centroid_mm != other.truth.deposits[0].centroid_mm


def test_the_person_on_disk_is_told_by_number_and_never_in_the_truth(tmp_path):
    steps = []
    truth = person.write(
        PEOPLE["B"], tmp_path, slice_mm=24.0, matrix=64, progress=lambda *step: steps.append(step)
    )
    files = sorted((tmp_path / "scan" / "S0002").iterdir())
    first = pydicom.dcmread(files[0])
    assert first.PatientID == "VIRT-B0047"
    assert first.PatientSex == "F"
    assert first.PixelRepresentation == 1
    assert first.PixelPaddingValue == -2000
    assert first.pixel_array[0, 0] == -2000
    told = (tmp_path / "truth.json").read_text()
    for word in str(first.PatientName).split("^"):
        assert word not in told
    assert truth.noise_hu == pytest.approx(PEOPLE["B"].noise_hu, rel=0.2)
    assert {s[0].split()[2] for s in steps} == {"painting", "scanning", "writing"}
    order = [pydicom.dcmread(f, stop_before_pixels=True).InstanceNumber for f in files]
    assert order != sorted(order)  # names do not tell the order, as on an exported disc
