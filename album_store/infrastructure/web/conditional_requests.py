"""Conditional and range requests: what RFC 9110 says to ignore is removed before WebOb reads it, which may fail."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS

Handler = Callable[[Request], Response]

_ENTITY_TAG = r'"[\x21\x23-\x7e\x80-\xff]*"'
_STRONG_ENTITY_TAG = re.compile(_ENTITY_TAG)
_ENTITY_TAGS = re.compile(rf"\*|(W/)?{_ENTITY_TAG}([ \t]*,[ \t]*(W/)?{_ENTITY_TAG})*")
# The three forms of RFC 9110, 5.6.7.
_DATE_FORMATS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
# One range, of no more digits than the size of any file has. WebOb takes an empty suffix for the whole file.
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|bytes=-(?!0+$)[0-9]{1,18}", re.IGNORECASE)


def ignore_malformed(environ: dict[str, Any]) -> None:
    """Remove the conditional and range headers that a server has to ignore, or may, as if they had not been sent.

    A range is ignored unless it is a single one (RFC 9110, 14.2), and so is one whose `If-Range` is no strong entity
    tag, which all files with ranges have (13.1.5). A date is ignored beside an entity tag (13.1.3).
    """
    if not _ENTITY_TAGS.fullmatch(environ.get("HTTP_IF_NONE_MATCH", "")):
        environ.pop("HTTP_IF_NONE_MATCH", None)
    date = environ.get("HTTP_IF_MODIFIED_SINCE")
    if date is not None and ("HTTP_IF_NONE_MATCH" in environ or not _is_date(date)):
        del environ["HTTP_IF_MODIFIED_SINCE"]
    if environ["REQUEST_METHOD"] != "GET" or not _is_range(environ.get("HTTP_RANGE", "")):
        environ.pop("HTTP_RANGE", None)
    if not _STRONG_ENTITY_TAG.fullmatch(environ.get("HTTP_IF_RANGE", '""')):
        environ.pop("HTTP_RANGE", None)
        del environ["HTTP_IF_RANGE"]


def _is_date(value: str) -> bool:
    for date_format in _DATE_FORMATS:
        try:
            datetime.strptime(value, date_format)  # noqa: DTZ007 - all three are in UTC, and only the form counts
        except ValueError:
            continue
        return True
    return False


def _is_range(value: str) -> bool:
    match = _RANGE.fullmatch(value)
    return match is not None and (not match["last"] or int(match["first"]) <= int(match["last"]))


def conditional_requests_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Remove malformed headers before the response is made, because WebOb reads them after all tweens."""

    def conditional_requests_tween(request: Request) -> Response:
        ignore_malformed(request.environ)
        response = handler(request)
        asked = request.range
        if asked and asked.start + (response.content_length or 0) < 0:
            # RFC 9110, 14.1.2: of a file that is shorter than the suffix, all is meant. WebOb answers 416.
            request.range = (0, None)
        return response

    return conditional_requests_tween


def includeme(config: Configurator) -> None:
    """Put the tween outermost, so that it sees every request and response."""
    config.add_tween(
        "album_store.infrastructure.web.conditional_requests.conditional_requests_tween_factory", under=INGRESS
    )
