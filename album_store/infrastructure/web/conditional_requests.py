"""Removes the conditional and range headers that RFC 9110 says to ignore, because WebOb may fail on them."""

import hashlib
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
# The three date formats of RFC 9110, section 5.6.7.
_DATE_FORMATS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
# A single range, with no more digits than any file size needs. WebOb reads an empty suffix as the whole file.
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|bytes=-(?!0+$)[0-9]{1,18}", re.IGNORECASE)


def ignore_malformed(environ: dict[str, Any]) -> None:
    """Remove the conditional and range headers that a server must or may ignore, as if they had not been sent.

    Only a single range is used (RFC 9110, 14.2), and only without `If-Range` or with a strong entity tag in it, which
    all files with ranges have (13.1.5). A date is ignored if there is an entity tag (13.1.3).
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


def etag_of(content: bytes) -> str:
    """Return the strong entity tag of a content, which changes with every byte of it."""
    return hashlib.sha256(content).hexdigest()[:32]


def entity_tags(value: str) -> list[str]:
    """Return the tags of an `If-None-Match` header, the weak ones as if they were strong; none if it is malformed."""
    return _STRONG_ENTITY_TAG.findall(value) if _ENTITY_TAGS.fullmatch(value) else []


def _is_date(value: str) -> bool:
    for date_format in _DATE_FORMATS:
        try:
            datetime.strptime(value, date_format)  # noqa: DTZ007 - only the format matters
        except ValueError:
            continue
        return True
    return False


def _is_range(value: str) -> bool:
    match = _RANGE.fullmatch(value)
    return match is not None and (not match["last"] or int(match["first"]) <= int(match["last"]))


def conditional_requests_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Remove malformed headers before the response is made. WebOb reads them after all tweens."""

    def conditional_requests_tween(request: Request) -> Response:
        ignore_malformed(request.environ)
        response = handler(request)
        asked = request.range
        if asked and asked.start + (response.content_length or 0) < 0:
            # RFC 9110, 14.1.2: a suffix longer than the file means the whole file. WebOb would respond with 416.
            request.range = (0, None)
        return response

    return conditional_requests_tween


def includeme(config: Configurator) -> None:
    """Add the outermost tween, which sees every request and response."""
    config.add_tween(
        "album_store.infrastructure.web.conditional_requests.conditional_requests_tween_factory", under=INGRESS
    )
