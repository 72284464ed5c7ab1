"""1,25-dihydroxyvitamin D is its own test under each of its names, and never plain vitamin D."""

from __future__ import annotations

import pytest

from kossa.blood.analytes import by_name
from kossa.blood.letters import rows_in_text


@pytest.mark.parametrize(
    "name",
    [
        "1,25(OH)2 vitamin D3",
        "1,25-(OH)2-Vitamin-D",
        "1,25 (OH)2 D",
        "1,25-Dihydroxy-Vitamin D",
        "1,25-(OH)2 D3",
    ],
)
def test_a_letters_name_of_calcitriol_is_read_whole(name):
    (row,) = rows_in_text(f"PTH not done. {name}: 96 pg/mL.")
    assert row.name == name
    found = by_name(row.name)
    assert found is not None
    assert found.id == "vitd1_25"


def test_its_storage_form_beside_it_stays_apart():
    first, second = rows_in_text("1,25-(OH)2 vitamin D 300 pmol/L and 25-OH vitamin D 60 nmol/L")
    assert (first.value, second.value) == ("300", "60")
    stored = by_name(second.name)
    assert stored is not None
    assert stored.id == "vitd25"
