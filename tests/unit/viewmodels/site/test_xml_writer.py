"""Writing well-formed XML."""

from xml.etree import ElementTree as ET

import pytest

from album_store.viewmodels.site.xml_writer import child, document


def read_back(text):
    root = ET.Element("root")
    child(root, "item", text)
    return ET.fromstring(document(root)).findtext("item")  # noqa: S314  our own document


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "<b> & \"quotes\" 'too' ]]>",
        "Ágætis byrjun 日本 🎸",
        "a\N{NO-BREAK SPACE}b",
        "soft\N{SOFT HYPHEN}hyphen",
        "👩\N{ZERO WIDTH JOINER}🎤",
        "two\nlines\tand a tab",
    ],
)
def test_a_text_is_read_back_unchanged(text):
    assert read_back(text) == text


@pytest.mark.parametrize("char", ["\0", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_character_not_allowed_in_xml_is_removed(char):
    assert read_back(f"a{char}b") == "ab"


def test_an_empty_text_makes_an_empty_element():
    assert read_back("") == ""


def test_attributes_are_quoted():
    root = ET.Element("root")
    child(root, "link", href='/search?q="a"&b=<c>')
    assert ET.fromstring(document(root)).find("link").attrib == {"href": '/search?q="a"&b=<c>'}  # noqa: S314  our own


def test_a_document_declares_its_encoding():
    assert document(ET.Element("root")).startswith(b"<?xml version='1.0' encoding='utf-8'?>")
