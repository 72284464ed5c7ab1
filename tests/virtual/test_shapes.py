"""Implicit shapes: the kernels agree with plain arithmetic, and painted volumes are true volumes."""

import numpy as np
import pytest

from kossa.virtual.body.canvas import Canvas, random_at
from kossa.virtual.body.frame import Frame
from kossa.virtual.body.shape import Shape, curve, ellipsoid, rotation, sweep, united
from kossa.virtual.space import Space

SPACE = Space(shape=(30, 96, 96), pixel_mm=0.9, slice_mm=3.0, origin_mm=(-42.75, -42.75, -43.5))


@pytest.fixture
def canvas():
    return Canvas(Frame(SPACE), np.random.default_rng(1))


def places(shape):
    z, y, x = (np.arange(a, b) for a, b in shape.box.T)
    k, j, i = np.meshgrid(z, y, x, indexing="ij")
    m = shape.frame.from_voxel
    return np.stack([i, j, k], -1) @ m[:, :3].T + m[:, 3]


def test_a_place_goes_to_lps_and_back():
    frame = Frame(SPACE, (0.9, 1.1, 0.95), roll_deg=3, lean=0.02, shift_mm=(4, -2, 10))
    point = np.array([12.0, -7.0, 20.0])
    lps = frame.place(point)
    voxel = (lps - SPACE.origin_mm) / [SPACE.pixel_mm, SPACE.pixel_mm, SPACE.slice_mm]
    back = frame.from_voxel @ np.append(voxel, 1)
    np.testing.assert_allclose(back, point, atol=1e-9)
    assert frame.volume_scale == pytest.approx(0.9 * 1.1 * 0.95)


def test_the_distance_to_a_tube_is_true_near_it(canvas):
    a, b = np.array([-12.0, 5, -20]), np.array([14.0, -8, 25])
    tube = sweep(canvas.frame, [[*a, 4], [*b, 6]])
    p = places(tube)
    t = np.clip((p - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
    plain = np.linalg.norm(p - a - t[..., None] * (b - a), axis=-1) - (4 + 2 * t)
    near = plain < 5
    np.testing.assert_allclose(tube.d[near], plain[near], atol=1e-3)


def test_a_flat_tube_with_equal_axes_is_a_round_one(canvas):
    knots = np.array([[0.0, 0, -20], [3, 2, 0], [0, 4, 22]])
    flat = sweep(canvas.frame, np.column_stack([knots, [5, 5, 5], [5, 5, 5]]), up=(0, 1, 0))
    tube = sweep(canvas.frame, np.column_stack([knots, [5, 5, 5]]))
    seen = tube.seen_from(flat)
    inside = (seen < 3) & (np.abs(places(flat)[..., 2]) < 18)
    np.testing.assert_allclose(flat.d[inside], seen[inside], atol=0.25)


def test_an_ellipsoid_has_its_surface_where_it_should(canvas):
    turn = rotation(z_deg=30)
    shape = ellipsoid(canvas.frame, (2, -3, 1), (20, 10, 15), turn)
    p = (places(shape) - [2, -3, 1]) @ turn / [20, 10, 15]
    plain = np.linalg.norm(p, axis=-1)
    assert ((shape.d < 0) == (plain < 1)).mean() > 0.9999
    on_axis = np.abs(p[..., 1:]).max(-1) < 0.06
    near = on_axis & (np.abs(plain - 1) < 0.2)
    np.testing.assert_allclose(shape.d[near], (plain[near] - 1) * 20, atol=0.6)


def test_a_turn_about_z_goes_from_left_to_back():
    np.testing.assert_allclose(rotation(z_deg=90) @ [1, 0, 0], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(rotation(x_deg=90) @ [0, 1, 0], [0, 0, 1], atol=1e-12)


def test_joining_keeps_both_and_fills_the_corner(canvas):
    a = ellipsoid(canvas.frame, (-9, 0, 0), (10, 10, 10))
    b = ellipsoid(canvas.frame, (9, 0, 0), (10, 10, 10))
    plain = united((a.copy(), b))
    round_ = united((a.copy(), b), blend=6)
    assert (round_.d <= plain.d + 1e-5).all()
    assert (round_.d < 0).sum() > (plain.d < 0).sum()
    wide = plain.box[1] - plain.box[0]
    assert (wide >= a.box[1] - a.box[0]).all()


def test_cutting_and_keeping_are_opposites(canvas):
    whole = ellipsoid(canvas.frame, (0, 0, 0), (20, 20, 20))
    part = ellipsoid(canvas.frame, (8, 0, 0), (12, 12, 12))
    rest, kept = whole.copy().cut(part), whole.copy().keep(part)
    inside = whole.d < -0.01
    assert ((rest.d < 0) & (kept.d < 0)).sum() == 0
    assert (((rest.d < 0.01) | (kept.d < 0.01)) == inside)[inside].all()


def test_a_half_space_keeps_the_side_its_normal_points_away_from(canvas):
    ball = ellipsoid(canvas.frame, (0, 0, 0), (20, 20, 20)).half_space((0, 1, 0), -4.0)
    y = places(ball)[..., 1]
    assert y[ball.d < 0].max() < -4


@pytest.mark.parametrize("centre", [(0.0, 0.0, 0.0), (0.4, -0.3, 1.3)])
def test_partial_volume_makes_painted_volume_true(canvas, centre):
    canvas.paint(ellipsoid(canvas.frame, centre, (14, 11, 16)), 0.0)
    volume = (canvas.hu + 1000).sum() / 1000 * SPACE.voxel_mm3
    assert volume == pytest.approx(4 / 3 * np.pi * 14 * 11 * 16, rel=0.015)


def test_a_shell_has_a_wall_and_an_inside(canvas):
    ball = ellipsoid(canvas.frame, (0, 0, 0), (16, 16, 16))
    canvas.shell(ball, 800.0, 100.0, thick=3.0)
    row = canvas.hu[14, 47]
    assert row[47] == pytest.approx(100, abs=1)
    assert row.max() > 700


def test_texture_is_even_on_average_and_the_same_for_the_same_seed():
    pictures = []
    for _ in range(2):
        canvas = Canvas(Frame(SPACE), np.random.default_rng(8))
        canvas.paint(ellipsoid(canvas.frame, (0, 0, 0), (30, 30, 35)), 50.0, texture=(20.0, 3.0))
        pictures.append(canvas.hu)
    np.testing.assert_array_equal(*pictures)
    core = pictures[0][8:22, 34:62, 34:62]
    assert core.mean() == pytest.approx(50, abs=4)
    assert 8 < core.std() < 25


def test_random_numbers_between_nodes_do_not_leave_the_nodes_range(canvas):
    nodes = canvas.grain
    value = random_at(nodes, 3.0, 5.0, 7.0)
    assert value == pytest.approx(nodes[7, 5, 3], abs=1e-5)
    between = random_at(nodes, 3.4, 5.0, 7.0)
    low, high = sorted((nodes[7, 5, 3], nodes[7, 5, 4]))
    assert low <= between <= high


def test_a_curve_goes_through_its_ends_without_overshoot():
    rows = curve([[0, 0, 0, 1], [10, 0, 0, 3], [10, 10, 0, 3]], 1.0)
    np.testing.assert_allclose(rows[0], [0, 0, 0, 1])
    np.testing.assert_allclose(rows[-1], [10, 10, 0, 3])
    assert rows[:, 3].max() <= 3 + 1e-9
    assert np.linalg.norm(np.diff(rows[:, :3], axis=0), axis=1).max() < 2


def test_a_shape_outside_of_the_scan_is_empty(canvas):
    assert ellipsoid(canvas.frame, (500, 0, 0), (5, 5, 5)).d.size == 0
    assert isinstance(Shape.empty(canvas.frame, (0, 0, 0), (1, 1, 1)), Shape)
