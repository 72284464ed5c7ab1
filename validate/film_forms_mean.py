"""The mean of 1 cm over its surroundings, of amorphous groups and of empty ground."""

import numpy as np

from kossa.film.detect import detect
from validate.film_forms import film_clusters, physical
from validate.film_sets import natives

mm = 0.1
r = 50
y, x = np.indices((2 * r * 2 + 1,) * 2) - 2 * r
d = np.hypot(y, x)
disc = d <= r
ring = (d > r) & (d <= 1.6 * r)


def diff(f, cy, cx):
    p = f[cy - 2 * r : cy + 2 * r + 1, cx - 2 * r : cx + 2 * r + 1]
    return p[disc].mean() - p[ring].mean()


A = {"phys": [], "drawn": []}
N = {"virtual": [], "real": []}
for k in range(12):
    rng = np.random.default_rng((60, 6, k))
    cv = physical.draw("amorphous", rng)
    f, c = physical.ground(rng, mm)
    N["virtual"].append(diff(f, *c))
    g = np.zeros_like(f)
    physical.put(g, cv, c, mm)
    A["phys"].append(diff(g, *c))
    cv = film_clusters.draw("amorphous", np.random.default_rng(k)) / (255 * physical.SCALE_PER_MM)
    g = np.zeros((600, 600), np.float32)
    physical.put(g, cv, (300, 300), mm)
    A["drawn"].append(diff(g, 300, 300))
f = physical.averaged(natives()["LCC"], 2.0)
d0 = detect(f, mm, threshold=1e9)
rng = np.random.default_rng(0)
while len(N["real"]) < 60:
    cy, cx = int(rng.integers(250, f.shape[0] - 250)), int(rng.integers(150, f.shape[1] - 150))
    if d0.breast.holds(cy - d0.origin[0], cx - d0.origin[1]) and min(cx, f.shape[1] - cx) > 110:
        N["real"].append(diff(f, cy, cx))
for n, v in A.items():
    print("added", n, np.round(np.median(v), 2), np.round(np.max(v), 2))
for n, v in N.items():
    print(
        "ground",
        n,
        "sd",
        np.round(np.std(v), 2),
        "mad",
        np.round(1.48 * np.median(np.abs(v - np.median(v))), 2),
    )
