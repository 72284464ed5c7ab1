"""What is said of a section: findings with their limits, and notices, made from the same figures."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from kossa.evidence import Finding, Interval, Notice, Severity, Source, Stain, State
from kossa.section.artefacts import Artefacts
from kossa.section.stain import RULES

__all__ = ["FAR_DEG", "MINERAL", "Said", "describe"]

FAR_DEG = 10.0  # mean angle from which a picture's colours do not fit a stain (judgement)
DOUBTFUL_CAST, DOUBTFUL_GLASS = (
    20.0,
    50.0,
)  # percent of the mineral from which it is not called so (judgement)
#: certainties of a picture's word, all judgement: silver and Alizarin without controls, a negative without a
#: control slide, haematoxylin without either (nuclei and mucus are blue as well)
CERTAIN = {Stain.VON_KOSSA: 0.8, Stain.ALIZARIN_RED: 0.8, Stain.HE: 0.5}
CERTAIN_NEGATIVE, CERTAIN_PIGMENT = 0.6, 0.6
POSITIVE = {
    Stain.VON_KOSSA: "bx_von_kossa_positive",
    Stain.ALIZARIN_RED: "bx_alizarin_positive",
    Stain.HE: "bx_he_calcium",
}
MINERAL = frozenset(POSITIVE.values())
NEGATIVE = {Stain.VON_KOSSA: "bx_von_kossa_negative", Stain.ALIZARIN_RED: "bx_alizarin_negative"}
#: what each stain shows and does not (reference page films_and_sections.md, section 5)
SHOWS = {
    Stain.VON_KOSSA: (
        (
            "The silver of von Kossa shows phosphate or carbonate, not calcium itself; formalin pigment, "
            "haemosiderin, melanin, carbon and stain dust can be as dark."
        ),
        "Compare an Alizarin Red section, and one treated with acid, from which a true calcium salt is gone.",
    ),
    Stain.ALIZARIN_RED: (
        (
            "Alizarin Red S binds calcium (at pH 4.1 to 4.3); a wrong pH stains other things, and red ink "
            "has its colour."
        ),
        "Compare a von Kossa section, and a section treated with acid.",
    ),
    Stain.HE: (
        (
            "On H&E mineral is only a dark blue: nuclei, mucus and bacteria are blue as well, and single "
            "dark nuclei are counted up to half a percent of the tissue."
        ),
        "Confirm with von Kossa and Alizarin Red.",
    ),
}
TESTED = (
    "These figures were tested on made pictures of known content and on one real section without mineral; "
    "how often a real deposit is missed or wrongly found has not been measured."
)


@dataclass(frozen=True, slots=True)
class Said:
    """Findings and notices of one section, and whether what is dark may be called mineral."""

    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    doubtful: bool


def describe(
    stain: Stain,
    percent: Interval,
    artefacts: Artefacts,
    curve: tuple[tuple[float, float], ...],
    *,
    degrees: float | None,
    partial: bool,
    acid: bool,
    source: Source,
    dark: bool = False,
    of: str = "tissue",
) -> Said:
    """Return what is said; `degrees` is how far the tissue's colours lie from the stain.

    `dark`: neither glass nor light is known, so that nothing is called mineral. `of`: what the share is of,
    the tissue or, where that is not told from glass, the picture.
    """
    far = degrees is not None and degrees > FAR_DEG
    doubtful = dark or far or artefacts.cast > DOUBTFUL_CAST or artefacts.on_glass > DOUBTFUL_GLASS
    findings = list(_findings(stain, percent, doubtful=doubtful, partial=partial, acid=acid, of=of))
    if artefacts.pigment or artefacts.cast:
        findings.append(
            Finding(
                id="bx_pigment",
                certainty=CERTAIN_PIGMENT,
                value=round(artefacts.pigment, 3),
                unit="%",
                words="brown that is not of this stain",
            )
        )
    notices = list(_notices(stain, percent, artefacts, curve))
    if far and degrees is not None:
        notices.insert(0, _colours(stain, degrees))
    if acid and not percent.below_limit and percent.value is not None:
        notices.append(
            _warn(
                "acid-not-cleared",
                f"After acid {percent.value:.2f} % of the tissue is still dark: that is no calcium salt.",
                todo="Look for pigment; compare the same place of the untreated section.",
            )
        )
    return Said(
        tuple(replace(f, source=source) for f in findings),
        tuple(replace(n, source=source) for n in notices),
        doubtful,
    )


def _findings(
    stain: Stain, percent: Interval, *, doubtful: bool, partial: bool, acid: bool, of: str
) -> list[Finding]:
    """Return positive, negative or unknown, and the share; a section after acid speaks by its pair only."""
    if percent.value is None or acid:
        return []
    share = f"{percent.value:.2f} % of the {of} ({percent.low:.2f} to {percent.high:.2f})"
    if percent.below_limit:
        if stain not in NEGATIVE or partial or doubtful:
            return [Finding(id=POSITIVE[stain], state=State.UNKNOWN, certainty=0.5, words=share)]
        return [
            Finding(
                id=NEGATIVE[stain],
                certainty=CERTAIN_NEGATIVE,
                words="nothing above the floor in this section; no control slide was seen",
            ),
            _share(percent, of),
        ]
    if doubtful:
        return [Finding(id=POSITIVE[stain], state=State.UNKNOWN, certainty=0.5, words=share)]
    return [Finding(id=POSITIVE[stain], certainty=CERTAIN[stain], words=share), _share(percent, of)]


def _share(percent: Interval, of: str) -> Finding:
    return Finding(
        id="score_mineral_area_percent",
        value=percent.value,
        unit="%",
        words=f"share of {of} above the floor of the stain",
    )


def _notices(
    stain: Stain, percent: Interval, artefacts: Artefacts, curve: tuple[tuple[float, float], ...]
) -> list[Notice]:
    shows, todo = SHOWS[stain]
    out = [_info("what-the-stain-shows", shows, todo=todo), _info("tested-on-made-pictures", TESTED)]
    if percent.value is None:
        return out
    if percent.below_limit and stain in NEGATIVE:
        out.append(
            _info(
                "negative-needs-control",
                "Nothing was found above the floor. A decalcified block or a failed stain looks the same.",
                todo="Look at the control slide of the same run, and ask whether the block was decalcified.",
            )
        )
    if not percent.below_limit:
        named = [(t, share) for t, share in curve if t in (0.2, 0.3, 0.5, 0.8)]
        steps = ", ".join(f"{share:.2f} % at {t}" for t, share in named)
        out.append(
            _info(
                "threshold-curve",
                f"The share depends on where the edge is drawn: with one fixed density for the whole picture "
                f"it is {steps}. The figure here draws each edge half-way.",
            )
        )
    return out + _artefact_notices(artefacts)


def _artefact_notices(a: Artefacts) -> list[Notice]:
    out = []
    if a.pigment:
        out.append(
            _warn(
                "pigment",
                f"{a.pigment:.2f} % of the tissue is brown: haemosiderin, melanin, formalin pigment or "
                "another chromogen, not mineral by its colour.",
                done="It was not counted as mineral.",
                todo="Perls for iron, bleaching for melanin, picric acid for formalin pigment.",
            )
        )
    if a.cast:
        out.append(
            _warn(
                "brown-cast",
                f"{a.cast:.0f} % of what is counted as mineral has a brown cast and may be pigment.",
                done="It was counted."
                if a.cast <= DOUBTFUL_CAST
                else "It was counted, and not called mineral.",
                todo="Compare a section treated with acid: pigment stays, a calcium salt goes.",
            )
        )
    if a.fold:
        out.append(
            _warn(
                "fold",
                f"{a.fold:.1f} % of the tissue is twice as dense as the rest with the same hue: a fold. "
                f"{a.mineral_in_fold:.1f} % of the mineral lies in it.",
                todo="Measure a place without a fold.",
            )
        )
    if a.ink:
        out.append(
            _warn(
                "pen",
                f"{a.ink:.1f} % of the picture has the colour of ink.",
                done="Where its colour is told from every stain, neither tissue nor mineral is counted.",
                todo="Clean the slide.",
            )
        )
    if a.rings:
        out.append(
            _warn(
                "ring",
                f"{a.rings} of the deposits {'has' if a.rings == 1 else 'have'} the form of a ring: the wall "
                "of a calcified vessel, or the rim of an air bubble.",
                done="Counted.",
                todo="Look at the overlay.",
            )
        )
    if a.on_glass:
        out.append(
            _warn(
                "dark-on-glass",
                f"{_digits(a.on_glass)} % of what is counted as mineral has glass around it: pen, dust, or "
                "mineral that tore off.",
                done="It was counted."
                if a.on_glass <= DOUBTFUL_GLASS
                else "It was counted, and not called mineral.",
                todo="Look at the overlay.",
            )
        )
    return out


def _digits(share: float) -> str:
    return f"{share:.0f}" if share >= 1 else f"{share:.1f}"


def _colours(stain: Stain, degrees: float) -> Notice:
    return _warn(
        "colours-do-not-fit",
        f"The colours of this picture lie {degrees:.0f} degrees from those of {RULES[stain].name}: another "
        "stain, another chromogen, or no section (a photograph).",
        done="It was read as told, and nothing in it is called mineral.",
        todo="Check the stain and the picture.",
    )


def _info(code: str, what: str, *, done: str = "", todo: str = "") -> Notice:
    return Notice(code=code, severity=Severity.INFO, what=what, done=done, todo=todo)


def _warn(code: str, what: str, *, done: str = "", todo: str = "") -> Notice:
    return Notice(code=code, severity=Severity.WARNING, what=what, done=done, todo=todo)
