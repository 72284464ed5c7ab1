"""The family of errors, drawn as a tree; only the command line catches the root.

    KossaError                     what a person can be told in one sentence
    ├── WrongCall      (ValueError)   the call itself is wrong                     exit 2
    ├── NothingUsable  (ValueError)   nothing in the input could be used           exit 3
    ├── SeveralPeople  (ValueError)   more than one person, none chosen            exit 4
    ├── CannotFinish   (OSError)      output not writable, disk full, budget spent exit 5
    ├── Refused        (ValueError)   one file is not used; the case goes on
    ├── UnknownTerm    (KeyError)     an id that the vocabulary does not hold
    └── OutsideDomain  (ValueError)   a number outside what a model may be asked

`Refused` never reaches the user as an exception: readers turn it into a `Notice`.
"""

from __future__ import annotations

__all__ = [
    "CannotFinish",
    "KossaError",
    "NothingUsable",
    "OutsideDomain",
    "Refused",
    "SeveralPeople",
    "UnknownTerm",
    "WrongCall",
]


class KossaError(Exception):
    """What went wrong, where, and what to do, in one sentence."""

    exit_code = 1

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class WrongCall(KossaError, ValueError):
    """The command or function was called with something it cannot take."""

    exit_code = 2


class NothingUsable(KossaError, ValueError):
    """Nothing in the input could be used."""

    exit_code = 3


class SeveralPeople(KossaError, ValueError):
    """The input holds more than one person and none was chosen."""

    exit_code = 4


class CannotFinish(KossaError, OSError):
    """Kossa could not finish: output not writable, disk full, budget spent."""

    exit_code = 5


class Refused(KossaError, ValueError):
    """One file is not used. `code` is the short reason, such as `truncated`."""

    exit_code = 3

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code = code


class UnknownTerm(KossaError, KeyError):
    """An id that the vocabulary does not hold."""


class OutsideDomain(KossaError, ValueError):
    """A number outside what a model may be asked."""

    exit_code = 2
