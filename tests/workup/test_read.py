"""A folder in, a work-up out: the whole chain on a made scan, on words alone, and on nothing."""

from __future__ import annotations

import json
import zipfile

import pytest

from kossa.cli.main import main
from kossa.evidence import Calcification, FileKind, Material, Outcome, Workup, WrongCall, decode
from kossa.report import write_report
from kossa.virtual import cylinder
from kossa.workup import ReadOptions, read

LETTER = """Dear colleague,

thank you for seeing Mrs Jane Testperson, 58 years. Limited systemic sclerosis since 2008, Raynaud for
20 years. Examination: firm calcified nodules of the right thumb, no ulcer. No history of kidney disease.

Yours sincerely
"""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cylinder")
    truth = cylinder.write(folder)
    return folder / "scan", truth


@pytest.fixture(scope="module")
def whole(scanned):
    return read(scanned[0], ReadOptions(mg_per_mm3_hu=scanned[1].factor_mg_per_mm3_hu))


def test_three_deposits_of_known_mass_are_found_where_they_are(whole, scanned):
    assert whole.exit_code == 0
    assert whole.workup.calcification is Calcification.MEASURED
    counted = [d for d in whole.workup.ct[0].deposits if d.kept and d.material is Material.CALCIFICATION]
    assert len(counted) == 3
    for true in scanned[1].deposits:
        near = min(
            counted,
            key=lambda d: sum((a - b) ** 2 for a, b in zip(d.centroid_mm, true.centroid_mm, strict=True)),
        )
        distance = sum((a - b) ** 2 for a, b in zip(near.centroid_mm, true.centroid_mm, strict=True)) ** 0.5
        assert distance < 3
        assert near.mass_integrated_mg.value == pytest.approx(true.mass_mg, rel=0.15)


def test_every_file_of_the_folder_has_an_outcome(whole):
    assert {f.outcome for f in whole.workup.files} <= set(Outcome)
    assert whole.workup.files
    used = [f for f in whole.workup.files if f.outcome is Outcome.ACCEPTED]
    assert {f.kind for f in used} == {FileKind.CT}
    assert len(whole.workup.files) > len(used), "the localiser and the dose sheet are listed too"


def test_the_same_folder_gives_the_same_bytes(whole, scanned, tmp_path):
    again = read(scanned[0], ReadOptions(mg_per_mm3_hu=scanned[1].factor_mg_per_mm3_hu))
    write_report(whole, tmp_path / "a")
    write_report(again, tmp_path / "b")
    for name in ("workup.json", "deposits.csv", "deposits.nii.gz", "report.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_zip_of_the_scan_reads_like_the_folder(whole, scanned, tmp_path):
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(scanned[0].rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(scanned[0]))
    found = read(packed, ReadOptions(mg_per_mm3_hu=scanned[1].factor_mg_per_mm3_hu))
    assert [d.agatston for d in found.workup.ct[0].deposits] == [
        d.agatston for d in whole.workup.ct[0].deposits
    ]


def test_a_letter_alone_gives_a_report_and_its_names_stand_nowhere(tmp_path):
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    assert main(["read", str(tmp_path / "letter.txt"), "-o", str(tmp_path / "out")]) == 0
    workup = decode((tmp_path / "out" / "workup.json").read_bytes(), Workup)
    assert workup.calcification is Calcification.TOLD
    assert workup.weighing.kinds[0].id == "dystrophic"
    for path in (tmp_path / "out").iterdir():
        if path.name != "run.json":
            assert b"Testperson" not in path.read_bytes()


def test_results_alone_are_read_and_nothing_is_weighed(tmp_path):
    (tmp_path / "labs.csv").write_text(
        "name,value,unit,date\ncalcium,2.4,mmol/L,2024-03-01\nphosphate,1.1,mmol/L,2024-03-01\n",
        encoding="utf-8",
    )
    found = read(tmp_path, ReadOptions(age_years=50))
    assert found.exit_code == 0
    assert found.workup.calcification is Calcification.NOT_EXAMINED
    assert {r.analyte for r in found.workup.results} == {"calcium_total", "phosphate"}
    assert found.workup.weighing.kinds == ()
    assert found.workup.weighing.none_of_these is None


def test_an_empty_folder_is_3_and_still_leaves_a_short_report(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    assert main(["read", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 3
    assert "Nothing here could be read" in capsys.readouterr().err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["report.html", "run.json", "workup.json"]


def test_a_path_that_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(WrongCall, match="check the path"):
        read(tmp_path / "nowhere")


def test_an_output_that_cannot_be_written_is_5(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert main(["read", str(tmp_path / "letter.txt"), "-o", str(tmp_path / "taken" / "out")]) == 5
    assert "choose another folder with -o" in capsys.readouterr().err


def test_json_on_stdout_is_the_workup(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    assert main(["read", str(tmp_path / "letter.txt"), "-o", str(tmp_path / "o"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "o" / "workup.json").read_text())


def test_what_was_measured_wins_over_what_a_letter_tells_of_the_same_test(tmp_path):
    (tmp_path / "letter.txt").write_text(
        "She has hypercalcaemia and calcified plaques of the aorta.\n", encoding="utf-8"
    )
    (tmp_path / "labs.csv").write_text("name,value,unit\ncalcium,2.4,mmol/L\n", encoding="utf-8")
    found = read(tmp_path, ReadOptions(age_years=50))
    states = {f.state.value for f in found.workup.findings if f.id == "calcium_high"}
    assert states == {"absent"}


def test_a_stained_section_alone_is_evidence(tmp_path, shared):
    picture = shared / "section" / "synthetic" / "syn_100_von_kossa.png"
    (tmp_path / "a.png").write_bytes(picture.read_bytes())
    (tmp_path / "a.toml").write_text('kind = "section"\nstain = "von_kossa"\n', encoding="utf-8")
    found = read(tmp_path)
    assert found.exit_code == 0
    assert found.workup.sections[0].mineral_percent.value > 10
    assert found.workup.calcification is Calcification.MEASURED


def test_a_contaminated_sample_raises_no_emergency(tmp_path):
    rows = "calcium,3.9,mmol/L,2026-05-01,{0}\ncreatinine,500,umol/L,2026-05-01,{0}\n"
    (tmp_path / "lumps.txt").write_text("Painful skin lumps of the thigh: calcification.\n", encoding="utf-8")
    labs = tmp_path / "labs.csv"
    labs.write_text("name,value,unit,date,comment\n" + rows.format(""), encoding="utf-8")
    sound = read(tmp_path, ReadOptions(age_years=60)).workup
    assert "hypercalcaemic_crisis" in {f.id for f in sound.weighing.floors}
    labs.write_text("name,value,unit,date,comment\n" + rows.format("contaminated sample"), encoding="utf-8")
    spoilt = read(tmp_path, ReadOptions(age_years=60)).workup
    assert [r.value for r in spoilt.results] == [3.9, 500]
    assert not {"hypercalcaemic_crisis", "malignancy_hypercalcaemia"} & {f.id for f in spoilt.weighing.floors}
    assert not spoilt.derived
    assert not [f for f in spoilt.findings if f.id.startswith(("calcium", "egfr"))]


def test_no_name_of_any_file_of_a_folder_comes_out_in_words(tmp_path):
    (tmp_path / "in").mkdir()
    texts = {
        "letter.txt": "Re: Mrs Jane Brown, 58 years\n\nLimited systemic sclerosis since 2008. Brown tumour "
        "of the jaw.\nBloods: calcium 2.33 mmol/L (Jane Brown phoned twice).\n\nYours sincerely\n"
        "Dr Anna Paget\n",
        "second.txt": "Brown has calcinosis of the left hip. Paget asked for films of the hands.\n",
        "labs.csv": "name,value,unit,comment\npotassium,4.9,mmol/L,sample of Jane Brown haemolysed slightly\n"
        "Brown special test,3,mmol/L,\nferritin,Jane Brown refused,ug/L,\n",
        "packet.json": json.dumps(
            {
                "id": "x",
                "subject": {"id": "P1", "sex": "FEMALE"},
                "phenotypicFeatures": [
                    {"type": {"id": "HP:9999999", "label": "Calcinosis seen in Jane Brown"}},
                    {"type": {"id": "HP:9999998", "label": "Frogs of Brown"}},
                ],
                "metaData": {"phenopacketSchemaVersion": "2.0"},
            }
        ),
    }
    for name, text in texts.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    assert main(["read", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 0
    for path in (tmp_path / "out").iterdir():
        written = path.read_text(encoding="utf-8").replace("Brown tumour", "")
        for name in ("Jane", "Brown", "brown_special", "Anna", "Paget"):
            assert name not in written, (path.name, name)
    workup = decode((tmp_path / "out" / "workup.json").read_bytes(), Workup)
    (spoilt,) = [r for r in workup.results if r.analyte == "potassium"]
    assert (spoilt.comment, spoilt.weighed) == ("sample of [name] [name] haemolysed slightly", False)
    assert "site_hip" in {g.site for g in workup.groups}
    assert {f.words for f in workup.findings if f.id == "hx_hyperparathyroidism"} == {"Brown tumour"}
