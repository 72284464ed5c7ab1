"""Pictures: sizes are believed only as far as the file's bytes go; big ones are read by blocks."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from kossa.evidence import FileKind, Outcome, Refused, Side, Stain
from kossa.intake import picture
from kossa.intake.budget import Budget
from kossa.intake.entry import Entry
from kossa.intake.picture import open_tiled, picture_info, read_picture
from kossa.intake.survey import survey
from tests.intake.made import archive, lay, png


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def first(folder, data: bytes, name: str = "a") -> Entry:
    return survey(lay(folder, {name: data})).entries[0]


def saved(pixels: np.ndarray, form: str, **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def tiff(*pages: np.ndarray, **options) -> bytes:
    out = io.BytesIO()
    with tifffile.TiffWriter(
        out, bigtiff=options.pop("bigtiff", False), byteorder=options.pop("byteorder", "<")
    ) as to:
        for page in pages:
            to.write(page, contiguous=False, metadata=None, **options)
    return out.getvalue()


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)])
@pytest.mark.parametrize("bits", [8, 16])
def test_png_tiff_and_netpbm_come_back_as_they_went(tmp_path, rng, shape, bits):
    pixels = rng.integers(0, 1 << bits, shape).astype(np.uint8 if bits == 8 else np.uint16)
    kind = b"P5" if len(shape) == 2 else b"P6"
    forms = {
        "png": png(
            5,
            7,
            bits=bits,
            colour=0 if len(shape) == 2 else 2,
            pixels=pixels.astype(f">u{bits // 8}").tobytes(),
        ),
        "tif": tiff(pixels, photometric="minisblack" if len(shape) == 2 else "rgb"),
        "big": tiff(
            pixels, photometric="minisblack" if len(shape) == 2 else "rgb", bigtiff=True, byteorder=">"
        ),
        "pnm": kind
        + b"\n# a film\n5 7\n%d\n" % ((1 << bits) - 1)
        + pixels.astype(f">u{bits // 8}").tobytes(),
    }
    for entry in survey(lay(tmp_path, forms)).entries:
        read = read_picture(entry)
        assert np.array_equal(read.pixels, pixels)
        assert (read.info.height, read.info.width, read.info.bits) == (7, 5, bits)


def test_plain_pgm_values_are_not_stretched(tmp_path):
    read = read_picture(first(tmp_path, b"P2 3 1 4095\n0 17 4095\n"))
    assert read.pixels.tolist() == [[0, 17, 4095]]


def test_black_and_white_is_not_enough_to_measure(tmp_path):
    with pytest.raises(Refused, match="black and white only"):
        read_picture(first(tmp_path, b"P4\n8 1\n\x55"))


def test_an_alpha_that_hides_nothing_is_dropped_and_a_palette_resolved(tmp_path, rng):
    rgba = rng.integers(0, 256, (6, 4, 4)).astype(np.uint8)
    rgba[..., 3] = 255
    assert np.array_equal(read_picture(first(tmp_path, saved(rgba, "PNG"), "a")).pixels, rgba[..., :3])
    image = Image.fromarray(rgba[..., :3]).quantize(4)
    out = io.BytesIO()
    image.save(out, "PNG")
    expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(read_picture(first(tmp_path / "p", out.getvalue())).pixels, expected)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "tiles", "grey"])
def test_what_lies_under_transparency_is_not_guessed(tmp_path, rng, kind):
    rgba = rng.integers(0, 255, (32, 32, 4)).astype(np.uint8)
    data = {
        "PNG": lambda: saved(rgba, "PNG"),
        "TIFF": lambda: saved(rgba, "TIFF"),
        "tiles": lambda: tiff(rgba, photometric="rgb", extrasamples=["unassalpha"], tile=(16, 16)),
        "grey": lambda: saved(np.ascontiguousarray(rgba[..., :2]), "PNG"),
    }[kind]()
    entry = first(tmp_path, data)
    with pytest.raises(Refused, match="transparent in parts"):
        read_picture(entry)
    if kind == "tiles":
        with open_tiled(entry) as slide, pytest.raises(Refused, match="transparent in parts"):
            slide.block((0, 32), (0, 32))


def test_a_fourth_sample_that_is_no_alpha_is_left_out(tmp_path, rng):
    pixels = rng.integers(0, 256, (32, 32, 4)).astype(np.uint8)
    entry = first(tmp_path, tiff(pixels, photometric="rgb", extrasamples=["unspecified"], tile=(16, 16)))
    assert np.array_equal(read_picture(entry).pixels, pixels[..., :3])
    with open_tiled(entry) as slide:
        assert np.array_equal(slide.block((0, 32), (0, 32)), pixels[..., :3])


def test_a_palette_in_a_tiff_is_refused_and_not_read_as_grey(tmp_path, rng):
    image = Image.fromarray(rng.integers(0, 256, (16, 16, 3)).astype(np.uint8)).quantize(16)
    out = io.BytesIO()
    image.save(out, "TIFF")
    entry = first(tmp_path, out.getvalue())
    assert entry.outcome.reason == "not-supported"
    assert "palette" in entry.notices[0].what


def test_lab_values_in_a_tiff_are_refused_and_not_read_as_colours(tmp_path, rng):
    entry = first(tmp_path, tiff(rng.integers(0, 256, (16, 16, 3)).astype(np.uint8), photometric="cielab"))
    assert entry.outcome.reason == "not-supported"
    assert "CIELAB" in entry.notices[0].what


def test_numbers_with_a_sign_are_refused_with_the_way_out(tmp_path):
    with pytest.raises(Refused, match="int16; save it with 8 or 16 bits, whole and without sign"):
        read_picture(first(tmp_path, tiff(np.zeros((8, 8), np.int16))))


def test_more_pixels_than_the_bytes_of_a_jpeg_or_png_can_hold_are_refused_from_the_header(tmp_path):
    side = 14_000
    raw = bytearray(saved(np.zeros((64, 64), np.uint8), "JPEG"))
    struct.pack_into(">HH", raw, raw.index(b"\xff\xc0") + 5, side, side)
    for name, data in {"jpg": bytes(raw), "png": png(side, side)}.items():
        entry = first(tmp_path / name, data)
        assert entry.outcome.reason == "size-mismatch"
        assert f"claims {side} x {side} pixels, and its file has" in entry.notices[0].what


def test_a_picture_of_one_colour_is_small_and_sound(tmp_path):
    flat = np.zeros((2000, 2000), np.uint8)
    for name, data in {
        "png": saved(flat, "PNG", compress_level=9),
        "jpg": saved(flat, "JPEG", quality=1, optimize=True),
        "progressive": saved(flat, "JPEG", quality=1, progressive=True),
    }.items():
        assert read_picture(first(tmp_path / name, data)).pixels.shape == (2000, 2000)


def test_jpeg_is_read_and_known_as_lossy(tmp_path):
    grey = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (64, 1))
    read = read_picture(first(tmp_path, saved(grey, "JPEG", quality=95)))
    assert read.info.lossy
    assert np.abs(read.pixels.astype(int) - grey).max() < 8


def test_print_colours_are_refused(tmp_path):
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    entry = first(tmp_path, out.getvalue())
    assert picture_info(entry).cmyk
    with pytest.raises(Refused, match="print colours"):
        read_picture(entry)


def test_light_is_always_large(tmp_path):
    pixels = np.array([[0, 200]], np.uint8)
    read = read_picture(first(tmp_path, tiff(pixels, photometric="miniswhite")))
    assert read.pixels.tolist() == [[255, 55]]


def test_floating_point_is_refused(tmp_path):
    with pytest.raises(Refused, match="32 bits"):
        read_picture(first(tmp_path, tiff(np.zeros((4, 4), np.float32))))


def test_a_bomb_is_refused_from_its_header(tmp_path):
    entry = first(tmp_path, png(30_000, 30_000))
    assert (entry.outcome.outcome, entry.outcome.reason) == (Outcome.REJECTED, "too-large")
    assert "30000 x 30000 pixels" in entry.notices[0].what


def test_a_hundred_thousand_squared_in_a_tiny_file_is_refused(tmp_path):
    raw = bytearray(tiff(np.zeros((16, 16), np.uint8)))
    for tag in (256, 257):
        place = (
            raw.index(struct.pack("<HH", tag, 3))
            if struct.pack("<HH", tag, 3) in raw
            else raw.index(struct.pack("<HH", tag, 4))
        )
        raw[place : place + 12] = struct.pack("<HHII", tag, 4, 1, 100_000)
    assert first(tmp_path, bytes(raw)).outcome.reason == "size-mismatch"


@pytest.mark.parametrize("cut", [14, 60, 200])
def test_a_cut_picture_is_refused_and_never_filled_up(tmp_path, rng, cut):
    pixels = rng.integers(0, 256, (64, 64), np.uint8)
    for name, data in {
        "png": saved(pixels, "PNG"),
        "jpg": saved(pixels, "JPEG"),
        "tif": tiff(pixels),
    }.items():
        entry = first(tmp_path / name, data[:-cut])
        if entry.outcome is None:
            with pytest.raises(Refused) as refused:
                read_picture(entry)
            assert refused.value.code in ("decode-failed", "truncated")
        else:
            assert entry.outcome.reason in ("truncated", "size-mismatch")


def test_a_png_that_lost_no_more_than_its_end_mark_is_whole(tmp_path):
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(read_picture(first(tmp_path, saved(pixels, "PNG")[:-12])).pixels, pixels)


def loop() -> bytes:
    """A TIFF of one page that names itself as the next."""
    raw = bytearray(tiff(np.full((16, 16), 7, np.uint8)))
    at = struct.unpack_from("<I", raw, 4)[0]
    count = struct.unpack_from("<H", raw, at)[0]
    struct.pack_into("<I", raw, at + 2 + 12 * count, at)
    return bytes(raw)


def test_pages_that_run_in_a_circle_are_read_once(tmp_path):
    entry = first(tmp_path, loop())
    assert [n.code for n in entry.notices] == ["page-loop"]
    assert (read_picture(entry).pixels == 7).all()


def test_a_tiff_whose_directory_lies_past_its_end_is_refused(tmp_path):
    raw = bytearray(tiff(np.zeros((16, 16), np.uint8)))
    struct.pack_into("<I", raw, 4, len(raw) + 100)
    assert first(tmp_path, bytes(raw)).outcome.reason == "truncated"


def test_a_tiff_without_a_page_or_with_thousands_of_tags_is_refused(tmp_path):
    assert first(tmp_path, b"II*\0" + bytes(40)).outcome.reason == "truncated"
    assert first(tmp_path / "b", b"II*\0\x08\0\0\0\xff\xff" + bytes(40)).outcome.reason == "invalid-header"


@pytest.mark.parametrize("compression", [None, "zlib", "jpeg"])
def test_blocks_are_the_same_pixels_as_the_whole(tmp_path, rng, compression):
    pixels = rng.integers(0, 256, (150, 210, 3)).astype(np.uint8)
    entry = first(tmp_path, tiff(pixels, tile=(64, 48), photometric="rgb", compression=compression))
    whole = read_picture(entry).pixels
    with open_tiled(entry) as slide:
        assert slide.shapes == ((150, 210),)
        assert np.array_equal(slide.block((0, 150), (0, 210)), whole)
        assert np.array_equal(slide.block((60, 131), (47, 209)), whole[60:131, 47:209])
        with pytest.raises(IndexError):
            slide.block((0, 151), (0, 1))


def test_strips_are_blocks_too(tmp_path, rng):
    pixels = rng.integers(0, 60000, (100, 30)).astype(np.uint16)
    with open_tiled(first(tmp_path, tiff(pixels, rowsperstrip=7))) as slide:
        assert np.array_equal(slide.block((5, 93), (2, 29)), pixels[5:93, 2:29])


def test_a_pyramid_has_its_levels(tmp_path, rng):
    pixels = rng.integers(0, 256, (128, 256, 3)).astype(np.uint8)
    entry = first(
        tmp_path, tiff(pixels[::4, ::4], pixels, pixels[::2, ::2], tile=(16, 16), photometric="rgb")
    )
    with open_tiled(entry) as slide:
        assert slide.shapes == ((128, 256), (64, 128), (32, 64))
        assert np.array_equal(slide.block((3, 20), (5, 30), level=2), pixels[::4, ::4][3:20, 5:30])
    assert read_picture(entry).pixels.shape == (128, 256, 3)


def test_a_tile_that_was_not_scanned_is_white_and_told(tmp_path):
    raw = bytearray(tiff(np.full((32, 32, 3), 9, np.uint8), tile=(16, 16), photometric="rgb"))
    at = struct.unpack_from("<I", raw, 4)[0]
    for n in range(struct.unpack_from("<H", raw, at)[0]):
        tag, _, count, offset = struct.unpack_from("<HHII", raw, at + 2 + 12 * n)
        if tag == 324:
            assert count == 4
            struct.pack_into("<I", raw, offset + 4, 0)
    entry = first(tmp_path, bytes(raw))
    assert entry.notices[0].what == "1 block(s) of this picture have no pixels; they stay white."
    with open_tiled(entry) as slide:
        block = slide.block((0, 32), (0, 32))
    assert (block[:16, 16:] == 255).all()
    assert (block[:16, :16] == 9).all()


def test_a_damaged_block_is_a_refusal(tmp_path, rng):
    raw = bytearray(tiff(rng.integers(0, 256, (32, 32), np.uint8), tile=(16, 16), compression="zlib"))
    raw[-200:-100] = bytes(100)
    with open_tiled(first(tmp_path, bytes(raw))) as slide, pytest.raises(Refused) as refused:
        slide.block((0, 32), (0, 32))
    assert refused.value.code == "decode-failed"


def test_only_tiff_is_read_by_blocks(tmp_path):
    with (
        pytest.raises(Refused, match="Only a TIFF"),
        open_tiled(first(tmp_path, png(4, 4, pixels=bytes(16)))),
    ):
        pass


def test_colour_planes_are_read_whole_and_not_by_blocks(tmp_path, rng):
    pixels = rng.integers(0, 256, (3, 20, 30)).astype(np.uint8)
    entry = first(tmp_path, tiff(pixels, planarconfig="separate", photometric="rgb"))
    assert np.array_equal(read_picture(entry).pixels, np.moveaxis(pixels, 0, -1))
    with pytest.raises(Refused, match="planes of their own"), open_tiled(entry):
        pass


def test_a_tiled_picture_too_large_for_memory_is_open_to_blocks_only(tmp_path, rng):
    pixels = rng.integers(0, 256, (64, 64), np.uint8)
    entry = first(tmp_path, tiff(pixels, tile=(16, 16)))
    small = Budget(picture_pixels=1000)
    with pytest.raises(Refused, match="too large to be decoded whole"):
        read_picture(entry, small)
    with open_tiled(entry, small) as slide:
        assert np.array_equal(slide.block((0, 16), (0, 16)), pixels[:16, :16])
    with pytest.raises(Refused, match="A block of this TIFF claims"):
        picture_info(entry, Budget(picture_pixels=200))


def test_the_resolution_of_a_tiff_is_told_in_micrometres(tmp_path):
    data = tiff(np.zeros((4, 4), np.uint8), resolution=(20_000, 20_000), resolutionunit="CENTIMETER")
    assert picture_info(first(tmp_path, data)).um_per_px == pytest.approx(0.5)
    data = tiff(np.zeros((4, 4), np.uint8), resolution=(20, 20), resolutionunit="NONE")
    assert picture_info(first(tmp_path / "b", data)).um_per_px is None


def test_several_pages_of_one_size_are_told(tmp_path):
    entry = first(tmp_path, tiff(*(np.full((8, 8), n, np.uint8) for n in (3, 4))))
    assert entry.notices[0].code == "several-pages"
    assert (read_picture(entry).pixels == 3).all()


def test_a_slide_scanner_s_form_is_told(tmp_path):
    entry = first(tmp_path, tiff(np.zeros((8, 8), np.uint8), description="Aperio Image Library v11"))
    assert "scanner's own form" in entry.notices[0].what
    assert entry.outcome.outcome is Outcome.REJECTED


def phone() -> bytes:
    exif = Image.Exif()
    exif[271] = "Apple"
    return saved(np.full((16, 16, 3), 200, np.uint8), "JPEG", exif=exif)


def test_a_telephone_s_photograph_is_told_and_not_measured(tmp_path):
    entry = first(tmp_path, phone())
    assert entry.notices[0].what == (
        "This is a photograph taken with a telephone; of a film or a screen it cannot be measured."
    )
    assert entry.outcome.reason == "phone-photo"


def test_a_telephone_at_a_microscope_is_taken_when_it_is_told(tmp_path):
    found = survey(lay(tmp_path, {"s.jpg": phone(), "s.toml": 'kind = "section"\num_per_px = 0.5\n'}))
    entry = found.entries[0]
    assert (entry.kind, entry.outcome, entry.told.um_per_px) == (FileKind.SECTION, None, 0.5)
    assert [n.code for n in entry.notices] == ["phone-photo"]


def test_a_picture_in_an_archive_is_read_the_same_way(tmp_path, rng):
    pixels = rng.integers(0, 256, (40, 40), np.uint8)
    found = survey(
        lay(
            tmp_path,
            {"x.zip": archive({"a.tif": tiff(pixels, tile=(16, 16)), "a.toml": b'kind = "section"'})},
        )
    )
    entry = found.entries[1]
    assert entry.kind is FileKind.SECTION
    assert np.array_equal(read_picture(entry).pixels, pixels)
    with open_tiled(entry) as slide:
        assert np.array_equal(slide.block((1, 30), (2, 20)), pixels[1:30, 2:20])


def test_a_decoder_that_fails_is_a_refusal_whatever_it_raises(tmp_path, monkeypatch):
    def fail(data):
        raise RuntimeError("inside")

    monkeypatch.setattr(picture.imagecodecs, "png_decode", fail)
    with pytest.raises(Refused, match=r"damaged \(RuntimeError\)"):
        read_picture(first(tmp_path, png(4, 4, pixels=bytes(16))))


def test_a_sidecar_tells_what_a_picture_shows(tmp_path):
    sidecar = 'kind = "mammogram"\nspacing_mm = [0.07, 0.08]\nside = "left"\nview = "MLO"\n'
    film, beside = survey(lay(tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": sidecar})).entries
    assert film.kind is FileKind.FILM
    assert (film.told.kind, film.told.spacing_mm, film.told.side, film.told.view) == (
        "mammogram",
        (0.07, 0.08),
        Side.LEFT,
        "MLO",
    )
    assert film.sidecar == beside.number
    assert beside.outcome.outcome is Outcome.ACCEPTED


def test_a_stain_is_one_of_those_known(tmp_path):
    films = lay(
        tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": 'kind = "section"\nstain = "von_kossa"\n'}
    )
    assert survey(films).entries[0].told.stain is Stain.VON_KOSSA


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "painting"', "'painting' is not one of mammogram, radiograph, section"),
        ("spacing_mm = 0", "spacing_mm = 0 is not a length above 0"),
        ("spacing_mm = [0.1]", "one number, or [row, column]"),
        ('spacing_mm = "0.1"', "spacing_mm must be a number"),
        ("um_per_px = inf", "is not a length above 0"),
        ("um_per_px = true", "must be a number"),
        ("view = 3", "view must be a word in quotes"),
        ('side = "port"', "is not one of left"),
        ('kind = "section"\nspacing = 1', "unknown field 'spacing'"),
        ("kind = section", "This is not sound TOML"),
    ],
)
def test_a_sidecar_with_a_wrong_field_is_refused_by_name(tmp_path, text, words):
    entries = survey(lay(tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": text})).entries
    assert entries[0].told is None
    assert words in entries[1].notices[0].what
    assert entries[1].outcome.outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("word", "site"), [("thigh", "site_thigh"), ("site_hand", "site_hand"), ("Knees", "site_knee")]
)
def test_a_sidecar_names_the_place_in_plain_words(tmp_path, word, site):
    films = lay(tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": f'site = "{word}"\n'})
    assert survey(films).entries[0].told.site == site


def test_a_place_that_is_not_known_is_asked_for(tmp_path):
    entries = survey(
        lay(tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": 'site = "left leg"'})
    ).entries
    assert "is no place that is known; write one word such as hand" in entries[1].notices[0].what


def test_a_stain_says_that_a_picture_is_a_section(tmp_path):
    films = lay(tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": 'stain = "von_kossa"\n'})
    assert survey(films).entries[0].kind is FileKind.SECTION


def test_a_sidecar_without_a_picture_is_told(tmp_path):
    entry = first(tmp_path, b'kind = "section"\n', "lonely.toml")
    assert entry.outcome.reason == "sidecar-alone"


def test_a_case_beside_a_picture_of_its_name_stays_a_case(tmp_path):
    entries = survey(
        lay(tmp_path, {"c.png": png(4, 4, pixels=bytes(16)), "c.toml": "age_years = 61\n"})
    ).entries
    assert [e.kind for e in entries] == [FileKind.PICTURE, FileKind.CASE]


@pytest.mark.parametrize(("turned", "told"), [(1, False), (3, True), (6, True), (8, True)])
def test_a_picture_that_viewers_turn_is_told_so(tmp_path, turned, told):
    exif = Image.Exif()
    exif[274] = turned
    entry = first(tmp_path, saved(np.zeros((40, 60), np.uint8), "JPEG", exif=exif))
    assert ("turned" in {n.code for n in entry.notices}) is told
    assert read_picture(entry).pixels.shape == (40, 60)


@pytest.mark.parametrize("cut", range(6, 32, 4))
def test_damaged_exif_is_no_damaged_picture(tmp_path, cut):
    exif = Image.Exif()
    exif[274] = 6
    data = bytearray(saved(np.zeros((40, 60), np.uint8), "JPEG", exif=exif))
    at = data.index(b"Exif")
    data[at + cut : at + 32] = b"\xff" * (32 - cut)
    assert picture_info(first(tmp_path, bytes(data))).width == 60
