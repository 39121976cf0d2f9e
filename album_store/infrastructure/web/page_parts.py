"""Parts of pages that depend on the visitor, such as who is signed in.

A layout prints a part with `${structure: part('nav')}`. A page that is kept for other visitors (`kept_pages.py`) has a
marker there instead, and gets the part when it is sent. A part that stands in a page several times gets a value each
time, which is the same for all visitors and is kept with the page: `part('track-action', offer)`.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.renderers import RendererHelper
from pyramid.request import Request

# Random, so that no text in a page can be taken for a marker.
_NONCE = secrets.token_hex(16)
_MARKER = re.compile(f"<!--{_NONCE}:([0-9]+)-->".encode())
_CUT = f"<!--{_NONCE}-->"


@dataclass(frozen=True)
class PagePart:
    """A template, and the cookies without which the part depends on the URL only, or is empty."""

    template: RendererHelper
    cookies: frozenset[str]
    is_empty_without: bool


@dataclass(frozen=True)
class OpenPart:
    """A place in a page, to be filled with a part."""

    name: str
    value: Any


def render_part(request: Request, name: str, value: Any = None) -> str:
    """Return a part for the visitor, or its marker while the request leaves parts open."""
    if request.open_parts is None:
        return _render(request, name, [value])[0]
    request.open_parts.append(OpenPart(name, value))
    return f"<!--{_NONCE}:{len(request.open_parts) - 1}-->"


@contextmanager
def parts_left_open(request: Request) -> Iterator[list[OpenPart]]:
    """Have the templates print markers in place of parts. Yields the parts, which are complete at the end."""
    request.open_parts = []
    try:
        yield request.open_parts
    finally:
        request.open_parts = None


def split_at_parts(body: bytes, parts: Sequence[OpenPart]) -> list[bytes | OpenPart]:
    """Split a page with markers: its pieces at even places, its parts at odd ones."""
    pieces: list[Any] = _MARKER.split(body)
    pieces[1::2] = [parts[int(number)] for number in pieces[1::2]]
    return pieces


def fill_in(pieces: Sequence[bytes | OpenPart], request: Request) -> bytes:
    """Join a page that was split, with the parts of the visitor. Those with one name are rendered at once."""
    places: dict[str, list[int]] = {}
    for place, piece in enumerate(pieces):
        if isinstance(piece, OpenPart):
            places.setdefault(piece.name, []).append(place)
    filled: list[Any] = list(pieces)
    for name, numbers in places.items():
        texts = _render(request, name, [pieces[number].value for number in numbers])
        for number, text in zip(numbers, texts, strict=True):
            filled[number] = text.encode()
    return b"".join(filled)


def _render(request: Request, name: str, values: list[Any]) -> list[str]:
    """Render a part once for each value. The template of a part with values prints `cut` after each."""
    part = request.registry.page_parts[name]
    if part.is_empty_without and not any(map(request.store_cookies.get, part.cookies)):
        return [""] * len(values)
    return part.template.render({"values": values, "cut": _CUT}, None, request).split(_CUT)[: len(values)]


def add_page_part(
    config: Configurator, name: str, template: str, cookies: frozenset[str], *, is_empty_without: bool = False
) -> None:
    """Add a part. It may depend on the URL and, if the browser sends one of these cookies, on the visitor.

    With `is_empty_without`, its template is not rendered if the browser sends none of them.
    """
    helper = RendererHelper(template, registry=config.registry)
    config.registry.page_parts[name] = PagePart(helper, cookies, is_empty_without)


def includeme(config: Configurator) -> None:
    """Add `config.add_page_part`, and `part` for templates."""
    config.registry.page_parts = {}
    config.add_directive("add_page_part", add_page_part)
    config.add_request_method(lambda _request: None, "open_parts", reify=True)
    config.add_subscriber(_add_part, BeforeRender)


def _add_part(event: BeforeRender) -> None:
    if event["request"] is not None:
        event["part"] = partial(render_part, event["request"])
