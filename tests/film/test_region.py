"""Where a radiograph was taken: told beside it, else by the file's own word."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import vocabulary
from kossa.film import examine
from kossa.film.region import body_parts
from tests.film import made
from tests.film.test_radiograph import ball


def test_every_part_of_the_body_is_a_site_of_the_vocabulary():
    assert {vocabulary.term(site).kind for site in body_parts().values()} == {"site"}


@pytest.mark.parametrize(
    ("told", "site", "certainty"), [('site = "thigh"\n', "site_thigh", 0.9), ("", "site_soft_tissue", 0.5)]
)
def test_a_deposit_lies_where_the_film_is_said_to_be_taken(tmp_path, told, site, certainty):
    film = ball(made.limb(), (160, 90))
    made.save(film, tmp_path / "leg.png", bits=16)
    (tmp_path / "leg.toml").write_text(f'kind = "radiograph"\nspacing_mm = 0.2\n{told}', encoding="utf-8")
    reading = examine(tmp_path).reading
    assert {(d.site, d.site_certainty) for d in reading.deposits} == {(site, certainty)}
    assert {g.site for g in reading.groups} == {site}
    assert "site_soft_tissue" in {f.id for f in reading.findings}
    assert np.isfinite(reading.spacing_mm)
