"""Made fields with what real slides bring: silver that scatters, counterstains, cameras, dirt, other pigments.

A third recipe, apart from the reference generator and from validate/section_fields.py. Deposits are single
blobs of known place in um; light is blurred as light (an objective blurs light, not density), and everything
that spoils a picture is a switch of `Slide`. Truth is the mask of the deposits before any blur.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage as ndi

#: Ruifrok and Johnston 2001 and the tables of colour deconvolution in ImageJ (methyl green, light green,
#: fast red); acid fuchsin, picric acid and the pigments are judgement
DYES = {
    "haem": (0.650, 0.704, 0.286),
    "eosin": (0.072, 0.990, 0.105),
    "fast_red": (0.214, 0.851, 0.478),
    "fuchsin": (0.15, 0.93, 0.33),
    "picric": (0.02, 0.20, 0.98),
    "methyl_green": (0.980, 0.144, 0.133),
    "light_green": (0.947, 0.254, 0.197),
    "grey": (0.585, 0.575, 0.572),
    "silver_brown": (0.38, 0.57, 0.73),
    "alizarin": (0.130, 0.800, 0.585),
    "iron": (0.22, 0.50, 0.84),
    "melanin": (0.44, 0.58, 0.69),
    "formalin": (0.53, 0.58, 0.62),
    "carbon": (0.59, 0.575, 0.565),
    "red_ink": (0.05, 0.78, 0.62),
    "blue_ink": (0.88, 0.45, 0.10),
}
FIELD_UM = 256.0
GLARE = 0.004  # of the light that reaches the camera past everything: no picture is blacker (judgement)
COUNTERSTAINS = {
    "von_kossa": ("fast_red", "van_gieson", "methyl_green", "haem_alone"),
    "alizarin": ("none", "light_green", "haem_alone"),
    "h_and_e": ("haem_eosin",),
}


@dataclass(frozen=True)
class Scene:
    """What is switched on; the defaults are a plain good picture."""

    counter: str = ""
    real_silver: bool = False
    jpeg: int = 0
    cast: tuple = (0.97, 0.96, 0.93)
    srgb: bool = False
    vignette: float = 0.04
    slope: float = 0.0
    defocus: float = 0.0
    shift: float = 0.0
    noise: float = 1.2
    white: float = 238.0
    border: bool = False
    tears: bool = False
    bubbles: bool = False
    fold: bool = False
    dust: bool = False
    pen: str = ""
    thick: float = 1.0
    share: float | None = None
    layout: str = "scattered"
    glass: bool = True
    pigment: str = ""
    um: float = 0.5


class _Field:
    """Densities of one field, added dye by dye at `um` a pixel."""

    def __init__(self, seed: int, um: float) -> None:
        self.draw = np.random.default_rng(seed)
        self.um = um
        self.side = round(FIELD_UM / um)
        self.y, self.x = (np.mgrid[: self.side, : self.side] + 0.5) * um
        self.density = np.zeros((self.side, self.side, 3))

    def smooth(self, sigma_um: float, aspect: float = 1.0):
        """A random field of unit spread, the same at every size of pixel but for what lies below it."""
        step = max(sigma_um / 4, 0.5)
        n = int(np.ceil(FIELD_UM / step)) + 2
        g = ndi.gaussian_filter(
            self.draw.standard_normal((n, n)), (sigma_um / step, aspect * sigma_um / step)
        )
        g = (g - g.mean()) / g.std()
        at = np.stack([self.y / step, self.x / step])
        return ndi.map_coordinates(g, at, order=1, mode="nearest")

    def add(self, dye: str, amount) -> None:
        vector = np.array(DYES[dye]) / np.linalg.norm(DYES[dye])
        self.density += np.asarray(amount)[..., None] * vector

    def blob(self, y: float, x: float, radius: float, rough, mask=None):
        """A mask with one irregular blob added."""
        mask = np.zeros(self.y.shape, bool) if mask is None else mask
        reach = 1.8 * radius + 2 * self.um
        rows = slice(max(0, int((y - reach) / self.um)), int((y + reach) / self.um) + 2)
        columns = slice(max(0, int((x - reach) / self.um)), int((x + reach) / self.um) + 2)
        far = np.hypot(self.y[rows, columns] - y, self.x[rows, columns] - x)
        mask[rows, columns] |= far < radius * np.clip(1 + 0.22 * rough[rows, columns], 0.5, 1.7)
        return mask

    def somewhere(self, mask):
        at = np.flatnonzero(mask)
        k = int(at[self.draw.integers(at.size)])
        return (k // self.side + 0.5) * self.um, (k % self.side + 0.5) * self.um


def _tissue(f: _Field, scene: Scene):
    body = f.smooth(34) > -0.9
    lumina = f.smooth(11) > 2.0
    tissue = body & ~lumina
    if not scene.glass:
        tissue[:] = True
    if scene.tears:
        tissue &= np.abs(f.smooth(22)) > 0.05
    return np.zeros_like(tissue) if scene.layout == "glass" else tissue


def _deposits(f: _Field, seed: int, scene: Scene, tissue):
    truth = np.zeros_like(tissue)
    rough = f.smooth(2.5)
    share = scene.share
    if share is None:
        share = (0.012, 0.04, 0.12, 0.0)[seed % 4]
    if scene.layout == "all_mineral":
        return np.ones_like(tissue)
    if scene.layout == "bone":
        bone = f.smooth(16, 2.0)
        return (bone > np.quantile(bone[tissue], 0.6)) & tissue
    if scene.layout in ("glass", "tissue_only") or share == 0:
        return truth
    if scene.layout == "large":
        for _ in range(4):
            edge = f.draw.uniform(0, FIELD_UM)
            y, x = ((0, edge), (edge, 0), (FIELD_UM, edge), (edge, FIELD_UM))[int(f.draw.integers(4))]
            truth = f.blob(y, x, f.draw.uniform(20, 40), rough, truth)
        return truth & tissue
    for _ in range(4000):
        radius = (
            f.draw.uniform(0.5, 0.8) if scene.layout == "tiny" else np.exp(f.draw.normal(np.log(3.2), 0.55))
        )
        y, x = f.somewhere(tissue)
        truth = f.blob(y, x, float(np.clip(radius, 0.5, 18)), rough, truth)
        if (truth & tissue).sum() >= (min(share, 0.006) if scene.layout == "tiny" else share) * tissue.sum():
            break
    return truth & tissue


def _nuclei(f: _Field, tissue, rough):
    """Round nuclei of 2.2 to 4 um, one in twelve small and dark; (mask, amount)."""
    amount = np.zeros(tissue.shape)
    for _ in range(int(0.0016 * FIELD_UM**2)):
        dark = f.draw.random() < 0.08
        radius = f.draw.uniform(1.6, 2.4) if dark else f.draw.uniform(2.2, 4.0)
        y, x = f.somewhere(tissue)
        level = f.draw.uniform(0.7, 0.85) if dark else f.draw.uniform(0.4, 0.7)
        amount = np.maximum(amount, level * f.blob(y, x, radius, 0.5 * rough))
    return amount * tissue


def _background(f: _Field, stain: str, counter: str, tissue, rough) -> None:
    fibres = np.clip(1 + 0.2 * f.smooth(3, 3.0) + 0.1 * f.smooth(1.2), 0.3, 2)
    body = tissue * fibres
    nuclei = _nuclei(f, tissue, rough)
    if stain == "h_and_e":
        f.add("eosin", 0.34 * body)
        f.add("haem", 0.05 * body + nuclei * np.clip(1 + 0.15 * f.smooth(0.8), 0.5, 1.5))
        return
    if stain == "alizarin":
        f.add("alizarin", 0.06 * body)
    if counter == "fast_red":
        f.add("fast_red", 0.15 * body + 0.7 * nuclei)
    elif counter == "van_gieson":
        collagen = f.smooth(9) > 0
        f.add("fuchsin", np.where(collagen, 0.45, 0.03) * body)
        f.add("picric", np.where(collagen, 0.05, 0.3) * body)
    elif counter == "methyl_green":
        f.add("methyl_green", 0.10 * body + 0.6 * nuclei)
    elif counter == "light_green":
        f.add("light_green", 0.22 * body)
    elif counter == "haem_alone":
        f.add("haem", 0.06 * body + 0.8 * nuclei)


def _mineral(f: _Field, stain: str, scene: Scene, truth, tissue) -> None:
    # a deposit is round and the section has a thickness: its border thins out within half a micrometre
    body = ndi.gaussian_filter(truth.astype(float), 0.25 / f.um)
    texture = np.clip(1 + 0.12 * f.smooth(2), 0.4, 1.8)
    if stain == "h_and_e":
        f.add("haem", f.draw.uniform(0.95, 1.3) * body * texture)
        return
    if stain == "alizarin":
        f.add("alizarin", f.draw.uniform(0.75, 1.5) * body * texture)
        return
    level = f.draw.uniform(1.1, 2.6)
    if not scene.real_silver:
        f.add("grey", min(level, 1.8) * body * texture)
        return
    # grains: silver lies in specks, so the density is rough; thin silver is brown; silver strays around
    grains = np.exp(0.35 * f.smooth(0.6))
    far = ndi.distance_transform_edt(~truth) * f.um
    halo = np.exp(-far / f.draw.uniform(0.6, 1.2)) * ~truth * (0.45 * level) * 0.5 * tissue
    f.add("silver_brown", halo * np.clip(grains, 0.3, 2))
    amount = level * body * np.clip(grains, 0.35, 2.2)
    most = f.draw.uniform(2.0, 2.5) * np.sqrt(3)
    f.add("grey", most * (1 - np.exp(-amount / most)) * 0.93)
    f.add("silver_brown", 0.12 * amount)
    strays = tissue & (f.draw.random(tissue.shape) < 0.004 * f.um**2)
    f.add("grey", 0.9 * ndi.gaussian_filter(strays.astype(float), 0.3) * 3)


def _dirt(f: _Field, scene: Scene, tissue, truth):
    """Pigment in tissue, folds, pen and dust; returns the mask of pigment and ink."""
    rough = f.smooth(1.5)
    other = np.zeros_like(tissue)
    if scene.pigment:
        free = tissue & ~ndi.binary_dilation(truth, iterations=4)
        for _ in range(60 if scene.pigment != "carbon" else 40):
            y, x = f.somewhere(free)
            other = f.blob(y, x, f.draw.uniform(1.0, 3.0), rough, other)
        other &= ~truth
        level = {"iron": 0.9, "melanin": 1.2, "formalin": 1.0, "carbon": 2.2, "red_ink": 1.0}[scene.pigment]
        if scene.pigment == "red_ink":
            other = (np.abs(f.y - FIELD_UM * 0.3 - 0.2 * f.x) < 9) & ~truth
        f.add(scene.pigment, level * other)
    if scene.fold:
        line = np.abs(f.x - FIELD_UM * f.draw.uniform(0.3, 0.7) - 14 * np.sin(f.y / 40)) < 9
        f.density[line & tissue] *= 2.0
    if scene.pen:
        f.add(scene.pen, 1.1 * (f.y < 18))
    if scene.dust:
        for _ in range(12):
            y, x = f.draw.uniform(0, FIELD_UM, 2)
            f.add("carbon", 1.6 * f.blob(y, x, f.draw.uniform(1.5, 4), rough))
    return other


def made_scene(seed: int, stain: str, scene: Scene):
    """Return (picture uint8 (y, x, 3), truth mask, tissue mask) of one field."""
    f = _Field(seed, scene.um)
    tissue = _tissue(f, scene)
    truth = _deposits(f, seed, scene, tissue)
    counter = scene.counter or COUNTERSTAINS[stain][0]
    if tissue.any():
        _background(f, stain, counter, tissue, f.smooth(1.5))
        _mineral(f, stain, scene, truth, tissue)
        _dirt(f, scene, tissue, truth)
    light = (10 ** (-f.density * scene.thick)) * (1 - GLARE) + GLARE
    if scene.bubbles:
        for _ in range(3):
            y, x = f.draw.uniform(30, FIELD_UM - 30, 2)
            r = np.hypot(f.y - y, f.x - x) / f.draw.uniform(10, 22)
            light *= np.where(np.abs(r - 1) < 0.08, 0.35, np.where(r < 1, 1.03, 1.0))[..., None]
    light = _camera(f, scene, light)
    if scene.border:  # what the frame covers was never scanned
        for mask in (truth, tissue):
            mask[: f.side // 12] = mask[:, : f.side // 16] = False
    return light, truth, tissue


def _camera(f: _Field, scene: Scene, light):
    sigma = np.hypot(0.22 / f.um, 0.3)
    sigma = np.hypot(sigma, scene.defocus)
    out = np.stack([ndi.gaussian_filter(light[..., c], sigma, mode="nearest") for c in range(3)], -1)
    if scene.shift:
        out[..., 0] = ndi.shift(out[..., 0], (scene.shift / 2, scene.shift / 2), order=1, mode="nearest")
        out[..., 2] = ndi.shift(out[..., 2], (-scene.shift / 2, -scene.shift / 2), order=1, mode="nearest")
    u, v = f.x / FIELD_UM - 0.5, f.y / FIELD_UM - 0.5
    lamp = (1 - scene.vignette * 2 * (u * u + v * v)) * (1 - scene.slope * (u + 0.5))
    values = out * np.array(scene.cast) * lamp[..., None]
    if scene.srgb:
        values = np.where(
            values <= 0.0031308, 12.92 * values, 1.055 * np.maximum(values, 1e-9) ** (1 / 2.4) - 0.055
        )
    grain = scene.noise * np.sqrt(0.3 + 0.7 * np.clip(values, 0, 1))
    values = scene.white * values + f.draw.standard_normal(values.shape) * grain[...]
    if scene.border:
        values[: f.side // 12] = 3
        values[:, : f.side // 16] = 3
    picture = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    if scene.jpeg:
        held = io.BytesIO()
        Image.fromarray(picture).save(held, "JPEG", quality=scene.jpeg, subsampling=2)
        picture = np.asarray(Image.open(held).convert("RGB"))
    return picture
