"""Whether a reader's site names the place where a deposit was put.

A CT without contrast medium tells the places of the table below, no finer: a plaque of the abdominal
aorta called just that is right, one called an artery is not, and a node at the hilum may be called
hilum or mediastinum.
"""

from __future__ import annotations

from kossa.evidence.vocabulary import ancestors, label

__all__ = ["place_of", "right_site", "words"]

# the first place whose root is the site or stands above it; vessels before the rooms they run through
PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("thoracic aorta", ("site_aorta_thoracic",)),
    ("abdominal aorta", ("site_aorta_abdominal",)),
    ("artery of an abdominal organ", ("site_visceral_artery",)),
    ("artery of the limbs or their root", ("site_peripheral_artery",)),
    ("vein of the pelvis", ("site_pelvic_vein", "site_physio_pelvic_phlebolith")),
    ("heart", ("site_heart",)),
    ("hilum or mediastinum", ("site_hilum", "site_mediastinum")),
    ("lung", ("site_lung",)),
    ("kidney", ("site_kidney_any",)),
    ("stomach wall", ("site_stomach",)),
    ("subcutis", ("site_subcutis",)),
    ("muscle", ("site_muscle",)),
    ("prostate", ("site_prostate", "site_physio_prostate")),
)


def place_of(site: str) -> str | None:
    """Return the place a site belongs to, or None where the table has none; raises `UnknownTerm`."""
    known = {site, *ancestors(site)}
    for name, roots in PLACES:
        if known.intersection(roots):
            return name
    return None


def right_site(read: str | None, true: str) -> bool:
    """Return whether the site read is the true one, lies inside of it, or names the same place."""
    if read is None:
        return False
    if read == true or true in ancestors(read):
        return True
    place = place_of(true)
    return place is not None and place_of(read) == place


def words(site: str | None) -> str:
    """Return the plain words of a site."""
    return "place not told" if site is None else label(site)
