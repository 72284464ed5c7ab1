"""Tables: what cannot be a row is told by its line."""

from __future__ import annotations

import pytest

from kossa.evidence import Refused
from kossa.intake.table import read_table


def test_a_quote_that_is_never_closed_is_named():
    rows = read_table(b'name,value,unit\ncalcium,"2.4,mmol/L\nphosphate,1.1,mmol/L\n').rows
    assert rows[0].fault is not None
    assert "quotation mark that is opened in line 2" in rows[0].fault[1]


def test_a_table_without_rows_is_refused():
    with pytest.raises(Refused, match="no row below it"):
        read_table(b"name,value,unit\n")
