"""How much a file may make kossa do: every limit of the room, each with its reason, in one place."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "Budget"]

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits on one survey and on each file in it. All are judgement, but for those with a source."""

    #: bytes that a compressed file may become; a CT of 1,000 slices of 512 x 512 x 2 bytes is as large
    inflated_bytes: int = 512 * MB
    #: bytes of an uncompressed file that are read at once: they are on disk already, so nothing is hidden
    plain_bytes: int = 2 * GB
    #: inflated bytes for each compressed one; deflate ends at 1032, CT slices of air alone reach it ...
    ratio: int = 200
    #: ... so the ratio counts only from a size on that no single blank slice has
    ratio_from_bytes: int = 16 * MB
    #: bytes that all members of one archive may become together
    archive_bytes: int = 4 * GB
    #: members of one archive; the largest whole-body study has some 10,000 images
    archive_members: int = 50_000
    #: levels inside one another (DICOM sequences, JSON, XML): real files stay below 20
    nesting: int = 64
    #: pixels of a picture that is decoded whole; the largest mammogram has 27 million
    picture_pixels: int = 200_000_000
    #: pages of one TIFF that are looked at; a pyramid has some 10
    picture_pages: int = 1_000
    #: digits of a whole number in JSON or a table; no laboratory value has as many
    number_digits: int = 40
    #: bytes of a JSON, table or text file; a person's whole FHIR record is some 50 MB, as data 7 times that
    text_bytes: int = 128 * MB
    #: first bytes of every file, by which it is sorted; the tag of an ISO image stands at 32,769
    head_bytes: int = 64 * KB
    #: files of one survey; 20 whole-body studies
    files: int = 1_000_000
    #: folders inside one another
    folders_deep: int = 64
    #: files that are no evidence and are listed one by one; the rest is a count
    listed_irrelevant: int = 50
    #: inflated bytes of an archive's members that the survey keeps for their readers
    kept_bytes: int = 256 * MB


DEFAULT = Budget()
