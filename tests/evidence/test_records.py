"""Shared types: closed, frozen, without NaN, and published as JSON Schema."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import numpy as np
import pytest

import kossa
import kossa.evidence as evidence
from kossa.evidence import Interval, Notice, Person, Severity, Sex, decode, encode, to_plain
from kossa.evidence.schema import DOCUMENTS, json_schema

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"


def test_a_number_that_is_not_finite_is_refused_where_it_arises():
    with pytest.raises(ValueError, match=r"Interval\.value is not a finite number"):
        Interval(value=float("nan"), low=None, high=None)


def test_records_are_frozen():
    person = Person(age_years=58.0, sex=Sex.F)
    with pytest.raises(AttributeError):
        person.age_years = 3.0


def test_numpy_numbers_are_written_as_numbers_and_infinite_ones_refused():
    notice = Notice(code="x", severity=Severity.INFO, what="a")
    assert decode(encode(notice), Notice) == notice
    assert to_plain({"a": np.float32(0.5)}) == {"a": 0.5}
    with pytest.raises(ValueError, match="not finite"):
        to_plain({"a": np.float64("inf")})
    with pytest.raises(TypeError, match="cannot be written"):
        to_plain({"a": object()})


def test_unknown_fields_and_words_for_numbers_are_refused_with_their_path():
    with pytest.raises(msgspec.ValidationError, match=r"\$.value"):
        decode(b'{"value": "2.4", "low": null, "high": null}', Interval)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        decode(b'{"value": 2.4, "low": null, "high": null, "more": 1}', Interval)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_published_schemas_are_those_of_the_types(name):
    published = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(json_schema(name))), "run tools/write_schemas.py"
    jsonschema.Draft202012Validator.check_schema(published)


def test_every_public_name_is_there_and_nothing_else():
    for name in evidence.__all__:
        assert getattr(evidence, name) is not None
    assert sorted(evidence.__all__) == sorted(evidence._HOME)
    with pytest.raises(AttributeError):
        getattr(evidence, "nothing_of_the_kind")  # noqa: B009 (the point is the missing name)


RACE = """
import sys, threading
import msgspec
from kossa.evidence.base import from_plain

sys.setswitchinterval(1e-6)  # threads take turns as often as they can


class Grain(msgspec.Struct):
    size: int


class Group(msgspec.Struct):
    grains: "tuple[Grain, ...]" = ()
    named: "dict[str, Grain]" = {}


class Person(msgspec.Struct):
    groups: "tuple[Group, ...]" = ()
    others: "dict[str, Group]" = {}


class Ward(msgspec.Struct):
    people: "list[Person]" = []


start = threading.Barrier(4)
read = []


def learn():
    start.wait()
    content = {"people": [{"groups": [{"grains": [{"size": 1}]}], "others": {"a": {"named": {}}}}]}
    read.append(from_plain(content, Ward).people[0].groups[0].grains[0].size)


threads = [threading.Thread(target=learn) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(read)
"""


def test_threads_that_meet_a_type_at_once_all_read_it():
    # without the lock msgspec 0.22 ended four of five such processes
    for _ in range(8):
        done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, "[1, 1, 1, 1]"), done.stderr


def test_typed_data_come_in_by_one_door():
    home = Path(kossa.__file__).parent
    door = home / "evidence/base.py"
    beside = re.compile(r"msgspec\.convert\(|\bDecoder\([A-Z(]|json\.decode\([^)]*type=")
    found = [p.name for p in home.rglob("*.py") if p != door and beside.search(p.read_text(encoding="utf-8"))]
    assert found == []
