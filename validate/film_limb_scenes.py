"""Made radiographs of limbs as a department takes them: taper, two bones, joints, metal, letters, shutters.

Independent of `make_radiographs.py`: three energies, scatter, blur, quantum noise, texture and strands of
muscle. Coefficients are from memory of the NIST tables (Hubbell and Seltzer) and good to a few per cent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage as ndi

ROWS, COLUMNS, MM = 560, 512, 0.2
KINDS = (
    "none", "amorphous", "rim", "lucent_centre", "lobulated", "sheet", "tram_track", "rice_grain",
    "linear_cartilage",
)  # fmt: skip
SCENES = ("taper", "two_bones", "joint", "letters", "shutters", "metal", "frame")
SHARES = (0.25, 0.45, 0.30)  # of the spectrum at 40, 60 and 80 keV
SOFT, FAT = np.array([0.0284, 0.0218, 0.0195]), np.array([0.0228, 0.0188, 0.0171])  # 1/mm
BONE, MARROW = np.array([0.1278, 0.0604, 0.0428]), np.array([0.0256, 0.0202, 0.0181])
STEEL, TITANIUM = np.array([2.87, 0.952, 0.470]), np.array([1.0, 0.345, 0.182])
APATITE, APATITE_DENSITY = np.array([0.0939, 0.0389, 0.0252]), 3.16  # mm2/mg, mg/mm3
OUTSIDE, BODY, LETTER, METAL, SHUTTER = range(5)


@dataclass
class Scene:
    """Film in grey levels of 255, dense is bright; what lies where; mg/mm2 of the deposit and its kind."""

    film: np.ndarray
    zone: np.ndarray
    mineral: np.ndarray
    kind: str

    @property
    def mask(self) -> np.ndarray:
        return self.mineral > 0.15 * self.mineral.max() if self.kind != "none" else self.mineral > 1


def chord(d, r):
    return 2 * np.sqrt(np.maximum(0, np.square(r) - np.square(d)))


def field(rng, sigma):
    f = ndi.gaussian_filter(rng.standard_normal((ROWS, COLUMNS)), sigma)
    return f / f.std()


def grid():
    y = (np.arange(ROWS) - (ROWS - 1) / 2) * MM
    x = (np.arange(COLUMNS) - (COLUMNS - 1) / 2) * MM
    return np.meshgrid(y, x, indexing="ij")


def deposit(kind, y, x, rng):
    """Areal density in mg/mm2 about (0, 0), turned by any angle."""
    turn = rng.uniform(0, np.pi)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    r, out = np.hypot(u, v), np.zeros_like(u)
    if kind == "amorphous":
        size = rng.uniform(4, 8)
        blots = np.clip(1 + 0.7 * field(rng, 5), 0, None)
        out = 2.6 * np.exp(-((u / size) ** 2) - (v / (0.65 * size)) ** 2) * blots
    elif kind == "rim":
        size, squeezed = rng.uniform(5, 11), rng.uniform(0.85, 1)
        r, wall = np.hypot(u, v / squeezed), rng.uniform(0.5, 0.9)
        uneven = np.clip(1 + 0.3 * np.sin(3 * np.arctan2(v, u) + rng.uniform(0, 6)), 0.3, None)
        out = 0.85 * (chord(r, size) - chord(r, size - wall)) * uneven
    elif kind == "lucent_centre":
        size = rng.uniform(1.6, 3.2)
        out = 0.9 * (chord(r, size) - chord(r, rng.uniform(0.4, 0.6) * size))
    elif kind == "lobulated":
        for _ in range(rng.integers(5, 12)):
            cu, cv = rng.normal(0, 5.5, 2)
            out = out + 0.35 * chord(np.hypot(u - cu, v - cv), rng.uniform(2.5, 5))
    elif kind == "sheet":
        long, wide, bow = rng.uniform(26, 42), rng.uniform(3.5, 6), rng.uniform(0.5, 3)
        edge = 1 / (1 + np.exp((np.abs(v - bow * np.cos(u / 11)) - wide) / 0.5))
        out = 1.0 * edge * (np.abs(u) < long / 2) * np.clip(1 + 0.5 * field(rng, 4), 0, None)
    elif kind == "tram_track":
        half, long, bow = rng.uniform(1.4, 3), rng.uniform(30, 46), rng.uniform(0, 4)
        d = v - bow * np.sin(u / 15 + rng.uniform(0, 6))
        tube = chord(d, half + 0.35) - chord(d, half - 0.35)
        patches = ndi.gaussian_filter1d(rng.standard_normal(4 * ROWS), 14)
        patches = np.clip(1.1 + 0.5 * patches / patches.std(), 0, 1.4)
        at = np.clip((u / MM + 2 * ROWS).astype(int), 0, 4 * ROWS - 1)
        out = 0.75 * tube * patches[at] * (np.abs(u) < long / 2)
    elif kind == "rice_grain":
        for _ in range(rng.integers(6, 13)):
            cu, cv, lean = rng.uniform(-20, 20), rng.uniform(-9, 9), rng.normal(0, 0.12)
            a, b = u - cu, v - cv - lean * (u - cu)
            grain = np.sqrt(np.maximum(0, 1 - (a / rng.uniform(2.6, 3.6)) ** 2 - (b / 0.9) ** 2))
            out = np.maximum(out, 2.2 * grain)
    elif kind == "linear_cartilage":
        size = rng.uniform(14, 26)
        out = 1.4 * np.exp(-(((np.hypot(u, v + size) - size) / 0.55) ** 2)) * (np.abs(u) < 10) * (v > -size)
    return out


def limb(scene, y, x, rng):
    """Return lengths in mm of fat, soft tissue, bone and marrow, and a mask of where bone is."""
    share = (y - y.min()) / np.ptp(y)
    lean = rng.uniform(-0.06, 0.06)
    across = x - lean * y
    narrowing = rng.uniform(4, 9) if scene in ("taper", "two_bones") else rng.uniform(0, 3)
    radius = rng.uniform(27, 40) - narrowing * (share - 0.5) * np.ptp(y) / 100
    flat = rng.uniform(0.8, 1.0)
    skin = rng.uniform(2, 5)
    whole = flat * chord(across, radius)
    inner = flat * chord(across, radius - skin)
    bone, marrow, shadow = np.zeros_like(x), np.zeros_like(x), np.zeros(x.shape, bool)
    for middle, size, wall, grows in _bones(scene, y, share, rng):
        d = across - middle
        outer, hole = chord(d, size) * grows, chord(d, np.maximum(size - wall, 0)) * grows
        bone, marrow = bone + outer - hole, marrow + hole
        shadow |= outer > 0.3
    if scene == "joint":  # trabeculae
        bone = bone + np.minimum(marrow, 8) * 0.06 * np.abs(field(rng, 1.5)) * (shadow & (np.abs(y) < 25))
    soft = np.maximum(0, inner - bone - marrow)
    return whole - inner, soft, bone, marrow, shadow, whole > 0, across


def _bones(scene, y, share, rng):
    bow = rng.uniform(-1.5, 1.5) * (1 - 4 * (share - 0.5) ** 2)
    if scene == "two_bones":
        apart = rng.uniform(13, 17) + rng.uniform(-3, 3) * (share - 0.5) + 2 * (1 - 4 * (share - 0.5) ** 2)
        first = rng.uniform(5.5, 7.5) + rng.uniform(-2, 2) * (share - 0.5)
        second = rng.uniform(4.5, 6.5) + rng.uniform(-2, 2) * (share - 0.5)
        return [(bow - apart / 2, first, rng.uniform(2, 3), 1.0), (bow + apart / 2, second, 2.2, 1.0)]
    middle = rng.uniform(-8, 8)
    size = rng.uniform(9, 12.5) + (rng.uniform(-3, 3) if scene == "taper" else 0) * (share - 0.5)
    wall = rng.uniform(3.5, 5.5) * (1 + (rng.uniform(-0.3, 0.3) if scene == "taper" else 0) * (share - 0.5))
    if scene != "joint":
        return [(middle + bow, size, wall, 1.0)]
    # two ends that widen to a gap of 3-5 mm at mid-film, rounded, with a thin cortex
    gap, reach, out = rng.uniform(1.5, 2.5), rng.uniform(16, 24), []
    for sign in (-1, 1):
        from_gap = sign * y - gap
        widened = size * 0.8 + 8 * np.exp(-np.square(np.maximum(from_gap, 0) / reach))
        grows = np.sqrt(np.clip(from_gap / 5, 0, 1))
        thin = np.clip(0.8 + (wall - 0.8) * np.clip(from_gap / 40, 0, 1), 0.8, None)
        out.append((middle, widened, thin, grows))
    return out


def _letter(zone, rng, word, places):
    """Lead letters of 8-12 mm, in the air or over the skin."""
    size = int(rng.uniform(8, 12) / MM)
    font = ImageFont.load_default(size)
    tile = Image.new("L", (size * len(word) + 4, int(size * 1.3)))
    ImageDraw.Draw(tile).text((2, 0), word, fill=255, font=font)
    a = np.array(tile.rotate(rng.uniform(-12, 12), expand=True)) > 127
    a = a[:, ::-1] if rng.random() < 0.3 else a
    ys, xs = np.nonzero(a)
    a = a[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    top = int(rng.integers(10, zone.shape[0] - a.shape[0] - 10))
    left = int(np.clip(places, 4, zone.shape[1] - a.shape[1] - 4))
    out = np.zeros(zone.shape, bool)
    out[top : top + a.shape[0], left : left + a.shape[1]] = a
    return out


def _metal(rng, y, across, middle):
    """Return lengths of titanium and steel: a plate with screws, or a pin, or a wire in soft tissue."""
    titanium, steel = np.zeros_like(y), np.zeros_like(y)
    form = rng.integers(3)
    if form == 0:
        side, half = rng.uniform(-4, 4), rng.uniform(22, 34)
        d = across - middle - side
        titanium += 3.0 * ((np.abs(d) < 4.5) & (np.abs(y) < half))
        for at in np.arange(-half + 5, half - 3, 9.0):
            titanium += chord(np.hypot(y - at, d), 2.2) * 1.5
    elif form == 1:
        turn, at = rng.uniform(0.9, 2.2), rng.uniform(-25, 25)
        u = (across - middle) * np.sin(turn) + (y - at) * np.cos(turn)
        v = (y - at) * np.sin(turn) - (across - middle) * np.cos(turn)
        thread = 1.7 + 0.35 * np.sin(u * 2 * np.pi / 1.6)
        titanium += chord(v, thread) * (np.abs(u) < 16)
    else:
        turn, at, off = rng.uniform(0, np.pi), rng.uniform(-35, 35), rng.choice((-1, 1)) * rng.uniform(17, 21)
        u = (across - middle - off) * np.cos(turn) + (y - at) * np.sin(turn)
        v = (y - at) * np.cos(turn) - (across - middle - off) * np.sin(turn)
        steel += chord(v, 0.5) * (np.abs(u) < rng.uniform(4, 10))
    return titanium, steel


def make(scene, kind, seed):
    """Return one film of a scene with one deposit of a kind; the seed decides the rest."""
    rng = np.random.default_rng([seed, SCENES.index(scene), KINDS.index(kind)])
    y, x = grid()
    fat, soft, bone, marrow, shadow, body, across = limb(scene, y, x, rng)
    middle = float(np.median(across[shadow]))
    titanium, steel = np.zeros_like(x), np.zeros_like(x)
    if scene == "metal":
        titanium, steel = _metal(rng, y, across, middle)
    zone = np.where(body, BODY, OUTSIDE)
    zone[(titanium + steel) > 0] = METAL
    mineral = np.zeros_like(x)
    if kind != "none":
        cy, cx = _place(rng, shadow, body, zone, ROWS)
        mineral = deposit(kind, y - y[cy, 0], x - x[0, cx], rng) * (soft + marrow > 2)
    lead = np.zeros(x.shape, bool)
    if scene == "letters":
        edge = int(np.argmax(body[ROWS // 2]))
        lead |= _letter(zone, rng, str(rng.choice(["L", "R"])), rng.integers(4, max(6, edge - 20)))
        right = COLUMNS - int(np.argmax(body[ROWS // 2, ::-1]))
        lead |= _letter(
            zone, rng, str(rng.choice(["KN 3", "AP", "12:40", "R"])), right + rng.integers(-20, 20)
        )
    zone[lead] = LETTER
    texture = ndi.zoom(rng.standard_normal((ROWS // 40 + 2, COLUMNS // 40 + 2)), 40, order=3)[:ROWS, :COLUMNS]
    strands = ndi.gaussian_filter(rng.standard_normal(x.shape), (60, 3))
    wander = 0.009 * texture / texture.std() + 0.004 * strands / strands.std() + 0.003 * field(rng, 4)
    light = np.zeros_like(x)
    for k, weight in enumerate(SHARES):
        depth = fat * FAT[k] + soft * SOFT[k] + bone * BONE[k] + marrow * MARROW[k]
        depth = depth + (wander * (soft > 0)) + titanium * TITANIUM[k] + steel * STEEL[k] + 6.0 * lead
        depth = depth + mineral * (APATITE[k] - SOFT[k] / APATITE_DENSITY)
        light += weight * np.exp(-depth)
    closed = np.zeros(x.shape, bool)
    if scene == "shutters":
        closed = _shutters(rng, x, y)
        light = np.where(closed, 0.0005, light)
        zone[closed] = SHUTTER
    light = light + rng.uniform(0.2, 0.45) * _wide(np.where(closed, 0, light), 25 / MM) * np.where(
        closed, 0.05, 1
    )
    light = ndi.gaussian_filter(light, rng.uniform(0.1, 0.18) / MM)
    quanta = rng.uniform(8000, 16000)
    counts = np.maximum(1, rng.poisson(quanta * light))
    film = 255 * np.clip(0.12 + np.log10(quanta * 1.4 / counts) / 3.2, 0, 1)
    if scene == "shutters" and rng.random() < 0.5:
        film[closed] = 0  # electronic shutter
    if scene == "frame":
        wide = int(rng.uniform(1, 5) / MM)
        rim = np.ones(x.shape, bool)
        rim[wide:-wide, wide:-wide] = False
        film[rim] = rng.choice((0.0, 255.0))
        zone[rim] = SHUTTER
    levels = 4095
    film = np.round(film * levels / 255) * 255 / levels
    mineral = np.where((zone == BODY) | (zone == METAL), mineral, 0)
    return Scene(film.astype(np.float32), zone, mineral, kind)


def _wide(light, sigma):
    small = ndi.gaussian_filter(light[::8, ::8], sigma / 8, mode="nearest")
    return ndi.zoom(small, 8, order=1, mode="nearest", grid_mode=True)[:ROWS, :COLUMNS]


def _shutters(rng, x, y):
    """Straight borders, two or four of them, leaning by up to 6 degrees; they may cut into the limb."""
    closed, lean = np.zeros(x.shape, bool), np.tan(np.radians(rng.uniform(-6, 6)))
    wide, high = rng.uniform(30, 46), rng.uniform(42, 52)
    closed |= np.abs(x - lean * y) > wide
    if rng.random() < 0.6:
        closed |= np.abs(y + lean * x) > high
    return closed


def _place(rng, shadow, body, zone, rows):
    """Return a place in soft tissue, 4-12 mm off the bone or partly over it, well inside of film and skin."""
    off = ndi.distance_transform_edt(~shadow) * MM
    skin = ndi.distance_transform_edt(body) * MM
    good = (off > 3) & (off < 12) & (skin > 7) & (zone == BODY)
    good[: int(22 / MM)] = good[rows - int(22 / MM) :] = False
    at = np.argwhere(good)
    return at[rng.integers(len(at))]
