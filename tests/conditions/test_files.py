"""The knowledge: complete, sourced, and refused where it is not."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from kossa.conditions import BadKnowledge, load
from kossa.conditions import load as load_function
from kossa.conditions.describe import shares_checked
from kossa.conditions.files import parse_files, read_files

SETTINGS = ("clinic", "radiology", "inpatient", "dialysis")


@pytest.fixture(scope="module")
def contents():
    return read_files()


def edited(contents, name, old, new):
    text = contents[name].decode()
    assert old in text
    return contents | {name: text.replace(old, new, 1).encode()}


def test_all_ninety_five_causes_are_there_with_every_kind():
    known = load()
    assert len(known.conditions) == 95
    kinds = Counter(c.kind for c in known.conditions.values())
    assert set(kinds) == {k.id for k in known.kinds}
    assert kinds["dystrophic"] > kinds["metastatic"] > 10


def test_every_prior_column_sums_to_one_before_the_loader_normalises():
    for setting in SETTINGS:
        total = sum(c.prior[setting].weight for c in load().conditions.values())
        assert total == pytest.approx(1, abs=2e-3)


def test_every_cause_has_a_group_sites_options_and_says_what_it_leads_to():
    for c in load().conditions.values():
        assert c.consequence, c.id
        assert len(c.care) >= 2, c.id
        assert c.case_group or c.id in ("physiologic", "none_of_these")


def test_the_kept_form_is_the_same_as_the_parsed_one(contents):
    assert load() == parse_files(contents)
    assert load_function() is load()


def test_a_number_without_a_source_is_refused(contents):
    bad = edited(contents, "conditions/pxe.toml", 'source = "HPOA PMID:24749718"', 'source = " "')
    with pytest.raises(BadKnowledge, match="sx_angioid_streaks: a number without a source"):
        parse_files(bad)


def test_a_grade_that_is_none_of_a_b_c_is_refused(contents):
    bad = edited(contents, "conditions/pxe.toml", 'grade = "A"', 'grade = "Z"')
    with pytest.raises(BadKnowledge, match="grade 'Z'"):
        parse_files(bad)


def test_an_id_that_the_vocabulary_does_not_hold_is_refused(contents):
    bad = edited(contents, "conditions/pxe.toml", 'id = "sx_angioid_streaks"', 'id = "sx_angioid_steaks"')
    with pytest.raises(BadKnowledge, match="sx_angioid_steaks is not in the vocabulary"):
        parse_files(bad)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("conditions/pxe.toml", 'kind = "genetic"', 'kind = "genetical"', "none of the seven kinds"),
        ("conditions/pxe.toml", 'lookalikes = ["pxe_like_ggcx"]', 'lookalikes = ["pxy"]', "look-alike pxy"),
        ("conditions/pxe.toml", "n = 38, N = 40", "n = 48, N = 40", "48 of 40 is not a count"),
        ("conditions/pxe.toml", "low = 0.835, high = 0.986", "low = 0.9, high = 0.8", "low < high"),
        ("conditions/pxe.toml", "finding = [", "findings = [", "unknown field"),
        ("conditions/pxe.toml", 'id = "pxe"', 'id = "pxx"', "holds the condition pxx"),
        ("floors.toml", "sx_retiform_purpura", "sx_retiform", "sx_retiform is not in the vocabulary"),
        ("cautions.toml", "possible(pxe)", "possible(pxf)", "names no condition"),
        ("cautions.toml", "rx_vka and (", "rx_vka and ((", "closing bracket|ends too early|goes on"),
        ("care.toml", 'kind = "leave"', 'kind = "leaf"', "none of the five senses"),
        ("nodes.toml", '"site:*"', '"sites:*"', "no class of the vocabulary"),
        ("conditions/pxe.toml", "clinic = { weight = ", "clinic = { weight = -", "must be above 0"),
        ("kinds.toml", "kind = [", "kind = ", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_fault(contents, name, old, new, fault):
    with pytest.raises(BadKnowledge, match=fault):
        parse_files(edited(contents, name, old, new))


def test_adding_a_condition_is_adding_one_file(contents):
    text = contents["conditions/werner.toml"].decode().replace('id = "werner"', 'id = "rothmund"')
    more = parse_files(contents | {"conditions/rothmund.toml": text.encode()})
    assert len(more.conditions) == 96
    assert more.conditions["rothmund"].kind == "genetic"


def test_the_share_that_was_read_and_the_share_of_judgement_are_told():
    said = shares_checked(load())
    assert "read in the source" in said
    assert "judgement" in said
    assert "unchecked" in said


def test_disagreeing_sources_are_both_kept():
    hands = [r for r in load().conditions["systemic_sclerosis"].finding if r.id == "site_hand"]
    assert {"Valenzuela 2020", "Portuguese multicentre"} <= {
        s for s in ("Valenzuela 2020", "Portuguese multicentre") for r in hands if s in r.source
    }


@pytest.mark.shared
def test_every_counted_row_of_the_tables_is_kept(shared):
    known = load()
    with (shared / "knowledge/findings.csv").open(newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["n"]]
    assert len(rows) > 90
    for r in rows:
        if r["condition"] in known.conditions:
            c = known.conditions[r["condition"]]
            pairs = {(x.n, x.N) for x in (*c.finding, *c.prevalence)}
        else:
            pairs = {(a.n, a.N) for a in known.anchors if a.population == r["condition"]}
        assert (int(r["n"]), int(r["N"])) in pairs, r


@pytest.mark.shared
def test_every_case_cause_has_its_condition_with_kind_and_group(shared):
    known = load()
    with (shared / "knowledge/crosswalk_cases.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 82
    for r in rows:
        c = known.conditions[r["condition"]]
        assert r["case_kind"] in (c.kind, *c.also_kind)
        assert r["case_group"] == c.case_group


def test_the_kept_form_is_written_once_and_a_folder_that_cannot_be_written_is_no_fault(tmp_path, monkeypatch):
    import kossa.conditions.files as home

    kept = tmp_path / "__pycache__" / "knowledge.json"
    monkeypatch.setattr(home, "_kept", lambda _digest: kept)
    home.load.cache_clear()
    first = home.load()
    assert kept.is_file()
    assert [p.name for p in kept.parent.iterdir()] == ["knowledge.json"]
    home.load.cache_clear()
    assert home.load() == first
    kept.write_bytes(b"{ not the knowledge")
    home.load.cache_clear()
    assert home.load() == first
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setattr(home, "_kept", lambda _digest: blocked / "knowledge.json")
    home.load.cache_clear()
    assert home.load() == first
    home.load.cache_clear()
