"""The salutation of a letter, which is no more than its greeting: what follows on the same line is read."""

from __future__ import annotations

import re

__all__ = ["unsaluted"]

_GREETING = re.compile(
    r"\s*(?:dear\b|sehr geehrte[rsn]?\b|sehr verehrte[rsn]?\b|lieber?\b|hallo\b|guten tag\b|"
    r"ch(?:er|ers|ère|ères)\b|(?:madame|messieurs|monsieur|mesdames)\b(?=[^.]{0,40},))",
    re.IGNORECASE,
)
# whom a letter is written to, word by word
_ADDRESSED = re.compile(
    r"\s*(?:\[name\]|frau|herrn?|damen|herren|und|kolleg\w*|dr\b\.?|prof\b\.?|professor\w*|med\b\.?|dipl\b\.?|"
    r"priv\b\.?|doz\b\.?|pd\b|team\b|praxisteam|doktor|sirs?\b|madam\b|mrs?\b\.?|ms\b\.?|miss\b|colleagues?\b|"
    r"doctors?\b|and\b|or\b|all\b|both\b|consultant\b|gp\b|confr\u00e8res?|cons\u0153urs?|consoeurs?|coll\u00e8gues?|docteur|"
    r"madame|monsieur|messieurs|mesdames|ch(?:er|\u00e8re)s?\b|et\b|sehr\b|geehrte[rsn]?|verehrte[rsn]?|lieber?\b|/)(?!\w)",
    re.IGNORECASE,
)


# one greeting may follow another: `Sehr geehrte Frau Kollegin, sehr geehrter Herr Kollege,`
_AGAIN = re.compile(
    r"\s*,\s*(?=(?:dear|sehr|lieber?|ch(?:er|ère)s?|sir|monsieur|messieurs)\b)", re.IGNORECASE
)


def unsaluted(line: str) -> str:
    """Return a line without its salutation: `Dear colleague, she has gout` loses two words."""
    greeting = _GREETING.match(line)
    if greeting is None:
        return line
    end = greeting.end()
    while (word := _ADDRESSED.match(line, end) or _AGAIN.match(line, end)) is not None:
        end = word.end()
    return line[end:].lstrip(" \t,!:;.")
