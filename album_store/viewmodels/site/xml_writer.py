"""Helpers that build XML documents."""

import re
from xml.etree import ElementTree as ET  # nosec B405 # writes only

# https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    """Add and return a child element. Characters that XML 1.0 does not allow are removed from its text."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = _NOT_IN_XML.sub("", text) or None
    return element


def document(root: ET.Element) -> bytes:
    """The document with an XML declaration, in UTF-8."""
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)
