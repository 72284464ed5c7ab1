"""Sums over faint spots, amorphous groups v. empty films: `python -m validate.film_forms_haze 25`."""

import sys

import numpy as np
from scipy.spatial import cKDTree

from kossa.film.detect import detect
from validate.film_forms import film_clusters, physical
from kossa.film.groups import weights

mm = 0.1


def stats(found, centre=None):
    s = found.spots
    y, x = s.y * 0.1, s.x * 0.1
    t = cKDTree(np.column_stack([y, x]))
    nb = t.query_ball_point(np.column_stack([y, x]), 5.0)
    z = s.z * (1 - np.clip(s.line, 0, 1))
    g = {
        "w": weights(s, found.breast_cm2),
        "z2": np.maximum(np.minimum(z, 6) - 2.0, 0) ** 2,
        "lin25": np.maximum(np.minimum(z, 5) - 2.5, 0),
        "lin3": np.maximum(np.minimum(z, 5) - 3, 0),
        "n3": (z >= 3) * 1.0,
        "n35": (z >= 3.5) * 1.0,
    }
    out = {}
    here = np.ones(len(y), bool) if centre is None else np.hypot(y - centre[0], x - centre[1]) < 5
    for name, v in g.items():
        for k in (5, 10, 20, 60):
            sc = np.array([np.sort(v[n])[::-1][:k].sum() for n in nb])
            out[name, k] = sc[here].max() if here.any() else 0
    return out


E0 = []
E1 = {"drawn": [], "phys": []}
N = int(sys.argv[1])
for k in range(N):
    f, c = film_clusters.film_of("amorphous", np.random.default_rng((60, 1, k)), mm)
    d = detect(f, mm, threshold=1e9)
    E1["drawn"].append(stats(d, (np.array(c) - d.origin) * 0.1))
    f, c = film_clusters.film_of("amorphous", np.random.default_rng((61, 1, k)), mm, times=0.0)
    d = detect(f, mm, threshold=1e9)
    E0.append(stats(d))
    rng = np.random.default_rng((60, 6, k))
    cv = physical.draw("amorphous", rng)
    f, c = physical.ground(rng, mm)
    f0 = np.clip(np.round(f), 0, 255).astype(np.float32)
    physical.put(f, cv, c, mm)
    f = np.clip(np.round(f), 0, 255).astype(np.float32)
    d = detect(f, mm, threshold=1e9)
    E1["phys"].append(stats(d, (np.array(c) - d.origin) * 0.1))
    E0.append(stats(detect(f0, mm, threshold=1e9)))
for key in E0[0]:
    e = np.sort([o[key] for o in E0])[::-1]
    thr = e[len(e) // 20]  # 1 film in 20
    print(
        key,
        "empty med %.1f 95%% %.1f" % (np.median(e), thr),
        {n: "%.0f%%" % (100 * np.mean([o[key] > thr for o in v])) for n, v in E1.items()},
    )
