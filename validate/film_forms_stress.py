"""Forms of the second recipe, changed: `python -m validate.film_forms_stress low|high|blur|noise|wide 0.1 6`."""

import collections
import sys

import numpy as np

from validate.film_forms import physical, read_at, wanted

which = sys.argv[1]
mm = float(sys.argv[2])
n = int(sys.argv[3])
P = physical
orig_draw = P.draw
og = P.ground
if which == "low":
    P.SCALE_PER_MM *= 0.6
if which == "high":
    P.SCALE_PER_MM *= 1.6
if which == "blur":
    P.BLUR_MM = 0.11
if which == "noise":

    def ground(rng, pixel_mm, **k):
        f, c = og(rng, pixel_mm, **k)
        return f + rng.normal(0, 2.5, f.shape).astype(np.float32), c

    P.ground = ground
if which == "wide":

    def sp(rng, count, radius, stretch=1.0, turn=0.0, least=0.4):
        a = np.array(P._apart(rng, count, 8.0, 1.5))
        q = (a - 12) * [1, 1 / max(stretch, 1.0)]
        return q @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + 12

    P._spread = sp
kinds = P.KINDS if which != "wide" else ("fine_linear", "fine_linear", "fine_linear", "fine_pleomorphic")
W = collections.defaultdict(collections.Counter)
right = collections.Counter()
tot = collections.Counter()
fr = 0
for j, kind in enumerate(kinds):
    for k in range(n):
        rng = np.random.default_rng((300, j, k))
        cv = P.draw(kind, rng)
        f, c = P.ground(rng, mm)
        P.put(f, cv, c, mm)
        f = np.clip(np.round(f), 0, 255).astype(np.float32)
        a, b = read_at(f, mm, [c])[0]
        grp = "und" if kind in P.UNDECIDED else "dec"
        tot[grp] += 1
        right[grp, "found"] += a is not None and a.category is wanted(kind)
        right[grp, "told"] += b is not None and b.category is wanted(kind)
        right[grp, "wrongfound"] += a is not None and a.category is not wanted(kind)
        W[kind][(a.word if a else "NF")] += 1
print(which, mm, dict(tot), {" ".join(k): v for k, v in right.items()})
for k, v in W.items():
    print("   ", k, dict(v))
