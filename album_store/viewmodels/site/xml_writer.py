"""XML documents for machines."""

from xml.etree import ElementTree as ET


def child(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    """Add an element with a text and attributes. Characters that XML 1.0 has no place for are dropped."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = "".join(char for char in text if char.isprintable() or char in "\t\n") or None
    return element


def document(root: ET.Element) -> bytes:
    """The document with its declaration, in UTF-8."""
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)
