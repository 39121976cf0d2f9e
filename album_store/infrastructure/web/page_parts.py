"""Parts of pages that depend on the visitor, such as who is signed in.

A layout prints a part with `${structure: part('nav')}`. A page that is kept for other visitors (`kept_pages.py`) has a
marker there instead, and gets the part when it is sent.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.renderers import RendererHelper
from pyramid.request import Request

# Random, so that no text in a page can be taken for a marker.
_NONCE = secrets.token_hex(16)
_MARKER = re.compile(f"<!--{_NONCE}:([a-z-]+)-->".encode())


@dataclass(frozen=True)
class PagePart:
    """A template, and the cookies without which the part depends on the URL only, or is empty."""

    template: RendererHelper
    cookies: frozenset[str]
    is_empty_without: bool


def render_part(request: Request, name: str) -> str:
    """Return a part for the visitor, or its marker while `request.leaves_parts_open`."""
    if request.leaves_parts_open:
        return f"<!--{_NONCE}:{name}-->"
    part = request.registry.page_parts[name]
    if part.is_empty_without and not any(map(request.store_cookies.get, part.cookies)):
        return ""
    return part.template.render({}, None, request)


@contextmanager
def parts_left_open(request: Request) -> Iterator[None]:
    """Have the templates print markers in place of parts."""
    request.leaves_parts_open = True
    try:
        yield
    finally:
        request.leaves_parts_open = False


def split_at_parts(body: bytes) -> list[bytes]:
    """Split a page with markers: its pieces at even places, the names of its parts at odd ones."""
    return _MARKER.split(body)


def fill_in(pieces: list[bytes], request: Request) -> bytes:
    """Join a page that was split, with the parts of the visitor."""
    filled = pieces.copy()
    for place in range(1, len(pieces), 2):
        filled[place] = render_part(request, pieces[place].decode()).encode()
    return b"".join(filled)


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
    config.add_request_method(lambda _request: False, "leaves_parts_open", reify=True)
    config.add_subscriber(_add_part, BeforeRender)


def _add_part(event: BeforeRender) -> None:
    if event["request"] is not None:
        event["part"] = partial(render_part, event["request"])
