"""How a DICOM film is to be shown: its look-up table or window, applied once and before any inversion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.intake import dicom_tags as tag
from kossa.intake.dicom_structure import DataSet, open_data_set
from kossa.intake.dicom_values import Values

__all__ = ["Tone", "find_tone"]

Image = npt.NDArray[np.float32]

# PS3.6
WINDOW_CENTER, WINDOW_WIDTH, VOI_FUNCTION = 0x00281050, 0x00281051, 0x00281056
VOI_SEQUENCE, LUT_DESCRIPTOR, LUT_DATA = 0x00283010, 0x00283002, 0x00283006
VOI = (WINDOW_CENTER, WINDOW_WIDTH, VOI_FUNCTION, VOI_SEQUENCE)
WANTED = frozenset((tag.RESCALE_SLOPE, tag.RESCALE_INTERCEPT, tag.PIXEL_REPRESENTATION, *VOI))
ENTRIES = 65536  # what a descriptor of 0 entries means, and the most there can be (PS3.3 C.11.2.1.1)
LEAST_INSIDE = 0.02  # share of pixels that a window has to show, else it is not this film's; judgement


@dataclass(frozen=True, eq=False)
class Tone:
    """A look-up table from `first` on, or a window (centre, width); `sigmoid` is the window's function."""

    slope: float
    intercept: float
    table: Image | None = None
    first: float = 0.0
    centre: float = 0.0
    width: float = 0.0
    sigmoid: bool = False

    def shown(self, stored: Image) -> Image | None:
        """Return stored values (y, x) as grey levels of 255, None where the window shows almost nothing.

        A linear window scales and does not clip: what it would show as plain white is still measured.
        """
        values = stored * np.float32(self.slope) + np.float32(self.intercept)
        if self.table is not None:
            at = np.clip(np.rint(values - np.float32(self.first)), 0, self.table.size - 1).astype(np.intp)
            level = self.table[at]
        elif self.sigmoid:  # PS3.3 C.11.2.1.3.1
            level = 1 / (1 + np.exp(-4 * (values - np.float32(self.centre)) / np.float32(self.width)))
        else:  # PS3.3 C.11.2.1.2.1
            level = (values - np.float32(self.centre - 0.5)) / np.float32(self.width - 1) + np.float32(0.5)
            if ((level > 0) & (level < 1)).mean() < LEAST_INSIDE:
                return None
        shown: Image = level * np.float32(255)
        return shown


def find_tone(data: bytes) -> Tone | None:
    """Return how the file says it is to be shown, None where it does not.

    The first table wins over the first window (PS3.3 C.11.2: only one is applied).
    """
    found = open_data_set(data, WANTED)
    values = Values(found)
    slope, intercept = values.loose(tag.RESCALE_SLOPE), values.loose(tag.RESCALE_INTERCEPT)
    slope = 1.0 if slope is None or slope <= 0 else slope
    intercept = 0.0 if intercept is None else intercept
    signed = bool(values.unsigned(tag.PIXEL_REPRESENTATION)) or intercept < 0
    for item in found.items(VOI_SEQUENCE, (LUT_DESCRIPTOR, LUT_DATA)):
        table = _table(item, signed=signed)
        if table is not None:
            return Tone(slope, intercept, table=table[0], first=table[1])
    centre, width = values.loose(WINDOW_CENTER), values.loose(WINDOW_WIDTH)
    if centre is None or width is None or not np.isfinite(centre) or not np.isfinite(width) or width <= 1:
        return None
    sigmoid = values.word(VOI_FUNCTION) == "SIGMOID"
    return Tone(slope, intercept, centre=centre, width=width, sigmoid=sigmoid)


def _table(item: DataSet, *, signed: bool) -> tuple[Image, float] | None:
    """Return a table as shares of full white and its first input, None where it is broken or one value."""
    places = item.found.get(LUT_DESCRIPTOR), item.found.get(LUT_DATA)
    if places[0] is None or places[1] is None or places[0][1] != 6:
        return None
    head, body = (item.data[start : start + length] for start, length in (places[0], places[1]))
    entries, first, bits = (int(v) for v in np.frombuffer(head, item.order + "u2"))
    entries = entries or ENTRIES
    first = first - ENTRIES if signed and first >= ENTRIES // 2 else first
    if not 8 <= bits <= 16 or len(body) < entries:
        return None
    kind = "u2" if len(body) >= 2 * entries else "u1"
    table = np.frombuffer(body, item.order + kind)[:entries].astype(np.float32)
    if table.size < entries or table.max() <= table.min():
        return None
    return table / np.float32((1 << bits) - 1), float(first)
