"""`kossa simulate`: scenarios, outcomes on disk and on stdout, and calls that cannot be taken."""

from __future__ import annotations

import json

import pytest

from kossa.cli.main import main


def test_the_list_tells_every_scenario(capsys):
    assert main(["simulate", "--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"tuberculosis", "healthy", "ckd_mbd_stomach"} <= {r["id"] for r in rows}
    assert main(["simulate", "--list"]) == 0
    assert "haematoma" in capsys.readouterr().out


@pytest.mark.slow
def test_a_run_writes_its_outcome_its_fields_and_its_page(tmp_path, capsys):
    assert main(["simulate", "healthy", "-o", str(tmp_path), "--years", "0.05", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "outcome.json").read_text(encoding="utf-8"))
    assert printed["outcome"] == "clean"
    assert (tmp_path / "growth.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a scenario"),
        (["haematom"], "haematoma"),
        (["comparison", "--serum", "ckd"], "comparison runs its four cases"),
        (["healthy", "--set", "tnap_dead"], "NAME=VALUE"),
        (["healthy", "--years", "-1"], "more than 0"),
        (["haematoma", "--serum", "ckd"], "--serum normal"),
    ],
)
def test_a_call_that_cannot_be_taken_is_a_sentence(words, said, tmp_path, capsys):
    code = main(["simulate", *words, "-o", str(tmp_path / "o")])
    assert code in (1, 2, 3)
    assert said in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
