"""From files to the envelope: polarity, spacing, kinds, words, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from kossa.evidence import Category, FilmKind, NothingUsable, Outcome, WrongCall, encode
from kossa.film import examine, examine_each
from kossa.film.guess import guess_kind
from kossa.intake.survey import survey
from tests.film.made import breast, limb, save, with_spots
from tests.film.test_radiograph import ball


@pytest.fixture
def mammogram(tmp_path):
    return save(with_spots(breast(), (400, 150)), tmp_path / "a.png", bits=16)


def test_a_mammogram_is_told_in_the_words_a_page_may_use(mammogram):
    reading = examine(mammogram, kind="mammogram", spacing_mm=0.1).reading
    (group,) = reading.groups
    assert "a radiologist must read this film" in group.because
    assert {d.id for d in reading.deposits} >= set(group.members)
    assert group.category is not None
    low, high = group.bbox_px
    assert low[0] < 400 < high[0]
    assert low[1] < 150 < high[1]
    text = encode(reading).decode().lower()
    assert "made-clusters-only" in text
    assert '"benign"' not in text
    assert "malignan" not in text
    assert "site_breast" in {f.id for f in reading.findings}
    assert reading.files[0].outcome is Outcome.ACCEPTED


def test_without_a_spacing_no_millimetre_and_no_word_of_size_is_given(mammogram):
    reading = examine(mammogram, kind="mammogram").reading
    assert (reading.spacing_mm, reading.spacing_source) == (None, "unknown")
    assert [n.code for n in reading.notices].count("no-spacing") == 1
    assert all(d.diameter_mm is None and d.area_mm2 is None for d in reading.deposits)
    assert reading.groups
    for group in reading.groups:
        assert (group.morphology, group.distribution, group.category) == (None, None, Category.INDETERMINATE)
    assert all(d.morphology is None and d.patterns == () for d in reading.deposits)
    assert not any(f.id.startswith(("spread_", "pattern_")) for f in reading.findings)
    assert not any("cm2" in n.what or "mm" in n.what for n in reading.notices if n.code != "no-spacing")


def test_an_inverted_picture_gives_the_same_groups(tmp_path, mammogram):
    turned = tmp_path / "inverted" / "a.png"
    turned.parent.mkdir()
    Image.fromarray(65535 - np.array(Image.open(mammogram))).save(turned)
    straight = examine(mammogram, kind="mammogram", spacing_mm=0.1).reading
    other = examine(turned, kind="mammogram", spacing_mm=0.1).reading
    assert "inverted" in {n.code for n in other.notices}
    assert [d.centroid_px for d in other.deposits] == [d.centroid_px for d in straight.deposits]


def test_nothing_found_is_said_with_its_limit(tmp_path):
    reading = examine(save(breast(seed=4), tmp_path / "a.png"), kind="mammogram", spacing_mm=0.1).reading
    assert reading.groups == ()
    told = next(n for n in reading.notices if n.code == "nothing-above-limit")
    assert "0.10 mm a pixel" in told.what


def test_a_sidecar_tells_kind_spacing_side_and_view(tmp_path):
    save(ball(limb(), (150, 90)), tmp_path / "leg.png")
    (tmp_path / "leg.toml").write_text('kind = "radiograph"\nspacing_mm = 0.2\nside = "left"\nview = "AP"\n')
    found = examine(tmp_path / "leg.png")
    reading = found.reading
    assert (reading.kind, reading.spacing_source, reading.side, reading.view) == (
        FilmKind.RADIOGRAPH, "sidecar", "left", "AP",
    )  # fmt: skip
    (deposit,) = reading.deposits
    assert np.hypot(deposit.centroid_px[0] - 150, deposit.centroid_px[1] - 90) < 3
    assert 3.5 < deposit.diameter_mm < 4.8  # a ball of 4 mm
    assert reading.groups[0].patterns
    assert found.pixels.shape == reading.shape


def test_an_untagged_picture_is_read_by_a_sure_guess_only(tmp_path):
    limb_guess, breast_guess = guess_kind(limb()), guess_kind(breast())
    assert (limb_guess.kind, breast_guess.kind) == (FilmKind.RADIOGRAPH, FilmKind.MAMMOGRAM)
    assert min(limb_guess.certainty, breast_guess.certainty) >= 0.8
    noise = np.random.default_rng(0).uniform(0, 255, (200, 200)).astype(np.float32)
    assert guess_kind(noise).certainty < 0.8
    reading = examine(save(limb(), tmp_path / "x.png"), spacing_mm=0.2).reading
    assert "kind-guessed" in {n.code for n in reading.notices}
    with pytest.raises(NothingUsable, match="looks like"):
        examine(save(noise, tmp_path / "y.png"))


def test_what_is_no_film_is_refused_in_one_sentence(tmp_path):
    rng = np.random.default_rng(0)
    colour = tmp_path / "photo.png"
    Image.fromarray(rng.integers(0, 255, (200, 200, 3), np.uint8)).save(colour)
    small = save(np.arange(64, dtype=np.float32).reshape(8, 8), tmp_path / "small.png")
    black = save(np.zeros((100, 100), np.float32), tmp_path / "black.png")
    for path, word in ((colour, "colours"), (small, "8 x 8 pixels"), (black, "one grey value")):
        with pytest.raises(NothingUsable, match=word):
            examine(path, kind="radiograph")


def test_wrong_calls_are_told(tmp_path, mammogram):
    with pytest.raises(WrongCall, match="not 'selfie'"):
        examine(mammogram, kind="selfie")
    with pytest.raises(WrongCall, match="not possible"):
        examine(mammogram, kind="mammogram", spacing_mm=50.0)
    save(limb(), tmp_path / "b.png")
    with pytest.raises(WrongCall, match="2 films"):
        examine(tmp_path)


def test_each_film_of_a_folder_is_read_and_settled(tmp_path, mammogram):
    save(ball(limb(), (150, 90)), tmp_path / "b.png")
    (tmp_path / "empty.png").write_bytes(b"")
    met = survey(tmp_path)
    found = examine_each(met, spacing_mm=0.1)
    assert {f.reading.kind for f in found} == {FilmKind.MAMMOGRAM, FilmKind.RADIOGRAPH}
    ids = [d.id for f in found for d in f.reading.deposits]
    assert len(ids) == len(set(ids))
    assert sum(e.outcome is not None and e.outcome.used_by == "film" for e in met.entries) == 2


@pytest.mark.shared
def test_the_films_of_the_reference_data_are_read(shared):
    chest = examine(shared / "radiograph/RG1_J2KI.dcm").reading
    assert (chest.spacing_mm, chest.view) == (None, "PA")
    assert {"inverted", "no-spacing", "lossy"} <= {n.code for n in chest.notices}
    film = examine(shared / "mammogram/cbis_P00173_LCC.dcm", spacing_mm=0.05).reading
    assert film.kind is FilmKind.MAMMOGRAM
    assert film.side == "left"
    assert "dust" in {n.code for n in film.notices}


@pytest.mark.shared
def test_a_told_kind_opens_a_captured_picture_that_does_not_say_what_it_is(shared):
    path = shared / "radiograph/vlut_04.dcm"
    with pytest.raises(NothingUsable, match="modality OT"):
        examine(path)
    assert examine(path, kind="radiograph").reading.kind is FilmKind.RADIOGRAPH
