"""A reading narrowed to the regions of a label map: which objects are of them, and where that puts them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kossa.ct.judgement import Judged, Judgement
from kossa.ct.roi import Regions
from kossa.evidence import Side
from kossa.evidence.vocabulary import SegmentSite
from kossa.image.components import regroup, voxels_inside

__all__ = ["narrow", "region_name"]

INSIDE = 0.5  # of an object's voxels have to lie in the regions for it to be of them; judgement
NAMED = 6  # regions that are named one by one


def region_name(regions: Regions | None) -> str:
    """Return the words for what a total was taken over."""
    if regions is None:
        return "whole scan"
    names = [regions.names[k] for k in sorted(regions.names)]
    if not names or len(names) > NAMED:
        return "the regions given"
    return ", ".join(names)


def narrow(judged: Judged, regions: Regions) -> tuple[Judged, int]:
    """Return the objects of which at least half lies in the regions, and how many do not.

    Objects are taken whole: a region's border never cuts a piece. One whose largest share lies in a region
    of known site is put there.
    """
    voxels = judged.components.voxels
    inside = voxels_inside(judged.components, np.ascontiguousarray(regions.labels != 0)) >= INSIDE * voxels
    components, parent = regroup(judged.components, only=inside[judged.components.object])
    judgements = [judged.judgements[k] for k in parent]
    most = np.zeros(len(components), np.int64)
    for label, site in sorted(regions.sites.items()):
        held = voxels_inside(components, np.ascontiguousarray(regions.labels == label))
        for k in np.flatnonzero((held > most) & (held > 0)):
            judgements[k] = _placed(judgements[k], site)
        most = np.maximum(most, held)
    return replace(judged, components=components, judgements=tuple(judgements)), int((~inside).sum())


def _placed(judgement: Judgement, site: SegmentSite) -> Judgement:
    """Return the judgement with the place that the label map gives."""
    sides = {side.value: side for side in Side}
    return replace(
        judgement,
        site=site.site,
        site_certainty=1.0,
        site_reason=f"inside the region {site.name} of the label map given",
        side=sides.get(site.side, judgement.side),
    )
