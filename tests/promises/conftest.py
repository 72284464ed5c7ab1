"""One runner of `kossa` for all promises, started once."""

from __future__ import annotations

import pytest
from tests.intake.made import dicom
from tests.promises.nasty import reader


@pytest.fixture(scope="package")
def calls(tmp_path_factory):
    """Give the `Reader`; its first call, of a sound scan, is what later ones inherit."""
    with reader(tmp_path_factory.mktemp("calls")) as process:
        process.read({f"{n}.dcm": dicom(uid=str(n), z=n) for n in range(5)})
        yield process
