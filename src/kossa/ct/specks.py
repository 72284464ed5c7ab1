"""Which bright objects stand out of the noise and are large enough to say so: the measured limits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["is_kept", "keep_reason"]

PEAK_SD = 5.5  # ct_volumes.md rule 6: peak above the ring's median ...
EDGE_SD = 5.0  # ... and above its 80th percentile
PIECE_MM2 = 2.4  # ct.md 3.8 and rule 6
SMALL_MM2, SMALL_SD = 1.0, 7.0  # rule 6, in a volume
VOXEL_MM2, VOXEL_SD = 0.9, 10.0  # rule 6: one voxel of 0.98 mm counts where it stands out


def is_kept(
    peak_sd: npt.ArrayLike,
    edge_sd: npt.ArrayLike,
    piece_mm2: npt.ArrayLike,
    slices: npt.ArrayLike,
    *,
    single: bool,
) -> npt.NDArray[np.bool_]:
    """Return whether objects stand out of the noise and are large enough to say so."""
    peak, edge = np.asarray(peak_sd), np.asarray(edge_sd)
    piece, thick = np.asarray(piece_mm2), np.asarray(slices)
    large = piece >= PIECE_MM2
    if not single:
        large = large | ((piece >= SMALL_MM2) & ((thick >= 2) | (peak >= SMALL_SD)))
        large = large | ((piece >= VOXEL_MM2) & (peak >= VOXEL_SD))
    return np.asarray((peak >= PEAK_SD) & (edge >= EDGE_SD) & large)


def keep_reason(peak_sd: float, edge_sd: float, piece_mm2: float, slices: int) -> str:
    """Say which part of the rule a speck failed."""
    if peak_sd < PEAK_SD:
        return f"noise: its peak stands {peak_sd:.1f} SD above its surroundings (limit {PEAK_SD})"
    if edge_sd < EDGE_SD:
        return f"noise: its peak stands {edge_sd:.1f} SD above the brighter fifth around it (limit {EDGE_SD})"
    return (
        f"too small to be told from noise: {piece_mm2:.1f} mm2 in {slices} slice{'s' if slices != 1 else ''}"
        f" at {peak_sd:.1f} SD (limit {PIECE_MM2} mm2)"
    )
