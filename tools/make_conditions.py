"""Turn the tables of data/knowledge into the TOML files of `kossa.conditions`, once.

    python tools/make_conditions.py [--out src/kossa/conditions/data]

The tables lie in KOSSA_SHARED (default ../shared). Afterwards the TOML files are the truth: this script
is kept to show where every number came from, and is not run again over files that people have edited.
"""

from __future__ import annotations

# ruff: noqa: E501 - texts of tables
import argparse
import csv
import json
import math
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from condition_rules import (
    CAUTION_ASKS,
    CAUTIONS,
    COMPARED,
    EXAMINATIONS,
    FLOOR_ASKS,
    FLOOR_SHOW,
    FLOOR_WHO,
    FLOORS,
    JOINT,
    MILLISIEVERT,
    RENAL_CHILDREN,
    TESTS,
)

SHARED = Path(os.environ.get("KOSSA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SETTINGS = ("clinic", "radiology", "inpatient", "dialysis")
WIDE = 200  # a likelihood row is one line; ruff does not read TOML
LAB_NAMES = {
    "ca": "calcium",
    "p": "phosphate",
    "pth": "pth",
    "d25": "d25",
    "d125": "d125",
    "alp": "alp",
    "cr": "creatinine",
    "crp": "crp",
}
BIOPSY_RANGE = (0.40, 0.80)  # judgement: what the condition's own biopsy words name is usual, not certain
ANTIBODY_RANGE = (0.15, 0.50)  # judgement: named as typical without a share
KIND_OF_OPTION = {
    "cause": "cause",
    "leave": "leave",
    "cons": "conservative",
    "surg": "surgical",
    "med": "medical",
}
NAMED_OPTIONS = {
    "cause": (
        "treat_cause ckd_p ckd_ca hypercalc_crisis sarcoid hftc calciphylaxis_bundle heparin_switch avoid_gd"
        " nephrocalcinosis_care"
    ),
    "leave": "leave",
    "conservative": (
        "protect analgesia eswt eswt_calcinosis physio_steroid fop_care gaci_care myositis_oss extravasation"
        " venous_care"
    ),
    "surgical": "surgery barbotage phpt_surgery as_care breast_care",
}
GENERAL = {
    "any without symptoms": "neg_no_symptoms or neg_no_pain or not sx_symptomatic",
    "any": "always",
    "any painful": "sx_pain",
    "ulcerated": "sx_skin_ulcer or sx_infected_ulcer",
    "any skin": "site_skin or site_subcutis",
    "all calcinosis and calciphylaxis": "rx_vka or possible(calciphylaxis_uraemic) or possible(calciphylaxis_nonuraemic)",
    "any localized symptomatic": "spread_localized or sx_symptomatic or sx_pain or sx_skin_ulcer",
    "eGFR<30": "egfr_under_30 or hx_dialysis",
}


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one table."""
    with (SHARED / "data/knowledge" / f"{name}.csv").open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


class Names:
    """Tokens of the tables -> vocabulary ids (alias of the table, then the id itself, then None)."""

    def __init__(self) -> None:
        self.rows = {r["id"]: r for r in rows("vocabulary")}
        self.alias = {a: r["id"] for r in self.rows.values() for a in r["aliases"].split("|") if a}
        self.not_findings = {(r["table"], r["token"]) for r in rows("vocabulary_not_findings")}

    def find(self, table: str, token: str) -> str | None:
        """Return the id, or None for a token that is known to be no finding."""
        known = self.alias.get(f"{table}:{token}") or (token if token in self.rows else None)
        if known is None and (table, token) not in self.not_findings:
            raise SystemExit(f"{table}: {token!r} is neither a finding nor listed as none")
        return known

    def words(self, table: str, text: str) -> list[tuple[str, str]]:
        """Return (id, words) for each known phrase of a cell, longest first, each place once."""
        found, rest = [], text
        prefix = f"{table}:"
        phrases = sorted((a.removeprefix(prefix) for a in self.alias if a.startswith(prefix)), key=len)
        for phrase in reversed(phrases):
            if phrase in rest:
                rest = rest.replace(phrase, "#")
                found.append((self.alias[prefix + phrase], phrase))
        return found


def checked(tag: str) -> str:
    """Return how far a number was checked: read, judgement, or unchecked (only recalled)."""
    tag = tag.strip().lower()
    if tag.startswith(("read", "measured", "derived")):
        return "read"
    return "unchecked" if "recalled" in tag else "judgement"


def share(text: str) -> tuple[float, float] | None:
    """Read '45-60 %' or '20 %' in words."""
    if m := re.search(r"(\d+)-(\d+) %", text):
        return int(m[1]) / 100, int(m[2]) / 100
    if m := re.search(r"(\d+) %", text):
        middle = int(m[1]) / 100
        return round(middle * 0.75, 3), round(min(0.95, middle * 1.25), 3)
    return None


def number(text: str) -> float | None:
    """Read a number of a cell, None where it is empty."""
    return float(text) if text.strip() else None


def plain_source(text: str) -> str:
    """Return a source without the words that only make sense where the tables were drawn up."""
    text = re.sub(r"\s*\(mission\)", "", text)
    text = re.sub(r"\bmission; ", "", text)
    text = re.sub(r"^mission$", "definition of the kinds", text.strip())
    return re.sub(r"^design$", "judgement", text) or "judgement"


def row(
    id_: str, low: float, high: float, grade: str, check: str, source: str, **more: Any
) -> dict[str, Any]:
    """Return one likelihood row in the order it is written."""
    out: dict[str, Any] = {"id": id_, "low": low, "high": high}
    out |= {k: v for k, v in more.items() if v not in (None, "")}
    return out | {"grade": grade, "checked": check, "source": plain_source(source)}


def sourced(
    names: Names,
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return likelihoods, prevalences by condition, and numbers about populations that are no cause."""
    likely: dict[str, list[dict[str, Any]]] = defaultdict(list)
    prevalent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    anchors = []
    conditions = {r["id"] for r in rows("conditions")}
    last = ""
    for r in rows("findings"):
        if re.match(r"(same|as above)\b", r["source"]):  # rows are regrouped: name the source itself
            r["source"] = last + re.sub(r"^(same|as above)( series)?", "", r["source"])
        else:
            last = re.split(r"[(:]", r["source"])[0].strip()
        id_ = names.find("findings", r["finding"])
        low, high = float(r["p_low"]), float(r["p_high"])
        facts = {"n": number(r["n"]), "N": number(r["N"])}
        facts = {k: int(v) for k, v in facts.items() if v is not None}
        told = {"grade": r["grade"], "checked": checked(r["tag"]), "source": r["source"]}
        plain = {
            "what": r["finding"],
            "low": low,
            "high": high,
            **facts,
            "quantity": r["quantity"],
            "note": r["note"],
        }
        plain = {k: v for k, v in plain.items() if v != ""} | told
        if r["condition"] not in conditions:
            anchors.append({"population": r["condition"]} | plain)
        elif id_ and r["quantity"] == "probability" and r["role"] == "likelihood":
            likely[r["condition"]].append(
                row(id_, low, high, r["grade"], checked(r["tag"]), r["source"], **facts, note=r["note"])
            )
        else:
            prevalent[r["condition"]].append(plain)
    return likely, prevalent, anchors


def expert(
    names: Names, likely: dict[str, list[dict[str, Any]]]
) -> dict[str, dict[str, tuple[float, float]]]:
    """Add the expert rows; return what each lab token means, taken out of the rows that came from it."""
    tokens: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for r in rows("findings_expert"):
        id_ = names.find("findings_expert", r["finding"])
        low, high = float(r["p_low"]), float(r["p_high"])
        if r["derived_from"].startswith("lab token "):
            stem, token = r["derived_from"].removeprefix("lab token ").split(":")
            tokens[f"{LAB_NAMES[stem]}:{token}"][str(id_)] = (low, high)
            continue
        why = r["derived_from"]
        organ = why == "the condition lies in this organ by definition" and str(id_).startswith("site_")
        source = why if "judgement" in why else f"judgement: {why}"
        likely[r["condition"]].append(
            row(str(id_), low, high, r["grade"], "judgement", source, organ=True if organ else None)
        )
    return tokens


def lexicon(names: Names, likely: dict[str, list[dict[str, Any]]]) -> None:
    """Add the expert likelihood ratios of the lexicon's concepts; the largest of one id stands."""
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for r in rows("lexicon"):
        id_ = names.find("lexicon", r["concept"])
        for part in filter(None, r["lr_expert"].split(";")):
            cause, value = part.split(":")
            lr = float(value)
            old = best.get((cause, str(id_)))
            if old is None or abs(math.log(lr)) > abs(math.log(old[0])):
                best[cause, str(id_)] = (lr, r["concept"])
    for (cause, id_), (lr, concept) in best.items():
        source = f"judgement: ratio against calcified patients of any cause (concept {concept})"
        likely[cause].append({"id": id_, "lr": lr, "grade": "C", "checked": "judgement", "source": source})


def histology(names: Names, likely: dict[str, list[dict[str, Any]]]) -> None:
    """Add what the biopsy and antibody words of a condition name, where no table gives a number."""
    cells = {r["id"]: r for r in rows("conditions")}
    other = {
        "as PXE": "pxe",
        "as SSc": "systemic_sclerosis",
        "as adult": "dermatomyositis",
        "as familial": "tumoral_calcinosis_familial",
        "as uraemic": "calciphylaxis_uraemic",
    }
    for cause, r in cells.items():
        text = r["biopsy"]
        for phrase, same in other.items():
            if phrase in text:
                text = text.replace(phrase, cells[same]["biopsy"])
        for column, cell, usual in (
            ("biopsy", text, BIOPSY_RANGE),
            ("autoantibodies", r["autoantibodies"], ANTIBODY_RANGE),
        ):
            have = {x["id"] for x in likely[cause]}
            for id_, phrase in names.words(f"conditions.{column}", cell):
                if id_ in have or id_ == "bx_calcium" or "protects" in phrase:
                    continue
                have.add(id_)
                low, high = share(phrase) or usual
                if any(w in phrase for w in ("in part", "if ulcer", "in acute", "newborn form", "less")):
                    low, high = 0.10, 0.40
                likely[cause].append(
                    row(
                        id_,
                        low,
                        high,
                        "C",
                        "judgement",
                        f"judgement: named in the condition's {column} ({phrase})",
                    )
                )


def gap_fillers(names: Names, likely: dict[str, list[dict[str, Any]]]) -> int:
    """Add HPO annotations where no other table has the finding; return how many rows were usable."""
    by_hpo = {r["hpo"]: i for i, r in names.rows.items() if r["hpo"]}
    by_hpo |= {r["hpo_id"]: str(names.find("hpo_map", r["finding"])) for r in rows("hpo_map")} | by_hpo
    by_hpo |= {r["hpo_id"]: r["vocabulary_id"] for r in rows("hpo_more") if r["vocabulary_id"]} | by_hpo
    pooled: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for r in rows("hpoa_extract"):
        id_ = by_hpo.get(r["hpo_id"])
        if id_ in names.rows and r["frequency_class"]:
            pooled[r["kossa_condition"], str(id_)].append(r)
    used = 0
    for (cause, id_), many in pooled.items():
        if any(x["id"] == id_ for x in likely[cause]):
            continue
        counts = [(int(r["n"]), int(r["N"])) for r in many if r["frequency_class"] == "count"]
        n, total = sum(c[0] for c in counts), sum(c[1] for c in counts)
        classes = [r for r in many if r["frequency_class"] != "count"]
        if total >= 5:
            low, high = wilson(n, total)
            facts: dict[str, Any] = {"n": n, "N": total}
            used_rows = [r for r in many if r["frequency_class"] == "count"]
        elif classes:
            low, high = min(float(r["p_low"]) for r in classes), max(float(r["p_high"]) for r in classes)
            facts, used_rows = {}, classes
        else:
            continue
        used += len(used_rows)
        source = f"HPO annotations 2025-01-16 ({'; '.join(sorted({r['reference'] or r['disease_id'] for r in used_rows})[:3])})"
        likely[cause].append(row(id_, low, high, "B", "read", source, **facts, gap=True))
    return used


def wilson(n: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson 95 % interval of n of total."""
    p = n / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)


# --- writing ---------------------------------------------------------------------------------------


def toml(value: Any) -> str:
    """Write one value in a line (a JSON string is a TOML basic string)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return f"{value:.5g}" if "." in f"{value:.5g}" or "e" in f"{value:.5g}" else f"{value:.1f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(toml(v) for v in value) + "]"


def table(name: str, items: Iterable[dict[str, Any]]) -> str:
    """Write an array of tables, one line each."""
    lines = "".join(f"  {toml(one)},\n" for one in items)
    return f"{name} = [\n{lines}]\n" if lines else ""


def write(path: Path, head: str, *parts: str) -> None:
    """Write one file with its first line of comment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {head}\n" + "\n".join(p.rstrip("\n") + "\n" for p in parts if p), encoding="utf-8")


def split(cell: str, mark: str = ",") -> list[str]:
    """Return the parts of a cell."""
    return [p.strip() for p in cell.split(mark) if p.strip()]


def condition_file(
    r: dict[str, str],
    names: Names,
    likely: list[dict[str, Any]],
    prevalent: list[dict[str, Any]],
    care: list[str],
    told_by: list[str],
) -> tuple[str, ...]:
    """Return the parts of one condition's TOML."""
    labs = dict(part.split(":") for part in r["labs_pattern"].split())
    sites = [names.find("conditions.sites", s) for s in split(r["sites"])]
    shapes = [names.find("conditions.morphology", s) for s in split(r["morphology"]) if s != "none"]
    plain = {
        "id": r["id"],
        "names": [r["name"]],
        "kind": r["kind"],
        "also_kind": split(r["also_kind"]),
        "group": r["group"],
        "case_group": r["case_group"],
        "tissue": r["tissue_condition"],
        "codes": {"icd10": split(r["icd10"], ";")},
        "labs": {LAB_NAMES[k]: v for k, v in labs.items()},
        "sites": [s for s in sites if s],
        "patterns": [s for s in shapes if s],
        "biopsy": r["biopsy"],
        "autoantibodies": "" if r["autoantibodies"] == "none" else r["autoantibodies"],
        "course": r["onset_course"],
        "lookalikes": split(r["lookalikes"]),
        "lookalikes_other": split(r["lookalikes_other"]),
        "safety": split(r["safety_flags"]),
        "told_by": told_by,
        "care": care,
    }
    prior_source = (
        "judgement: expert weight of the setting; anchors Balin 2012, Picolos 2005, RSNA 2005 (read)"
    )
    prior = "".join(
        f"{s} = {toml({'weight': float(r[f'prior_{s}']), 'grade': 'C', 'checked': 'judgement', 'source': prior_source})}\n"
        for s in SETTINGS
    )
    consequences = [
        {
            k: v
            for k, v in (
                ("what", c["what"]),
                ("how_often", c["how_often"]),
                ("affects", c["affects"]),
                ("grade", c["grade"]),
                ("checked", checked(c["tag"])),
                ("source", plain_source(c["source"])),
            )
            if v
        }
        for c in rows("consequences")
        if c["condition"] == r["id"]
    ]
    head = "".join(f"{k} = {toml(v)}\n" for k, v in plain.items() if v not in ("", []))
    return (
        head,
        table("finding", likely),
        table("prevalence", prevalent),
        table("consequence", consequences),
        f"[prior]\n{prior}",
    )


def modifier_rows() -> list[dict[str, Any]]:
    """Return the shifts of the prior by age, sex and origin as rules."""
    out = []
    rules = {
        "age<5": "age < 5",
        "age<1": "age < 1",
        "age 5-18": "age >= 5 and age < 18",
        "age>65": "age > 65",
        "age>=18": "age >= 18",
        "sex=male": "sex = M",
        "sex=female": "sex = F",
        "endemic_origin": "exp_endemic_country",
    }
    spans = {"age<5": 5.0, "age<1": 1.0, "age 5-18": 13.0, "age>65": 40.0, "age>=18": 82.0}
    for r in rows("modifiers"):
        if r["modifier"] not in rules:
            continue  # dialysis: the setting already holds it
        step = float(r["effect_log10"].split()[0])
        told = {"grade": "C", "checked": checked(r["tag"]), "source": r["source"] or "judgement"}
        one: dict[str, Any] = {"when": rules[r["modifier"]], "log10": step, "causes": split(r["applies_to"])}
        if r["modifier"] in spans:
            one["span_years"] = spans[r["modifier"]]
        out.append(one | told)
        if "female -1" in r["effect_log10"]:
            out.append({"when": "sex = F", "log10": -1.0, "causes": split(r["applies_to"])} | told)
    return out


def option_rows(names: Names) -> list[dict[str, Any]]:
    """Return the care options with their sense, the ids that stand against them, and their rules."""
    sense = {i: k for k, ids in NAMED_OPTIONS.items() for i in ids.split()}
    conditions = {r["id"] for r in rows("conditions")}
    out = []
    for r in rows("care"):
        ending = r["id"].rsplit("_", 1)[-1]
        kind = sense.get(r["id"]) or KIND_OF_OPTION.get(ending, "medical")
        causes = [p for p in split(r["for_condition"], ";") if p in conditions]
        general = [GENERAL[p] for p in split(r["for_condition"], ";") if p not in conditions]
        against = []
        for part in re.split(r"[,;]", r["when_not"]):
            token = part.strip()
            id_ = names.alias.get(f"care.{r['id']}:{token}") or names.alias.get(f"care.when_not:{token}")
            if id_ and id_ not in against:
                against.append(id_)
        evidence = r["evidence"]
        one = {
            "id": r["id"],
            "causes": causes,
            "when": " or ".join(f"({g})" for g in general),
            "kind": kind,
            "what": r["option"],
            "aim": r["aim"],
            "grade": evidence,
            "checked": checked(r["tag"]),
            "source": plain_source(r["source"]),
            "when_not": r["when_not"],
            "against": against,
            "cautions": split(r["caution_rules"], ";"),
        }
        out.append({k: v for k, v in one.items() if v not in ("", [])})
    return out


def shared_files(out: Path, names: Names, tokens: dict[str, Any], anchors: list[dict[str, Any]]) -> None:
    """Write the tables that all conditions share."""
    told = "judgement: what the token of an expert profile means"
    write(
        out / "labs.toml",
        "What a lab token of a condition (N, NH, H, ...) means: the chance of a finding, low to high.",
        table(
            "token",
            (
                {
                    "lab": k.split(":")[0],
                    "token": k.split(":")[1],
                    "id": i,
                    "low": v[0],
                    "high": v[1],
                    "grade": "C",
                    "checked": "judgement",
                    "source": told,
                }
                for k, ids in sorted(tokens.items())
                for i, v in sorted(ids.items())
            ),
        ),
    )
    kinds = [
        {
            "id": r["kind"],
            "definition": r["definition"],
            "tissue": r["tissue"],
            "serum": r["serum_ca_p"],
            "distribution": r["distribution"],
            "examples": r["examples"],
            "note": r["note"],
        }
        for r in rows("kinds")
    ]
    kind_rows = [
        {
            "kind": r["kind"],
            **row(r["finding"], float(r["p_low"]), float(r["p_high"]), r["grade"], "judgement", r["source"]),
        }
        for r in rows("kind_findings")
    ]
    write(
        out / "kinds.toml",
        "The seven kinds, and how often a finding stands in each.",
        table("kind", kinds),
        table("finding", kind_rows),
    )
    write(
        out / "modifiers.toml",
        "Shifts of the prior in log10 by age, sex and origin; of age rows only the narrowest counts.",
        table("modifier", modifier_rows()),
    )
    write(
        out / "anchors.toml",
        "Numbers about populations that are no cause: what the priors were set from.",
        table("anchor", anchors),
    )
    compare = [
        {
            "feature": r["feature"],
            "dystrophic": r["dystrophic"],
            "metastatic": r["metastatic"],
            "number": r["number"],
            "dystrophic_ids": COMPARED.get(r["feature"], ("", ""))[0].split(),
            "metastatic_ids": COMPARED.get(r["feature"], ("", ""))[1].split(),
            "checked": checked(r["tag"]),
            "source": plain_source(r["source"]),
        }
        for r in rows("compare")
    ]
    write(
        out / "compare.toml", "Dystrophic and metastatic calcification side by side.", table("row", compare)
    )
    tests = []
    for r in rows("tests"):
        shows, where, forbid, caution = TESTS[r["test"]]
        one = {
            "id": r["test"],
            "settles": r["settles"],
            "shows": shows.split(),
            "answers": "joint" if r["test"] in JOINT else "",
            "msv": MILLISIEVERT.get(r["test"], ""),
            "where": where,
            "forbidden_by": forbid,
            "cautioned_by": caution,
            "risk": r["risk"],
            "eur_low": int(r["cost_eur_low"]),
            "eur_high": int(r["cost_eur_high"]),
            "invasive": int(r["invasive"]),
            "delay_days": int(r["delay_days"]),
            "harm_rule": r["harm_rule"],
            "grade": r["grade"],
            "checked": "judgement",
            "source": "judgement: expert estimate of cost, delay and harm",
        }
        tests.append({k: v for k, v in one.items() if v not in ("", [])})
    free = {"risk": "none", "eur_low": 0, "eur_high": 0, "invasive": 0, "delay_days": 0}
    tests += [{**one, **free} for one in EXAMINATIONS]
    write(
        out / "tests.toml",
        "Next tests: what they can show, cost, risk, delay, and the rules of harm.",
        table("test", tests),
    )
    flags = []
    for r in rows("redflags"):
        if r["flag"] == "none":
            continue
        flags.append(
            {
                "id": r["flag"],
                "show_as": FLOOR_SHOW[r["flag"]],
                "trigger": r["trigger"],
                "alternatives": [
                    {"sign": s, "unless_not": a} if a else {"sign": s} for s, a in FLOORS[r["flag"]]
                ],
                "ask": FLOOR_ASKS.get(r["flag"], ""),
                "who": FLOOR_WHO.get(r["flag"], r["refer"]),
                "how_soon": r["time"],
                "checked": checked(r["tag"]),
                "source": f"judgement of the clinical table; {r['tag']}",
            }
        )
    write(
        out / "floors.toml", "Dangers that are shown whatever the probabilities say.", table("floor", flags)
    )
    cautions = [
        {
            "id": r["rule"],
            "fires_on": CAUTIONS[r["rule"]],
            "asks": list(CAUTION_ASKS.get(r["rule"], ())),
            "ask_all": r["rule"] not in CAUTION_ASKS,
            "if": r["if"],
            "then": r["then"],
            "severity": r["severity"],
            "checked": checked(r["tag"]),
            "source": r["source"],
        }
        for r in rows("cautions")
    ]
    write(
        out / "cautions.toml",
        "Cautions of care: the rule that fires, what must be known, with whom to discuss.",
        table("caution", cautions),
    )
    write(
        out / "care.toml", "Options of care: never orders, never doses.", table("option", option_rows(names))
    )
    renal = [
        row(i, low, high, "C", "judgement" if s.startswith("judgement") else "unchecked", s)
        for i, (low, high, s) in RENAL_CHILDREN.items()
    ]
    write(
        out / "kidney.toml",
        "How often a sign stands in kidney failure, whatever the deposit's cause.",
        table("finding", renal),
    )


def main() -> None:
    """Write all files."""
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--out", type=Path, default=Path("src/kossa/conditions/data"))
    out: Path = ap.parse_args().out
    names = Names()
    likely, prevalent, anchors = sourced(names)
    tokens = expert(names, likely)
    lexicon(names, likely)
    histology(names, likely)
    used = gap_fillers(names, likely)
    options = option_rows(names)
    told = {r["condition"]: r["any_of"].split("|") for r in rows("told_causes")}
    for r in rows("conditions"):
        care = [o["id"] for o in options if r["id"] in o.get("causes", [])]
        parts = condition_file(r, names, likely[r["id"]], prevalent[r["id"]], care, told.get(r["id"], []))
        write(out / "conditions" / f"{r['id']}.toml", f"{r['name']}.", *parts)
    shared_files(out, names, tokens, anchors)
    print(f"{len(list((out / 'conditions').glob('*.toml')))} conditions, {used} HPO rows used as gap-fillers")  # noqa: T201


if __name__ == "__main__":
    main()
