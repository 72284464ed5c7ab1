"""A tissue to run, put together by hand: a dead region in a perfused cube, slab or sphere."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.process.crystals import make_law
from kossa.process.evolve import Run, Tissue
from kossa.process.injury import Harm
from kossa.process.parameters import law
from kossa.process.serum import named_serums, saturation_table

CENTRE = {name: s.value for name, s in law().items()}
# nuclei enough that a deposit grows within weeks, so that tests are short
QUICK = {
    **CENTRE,
    "nucleation_rate": 1e7,
    "barrier_debris": 12.0,
    "growth_constant": 2e-7,
    "ph_dead_days": 2.0,
}


@pytest.fixture(scope="session")
def quick():
    return dict(QUICK)


@pytest.fixture(scope="session")
def tissue_run():
    """A function: mesh, dead (interior share), parameters to a Run that has suffered its injury."""
    tables = {}

    def make(mesh, dead, p=None, *, serum="normal", step=None, rotate=None):
        p = dict(QUICK if p is None else p)
        blood = named_serums()[serum]
        if serum not in tables:
            tables[serum] = saturation_table(blood, 6.7, 7.7)
        table, u_max, _ = tables[serum]
        tissue = Tissue.of(
            mesh, exchange=p["exchange"], diffusivity=p["diffusion_ions"], site_ph=p["ph_tissue"]
        )
        run = Run(mesh, tissue, make_law(p, u_max), table, p, blood.ppi, fixed_step=step)
        dead = np.asarray(dead, dtype=float)
        if dead.any():
            run.suffer(Harm(0.0, 1.0 - dead, dead, np.zeros_like(dead)))
        return run

    return make
