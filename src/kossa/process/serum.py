"""The blood that bathes the tissue: its ions, and the saturation of every state the run can reach.

Calcium and phosphate leave the fluid in one ratio (5 to 3), so a voxel's fluid is known from one number,
the share of the limiting ion that is left, and its pH. The table is filled by the very speciation that
reads a person's blood, on a grid of these two; between its nodes it is cubic, and its largest error,
measured at the middles, is told with the run.
"""

from __future__ import annotations

import math
from functools import cache

import msgspec
import numpy as np
import numpy.typing as npt

from kossa.chemistry.saturation import phases, saturation
from kossa.chemistry.serum import LIFE, serum_fluid
from kossa.chemistry.speciation import Fluid, distribution, speciate, species
from kossa.evidence.base import Record, from_plain
from kossa.evidence.errors import WrongCall
from kossa.process.kernels.deposit import Table, lookup
from kossa.process.parameters import Parameter, read_toml

__all__ = ["CA_P", "Serum", "named_serums", "person_serum", "saturation_table", "serum_by_name"]

Floats = npt.NDArray[np.float64]

CA_P = 5.0 / 3.0  # calcium to phosphate of apatite
FRACTIONS = (0.01, 1.25, 497)  # share of the limiting ion left: low, high, nodes (over 1: dissolving mineral)
PH_STEP = 0.02


class Serum(Record, frozen=True, kw_only=True):
    """Serum water, mmol per kg; `ppi` is free pyrophosphate, umol/L.

    `free_calcium` is what the electrode tells. The three sd describe the spread between people (of free
    calcium, phosphate, log pyrophosphate).
    """

    title: str
    free_calcium: float
    phosphate: float
    magnesium: float = 0.55
    dic: float = 25.0
    sodium: float = 140.0
    potassium: float = 4.2
    citrate: float = 0.12
    ppi: float = 2.3
    ph_shift: float = 0.0
    sd_calcium: float = 0.0
    sd_phosphate: float = 0.0
    log_sd_ppi: float = 0.0
    source: str = "given"
    grade: str = "given"

    def __post_init__(self) -> None:
        """Refuse what no living serum holds, by name and range."""
        super().__post_init__()
        limits = {
            "free_calcium": LIFE["ionised"],
            "phosphate": LIFE["phosphate"],
            "magnesium": LIFE["magnesium"],
            "sodium": LIFE["sodium"],
            "potassium": LIFE["potassium"],
            "citrate": LIFE["citrate"],
            "ppi": (0.01, 200.0, "umol/L"),
        }
        for name, (low, high, unit) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise WrongCall(
                    f"serum {name} {value:g} {unit} is outside what living serum holds "
                    f"({low:g} to {high:g} {unit})"
                )

    def drawn(self, rng: np.random.Generator) -> Serum:
        """Return one person's serum from this population."""
        return msgspec.structs.replace(
            self,
            free_calcium=max(0.5, float(rng.normal(self.free_calcium, self.sd_calcium))),
            phosphate=max(0.3, float(rng.normal(self.phosphate, self.sd_phosphate))),
            ppi=self.ppi * math.exp(float(rng.normal(0.0, self.log_sd_ppi))),
        )

    def fluid(self, calcium: npt.ArrayLike, phosphate: npt.ArrayLike, ph: npt.ArrayLike) -> Fluid:
        """Return this serum's water with other calcium (total), phosphate and pH."""
        return Fluid(
            calcium, phosphate, ph, self.magnesium, self.dic, self.sodium, self.potassium, self.citrate
        )

    @property
    def calcium(self) -> float:
        """Return the ultrafilterable calcium, mmol/kg, that holds this free calcium at pH 7.40."""
        return _filterable(self)

    def index(self, ph: float) -> dict[str, float]:
        """Return the saturation indices of this blood at a pH."""
        values = saturation(self.fluid(self.calcium, self.phosphate, ph))
        return {name: round(float(v), 4) for name, v in values.items()}

    def parameters(self) -> tuple[Parameter, ...]:
        """Return what of the serum enters the run, for the record."""
        units = {"ppi": "umol/L", "ph_shift": "pH"}
        names = (
            "free_calcium",
            "phosphate",
            "magnesium",
            "dic",
            "sodium",
            "potassium",
            "citrate",
            "ppi",
            "ph_shift",
        )
        told = {"source": self.source, "grade": self.grade}
        return tuple(
            Parameter(name=f"serum_{n}", value=getattr(self, n), unit=units.get(n, "mmol/kg"), **told)
            for n in names
        )


@cache
def _filterable(serum: Serum) -> float:
    fluid = Fluid(
        serum.free_calcium, serum.phosphate, 7.40, serum.magnesium, serum.dic, serum.sodium, serum.potassium,
        serum.citrate, free_calcium=True,
    )  # fmt: skip
    amounts = distribution(speciate(fluid, tol=1e-10))
    bound = sum(float(amounts[row["name"]]) for row in species() if int(row["Ca"]))
    return 1e3 * (float(amounts["Ca"]) + bound)


@cache
def named_serums() -> dict[str, Serum]:
    """Return the serums that can be asked for by name."""
    return {name: from_plain(entry, Serum) for name, entry in read_toml("serums").items()}


def person_serum(
    free_calcium: float,
    phosphate: float,
    *,
    magnesium: float | None = None,
    total_co2: float | None = None,
    sodium: float | None = None,
    potassium: float | None = None,
    uraemic: bool = False,
) -> Serum:
    """Return a person's own serum for `grow`, from results per litre (mmol/L).

    `free_calcium` is the measured ionised calcium or that of the site model (`chemistry.serum`).
    Pyrophosphate is no routine test: it is taken from the normal or the uraemic serum, and said so in
    `source`. Raises `OutsideDomain` outside living serum.
    """
    fluid = serum_fluid(
        free_calcium,
        phosphate,
        magnesium=magnesium,
        total_co2=total_co2,
        sodium=sodium,
        potassium=potassium,
    )
    like = serum_by_name("ckd" if uraemic else "normal")
    names = {"free_calcium": "calcium"} | {
        n: n for n in ("phosphate", "magnesium", "dic", "sodium", "potassium", "citrate")
    }
    held = {name: float(np.asarray(getattr(fluid, field))) for name, field in names.items()}
    return msgspec.structs.replace(
        like,
        **held,
        title="the person's own serum",
        sd_calcium=0.0,
        sd_phosphate=0.0,
        log_sd_ppi=0.0,
        grade="given",
        source=f"the person's results; pyrophosphate assumed as in {like.title}",
    )


def serum_by_name(name: str) -> Serum:
    """Return one serum; raises `WrongCall` with the known names."""
    known = named_serums()
    if name not in known:
        raise WrongCall(f"no serum called {name!r}; known: {', '.join(known)}")
    return known[name]


def saturation_table(serum: Serum, ph_low: float, ph_high: float) -> tuple[Table, float, float]:
    """Return the table of a run, the deficit at which an ion is used up (mM), and the error (SI)."""
    calcium, phosphate = serum.calcium, serum.phosphate
    u_max = min(calcium, CA_P * phosphate)
    left = np.linspace(*FRACTIONS)
    ph = np.arange(ph_low - 2 * PH_STEP, ph_high + 3.5 * PH_STEP, PH_STEP)
    names = ("OCP", "HAP")

    def indices(fraction: Floats, at: Floats) -> Floats:
        f, p = np.meshgrid(fraction, at, indexing="ij")
        u = u_max * (1.0 - f)
        state = serum.fluid(np.maximum(calcium - u, 1e-6), np.maximum(phosphate - u / CA_P, 1e-6), p)
        values = saturation(state, names)
        return np.stack([values[name] for name in names])

    table = Table(left[0], left[1] - left[0], ph[0], PH_STEP, indices(left, ph))
    f_mid, ph_mid = 0.5 * (left[60:-2:20] + left[61:-1:20]), 0.5 * (ph[1:-3] + ph[2:-2])
    exact = indices(f_mid, ph_mid)
    found = np.array([[lookup(table, 0, f, p) for p in ph_mid] for f in f_mid])
    return table, u_max, float(np.abs(found - exact[0]).max())


def database_spread() -> dict[str, float]:
    """Return by how much databases differ in each index that is shown."""
    return {name: phases()[name].spread for name in ("HAP", "OCP", "DCPD", "ACP2")}
