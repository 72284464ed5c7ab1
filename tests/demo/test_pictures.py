"""The film and the section beside a scan: truth beside reading."""

from __future__ import annotations

from msgspec.structs import replace

from kossa.demo.bars import picture_bars
from kossa.demo.pictures import compare_pictures
from kossa.evidence import (
    Calcification,
    FilmDeposit,
    FilmGroup,
    FilmKind,
    FilmReading,
    Interval,
    Modality,
    Person,
    SectionReading,
    Stain,
    TrueMark,
    TruePictures,
    TrueSection,
    Workup,
)

TRUTH = TruePictures(
    film=(
        TrueMark(
            id="a", pattern="pattern_rim", mass_mg=9, centroid_px=(50, 50), bbox_px=((40, 40), (60, 60))
        ),
        TrueMark(
            id="b",
            pattern="pattern_tram_track",
            mass_mg=9,
            centroid_px=(200, 99),
            bbox_px=((100, 90), (300, 108)),
        ),
    ),
    film_pixel_mm=0.2,
    section=TrueSection(stain="von_kossa", mineral_percent=12.0),
)


def group(id_, box, *patterns, centre):
    deposit = FilmDeposit(id=f"d{id_}", modality=Modality.FILM, centroid_px=centre, group=id_)
    return FilmGroup(id=id_, members=(deposit.id,), bbox_px=box, patterns=patterns), deposit


def workup(*pairs):
    film = FilmReading(
        kossa_version="0",
        kind=FilmKind.RADIOGRAPH,
        spacing_mm=0.2,
        spacing_source="told",
        shape=(400, 200),
        groups=tuple(g for g, _ in pairs),
        deposits=tuple(d for _, d in pairs),
    )
    section = SectionReading(
        kossa_version="0",
        stain=Stain.VON_KOSSA,
        um_per_px=0.5,
        tissue_px=1000,
        mineral_percent=Interval(value=12.5, low=12.0, high=13.0),
        per_mm2=None,
        largest_um=None,
    )
    return Workup(
        kossa_version="0",
        person=Person(),
        calcification=Calcification.MEASURED,
        films=(film,),
        sections=(section,),
    )


def test_each_deposit_is_set_beside_the_nearest_group():
    found = compare_pictures(
        TRUTH,
        workup(
            group("g1", ((38, 41), (62, 61)), "pattern_rim", centre=(51, 50)),
            group("g2", ((120, 88), (180, 110)), "pattern_sheet_fascial", centre=(150, 99)),
            group("g3", ((350, 20), (360, 30)), "pattern_rim", centre=(355, 25)),
        ),
    )
    first, second = found.marks
    assert (first.found, first.pattern_right, first.away_mm) == (True, True, 0.2)
    # of a long deposit a stretch was seen, as another form, and its middle says nothing
    assert (second.found, second.pattern_right, second.away_mm) == (True, False, None)
    assert found.surplus == 1
    assert (found.section_true, found.section_read) == (12.0, 12.5)


def test_nothing_read_is_nothing_found():
    found = compare_pictures(TRUTH, workup())
    assert [m.found for m in found.marks] == [False, False]
    assert found.surplus == 0


def test_without_pictures_there_is_nothing_to_compare():
    assert compare_pictures(None, workup()) is None


def test_the_demands_on_pictures_say_yes_where_met_and_no_where_not():
    right = workup(
        group("g1", ((38, 41), (62, 61)), "pattern_rim", centre=(51, 50)),
        group("g2", ((120, 88), (180, 110)), "pattern_tram_track", centre=(150, 99)),
    )
    wrong = workup(
        group("g2", ((120, 88), (180, 110)), "pattern_sheet_fascial", centre=(150, 99)),
        group("g3", ((350, 20), (360, 30)), "pattern_rim", centre=(355, 25)),
    )
    met = picture_bars([compare_pictures(TRUTH, right)])
    assert [(b.figure, b.met) for b in met] == [
        ("2 of 2", True), ("2 of 2", True), ("0", True), ("+0.50", True), ("1 of 1", True),
    ]  # fmt: skip
    bad = picture_bars([compare_pictures(TRUTH, wrong), compare_pictures(TRUTH, right)])
    assert [(b.figure, b.met) for b in bad[:3]] == [("3 of 4", False), ("2 of 3", False), ("1", False)]
    far = replace(TRUTH, section=TrueSection(stain="von_kossa", mineral_percent=14.0))
    assert [(b.figure, b.met) for b in picture_bars([compare_pictures(far, right)])[3:]] == [
        ("-1.50", False), ("0 of 1", False),
    ]  # fmt: skip
    assert picture_bars([None]) == ()
