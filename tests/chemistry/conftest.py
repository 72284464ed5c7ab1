"""PHREEQC itself as the twin: its engine, fed with our own tables of species and solids."""

from __future__ import annotations

import csv

import pytest

from kossa.chemistry.saturation import phases
from kossa.chemistry.speciation import species

MASTERS = {
    "Ca": ("Ca+2", 40.078),
    "Mg": ("Mg+2", 24.305),
    "Na": ("Na+", 22.99),
    "K": ("K+", 39.098),
    "P": ("PO4-3", 30.974),
    "C": ("CO3-2", 12.011),
    "Cl": ("Cl-", 35.453),
    "Citrate": ("Citrate-3", 189.102),
}
IONS = {
    "Ca": "Ca+2",
    "Mg": "Mg+2",
    "Na": "Na+",
    "K": "K+",
    "PO4": "PO4-3",
    "CO3": "CO3-2",
    "Cit": "Citrate-3",
}


def _side(counts: list[tuple[float, str]]) -> str:
    return " + ".join(f"{n:g}{name}" if n != 1 else name for n, name in counts if n)


def database() -> str:
    """A PHREEQC database made of `aqueous_species.csv` and `phases.csv`, nothing else."""
    lines = [
        "SOLUTION_MASTER_SPECIES",
        "H H+ -1 H 1.008",
        "H(0) H2 0 H",
        "H(1) H+ -1 0",
        "E e- 0 0 0",
        "O H2O 0 O 16",
        "O(0) O2 0 O",
        "O(-2) H2O 0 0",
        "Alkalinity CO3-2 1 Ca0.5(CO3)0.5 50.05",
    ]
    for element, (ion, weight) in MASTERS.items():
        of = {"P": "P", "C": "CO3", "Citrate": "Citrate"}.get(element, element)
        lines.append(f"{element} {ion} 0 {of} {weight}")
    lines.append("SOLUTION_SPECIES")
    free = ("H+", "e-", "H2O", *(ion for ion, _ in MASTERS.values()))
    lines.extend(f"{ion} = {ion}\n log_k 0" for ion in free)
    lines.append("2H2O = O2 + 4H+ + 4e-\n log_k -86.08")
    lines.append("2H+ + 2e- = H2\n log_k -3.15")
    for row in species():
        left = [(int(row[c]), IONS[c]) for c in IONS] + [(int(row["H2O"]), "H2O")]
        h = int(row["H"])
        left_text = _side([*left, (h, "H+")] if h > 0 else left)
        right = row["name"].replace("Cit", "Citrate") + (f" + {-h}H+" if h < 0 else "")
        gamma = row["ion_size_angstrom"]
        size = "0" if gamma in {"0", "limiting"} else gamma
        lines.append(f"{left_text} = {right}\n log_k {row['log_k_25']}\n delta_h {row['delta_h_kj']} kJ")
        lines.append(f" -gamma {size} 0")
    lines.append("PHASES")
    for solid in phases().values():
        head = solid.reaction.split(" = ")[0]
        ions = [
            (solid.calcium, "Ca+2"),
            (solid.hydrogen, "H+"),
            (solid.phosphate, "PO4-3"),
            (solid.hydrogen_phosphate, "HPO4-2"),
            (solid.hydroxide, "OH-"),
            (solid.water, "H2O"),
        ]
        lines.append(f"K_{solid.name}\n {head} = {_side(ions)}")
        lines.append(f" log_k {solid.log_k_25}\n delta_h {solid.delta_h_kj} kJ")
    lines.append("END")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def phreeqc():
    """A function: fluids as dicts (ca, p, ph, mg, dic, na, k, cit, t) to dicts of SI and free calcium."""
    from phreeqpython.viphreeqc import VIPhreeqc

    engine = VIPhreeqc()
    engine.load_database_string(database())

    def run(fluids):
        text = ["KNOBS\n -convergence_tolerance 1e-12\nEND"]
        punch = ", ".join(f'SI("K_{name}")' for name in phases())
        heads = " ".join(phases())
        text.append(
            "SELECTED_OUTPUT 1\n -reset false\n -high_precision true\nUSER_PUNCH 1\n"
            f' -headings {heads} free I\n 10 PUNCH {punch}, MOL("Ca+2"), MU'
        )
        for n, f in enumerate(fluids, 1):
            citrate = f" Citrate {f['cit']}\n" if f["cit"] else ""
            text.append(
                f"SOLUTION {n}\n units mmol/kgw\n temp {f['t']}\n pH {f['ph']}\n Ca {f['ca']}\n P {f['p']}\n"
                f" Mg {f['mg']}\n C {f['dic']}\n Na {f['na']}\n K {f['k']}\n"
                f"{citrate} Cl {f['na'] - 20} charge\nEND"
            )
        engine.run_string("\n".join(text) + "\n")
        heads, *values = engine.get_selected_output_array()
        return [dict(zip(heads, row, strict=True)) for row in values]

    return run


@pytest.fixture(scope="session")
def oracle(shared):
    """A function: name of a PHREEQC table in the reference data to its rows."""

    def rows(name):
        with (shared / "chemistry" / name).open() as file:
            return list(csv.DictReader(file))

    return rows
