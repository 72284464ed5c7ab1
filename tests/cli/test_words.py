"""The readers of words from the command line, and the form to fill in by hand."""

from __future__ import annotations

import json
import tomllib

from kossa.cli.main import main


def test_a_new_case_is_a_form_that_reads_as_it_is_and_is_never_overwritten(tmp_path, capsys):
    assert main(["new", str(tmp_path / "case")]) == 0
    path = tmp_path / "case" / "case.toml"
    tomllib.loads(path.read_text(encoding="utf-8"))
    assert main(["new", str(tmp_path / "case")]) == 2
    assert "left as it is" in capsys.readouterr().err


def test_blood_prints_results_in_both_systems(tmp_path, capsys):
    (tmp_path / "labs.csv").write_text("name,value,unit\ncalcium,10.0,mg/dL\n", encoding="utf-8")
    assert main(["blood", str(tmp_path), "--age", "50"]) == 0
    assert "2.495 mmol/L" in capsys.readouterr().out
    assert main(["blood", str(tmp_path), "--age", "50", "--units", "conventional"]) == 0
    assert "10 mg/dL" in capsys.readouterr().out
    assert main(["blood", str(tmp_path), "--age", "50", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"results", "derived", "notices"} <= set(printed)


def test_history_prints_findings_and_what_was_not_understood(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text(
        "Dear Doctor, she has ESRD on haemodialysis. No history of injury. Xylophonic gremlins.\n",
        encoding="utf-8",
    )
    assert main(["history", str(tmp_path)]) == 0
    assert "haemodialysis" in capsys.readouterr().out
    assert main(["history", str(tmp_path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"findings", "not_understood", "notices"} <= set(printed)
