"""What stands in the answer as ids, ratios and notes on sources, as a reader says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kossa.conditions import load
from kossa.evidence import DoneTest, Flip, NextTest, Reason, vocabulary

__all__ = [
    "NO_SHARE",
    "NO_SHARE_WORDS",
    "cause_name",
    "done_words",
    "finding_words",
    "flip_words",
    "harm_words",
    "how_soon",
    "kind_name",
    "label",
    "plain_name",
    "plain_share",
    "reason_parts",
    "share",
    "source_words",
    "test_name",
    "test_note",
    "test_why",
    "times",
    "unmarked",
]

# a film cannot tell cancer from its look-alikes, so no share is given to a person: `kossa causes` has those
# published of lesions sent to biopsy
NO_SHARE = frozenset({"breast_malignant"})
NO_SHARE_WORDS = "no share is given: a radiologist must read the film"
SURE, NEVER = 0.995, 0.005  # a share is never said to be 1 or 0
# vocabulary labels say `lymph node, any`; in a sentence about one person the tail says nothing
_ANY = re.compile(r", (?:any|stated)\b")
_MARKS = re.compile(r"\s*\[(?:read|recalled text)[^\]]*\]|\s*\(read\)")
_FOR_WHOM = re.compile(r"^judgement: (?:ratio against .*?|what the token .*?|\w+ list order)(?= \(grade|$)")
# tests of tests.toml as they are asked for, where the id alone is not plain
_TESTS = {
    "serum_calcium_phosphate_albumin_creatinine": "calcium, phosphate, albumin and creatinine in blood",
    "ionized_calcium": "ionised calcium",
    "pth_intact": "parathyroid hormone (intact PTH)",
    "vitd25": "25-hydroxyvitamin D",
    "vitd1_25": "1,25-dihydroxyvitamin D",
    "pthrp": "PTH-related peptide",
    "spep_flc": "protein electrophoresis and free light chains",
    "urine_ca_cr_ratio": "urine calcium / creatinine clearance ratio",
    "urine_phosphate_tmpgfr": "urine phosphate and TmP/GFR",
    "fgf23": "FGF23",
    "autoantibodies_ana_aca_scl70_rnap3": "antibodies: ANA, centromere, Scl-70, RNA polymerase III",
    "myositis_panel": "myositis antibodies",
    "ck_aldolase": "creatine kinase and aldolase",
    "radiograph_of_site": "radiograph of the place",
    "ct_noncontrast_of_site": "CT of the place without contrast",
    "dual_energy_ct": "dual-energy CT",
    "mri": "MRI",
    "mammogram_magnification": "mammogram with magnification views",
    "biopsy_skin_punch": "punch biopsy of the skin",
    "biopsy_incisional_deep": "deep incisional biopsy",
    "biopsy_core_image_guided": "image-guided core biopsy",
    "echocardiography": "echocardiography",
    "ultrasound": "ultrasound",
    "igra_tst": "tuberculosis test (IGRA or skin test)",
    "chest_ct": "CT of the chest",
    "slit_lamp_fundoscopy": "slit lamp and fundoscopy",
    "gene_panel_ectopic_mineralization": "gene panel for ectopic mineralisation",
    "acvr1_test": "ACVR1 gene test",
    "gnas_test": "GNAS gene test",
    "history_questions": "questions: drugs, injections, injury, travel, dialysis, supplements",
}

# pictures that a person may well have had although nothing in the folder tells of them
LOOKS = frozenset(
    {"radiograph_of_site", "ct_noncontrast_of_site", "mri", "ultrasound", "echocardiography", "chest_ct"}
    | {"mammogram_magnification"}
)


def share(prob: float, low: float, high: float) -> str:
    """Return `0.91 (0.82 to 0.96)`; a share is never said to be 0 or 1."""
    one, least, most = plain_share(prob), plain_share(low), plain_share(high)
    return one if one == least == most else f"{one} ({least} to {most})"


def plain_share(prob: float) -> str:
    """Return `0.91`, `over 0.99` or `under 0.01`."""
    if prob >= SURE:
        return "over 0.99"
    return "under 0.01" if prob < NEVER else f"{prob:.2f}"


def cause_name(id_: str) -> str:
    """Return a condition's first name in plain words."""
    known = load().conditions.get(id_)
    return known.names[0] if known else id_.replace("_", " ")


def kind_name(id_: str) -> str:
    """Return a kind as a physician would call it."""
    return next((k.called for k in load().kinds if k.id == id_ and k.called), id_.replace("_", " "))


def plain_name(id_: str) -> str:
    """Return a condition's name without its examples, in lower case but for initials."""
    name = cause_name(id_).split(" (")[0].split(" / ")[0]
    turned = re.match(r"(\w+), ([\w-]+)$", name)  # `Calciphylaxis, uraemic`
    name = f"{turned[2]} {turned[1].lower()}" if turned else name
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def test_name(id_: str) -> str:
    """Return a test as it is asked for."""
    return _TESTS.get(id_, id_.replace("_", " "))


def unmarked(text: str) -> str:
    """Return words without the vocabulary's `, any`."""
    return _ANY.sub("", text)


def label(id_: str) -> str:
    """Return a finding's label in a sentence about one person."""
    known = id_ in vocabulary.terms()
    return unmarked(vocabulary.label(id_)) if known else id_.replace("_", " ")


def times(ratio: float) -> str:
    """Return `x 16`, `x 2.2`, `x 1/3.6`."""
    part = ratio if ratio >= 1 else 1 / max(ratio, 1e-6)
    number = f"{part:.0f}" if part >= 10 else f"{part:.1f}"
    return f"x {number}" if ratio >= 1 else f"x 1/{number}"


def finding_words(reason: Reason) -> str:
    """Return the finding as it is known of this person: with `no` where absent, with its value."""
    return unmarked(re.split(r": (?:in |x \d)", reason.sentence)[0])


def reason_parts(reason: Reason) -> tuple[str, str]:
    """Return a reason's finding and the numbers behind its ratio (empty where there are none)."""
    head, found, tail = reason.sentence.partition(": in ")
    if not found:
        return finding_words(reason), ""
    return unmarked(head), "in " + tail.rsplit("; x", 1)[0]


def source_words(text: str) -> str:
    """Return a source without the marks of how it was checked, but for what was not."""
    text = _FOR_WHOM.sub("judgement", _MARKS.sub("", text))
    text = text.replace(", judgement)", ")").replace(", read)", ")")
    return re.sub(r"\bunchecked\b", "not checked", text).strip()


def flip_words(flip: Flip) -> str:
    """Return `without tuberculosis: metastatic`, `if PTH is high: metastatic`."""
    datum = unmarked(flip.datum)
    if flip.after == "unknown":
        what = f"without {datum}" if flip.before == "present" else f"if {datum} were not ruled out"
    else:
        what = f"if there is {datum}" if flip.after == "present" else f"if {datum} is ruled out"
    return f"{what}: {kind_name(flip.kind_after)}"


def how_soon(text: str) -> str:
    """Return `the same day`, `within 2 weeks`, `within hours`, `before any procedure`."""
    if text.startswith("same"):
        return f"the {text}"
    return text if text.startswith("before") else f"within {text}"


def harm_words(harm: str) -> str:
    """Return a test's risk, and the caution of this person; rules for other persons are left out."""
    here = re.search(r"\(here: .*\)$", harm)
    return unmarked(harm.split("; ", maxsplit=1)[0] + (f" {here[0]}" if here and "; " in harm else ""))


def test_why(test: NextTest) -> str:
    """Return what a test settles, without its bits."""
    return unmarked(re.sub(r": \d+\.\d+ bit expected$", "", test.why))


def test_note(test: NextTest) -> str:
    """Return what a test settles, which parts nobody measured, and why one that was done is offered again."""
    text = test_why(test)
    if test.missing:
        text += f"; not measured yet: {', '.join(m.replace('_', ' ') for m in test.missing)}"
    if test.again:
        text += f"; done before, offered again: {test.again}"
    elif test.id in LOOKS:
        text += "; if not done yet, for nothing here tells of one"
    return text


def done_words(done: Sequence[DoneTest]) -> str:
    """Return the tests that are done already, those known in one way together."""
    by_how: dict[str, list[str]] = {}
    for one in done:
        by_how.setdefault(one.how, []).append(test_name(one.id))
    return "; ".join(f"{', '.join(names)} ({how})" for how, names in by_how.items())
