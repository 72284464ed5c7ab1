"""Training of the spot's log ratio (src/kossa/film/likelihood.py), each woman's films tested on the other's.

Deposits: spots within 0.3 mm of a made one (films_and_sections.md 2.2), contrasts at so many times
the bar's D90 at each diameter as TRAINED says: faint ones, and bright ones that must count too. Noise: the spots of the same films without insertion. Logistic regression, ridge 1e-3, both
kinds and all sets of films weighing alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kossa.film.detect import detect
from kossa.film.likelihood import COEFFICIENTS, NAMES, figures
from validate.film_sets import BARS, SIZES, films, maker, places, put

# set of films: seed, contrasts in shares of the bar's D90
TRAINED = {
    "MIAS 200": (910, (0.7, 0.9, 1.0, 2.0, 4.0)),
    "P00173 200": (911, (0.8, 1.0, 2.5)),
    "P00173 100": (912, (0.8, 1.0, 2.5)),
}
NEAR_MM = 0.3
RIDGE = 1e-3


@dataclass
class Made:
    """Spots found on one film, or on one film with groups; truth in pixels of the spots' film."""

    film: str
    d: float
    times: float
    mm: float
    found: object
    centres: np.ndarray
    deposits: np.ndarray

    def hit(self) -> np.ndarray:
        """Say which spots lie on a made deposit."""
        s = self.found.spots
        at = np.column_stack([s.y, s.x]) + self.found.origin
        if not len(self.deposits) or not len(at):
            return np.zeros(len(at), bool)
        away = np.hypot(*(at[:, None] - self.deposits).transpose(2, 0, 1)).min(1)
        return away * self.mm <= NEAR_MM


def make(name: str, seed: int, times: tuple[float, ...]) -> tuple[list[Made], list[Made]]:
    """The films of a set without and with made groups, each diameter and contrast once a film."""
    rng = np.random.default_rng(seed)
    draw = maker().cluster
    plain, with_groups = [], []
    none = np.zeros((0, 2))
    for film in films(name):
        base = detect(film.working, film.mm, threshold=1e9)
        plain.append(Made(film.name, 0, 0, film.mm, base, none, none))
        for d, bar in zip(SIZES, BARS[f"{film.mm * 1000:.0f} um"], strict=True):
            for share in times:
                centres = places(film, none, rng)
                image, deposits = put(film, draw, centres, d, bar[1] * share, rng)
                found = detect(image, film.read_mm, threshold=1e9)
                with_groups.append(Made(film.name, d, share, film.mm, found, np.array(centres), deposits))
    return plain, with_groups


def fit(sets: list[tuple[list[Made], list[Made]]]) -> np.ndarray:
    """Constant and coefficients of the logistic regression over these sets of films."""
    parts, answers, weights = [], [], []
    for plain, made in sets:
        noise = np.concatenate([figures(m.found.spots) for m in plain])
        true = np.concatenate([figures(m.found.spots)[m.hit()] for m in made])
        for part, answer in ((true, 1.0), (noise, 0.0)):
            parts.append(part)
            answers.append(np.full(len(part), answer))
            weights.append(np.full(len(part), 1 / len(part)))
    x, y, w = np.concatenate(parts), np.concatenate(answers), np.concatenate(weights)
    w = w / w.mean()
    mean, spread = x.mean(0), x.std(0)
    a = np.column_stack([np.ones(len(x)), (x - mean) / spread])
    b = np.zeros(a.shape[1])
    pull = RIDGE * len(x) * np.r_[0, np.ones(len(b) - 1)]
    for _ in range(30):
        p = 1 / (1 + np.exp(-a @ b))
        slope = a.T @ (w * (p - y)) + pull * b
        b = b - np.linalg.solve((a.T * (w * p * (1 - p))) @ a + np.diag(pull), slope)
    return np.r_[b[0] - (b[1:] / spread * mean).sum(), b[1:] / spread]


def area(coefficients: np.ndarray, tested: tuple[list[Made], list[Made]]) -> float:
    """Chance that a made deposit's log ratio lies above that of a spot of the film."""
    plain, made = tested
    noise = np.concatenate([figures(m.found.spots) for m in plain]) @ coefficients[1:]
    true = np.concatenate([figures(m.found.spots)[m.hit()] for m in made]) @ coefficients[1:]
    ranks = np.concatenate([true, noise]).argsort().argsort()
    return float((ranks[: len(true)].mean() - (len(true) - 1) / 2) / len(noise))


def spots() -> None:
    """Print the coefficients that the package holds, trained anew, and how each woman's do on the other."""
    sets = {name: make(name, seed, times) for name, (seed, times) in TRAINED.items()}
    women = {"MIAS": ["MIAS 200"], "P00173": ["P00173 200", "P00173 100"]}
    for woman, names in women.items():
        b = fit([sets[n] for n in names])
        others = [n for n in sets if n not in names]
        told = ", ".join(
            f"{n} {area(b, sets[n]):.3f} (own {area(fit([sets[n]]), sets[n]):.3f})" for n in others
        )
        print(f"trained on {woman}: area under the curve on {told}")
        print("    " + ", ".join(f"{v:.2f}" for v in b))
    every = fit(list(sets.values()))
    for name, value, held in zip(("constant", *NAMES), every, COEFFICIENTS, strict=True):
        print(f"  {name}: {value:.2f} (held {held:.2f})")
