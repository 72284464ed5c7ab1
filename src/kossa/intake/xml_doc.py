"""XML from strangers: only its first tag is looked at, and a document type is refused before it can act."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from kossa.evidence import Refused

__all__ = ["root_of"]


class _Root:
    """Takes the first start tag and nothing else."""

    name = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep the first tag as `{namespace}name`."""
        del attributes
        self.name = self.name or tag

    def close(self) -> str:
        """Return the tag, as a parser's target must."""
        return self.name


def root_of(head: bytes) -> str:
    """Return the root tag as `{namespace}name`; raises `Refused` (xml-entity, invalid-xml).

    `head` is the beginning of the file. Entities are declared in a document type only, and with it
    nothing is parsed, so that none is ever expanded or fetched.
    """
    target = _Root()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(head)
    except DefusedXmlException:
        raise Refused(
            "xml-entity", "This XML has a document type, which can hide a bomb or a thief."
        ) from None
    except ParseError as error:
        if not target.name:
            raise Refused("invalid-xml", f"This is not sound XML: line {error.position[0]}.") from None
    return target.name
