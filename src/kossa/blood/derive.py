"""What can be computed from the newest results, each with how far it may be trusted.

Raw calcium is printed first, corrected calcium with its reliability, ionized above both: correction
is no better than the raw value in kidney disease (reference page 0.8 and 3.4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from kossa.blood import formulas
from kossa.blood.analytes import analytes
from kossa.blood.ranges import for_person, judge
from kossa.chemistry.albumin import PER_ALBUMIN, USUAL_ALBUMIN, adjusted_calcium
from kossa.chemistry.units import convert
from kossa.evidence import Flag, OutsideDomain, Person, Range, Result
from kossa.evidence.words_reading import Derived, Reliability

__all__ = ["Kidney", "derive"]

_PAYNE = "Payne, BMJ 1973;4:643"
_CKD_EPI = "Inker, N Engl J Med 2021;385:1737 (CKD-EPI 2021)"
_KENNY = "Kenny and Glen, Lancet 1973;2:158; Payne, Ann Clin Biochem 1998;35:201"
_DUBOURG = "Dubourg, Front Pediatr 2022: under 19 years TRP x plasma phosphate"
_FAIR_ALBUMIN = (30.0, 50.0)  # g/L; reference page 3.4: `fair` inside, else `poor`
_FAIR_EGFR = 60.0


@dataclass(frozen=True, slots=True)
class Kidney:
    """What is known of the kidneys: the newest eGFR, and whether the person is on dialysis."""

    egfr: float | None = None
    dialysis: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """The newest results by test, and the person."""

    current: Mapping[str, Result]
    person: Person
    kidney: Kidney

    def si(self, analyte: str) -> float | None:
        one = self.current.get(analyte)
        return one.value_si if one is not None and one.plausible else None

    def inputs(self, *names: str) -> tuple[str, ...]:
        return tuple(self._input(n) for n in names)

    def _input(self, name: str) -> str:
        one = self.current[name]
        day = f", {one.when[:10]}" if one.when else ""
        return f"{analytes()[name].name} {one.value:g} {one.unit or ''}{day}"

    def when(self, *names: str) -> str | None:
        days = [self.current[n].when for n in names]
        return max((d for d in days if d), default=None)

    def apart(self, *names: str) -> str:
        """A remark where the results are not of one day."""
        days = {(self.current[n].when or "")[:10] for n in names}
        return "" if len(days) == 1 else "the results are not of one day"


def derive(current: Mapping[str, Result], person: Person, kidney: Kidney) -> list[Derived]:
    """Return the derived values that the results allow; one that must not be computed says why."""
    work = _Work(current, person, kidney)
    made = (maker(work) for maker in _MAKERS)
    return [one for several in made for one in several]


def _judged(work: _Work, one: Derived) -> Derived:
    """Add range and flag from the table, where the value stands in the test's SI unit."""
    row = for_person(one.name, work.person.age_years, work.person.sex)
    if row is None or one.value is None or work.person.age_years is None:
        return one
    verdict = judge(one.value, row.low, row.high)
    shown: Range = row.to_range(assumed=False)
    flag = Flag.UNKNOWN if verdict is Flag.NORMAL and row.recalled else verdict
    return _with(one, shown, flag)


def _with(one: Derived, shown: Range | None, flag: Flag) -> Derived:
    return msgspec.structs.replace(one, range=shown, flag=flag)


def _corrected(work: _Work) -> list[Derived]:
    calcium, albumin = work.si("calcium_total"), work.si("albumin")
    if calcium is None or albumin is None or "calcium_corrected" in work.current:
        return []
    reliability, reason = _trust_in_correction(work, albumin)
    names = ("calcium_total", "albumin")
    apart = work.apart(*names)
    row = for_person("calcium_total", work.person.age_years, work.person.sex)
    value = adjusted_calcium(calcium, albumin)
    made = Derived(
        name="calcium_corrected",
        value=value,
        unit="mmol/L",
        formula=f"calcium + {PER_ALBUMIN:g} x ({USUAL_ALBUMIN:g} - albumin), mmol/L and g/L",
        source=_PAYNE,
        inputs=work.inputs(*names),
        reliability=Reliability.POOR if apart else reliability,
        reason="; ".join(r for r in (reason, apart) if r),
        when=work.when(*names),
    )
    if row is None:
        return [made]
    flag = judge(value, row.low, row.high) if work.person.age_years is not None else Flag.UNKNOWN
    return [_with(made, row.to_range(assumed=work.person.age_years is None), flag)]


def _trust_in_correction(work: _Work, albumin_g_l: float) -> tuple[Reliability, str]:
    kidney = work.kidney
    if kidney.dialysis:
        return Reliability.POOR, "on dialysis the correction adds false results (kappa 0.20, Nephrology 2021)"
    if kidney.egfr is not None and kidney.egfr < _FAIR_EGFR:
        return Reliability.POOR, "with an eGFR under 60 the raw value is as good (PMC2488254, PMC5892769)"
    m_protein = work.current.get("m_protein")
    if m_protein is not None and m_protein.flag is Flag.HIGH:
        return Reliability.POOR, "a monoclonal protein may bind calcium"
    low, high = _FAIR_ALBUMIN
    if not low <= albumin_g_l <= high:
        return Reliability.POOR, f"albumin is outside of {low:g} to {high:g} g/L"
    if kidney.egfr is None:
        return Reliability.POOR, "the kidney function is unknown"
    return Reliability.FAIR, "no correction is as good as the ionized calcium"


def _product(work: _Work) -> list[Derived]:
    calcium, phosphate = work.si("calcium_total"), work.si("phosphate")
    if calcium is None or phosphate is None or "calcium_phosphate_product" in work.current:
        return []
    names = ("calcium_total", "phosphate")
    apart = work.apart(*names)
    substance = analytes()["calcium_phosphate_product"].substance
    value = convert(formulas.ca_x_p(calcium, phosphate), "mmol2/L2", "mg2/dL2", substance)
    return [
        Derived(
            name="calcium_phosphate_product",
            value=value,
            unit="mg2/dL2",
            formula="calcium x phosphate (55 KDOQI, 70 Weenig 2007)",
            source="KDIGO dropped the product in 2009: shown, it decides nothing",
            inputs=work.inputs(*names),
            reliability=Reliability.POOR if apart else Reliability.FAIR,
            reason=apart,
            when=work.when(*names),
        )
    ]


def _egfr(work: _Work) -> list[Derived]:
    creatinine = work.si("creatinine")
    if creatinine is None or "egfr" in work.current:
        return []
    why = ""
    value = None
    age, sex = work.person.age_years, work.person.sex
    substance = analytes()["creatinine"].substance
    if work.kidney.dialysis:
        why = "on dialysis creatinine does not tell the kidneys' work"
    elif age is None:
        why = "the age is unknown"
    else:
        try:
            value = formulas.egfr_ckd_epi_2021(convert(creatinine, "umol/L", "mg/dL", substance), age, sex)
        except OutsideDomain as outside:
            why = str(outside)
    return [
        Derived(
            name="egfr",
            value=value,
            unit="mL/min/{1.73_m2}",
            formula="142 x min(S/k,1)^a x max(S/k,1)^-1.2 x 0.9938^age (x 1.012 for women)",
            source=_CKD_EPI,
            inputs=work.inputs("creatinine"),
            reliability=Reliability.GOOD if value is not None else Reliability.NONE,
            reason=why or "not in acute kidney injury, amputation or very unusual muscle mass",
            when=work.when("creatinine"),
        )
    ]


def _phosphate_handling(work: _Work) -> list[Derived]:
    names = ("urine_phosphate", "phosphate", "urine_creatinine", "creatinine")
    up, pp, uc, pc = (work.si(n) for n in names)
    if up is None or pp is None or uc is None or pc is None or not pp or not uc:
        return []
    fraction = formulas.trp(up, pp, uc, pc / 1000.0)  # plasma creatinine is umol/L, urine creatinine mmol/L
    apart = work.apart(*names)
    if not -1.0 <= fraction <= 1.0:
        fraction_reason = (
            "the result is impossible: check that urine and plasma are of one time and the units"
        )
        return [_fraction(work, "trp", None, names, Reliability.NONE, fraction_reason)]
    reliability = Reliability.POOR if apart else Reliability.GOOD
    child = work.person.age_years is not None and work.person.age_years < 19
    tmp = Derived(
        name="tmp_gfr",
        value=formulas.tmp_gfr_mmol_l(fraction, pp, work.person.age_years),
        unit="mmol/L",
        formula=_branch(fraction, child=child),
        source=_DUBOURG if child else _KENNY,
        inputs=work.inputs(*names),
        reliability=reliability if work.person.age_years is not None else Reliability.FAIR,
        reason=apart or ("" if work.person.age_years is not None else "the age is unknown: taken as adult"),
        when=work.when(*names),
    )
    return [
        _judged(work, _fraction(work, "trp", fraction, names, reliability, apart)),
        _judged(work, tmp),
        _judged(work, _fraction(work, "fecapo", 1.0 - fraction, names, reliability, apart)),
    ]


def _branch(fraction: float, *, child: bool) -> str:
    if child:
        return "TRP x plasma phosphate"
    return (
        "TRP x plasma phosphate (TRP <= 0.86)"
        if fraction <= 0.86
        else "0.3 TRP/(1 - 0.8 TRP) x plasma phosphate (TRP > 0.86)"
    )


def _fraction(
    work: _Work, name: str, value: float | None, names: tuple[str, ...], reliability: Reliability, reason: str
) -> Derived:
    formula = "1 - (Up x Pcr)/(Pp x Ucr)" if name == "trp" else "1 - TRP"
    return Derived(
        name=name, value=value, unit="1", formula=formula, source=_KENNY, inputs=work.inputs(*names),
        reliability=reliability, reason=reason, when=work.when(*names),
    )  # fmt: skip


def _calcium_clearance(work: _Work) -> list[Derived]:
    names = ("urine_calcium", "calcium_total", "urine_creatinine", "creatinine")
    uca, sca, ucr, scr = (work.si(n) for n in names)
    if uca is None or sca is None or ucr is None or scr is None or not sca or not ucr:
        return []
    value = formulas.ca_cr_clearance_ratio(uca, sca, ucr, scr / 1000.0)  # creatinine: umol/L over mmol/L
    apart = work.apart(*names)
    made = Derived(
        name="urine_ca_cr_ratio",
        value=value,
        unit="1",
        formula="(UCa x SCr)/(SCa x UCr); under 0.01 and over 0.02 bound the grey zone, not normality",
        source="Marx, JCEM 2015 (PMC5393510); under 0.01 is no proof of FHH (PMC8916780)",
        inputs=work.inputs(*names),
        reliability=Reliability.POOR if apart else Reliability.FAIR,
        reason=apart or "not with thiazide, lithium, kidney disease or lack of vitamin D",
        when=work.when(*names),
    )
    return [_judged(work, made)]


_MAKERS: tuple[Callable[[_Work], list[Derived]], ...] = (
    _corrected,
    _product,
    _egfr,
    _phosphate_handling,
    _calcium_clearance,
)
