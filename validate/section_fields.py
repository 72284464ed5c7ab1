"""Made fields of stained sections with exact truth: dyes in uneven light (Beer-Lambert), blurred, with grain.

Written apart from the reader: the dyes' vectors stand here again, and may be turned away from it.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi

DYES = {
    "haem": (0.650, 0.704, 0.286),
    "eosin": (0.072, 0.990, 0.105),
    "fast_red": (0.214, 0.851, 0.478),
    "silver": (0.585, 0.575, 0.572),
    "alizarin": (0.130, 0.800, 0.585),
    "brown": (0.268, 0.570, 0.776),
}


def made_field(seed, stain, share, *, side=512, pigment=False, turn_deg=0.0, pigment_od=0.9):
    """Return (picture uint8 (y, x, 3), truth mask, tissue mask).

    `share` of the tissue is mineral, about; `turn_deg` turns every dye's vector by that angle in a random
    direction, so that the printed vectors are wrong; `pigment` puts brown of density `pigment_od` in.
    """
    draw = np.random.default_rng(seed)

    def smooth(sigma):
        g = ndi.gaussian_filter(draw.standard_normal((side, side)), sigma)
        return (g - g.mean()) / g.std()

    tissue = smooth(60 * side / 512) > -0.6
    cells = (smooth(2.2) > 1.7) & tissue
    lumps = smooth(draw.uniform(1.5, 4)) + smooth(25)
    truth = np.zeros_like(tissue)
    if share > 0:
        truth = ndi.binary_opening((lumps > np.quantile(lumps[tissue], 1 - share)) & tissue)
    brown = np.zeros_like(tissue)
    if pigment:
        spots = smooth(2)
        brown = (spots > np.quantile(spots, 0.995)) & tissue & ~truth
    texture = np.clip(1 + 0.15 * smooth(4), 0.3, 2)
    density = np.zeros((side, side, 3))

    def add(dye, amount):
        vector = np.array(DYES[dye]) / np.linalg.norm(DYES[dye])
        if turn_deg:
            aside = draw.standard_normal(3)
            aside -= (aside @ vector) * vector
            aside /= np.linalg.norm(aside)
            angle = np.radians(turn_deg)
            vector = np.maximum(np.cos(angle) * vector + np.sin(angle) * aside, 0.0)
        density[...] += amount[..., None] * vector

    if stain == "h_and_e":
        add("eosin", 0.35 * tissue * texture)
        add("haem", (0.75 * cells + 1.1 * truth) * texture)
    elif stain == "von_kossa":
        add("fast_red", 0.15 * tissue * texture + 0.45 * cells)
        add("silver", truth * draw.uniform(0.9, 1.8) * texture)
    else:
        add("alizarin", (0.08 * tissue + truth * draw.uniform(0.7, 1.4)) * texture)
    add("brown", pigment_od * brown)
    for c in range(3):
        density[..., c] = ndi.gaussian_filter(density[..., c], 0.7)
    y, x = np.mgrid[:side, :side] / side - 0.5
    light = 1 - 0.15 * draw.random() * 4 * (x * x + y * y) * draw.random()
    colour = np.array([draw.uniform(0.92, 1), draw.uniform(0.92, 1), draw.uniform(0.88, 1)])
    values = 245 * colour * 10**-density * light[..., None] + draw.normal(0, 1.5, (side, side, 3))
    return np.clip(np.rint(values), 0, 255).astype(np.uint8), truth, tissue
