"""The documents of the checkout, and what stands in them: headings, links, blocks of code, tables."""

import re
from functools import cache
from pathlib import Path

from tests.support.checkout import CHECKOUT

DOCS = CHECKOUT / "docs"
DOCUMENTS = [CHECKOUT / name for name in ("README.md", "SECURITY.md", "CHANGES.md")] + sorted(DOCS.glob("*.md"))

# The kind of a block that is the content of a file.
SCRIPT = "sh script"

_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(https?://[^>]+)>")


@cache
def text_of(document: Path) -> str:
    """A document."""
    return document.read_text("utf-8")


def section(document: Path, heading: str) -> str:
    """The text below a heading of level 2, up to the next one."""
    return text_of(document).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return _BLOCK.sub("", text_of(document))


def blocks(document: Path, kind: str) -> list[str]:
    """The blocks of code of a kind, such as `sh`."""
    return [content for info, content in _BLOCK.findall(text_of(document)) if info == kind]


def rows(text: str) -> list[list[str]]:
    """The cells of the rows of all tables in a text, without their heads."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and lines[number + 1].startswith("|---")
        if line.startswith("| ") and not is_head:
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def names_in(text: str) -> list[str]:
    """The code at the beginning of each row of the tables in a text."""
    return [re.match(r"`([\w.-]+)`", first)[1] for first, *_ in rows(text)]


def links(document: Path) -> list[str]:
    """The targets of all links and images."""
    return [inline or bare for inline, bare in _LINK.findall(prose(document))]


def anchors(document: Path) -> list[str]:
    """The anchors of the headings, as GitHub and most other sites make them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


def commands(document: Path) -> list[str]:
    """The lines of the shell blocks, and the code within sentences, that run a command of the store or of Python."""
    in_blocks = [
        line for kind in ("sh", "sh script") for block in blocks(document, kind) for line in block.splitlines()
    ]
    in_sentences = re.findall(r"`([^`\n]+)`", prose(document))
    parts = [part.strip() for line in in_blocks + in_sentences for part in line.split("&&")]
    found = (re.sub(r"^(?:sudo -u \w+ )?(?:\.venv/bin/)?", "", part) for part in parts)
    return [command for command in found if re.match(r"(?:album-store|pserve|python -m) ", command)]
